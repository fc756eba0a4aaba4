"""How far characters stand from where those beside them would have them, in the places of a file."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wenxing.formats.pdf.places import Places
from wenxing.sites import BETWEEN, Site

_STRAIGHT = 0.02  # of an em by which neighbours may stray from a line
_CLOSE = (0.5, 2.6)  # ems between the neighbours of a character, one on either side
_OFF = 0.3  # of an em: what is further off stands elsewhere
_LOOKED_AT = 12  # of the nearest steps, how many may be those of other lines


def shifts_at(places: Places, text: str, sites: Sequence[Site]) -> NDArray[np.float64]:
    """How far moved characters stand from where those beside them would have them.

    Args:
        places: of the characters of the text.
        text: the master's.
        sites: of the kind `glyph`, all of one rule.

    Returns:
        (m,), by site: thousandths of an em along the line; NaN where that cannot be told.
    """
    at = np.array([site.start for site in sites], np.int64)
    if not len(at) or sites[0].rule == BETWEEN:
        return shifts_of(places)[at]
    han = np.array(["\u3400" <= c <= "\u9fff" for c in text])
    still = han.copy()
    still[at] = False
    return _Beside(places, han, still).shifts(at)


def shifts_of(places: Places) -> NDArray[np.float64]:
    """How far characters stand from the middle between their two neighbours in the text.

    Args:
        places: of the characters.

    Returns:
        (n,), by offset in the text: thousandths of an em along the line; NaN where the character or a
        neighbour is not shown, or where the three do not stand close together on one line.
    """
    shifts = np.full(len(places.x), np.nan)
    if len(shifts) < 3:
        return shifts
    own = np.column_stack((places.x, places.y))
    across = own[2:] - own[:-2]
    length = np.hypot(across[:, 0], across[:, 1])
    em = places.size[1:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        along = across / length[:, None]
        off = own[1:-1] - (own[2:] + own[:-2]) / 2
        shift = (off * along).sum(axis=1) / em
        stray = np.abs(off[:, 0] * along[:, 1] - off[:, 1] * along[:, 0]) / em
        fits = (stray < _STRAIGHT) & (length > 2 * _CLOSE[0] * em) & (length < _CLOSE[1] * em)
    page = places.page
    fits &= (page[:-2] == page[1:-1]) & (page[2:] == page[1:-1]) & (page[1:-1] >= 0)
    shifts[1:-1][fits] = 1000 * shift[fits]
    return shifts


class _Beside:
    """Characters against those of their run that stay: between two of them, or a step from one.

    The step from character to character is that of the nearest two that stay on the same line.
    """

    def __init__(self, places: Places, han: NDArray[np.bool_], still: NDArray[np.bool_]) -> None:
        self._own = np.column_stack((places.x, places.y))
        self._page, self._size, self._still = places.page, places.size, still
        self._middle = shifts_of(places)
        between = np.zeros(len(han), bool)
        between[1:-1] = han[1:-1] & still[:-2] & still[2:] & np.isfinite(self._middle[1:-1])
        self._between = between
        self._steps = np.flatnonzero(between)

    def shifts(self, at: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.array([self._middle[i] if self._between[i] else self._from_one_side(int(i)) for i in at])

    def _from_one_side(self, at: int) -> float:
        seen = [self._by(at, side) for side in (-1, 1)]
        found = [shift for shift in seen if np.isfinite(shift)]
        return found[0] if len(found) == 1 else float("nan")  # with two, they would stand on one line

    def _by(self, at: int, side: int) -> float:
        """Against the next on one side; NaN where that moves, too, or stands elsewhere."""
        beside = at + side
        if not 0 <= beside < len(self._still) or not self._still[beside]:
            return float("nan")
        if self._page[at] != self._page[beside] or self._page[at] < 0:
            return float("nan")
        step, em = self._step(beside), self._size[at]
        if step is None:
            return float("nan")
        along = step / np.hypot(*step)
        off = (self._own[at] - self._own[beside] + side * step) / em
        shift, stray = float(off @ along), abs(float(off[0] * along[1] - off[1] * along[0]))
        return 1000 * shift if stray < _STRAIGHT and abs(shift) < _OFF else float("nan")

    def _step(self, at: int) -> NDArray[np.float64] | None:
        """From character to character on the line of one that stays, points; `None` when nothing tells."""
        first = int(np.searchsorted(self._steps, at)) - _LOOKED_AT // 2
        near = self._steps[max(0, first) : first + _LOOKED_AT]
        for i in sorted(near.tolist(), key=lambda i: abs(i - at)):
            step = (self._own[i + 1] - self._own[i - 1]) / 2
            off = self._own[i + 1] - self._own[at]
            stray = abs(float(off[0] * step[1] - off[1] * step[0])) / float(np.hypot(*step))
            if self._page[i] == self._page[at] and stray < _STRAIGHT * self._size[at]:
                return np.asarray(step, np.float64)
        return None
