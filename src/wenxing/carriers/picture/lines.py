"""A line of a picture, straightened: its characters one em apart on a level, as in print."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from wenxing.carriers.picture.reference import EM
from wenxing.formats.pictures import Line

HALF = 1.2
"""Em above and below the middle of a line that are looked at."""

Numbers = NDArray[np.float64]
Picture = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Row:
    """A recognised line and how to find its characters in the picture.

    Attributes:
        steps: (k,) where the middle of each character should stand, em from the left end.
        length: em from end to end.
        left: (2,) the middle of its left end, pixels.
        along, down: (2,) an em along the line and across it, pixels.
        bend: polynomials of the place along the line, em, highest power first: by how much characters stand
            further on, and lower, than they should.
    """

    steps: Numbers
    length: float
    left: Numbers
    along: Numbers
    down: Numbers
    bend: tuple[Numbers, Numbers] = (np.zeros(1), np.zeros(1))

    @property
    def em(self) -> float:
        """Pixels of an em in the picture."""
        return float(np.hypot(*self.along))

    def bent(self, further: Numbers, lower: Numbers) -> "Row":
        """The row when it is bent more by these polynomials."""
        across, down = (np.polyadd(old, new) for old, new in zip(self.bend, (further, lower), strict=True))
        return replace(self, bend=(np.asarray(across, np.float64), np.asarray(down, np.float64)))

    def x_of(self, across: Numbers) -> Numbers:
        """Pixels from the left of the picture of places on the middle of the straightened line, em."""
        on, off = (np.polyval(bend, across) for bend in self.bend)
        return np.asarray(self.left[0] + self.along[0] * (across + on) + self.down[0] * off, np.float64)

    def strip(self, ink: Picture, em: int) -> Picture:
        """The line on a level, from one em left of it to one em right, `em` pixels an em."""
        across = (np.arange(round((self.length + 2) * em)) + 0.5) / em - 1
        below = (np.arange(round(2 * HALF * em)) + 0.5) / em - HALF
        on = across + np.polyval(self.bend[0], across)
        off = below[:, None] + np.polyval(self.bend[1], across)[None, :]
        x = self.left[0] + self.along[0] * on[None, :] + self.down[0] * off - 0.5
        y = self.left[1] + self.along[1] * on[None, :] + self.down[1] * off - 0.5
        return _sampled(ink, x, y)


def row_of(line: Line, steps: Numbers, width: float) -> Row:
    """Where a line's characters should stand by its corners.

    Args:
        line: as it was recognised.
        steps: as of `Row`.
        width: of its last character, em.
    """
    corners = np.array(line.corners)
    left, right = (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2
    length = float(steps[-1] + width / 2)
    along = (right - left) / length
    return Row(steps, length, left, along, np.array([-along[1], along[0]]))


def around(grey: NDArray[np.uint8], row: Row) -> tuple[Picture, Row]:
    """The part of a picture around a line, as ink, and the row in it.

    Ink is how dark a pixel is against the paper about it, 0 … 1; light text on dark ground counts as dark.
    """
    ends = np.array([row.left, row.left + row.along * row.length])
    top_left = np.maximum(np.floor(ends.min(axis=0) - 2 * row.em), 0).astype(int)
    bottom_right = np.ceil(ends.max(axis=0) + 2 * row.em).astype(int)
    part = grey[top_left[1] : max(bottom_right[1], top_left[1] + 1), top_left[0] : max(bottom_right[0], 1)]
    return _ink(part, row.em), replace(row, left=row.left - top_left)


def _ink(grey: NDArray[np.uint8], em: float) -> Picture:
    if np.median(grey) < 110:
        grey = 255 - grey
    step = max(1, round(em / 24))
    small = grey if step == 1 else cv2.resize(grey, None, fx=1 / step, fy=1 / step)
    reach = max(3, int(0.8 * em / step) | 1)
    paper = cv2.GaussianBlur(cv2.dilate(small, np.ones((reach, reach), np.uint8)), (0, 0), 0.7 * reach)
    if step > 1:
        paper = cv2.resize(paper, (grey.shape[1], grey.shape[0]))
    ink = np.clip(1 - grey / np.maximum(np.asarray(paper, np.float32), 8), -0.2, 1.0).astype(np.float32)
    # Where pixels are many to an em, they would be skipped over in a strip.
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.45 * em / EM) if em > 1.3 * EM else ink, np.float32)


def steps_of(widths: Sequence[float], gaps: Sequence[float | None]) -> Numbers:
    """Where the middles of characters should stand.

    Args:
        widths: em of each.
        gaps: em from the middle of each to that of the next, where the master's own pages tell.
    """
    steps = [widths[0] / 2]
    for before, own, gap in zip(widths, widths[1:], gaps, strict=False):
        steps.append(steps[-1] + ((before + own) / 2 if gap is None else gap))
    return np.array(steps)


def _sampled(ink: Picture, x: Numbers, y: Numbers) -> Picture:
    return cv2.remap(
        ink, x.astype(np.float32), y.astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32, copy=False)
