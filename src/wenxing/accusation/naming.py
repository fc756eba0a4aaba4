"""P-values → named recipients, with the bound they are named under."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import NDArray

from wenxing.accusation.joint import SIMPLE_SHARE, name_jointly
from wenxing.accusation.searching import Found, search
from wenxing.accusation.statistic import Evidence, Scorer, Statistic
from wenxing.accusation.suspects import Suspects
from wenxing.codes.lengths import sites_to_name
from wenxing.profiles import SHARES, Hypothesis, Profile

LEAST_BOUND = 1e-100  # shared out among pairs and triples of 2**32 suspects it is still a number
_AMPLE = 1.5
_WHOLE = 0.94


@dataclass(frozen=True, slots=True)
class Named:
    """One recipient whose copy the leak shows.

    Attributes:
        recipient: the number.
        p_value: family-wise: p × suspects, at most the bound. Were every suspect innocent, the chance of
            naming anybody at this level would be at most this.
        agreeing: how many of the sites read (not softly) show what this recipient's copy shows.
        hypothesis: name of the attack under which the evidence is strongest.
        assumes: the naming holds if at most so many accounts made the leak; `None`: whoever made it.
        group: 1, or the size of the group that explains the leak: 2 or 3.
    """

    recipient: int
    p_value: float
    agreeing: int
    hypothesis: str
    assumes: int | None = None
    group: int = 1


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where the line is drawn, for whoever recomputes the result.

    Attributes:
        hypothesis: name of the attack.
        prior: the share of the bound that this hypothesis may spend.
        score: the smallest score that names; `None` when no score could.
    """

    hypothesis: str
    prior: float
    score: int | None


@dataclass(frozen=True, slots=True)
class Accusation:
    """The outcome. It says nothing about anybody who is not named.

    Attributes:
        named: in the order of their numbers; empty is a result.
        sites_read: readable sites of all editions.
        suspects: N, how many recipients were compared.
        bound: the family-wise bound.
        more_sites_needed: when nobody is named, about how many more sites would name a lone leaker; `None`
            when somebody is named, and when so many were read that a lone leaker would have been.
        thresholds: one per hypothesis, for naming recipients one by one.
        assumes: when groups were decoded, how many accounts at most they assume; else `None`.
    """

    named: tuple[Named, ...]
    sites_read: int
    suspects: int
    bound: float
    more_sites_needed: int | None
    thresholds: tuple[Threshold, ...]
    assumes: int | None = None


def is_bound(bound: float) -> bool:
    """Whether a number may bound a chance: below 1, and not so small that shares of it vanish."""
    return LEAST_BOUND <= bound < 1


def accuse(
    evidence: Sequence[Evidence],
    suspects: Suspects,
    *,
    bound: float,
    at_most: int | None = None,
    executor: Executor | None = None,
) -> Accusation:
    """Name every suspect whom chance could not explain.

    Groups are decoded only if the leak is long enough to name a lone leaker half as well again
    (`spends_on_groups`): that depends on the leak alone, so it costs short leaks nothing and the
    proof nothing. Then recipients one by one keep a third of the bound.

    Args:
        evidence: one per edition that leaked.
        suspects: whom to compare, fixed independently of the leaks.
        bound: within (0, 1): the most that the chance of naming any innocent may be.
        at_most: decode pairs and triples too, assuming that at most so many accounts (2 or more) made the
            leak. `None` assumes nothing and names recipients one by one.
        executor: runs ranges of suspects elsewhere; the result is the same bit for bit. For other
            processes the evidence must hold `Codebook.for_workers()` instead of codebooks.

    Returns:
        The outcome; the same for any order of evidence and suspects.

    Raises:
        ValueError: a bound outside (0, 1), `at_most` below 2, no evidence, or an edition given twice.
    """
    if not 0 < bound < 1:
        raise ValueError("the bound is a probability between 0 and 1")
    if at_most is not None and at_most < 2:
        raise ValueError("a group has at least two members")
    statistic, count = Statistic(evidence), len(suspects)
    groups, share = _shares(statistic, count, bound, at_most)
    named: tuple[Named, ...] = ()
    if statistic.sites_read:
        found = search(statistic, suspects, level=bound * share / count, executor=executor)
        named = _decide(statistic, found, count=count, bound=bound, at_most=at_most)
    return Accusation(
        named=named,
        sites_read=statistic.sites_read,
        suspects=count,
        bound=bound,
        more_sites_needed=None if named else _more_sites(statistic, count, bound),
        thresholds=tuple(
            Threshold(h.name, h.prior, law.reach(bound * share * h.prior / count))
            for h, law in zip(statistic.hypotheses, statistic.laws, strict=True)
        ),
        assumes=groups,
    )


def spends_on_groups(scorer: Scorer, suspects: int, bound: float) -> bool:
    """Whether the leak shows half as much again as it takes to name a lone leaker.

    The measure is −log π of what was read: it depends on the leak and the edition's laws, not on any copy.
    """
    shown = -sum(float(weights.counts @ np.log(weights.chance)) for weights in scorer.weights)
    return shown >= _AMPLE * log(suspects / (bound * _prior(scorer.hypotheses)))


def sites_needed(
    profile: Profile, suspects: int, bound: float, catch: float = 0.99, *, arities: Sequence[int] = (2,)
) -> int:
    """How many readable sites name a lone leaker.

    Args:
        profile: of the edition.
        suspects: N, at least 1.
        bound: family-wise, within (0, 1).
        catch: probability of being named, within (0, 1).
        arities: of the edition's sites; the answer is for a fair sample of them, read without error.

    Returns:
        At least 1; the same each time.
    """
    if suspects < 1 or not 0 < bound < 1 or not 0 < catch < 1:
        raise ValueError("sites are needed for at least one suspect and probabilities within (0, 1)")
    rows = _expected_laws(profile, tuple(sorted(arities)) or (2,))
    return sites_to_name(rows, suspects / (bound * _prior(profile.hypotheses)), catch)


def decide(
    statistic: Statistic, numbers: NDArray[np.int64], *, count: int, bound: float, at_most: int | None = None
) -> tuple[Named, ...]:
    """Who of `numbers` would be named among `count` suspects of whom the others come nowhere near.

    For simulations, which need not score innocents to know whether a coalition is caught.
    """
    _, share = _shares(statistic, count, bound, at_most)
    found = search(statistic, Suspects(numbers), level=bound * share / count, executor=None)
    return _decide(statistic, found, count=count, bound=bound, at_most=at_most)


def _shares(statistic: Statistic, count: int, bound: float, at_most: int | None) -> tuple[int | None, float]:
    """The assumption, if groups are decoded, and the share of the bound for naming one by one."""
    if at_most is None or not spends_on_groups(statistic, count, bound):
        return None, 1.0
    return at_most, SIMPLE_SHARE


def _decide(
    statistic: Statistic, found: Found, *, count: int, bound: float, at_most: int | None
) -> tuple[Named, ...]:
    """The named of a search, one by one and as groups, in the order of their numbers."""
    groups, share = _shares(statistic, count, bound, at_most)
    named = _name(statistic, found.named, price=count / share)
    if groups and not _explained(statistic, named):
        named += _name_jointly(statistic, found, named, count=count, bound=bound, at_most=groups)
    return tuple(sorted(named, key=lambda n: n.recipient))


def _name(statistic: Statistic, numbers: NDArray[np.int64], *, price: float) -> list[Named]:
    """Those whose p-value passed, described; `price` makes it family-wise."""
    if not numbers.size:
        return []
    tails = statistic.tails(statistic.scores(numbers)) / [h.prior for h in statistic.hypotheses]
    return [
        Named(number, p_value, agree, statistic.hypotheses[strongest].name)
        for number, p_value, agree, strongest in zip(
            numbers.tolist(),
            (np.minimum(tails.min(axis=1), 1.0) * price).tolist(),
            _agreeing(statistic, numbers),
            tails.argmin(axis=1).tolist(),
            strict=True,
        )
    ]


def _name_jointly(
    statistic: Statistic, found: Found, named: Sequence[Named], *, count: int, bound: float, at_most: int
) -> list[Named]:
    """Those who are named as one of a group only."""
    joined = name_jointly(
        statistic,
        found.suspicious,
        {n.recipient for n in named},
        count=count,
        bound=bound,
        at_most=at_most,
    )
    if not joined:
        return []
    plain = _name(statistic, np.array(sorted(joined), np.int64), price=1.0)
    return [
        replace(n, p_value=joined[n.recipient].p_value, assumes=at_most, group=joined[n.recipient].group)
        for n in plain
    ]


def _explained(statistic: Statistic, named: Sequence[Named]) -> bool:
    """Whether one of the named shows all of the leak but for errors of reading: nobody else is looked for."""
    sites = sum(len(weights.kind) for weights in statistic.weights)
    return any(n.agreeing >= _WHOLE * sites for n in named)


def _agreeing(statistic: Statistic, numbers: NDArray[np.int64]) -> list[int]:
    agree = np.zeros(len(numbers), np.int64)
    for item in statistic.evidence:
        agree += item.codebook.matches(item.symbols, numbers).sum(axis=1)
    return agree.tolist()


def _more_sites(statistic: Statistic, suspects: int, bound: float) -> int | None:
    rows = np.concatenate([item.codebook.probabilities for item in statistic.evidence])
    odds = suspects / (bound * _prior(statistic.hypotheses))
    if len(rows):
        needed = sites_to_name(rows, odds, 0.99)
    else:
        needed = sites_needed(statistic.evidence[0].codebook.profile, suspects, bound)
    return needed - statistic.sites_read if needed > statistic.sites_read else None


def _prior(hypotheses: tuple[Hypothesis, ...]) -> float:
    """The prior under which full agreement is judged: every statistic ranks it first, the largest counts."""
    return max(hypothesis.prior for hypothesis in hypotheses)


@lru_cache(maxsize=64)
def _expected_laws(profile: Profile, arities: tuple[int, ...]) -> NDArray[np.float64]:
    """(r, 4): site laws, repeated as often as the arities and the profile's draws make them."""
    rows = []
    for arity in arities:
        # 12 is a common multiple of the numbers of laws that a profile has for an arity.
        laws = profile.laws[arity]
        rows += [[*law, *(0,) * (4 - arity)] for law in laws for _ in range(12 // len(laws))]
    return np.array(rows, np.float64) / SHARES
