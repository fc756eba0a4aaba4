"""Where each character of a line stands: first in groups, then one by one to a fraction of a pixel.

Punctuation is set wider on one line and closer on another, so nothing is taken to be known about it: what
stands between two marks is found by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from wenxing.carriers.picture.lines import HALF, Numbers, Picture, Row, around
from wenxing.carriers.picture.reference import EM, TALL

_COARSE = 16  # pixels of an em in the first search
_GROUP = 5  # characters at most that are searched for together
_FAR = 0.95  # em by which a group may stand elsewhere than expected
_SEEN = 0.35  # correlation from which a group counts as found
_STRAY = 0.6  # em by which a group may lie off the rest of its line
_SAME = 0.5  # correlation from which a character counts as found
_NEAR = 0.25  # em off its line within which it must stand up or down
_ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Fit:
    """How the characters of a row stand.

    Attributes:
        found: (k,) whether each was found.
        further: (k,) how much further along the line than its step, em; bends of the line taken out.
        x: (k,) pixels from some whole pixel of the picture, bends left in.
    """

    found: NDArray[np.bool_]
    further: Numbers
    x: Numbers


def fit(grey: NDArray[np.uint8], row: Row, cells: Picture, known: NDArray[np.bool_]) -> Fit | None:
    """Find the characters of a row; `None` when the row is not what its text says.

    Args:
        grey: the picture.
        row: where they should stand.
        cells: (k, TALL, EM), how they look in print.
        known: (k,) which of them are to be looked for.
    """
    ink, row = around(grey, row)
    groups = _groups(row.strip(ink, _COARSE), row, cells, known)
    if not len(groups):
        return None
    middles, off = groups[:, 0], groups[:, 1:]
    row, off = _bent(row, middles, off, 2 if len(groups) >= 6 else int(len(groups) >= 3))
    kept = abs(off[:, 0]) < _STRAY
    if not kept.any():
        return None
    at = np.flatnonzero(known)
    steps, templates = row.steps[at], _Templates(cells[at])
    nearest = abs(steps[:, None] - middles[None, kept]).argmin(axis=1)
    off = off[kept][nearest]
    for left in reversed(range(_ROUNDS)):
        off, alike = templates.laid_over(row.strip(ink, EM), steps, off)
        found = (alike > _SAME) & (abs(off[:, 1]) < _NEAR) & (abs(off[:, 0]) < _STRAY)
        if found.sum() < 3:
            return None
        if left:
            degree = 3 if found.sum() >= 12 else 2 if found.sum() >= 7 else 1
            row, off = _bent(row, steps, off, degree, by=found)
    whole = Fit(np.zeros(len(known), bool), np.zeros(len(known)), np.zeros(len(known)))
    whole.found[at], whole.further[at], whole.x[at] = found, off[:, 0], row.x_of(steps + off[:, 0])
    return whole


def _bent(
    row: Row, at: Numbers, off: Numbers, degree: int, *, by: NDArray[np.bool_] | None = None
) -> tuple[Row, Numbers]:
    """The row bent to where most characters stand, and how far each is still off: (k, 2), em."""
    trusted = np.ones(len(at), bool) if by is None else by
    curves = [_robust(at[trusted], off[trusted, i], degree) for i in (0, 1)]
    rest = off - np.stack([np.polyval(curve, at) for curve in curves], axis=1)
    return row.bent(*curves), rest


def _groups(strip: Picture, row: Row, cells: Picture, known: NDArray[np.bool_]) -> Numbers:
    """(g, 3): the middles of groups of characters by their steps, and how far on and how low they are off."""
    found = []
    for group in _together(known):
        start, end = row.steps[group[0]] - 0.5, row.steps[group[-1]] + 0.5
        template = _printed([cells[i] for i in group], row.steps[group] - 0.5 - start, end - start)
        place = _searched(strip, template, (start + 1) * _COARSE)
        if place is not None:
            found.append(((start + end) / 2, *place))
    return np.array(found, np.float64).reshape(-1, 3)


def _together(known: NDArray[np.bool_]) -> Iterator[list[int]]:
    """Neighbouring known characters in groups of two to five."""
    run: list[int] = []
    for i in range(len(known) + 1):
        if i < len(known) and known[i]:
            run.append(i)
            continue
        parts = -(-len(run) // _GROUP)
        for part in range(parts):
            group = run[len(run) * part // parts : len(run) * (part + 1) // parts]
            if len(group) > 1:
                yield group
        run = []


def _printed(cells: Sequence[Picture], at: Numbers, length: float) -> Picture:
    """Characters side by side as print has them, coarse."""
    tall = round(TALL * _COARSE / EM)
    printed = np.zeros((tall, round(length * _COARSE)), np.float32)
    for cell, step in zip(cells, at, strict=True):
        left = round(step * _COARSE)
        small = np.asarray(cv2.resize(cell, (_COARSE, tall), interpolation=cv2.INTER_AREA))
        part = printed[:, left : left + _COARSE]
        np.maximum(part, small[:, : part.shape[1]], out=part)
    return np.asarray(cv2.GaussianBlur(printed, (0, 0), 0.8), np.float32)


def _searched(strip: Picture, template: Picture, expected: float) -> tuple[float, float] | None:
    """How much further on and lower than expected a group stands, em; `None` when it is not there."""
    tall, wide = template.shape
    low = max(0, round(expected - _FAR * _COARSE))
    window = strip[:, low : round(expected + wide + _FAR * _COARSE)]
    if window.shape[1] < wide or window.shape[0] < tall or not template.any():
        return None
    scores = cv2.matchTemplate(window, template, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(scores)
    if best < _SEEN:
        return None
    return (x + low - expected) / _COARSE, (y + tall / 2) / _COARSE - HALF


class _Templates:
    """Characters in print, prepared to be laid over a strip: how far off and how bright is least squares."""

    def __init__(self, cells: Picture) -> None:
        self._cells = cells
        count = len(cells)
        across, down = np.gradient(cells, axis=2), np.gradient(cells, axis=1)
        flat = [part.reshape(count, -1) for part in (cells, np.ones_like(cells), -across, -down)]
        self._parts = np.stack(flat, axis=-1).astype(np.float32)
        normal = np.einsum("nki,nkj->nij", self._parts, self._parts) + 1e-4 * np.eye(4)
        self._inverse = np.linalg.inv(normal)

    def laid_over(self, strip: Picture, steps: Numbers, off: Numbers) -> tuple[Numbers, Numbers]:
        """(k, 2) how far on and how low each character is off its step, em, and (k,) how alike, −1 … 1.

        Args:
            strip: `EM` pixels an em.
            steps: where the characters should stand.
            off: (k, 2), where to begin.
        """
        off = off * EM
        for _ in range(4):
            shown = self._shown(strip, steps, off)
            solved = np.einsum("nij,nkj,nk->ni", self._inverse, self._parts, shown, optimize=True)
            bright = np.maximum(solved[:, :1], 0.15)
            off = off + np.clip(solved[:, 2:] / bright, -2, 2)
        return off / EM, _correlations(shown, self._cells.reshape(len(steps), -1))

    def _shown(self, strip: Picture, steps: Numbers, off: Numbers) -> Picture:
        """(k, TALL · EM): what the strip shows where the characters are thought to be."""
        across, down = np.meshgrid(np.arange(EM) - (EM - 1) / 2, np.arange(TALL) - (TALL - 1) / 2)
        x = across[None] + ((steps + 1) * EM - 0.5 + off[:, 0])[:, None, None]
        y = down[None] + (HALF * EM - 0.5 + off[:, 1])[:, None, None]
        flat = len(steps) * TALL, EM
        shown = cv2.remap(
            strip,
            x.reshape(flat).astype(np.float32),
            y.reshape(flat).astype(np.float32),
            cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=0,
        )
        return np.asarray(shown, np.float32).reshape(len(steps), -1)


def _correlations(one: Picture, other: Picture) -> Numbers:
    one, other = one - one.mean(1, keepdims=True), other - other.mean(1, keepdims=True)
    power = (one * one).sum(1) * (other * other).sum(1)
    return np.asarray((one * other).sum(1) / np.sqrt(power + 1e-9), np.float64)


def _robust(at: Numbers, values: Numbers, degree: int) -> Numbers:
    """A polynomial through most of the values, whatever the others are (Theil–Sen, then trimmed)."""
    line = np.array([float(np.median(values))])
    first, second = np.triu_indices(len(at), 1)
    apart = at[second] - at[first]
    if degree and (apart > 2).any():
        slopes = (values[second] - values[first])[apart > 2] / apart[apart > 2]
        slope = float(np.median(slopes))
        line = np.array([slope, float(np.median(values - slope * at))])
    for _ in range(4):
        away = abs(values - np.polyval(line, at))
        kept = away <= max(2.5 * float(np.median(away)), 0.02)
        line = np.polyfit(at[kept], values[kept], min(degree, max(0, int(kept.sum()) // 2 - 1)))
    return line
