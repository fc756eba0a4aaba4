"""The statistic: integer weights of a match and a mismatch, by kind of site.

At a readable site with leaked symbol y and π = P(y), a match weighs ln(a/π) and a
mismatch ln((1−a)/(1−π)), where a is the agreement expected of a colluder (see
`attacks`): the log-likelihood ratio, which for interleaving is the universal
score of Laarhoven (2015). A site that was read with a probability weighs each
symbol x by ln(P(what was seen | x) / P(what was seen)).

Weights become integers once, in one of two units, and the integer sum *is* the
statistic. For p-values the unit is coarse and rounding goes to the nearest: it
costs a little power and no validity, as the null law is that of the integers. For
e-values it is fine and rounding goes down: every factor is at most the exact
ratio, whose mean over innocents is 1.
"""

from dataclasses import dataclass
from math import floor, log

import numpy as np
from numpy.typing import NDArray

from wenxing.codes.attacks import agreement, transfer
from wenxing.profiles import Profile

RESOLUTION = 16
"""Steps of the p-values' statistic per natural unit of information."""


@dataclass(frozen=True)
class Unit:
    """How a weight becomes an integer.

    Attributes:
        resolution: steps per natural unit of information.
        down: round towards −∞ instead of to the nearest.
    """

    resolution: int
    down: bool

    def steps(self, ratio: float) -> int:
        """The logarithm of a likelihood ratio in whole steps."""
        size = self.resolution * log(ratio)
        # The guard is far above the error of the logarithm: rounding down is never up.
        return floor(size - 1e-9) if self.down else round(size)


NEAREST = Unit(RESOLUTION, down=False)
"""For p-values."""

BELOW = Unit(4096, down=True)
"""For e-values: at most 1/4096 of a natural unit is lost per site."""


@dataclass(frozen=True, eq=False)
class Weights:
    """The weights of one edition's readable sites, sorted into kinds that weigh the same.

    Attributes:
        kind: (k,) index of each readable site's kind.
        counts: (g,) how many readable sites are of each kind.
        chance: (g,) π, the probability that an innocent's copy shows the leaked symbol.
        laws: (g, 4) the law of the kind's sites in descending order.
        match, mismatch: (g, h) integers, by kind and hypothesis.
    """

    kind: NDArray[np.intp]
    counts: NDArray[np.int64]
    chance: NDArray[np.float64]
    laws: NDArray[np.float64]
    match: NDArray[np.int64]
    mismatch: NDArray[np.int64]


def weigh(
    profile: Profile,
    probabilities: NDArray[np.float64],
    symbols: NDArray[np.int8],
    unit: Unit = NEAREST,
) -> Weights:
    """The weights for a leak.

    Args:
        profile: hypotheses and reader noise.
        probabilities: (m, 4), the law of each site; 0 for alternatives it does not have.
        symbols: (m,), the alternative read, −1 for an erasure. Every one read has a positive probability.
        unit: of the integers.
    """
    readable = np.flatnonzero(symbols >= 0)
    chance = probabilities[readable, symbols[readable]]
    laws = -np.sort(-probabilities[readable], axis=1)
    kinds, kind, counts = np.unique(
        np.column_stack([laws, chance]), axis=0, return_inverse=True, return_counts=True
    )
    shape = len(kinds), len(profile.hypotheses)
    match, mismatch = np.zeros((2, *shape), np.int64)
    for g, (*law, pi) in enumerate(kinds.tolist()):
        present = tuple(p for p in law if p > 0)
        for h, hypothesis in enumerate(profile.hypotheses):
            a = agreement(hypothesis, present, present.index(pi), profile.noise)
            match[g, h] = unit.steps(a / pi)
            mismatch[g, h] = unit.steps((1 - a) / (1 - pi))
    return Weights(kind.reshape(-1), counts, kinds[:, -1], kinds[:, :-1], match, mismatch)


def weigh_soft(
    profile: Profile,
    probabilities: NDArray[np.float64],
    likelihoods: NDArray[np.float64],
    unit: Unit = NEAREST,
) -> NDArray[np.int64]:
    """(s, 4, h): the weight of each alternative at sites that were read with a probability.

    Args:
        profile: hypotheses; its noise is added to the reader's own doubt.
        probabilities: (s, 4), the law of each site; 0 for alternatives it does not have.
        likelihoods: (s, 4), P(what the reader saw | the leak shows the alternative), to a factor per site.
        unit: of the integers.
    """
    weights = np.zeros((*probabilities.shape, len(profile.hypotheses)), np.int64)
    for at, (law, seen) in enumerate(zip(probabilities.tolist(), likelihoods.tolist(), strict=True)):
        present = [x for x, p in enumerate(law) if p > 0]
        chances = tuple(law[x] for x in present)
        for h, hypothesis in enumerate(profile.hypotheses):
            rows = transfer(hypothesis, chances, profile.noise)
            given = [sum(row[i] * seen[y] for i, y in enumerate(present)) for row in rows]
            whole = sum(p * likely for p, likely in zip(chances, given, strict=True))
            for x, likely in zip(present, given, strict=True):
                weights[at, x, h] = unit.steps(likely / whole)
    return weights
