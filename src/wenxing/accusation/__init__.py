"""Readings of leaks → exact p-values → named recipients, or nobody.

This is a hypothesis test, not a search for the best match. For each attack h of
the profile's family, the statistic of recipient j adds integer weights over every
readable site of every edition that leaked; its law for an innocent is known
exactly (`codes.nulls`). With priors g_h that add up to 1,

    p_j = min over h of tail_h(S_jh) / g_h,

and j is named when p_j · N ≤ bound, N being the number of suspects. Were every
suspect innocent, the chance of naming any of them would be at most the bound,
whatever colluders did. "Nobody" is a result. Nothing is ever said about a
recipient who is not named.

`accuse(…, at_most=5)` also decodes pairs and triples jointly. Then a naming may
assume that at most five accounts made the leak, and says so; the bound stays
family-wise, shared out between the ways of naming (`joint`).

What the proof needs: symbols were read without looking at any codeword; the
suspects were fixed independently of the leak; the key is secret; each (edition,
site) counts once. Searching other fragments or other lists until one names is a
multiple test that this package cannot see.

    suspects      whom a leak is compared with
    statistic     evidence → scores → p-values
    searching     all suspects → the few that matter, in ranges that may run anywhere
    joint         pairs and triples that explain a leak together
    naming        p-values → named recipients
    evalues       evidence that adds up over months, valid whenever one looks
    distribution  p-values → counts for a picture, without numbers
"""

from wenxing.accusation.distribution import Distribution, distribute
from wenxing.accusation.evalues import combine, e_values, log_factors
from wenxing.accusation.naming import (
    Accusation,
    Named,
    Threshold,
    accuse,
    decide,
    is_bound,
    sites_needed,
    spends_on_groups,
)
from wenxing.accusation.statistic import Evidence, Provider, Statistic
from wenxing.accusation.suspects import Suspects

__all__ = [
    "Accusation",
    "Distribution",
    "Evidence",
    "Named",
    "Provider",
    "Statistic",
    "Suspects",
    "Threshold",
    "accuse",
    "combine",
    "decide",
    "distribute",
    "e_values",
    "is_bound",
    "log_factors",
    "sites_needed",
    "spends_on_groups",
]
