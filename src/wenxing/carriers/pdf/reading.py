"""Where the glyphs of a leaked PDF stand, compared with where the master has them.

The file says it to a thousandth of a point, and what prints to PDF or repairs one keeps it; so a reading
is as sure as the file is whole.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wenxing.carriers.pdf.shifts import shifts_at
from wenxing.carriers.pdf.template import template
from wenxing.document import Document
from wenxing.formats.pdf.places import Places
from wenxing.sites import Observation, Site

_CLEAR = (
    9.0,
    28.8,
)  # thousandths of an em: what lies nearer to the middle, or further out, was moved by something else

_MOVED = 0.5  # of the sites that are found must be clear, or the file is not one of ours


class GlyphReader:
    """Reads the sites of any master from one leaked PDF."""

    def __init__(self, places: Places) -> None:
        """Measure the leak.

        Args:
            places: of the characters of its text.
        """
        self._places = places

    def __call__(
        self, source: bytes, document: Document, sites: Sequence[Site], places: NDArray[np.int64]
    ) -> tuple[Observation, ...]:
        """What the leak shows at each site; an erasure where it or a neighbour is not found, or did not move.

        Args:
            source: the master's file.
            document: the master's.
            sites: of the kind `glyph`, in order.
            places: (n,), for each character of the master's text its offset in the leak's; −1 where the
                leak does not have it.
        """
        shifts = shifts_at(_taken(self._places, places), document.text, sites)
        if document.format == "pdf":
            shifts = shifts - template(source, document).shifts(sites)
        seen = tuple(_observed(i, float(shift)) for i, shift in enumerate(shifts))
        read = sum(o.symbol is not None for o in seen)
        found = read + sum(o.doubtful for o in seen)
        # Set anew by another program, characters stand as that has them, and some seem to have moved.
        return seen if read >= _MOVED * found else tuple(Observation(i, None) for i in range(len(sites)))


def _observed(index: int, shift: float) -> Observation:
    if not np.isfinite(shift):
        return Observation(index, None)
    if not _CLEAR[0] < abs(shift) < _CLEAR[1]:
        return Observation(index, None, doubtful=True)
    return Observation(index, int(shift > 0))


def _taken(leak: Places, at: NDArray[np.int64]) -> Places:
    """The places of the master's characters in the leak; what the leak does not have has none."""
    page, index, x, y, size = (
        np.append(values, nothing)[at]  # −1, of what is not there, is the last
        for values, nothing in (
            (leak.page, -1),
            (leak.index, -1),
            (leak.x, np.nan),
            (leak.y, np.nan),
            (leak.size, np.nan),
        )
    )
    return Places(page, index, x, y, size, leak.sizes)
