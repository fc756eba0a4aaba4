"""Moved characters of a page whose program set small type on whole pixels.

There a character that was moved by a third of a pixel moves by a whole one, or not at all, and so do those
beside it that were not moved. But where the master has them is known, and so is how such programs round; what
is not known is how large they showed the page, and where its left edge fell between two pixels. These are two
numbers for all characters of a picture: all likely values are tried, and what a character is read as is the
mean over them (Bayes' rule). Two ways of rounding are known: to the nearest pixel, and PDFium's, which then
goes from the end of a line to its beginning and moves a character one pixel to the left where the gap behind
it is more than half a pixel too narrow.
"""

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wenxing.sites import BESIDE, HAIRS

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

HAIR = HAIRS[BESIDE] / 1000
"""Em by which characters are moved."""

FEWEST = 36
"""Characters below which too much fits by chance."""

_ON_GRID = 0.8  # how much the characters must agree on a grid of pixels, 0 … 1
_STRANGE = 0.004  # probability that a character stands where no law has it
_SOFT = (0.05, 0.012)  # pixels by which the edges of a law are uncertain: while looking, and in the end
_LOOKED_AT = 160  # characters that are enough to look for the scale
_FAIR = -1.1  # logarithm of the likelihood of a character, in the mean, from which a law counts as found
_GAIN = 6.0  # by which moved characters must explain the picture better than none


@dataclass(frozen=True, eq=False)
class Seen:
    """Characters of a picture, by where they stand in the master's text, ascending.

    Attributes:
        at: (k,) offsets in the master's text.
        line: (k,) the line of the picture.
        x: (k,) where each was found, pixels from some whole one.
        printed: (k,) where the master's page has it, points.
        size: (k,) its em, points.
        moved: (k,) whether it is a site.
        first, last: (k,) whether it is the first, or the last, of its line on the master's page.
    """

    at: NDArray[np.int64]
    line: NDArray[np.int64]
    x: Numbers
    printed: Numbers
    size: Numbers
    moved: Flags
    first: Flags
    last: Flags

    def part(self, which: Flags) -> "Seen":
        """Some of them."""
        return Seen(**{field.name: getattr(self, field.name)[which] for field in fields(self)})


def rights(seen: Seen) -> dict[int, float] | None:
    """How likely each site was moved to the right, by its offset in the text.

    Returns:
        `None` when the characters do not stand on whole pixels as a known law has it, or when they would as
        well if none was moved.
    """
    if len(seen.at) < FEWEST:
        return None
    pixels = _pixels(seen)
    if pixels is None:
        return None
    best = max((_fitted(seen, pixels, chained=law) for law in (True, False)), key=lambda f: f.likelihood)
    if best.likelihood < _FAIR * len(seen.at):
        return None
    still = max(_fitted(seen, pixels, chained=law, hair=0.0).likelihood for law in (True, False))
    if best.likelihood < still + _GAIN:
        return None
    return {int(at): float(p) for at, p, site in zip(seen.at, best.right, seen.moved, strict=True) if site}


@dataclass(frozen=True, eq=False)
class _Fitted:
    """The best of what was tried: the logarithm of its likelihood, and how likely each moved to the right."""

    likelihood: float
    right: Numbers


def _pixels(seen: Seen) -> Numbers | None:
    """(k,) whole pixels; `None` when the characters do not stand on any.

    A page is shown a little wider than its scale says, so that it ends on a whole pixel.
    """
    drift = np.linspace(-2e-3, 2e-3, 161)
    turned = np.exp(2j * np.pi * (seen.x[:, None] + seen.printed[:, None] * drift)).mean(axis=0)
    best = int(abs(turned).argmax())
    if abs(turned[best]) < _ON_GRID:
        return None
    shown = seen.x + seen.printed * drift[best] - np.angle(turned[best]) / (2 * np.pi)
    return np.asarray(np.round(shown), np.float64)


def _fitted(seen: Seen, pixels: Numbers, *, chained: bool, hair: float = HAIR) -> _Fitted:
    few = np.arange(len(seen.at)) < _LOOKED_AT
    scale = _slope(seen.line, seen.printed, pixels)
    scales, starts = _all(
        scale * (1 + np.linspace(-2.4e-3, 2.4e-3, 57)), np.linspace(0, 1, 20, endpoint=False)
    )
    law = _Law(seen.part(few), pixels[few], _SOFT[0], chained=chained)
    best = int(law.tried(scales, starts, hair=hair)[0].argmax())
    scale, start = float(scales[best]), float(starts[best])
    start += scale * float(seen.printed.mean() - law.middle)
    near = _all(scale * (1 + np.linspace(-9e-5, 9e-5, 9)), start + np.linspace(-0.06, 0.06, 13))
    found, right = _Law(seen, pixels, _SOFT[1], chained=chained).tried(*near, hair=hair)
    weights = np.exp(found - found.max())
    return _Fitted(float(found.max()), weights @ right / weights.sum())


def _all(scales: Numbers, starts: Numbers) -> tuple[Numbers, Numbers]:
    one, other = np.meshgrid(scales, starts, indexing="ij")
    return one.ravel(), other.ravel()


def _slope(line: NDArray[np.int64], printed: Numbers, pixels: Numbers) -> float:
    """Pixels a point, by all lines together."""
    over = under = 0.0
    for number in np.unique(line):
        x, y = printed[line == number], pixels[line == number]
        over += float(((x - x.mean()) * (y - y.mean())).sum())
        under += float(((x - x.mean()) ** 2).sum())
    return over / under if under else 1.0


class _Law:
    """How likely characters stand where they do, by the scale and where the page begins."""

    def __init__(self, seen: Seen, pixels: Numbers, soft: float, *, chained: bool) -> None:
        self._seen, self._pixels = seen, pixels
        self._soft, self._chained = soft, chained
        self.middle = float(seen.printed.mean())
        self._lines = [seen.line == number for number in np.unique(seen.line)]

    def tried(self, scales: Numbers, starts: Numbers, *, hair: float) -> tuple[Numbers, Numbers]:
        """(g,) logarithms of likelihoods, and (g, k) how likely each character was moved to the right.

        Args:
            scales: (g,) pixels a point.
            starts: (g,) where the middle of the characters stands, pixels.
            hair: em by which sites are moved.
        """
        exact = scales[:, None] * (self._seen.printed - self.middle) + starts[:, None]
        by = hair * self._seen.size * scales[:, None]
        standing = np.empty_like(exact)
        for own in self._lines:  # each line is counted from a pixel of its own
            away = np.median(exact[:, own] - self._pixels[own], axis=1)
            standing[:, own] = self._pixels[own] + np.round(away)[:, None]
        options = [self._both(standing + off, exact, by) for off in (-1, 0, 1)]
        whole = np.zeros(len(scales))
        right = np.zeros_like(exact)
        for own in self._lines:
            likely = np.stack([own_likelihood[:, own].sum(axis=1) for own_likelihood, _ in options])
            most = np.logaddexp.reduce(likely, axis=0)
            whole += most - np.log(len(options))
            for share, (_, ratio) in zip(np.exp(likely - most), options, strict=True):
                right[:, own] += share[:, None] * _logistic(ratio[:, own])
        return whole, right

    def _both(self, standing: Numbers, exact: Numbers, by: Numbers) -> tuple[Numbers, Numbers]:
        """(g, k) logarithms of likelihoods, and of how much likelier right is than left."""
        moved = self._seen.moved
        still = self._own(standing, exact, exact)
        counted = np.where(self._feeds, 0.0, still)  # it counts with the site that follows it
        if not by.any():
            alone = still + self._fed(still)
            return np.where(moved, alone, counted), np.zeros_like(still)
        left, right = (
            self._own(standing, exact + side * by * moved, exact)
            + self._before(standing, exact, exact + side * by * moved, still)
            for side in (-1, 1)
        )
        return np.where(moved, np.logaddexp(left, right) - np.log(2), counted), np.where(
            moved, right - left, 0.0
        )

    def _own(self, standing: Numbers, own: Numbers, others: Numbers) -> Numbers:
        """(g, k) logarithms: of each when it should be at `own`, and the next at `others`."""
        return self._log(standing, own, np.roll(others, -1, 1))

    def _before(self, standing: Numbers, others: Numbers, own: Numbers, still: Numbers) -> Numbers:
        """(g, k): of the one before each, when that stays, and each should be at `own`.

        Args:
            still: of each when all should be at `others`.
        """
        if not self._chained:  # whatever is behind it
            return self._fed(still)
        return self._fed(self._log(standing, others, np.roll(own, -1, 1)))

    def _fed(self, likelihood: Numbers) -> Numbers:
        """(g, k): of the one before each, where it tells of it."""
        return np.roll(np.where(self._feeds, likelihood, 0.0), 1, 1)

    def _log(self, standing: Numbers, own: Numbers, behind: Numbers) -> Numbers:
        # The chance of being rounded there: one within half a pixel.
        low, middle = (_logistic((standing - own + edge) / self._soft) for edge in (-0.5, 0.5))
        nearest = middle - low
        if not self._chained:
            return np.asarray(np.log(_STRANGE + (1 - 2 * _STRANGE) * nearest), np.float64)
        pulled = _logistic((standing - own + 1.5) / self._soft) - middle
        narrow = (behind - own) - (np.roll(standing, -1, 1) - standing)
        kept, given = (_logistic(gap / self._soft) for gap in (0.5 - narrow, narrow + 0.5))
        known = nearest * kept + pulled * given
        unknown = 0.6 * nearest + 0.4 * pulled
        chance = np.where(self._fixed, nearest, np.where(self._followed, known, unknown))
        return np.asarray(np.log(_STRANGE + (1 - 2 * _STRANGE) * chance), np.float64)

    @cached_property
    def _followed(self) -> Flags:
        """(k,) whether the next character of the text is seen right of it."""
        followed = np.zeros(len(self._seen.at), bool)
        followed[:-1] = (np.diff(self._seen.at) == 1) & (np.diff(self._seen.line) == 0)
        return followed

    @cached_property
    def _feeds(self) -> Flags:
        """(k,) whether it stays, and the next is moved: then where it stands tells of that, too."""
        return self._followed & ~self._seen.moved & np.roll(self._seen.moved, -1)

    @cached_property
    def _fixed(self) -> Flags:
        """(k,) whether it is rounded and left there."""
        return self._seen.first | self._seen.last


def _logistic(value: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-np.clip(value, -60, 60))), np.float64)
