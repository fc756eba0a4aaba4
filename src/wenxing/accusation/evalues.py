"""Evidence that adds up over time: a bet against innocence, valid whenever one looks.

Under hypothesis h each readable site multiplies a recipient's e-value by the
likelihood ratio of their symbol, a/π or (1−a)/(1−π). An innocent's symbol is
independent of everything the leaks show, so every factor has mean 1 whatever was
read before, and

    E_j = Σ over h of g_h · Π over sites of factor

has mean at most 1 at any time one chooses to stop (Ville's inequality): naming
whoever reaches E_j ≥ N / α names any innocent with probability at most α, however
often one looks. The logarithm of each factor is rounded *down*, to 1/4096, and the
integers are added: so the mean is at most 1 exactly, not nearly, and the result is
the same on every machine.

Two things keep it valid over time, and this module cannot see them: the suspects
stay the same, and a site that has counted keeps the reading it counted with — a later
leak may add sites, never replace a reading.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wenxing.accusation.statistic import Evidence, Recipients, Scorer
from wenxing.accusation.suspects import Suspects
from wenxing.codes.scores import BELOW
from wenxing.profiles import Hypothesis

LARGEST = 700.0
"""Natural logarithm of the largest e-value that is reported; larger ones are cut to it."""


def e_values(
    evidence: Sequence[Evidence], suspects: Suspects
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The e-value of every suspect: (n,) numbers in ascending order, (n,) e-values.

    Args:
        evidence: one per edition, all leaks of the case so far.
        suspects: fixed when the case was opened.

    Returns:
        Numbers and e-values. Name those whose e-value is at least `len(suspects) / bound`; the others'
        say nothing and are not to be shown. Memory grows with n, not with n · sites.

    Raises:
        ValueError: as `Statistic`.
    """
    scorer = Scorer(evidence, BELOW)
    numbers = np.asarray(suspects.numbers, np.int64)
    portions = [
        combine(scorer.scores(portion), scorer.hypotheses) for portion in suspects.portions(scorer.portion())
    ]
    return numbers, np.exp(np.minimum(np.concatenate(portions), LARGEST))


def log_factors(evidence: Sequence[Evidence], recipients: Recipients) -> NDArray[np.int64]:
    """(n, h): logarithms of the products of factors in 1/4096, by hypothesis. They add up over editions.

    Keep these sums, not e-values, when evidence arrives edition by edition: e-values of two editions do
    not multiply, for the mixture over hypotheses is taken once, by `combine`, over everything.
    """
    return Scorer(evidence, BELOW).scores(recipients)


def combine(factors: NDArray[np.int64], hypotheses: Sequence[Hypothesis]) -> NDArray[np.float64]:
    """(n,): the natural logarithm of each e-value, from `log_factors` of everything read."""
    terms = factors / BELOW.resolution + np.log([hypothesis.prior for hypothesis in hypotheses])
    top = terms.max(axis=1)
    mixed: NDArray[np.float64] = top + np.log(np.exp(terms - top[:, None]).sum(axis=1))
    return mixed
