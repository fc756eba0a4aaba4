"""Scores of several recipients at once: what a pair or a triple explains better than each of them.

A group of g recipients matters at a site only through s, how many of them show the
leaked symbol y. With P_h(s | y) for colluders (`attacks.sharing`) and a binomial law
for innocents, r new members of a group weigh, given that its q known ones show t
matches there,

    w = ln( P_h(t + r' of the group | y, t) / Binomial(r, π)(r') ),

rounded like the weights of single recipients. Their null law given the leak and
the known members' copies is exact: r innocents' matches are independent of both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, log

import numpy as np
from numpy.typing import NDArray

from wenxing.codes.attacks import sharing
from wenxing.codes.nulls import Draws, NullLaw, Steps, null_law
from wenxing.codes.scores import RESOLUTION
from wenxing.profiles import Hypothesis


@dataclass(frozen=True, slots=True)
class SiteKind:
    """Sites that weigh the same: their law in descending order, π of the leaked symbol, reader noise."""

    law: tuple[float, ...]
    chance: float
    noise: float


def group_weights(
    hypothesis: Hypothesis, kinds: Sequence[SiteKind], *, known: int, new: int
) -> NDArray[np.int64]:
    """(g, known + 1, new + 1): the weight of r' new matches where t known members match.

    Args:
        hypothesis: of at least `known + new` colluders.
        kinds: g kinds of sites.
        known: q, members whose copies are given.
        new: r, members who are tested.
    """
    weights = np.zeros((len(kinds), known + 1, new + 1), np.int64)
    size = known + new
    for g, kind in enumerate(kinds):
        symbol, pi = kind.law.index(kind.chance), kind.chance
        shares = sharing(hypothesis, kind.law, symbol, kind.noise, size)
        for t in range(known + 1):
            joint = [
                shares[t + r] * comb(new, r) * comb(known, t) / comb(size, t + r) for r in range(new + 1)
            ]
            for r, mass in enumerate(joint):
                weights[g, t, r] = round(RESOLUTION * log(mass / sum(joint) / _binomial(new, r, pi)))
    return weights


def group_law(weights: NDArray[np.int64], kinds: Sequence[SiteKind], counts: NDArray[np.int64]) -> NullLaw:
    """The law of the score of r innocents, given the leak and the known members' copies.

    Args:
        weights: (g, q + 1, r + 1), of `group_weights`.
        kinds: g kinds of sites.
        counts: (g, q + 1), at how many sites of each kind t of the known members match.
    """
    new = weights.shape[2] - 1
    steps, draws = [], []
    for g, t in np.argwhere(counts > 0).tolist():
        count, values, pi = int(counts[g, t]), weights[g, t].tolist(), kinds[g].chance
        if new == 1:
            steps.append(Steps(count, pi, hit=values[1], miss=values[0]))
        else:
            chances = tuple(_binomial(new, r, pi) for r in range(new + 1))
            draws.append(Draws(count, tuple(values), chances))
    return null_law(steps, draws)


def _binomial(count: int, hits: int, chance: float) -> float:
    return comb(count, hits) * chance**hits * (1 - chance) ** (count - hits)
