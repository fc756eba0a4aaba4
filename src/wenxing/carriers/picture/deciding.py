"""Offsets of moved characters → symbols, or erasures.

The offsets of one picture lie about two values, one left and one right of zero, and about zero where a
character stands where it would have stood anyway: programs that show small type set it on whole pixels. How
far they scatter is the picture's own. All of it is estimated from the offsets together (a mixture of three
normal laws, by expectation maximisation), so every picture sets its own measure of what is sure. Where one
law about zero explains the offsets as well, the picture has no marks, or has lost them, and nothing is
read: guesses would drown what else the leak shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OFFSET = 0.0175
"""Em by which characters are moved, about."""

WRONG = 0.02
"""The chance of being wrong at which a symbol becomes an erasure."""

_LEAST, _MOST = 0.6, 1.6  # times OFFSET that the outer laws may be from zero
_FINEST = 0.15  # times OFFSET: offsets never scatter less
_GAIN = 6.0  # logarithm of the likelihood by which three laws must explain better than one
_FEWEST = 8  # offsets, below which there is nothing to estimate from
_MOVED = 0.15  # of the characters must have moved


def decide(offsets: Mapping[int, float], *, widest: float = float("inf")) -> dict[int, int]:
    """Return the symbols that are sure enough: 0 left, 1 right.

    Args:
        offsets: site → em to the right of where its neighbours would have it.
        widest: em by which they may scatter, or nothing is read.
    """
    if len(offsets) < _FEWEST:
        return {}
    values = np.array(list(offsets.values()))
    laws = _laws(values)
    one = max(float(np.sqrt((values**2).mean())), _FINEST * OFFSET)
    gain = np.log(laws.densities(values).sum(axis=0)) - np.log(_normal(values, 0.0, one))
    if laws.spread > widest or laws.still > 1 - _MOVED or float(gain.sum()) < _GAIN:
        return {}
    left, _, right = laws.shares(values)
    sure = np.maximum(left, right) >= 1 - WRONG
    return {site: int(r > 0.5) for site, r, s in zip(offsets, right, sure, strict=True) if s}


@dataclass(frozen=True, slots=True)
class _Laws:
    """Three normal laws.

    Attributes:
        apart: how far the outer ones lie from zero, em.
        spread: the standard deviation of each, em.
        still: the share of the one about zero.
    """

    apart: float
    spread: float
    still: float

    def densities(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(3, k): of the laws to the left, about zero and to the right."""
        moved = (1 - self.still) / 2
        return np.stack(
            [
                moved * _normal(values, -self.apart, self.spread),
                self.still * _normal(values, 0.0, self.spread),
                moved * _normal(values, self.apart, self.spread),
            ]
        )

    def shares(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(3, k): how likely each value is of each law."""
        densities = self.densities(values)
        return np.asarray(densities / densities.sum(axis=0), np.float64)


def _laws(values: NDArray[np.float64]) -> _Laws:
    """The laws by which the values are most likely."""
    laws = _Laws(OFFSET, OFFSET / 3, 0.1)
    for _ in range(60):
        left, still, right = laws.shares(values)
        moved = max(float((left + right).sum()), 1e-9)
        apart = float(np.clip(((right - left) * values).sum() / moved, _LEAST * OFFSET, _MOST * OFFSET))
        off = left * (values + apart) ** 2 + still * values**2 + right * (values - apart) ** 2
        laws = _Laws(apart, max(float(np.sqrt(off.mean())), _FINEST * OFFSET), float(still.mean()))
    return laws


def _normal(values: NDArray[np.float64], middle: float, spread: float) -> NDArray[np.float64]:
    return np.asarray(np.exp(-(((values - middle) / spread) ** 2) / 2) / spread + 1e-300, np.float64)
