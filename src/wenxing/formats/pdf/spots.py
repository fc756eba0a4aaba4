"""From the characters of a text to the glyphs that show them in the contents of pages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from wenxing.formats.pdf.places import Places
from wenxing.formats.pdf.streams import Show

_NEAR = 0.06  # points between where PDFium and we see the same glyph


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a character stands in the contents of a page: the part and the glyph within it."""

    page: int
    part: int
    glyph: int


def spots(places: Places, pages: Mapping[int, list[bytes | Show]]) -> dict[int, Spot]:
    """Return for characters of a text the one glyph that shows them; the others are not there.

    Args:
        places: of the characters.
        pages: the parts of the contents of every page.
    """
    found: dict[int, Spot] = {}
    for number, parts in pages.items():
        index = _Index(number, parts)
        height = places.sizes[number][1]
        for at in np.flatnonzero(places.page == number).tolist():
            spot = index.at(float(places.x[at]), height - float(places.y[at]))
            if spot is not None:
                found[at] = spot
    seen: dict[Spot, int] = defaultdict(int)
    for spot in found.values():
        seen[spot] += 1
    return {at: spot for at, spot in found.items() if seen[spot] == 1}


class _Index:
    """The glyphs of a page by where they stand."""

    def __init__(self, page: int, parts: Iterable[bytes | Show]) -> None:
        self._cells: dict[tuple[int, int], list[tuple[float, float, Spot]]] = defaultdict(list)
        for number, part in enumerate(parts):
            if isinstance(part, Show):
                for i, glyph in enumerate(part.glyphs):
                    cell = (int(glyph.x), int(glyph.y))
                    self._cells[cell].append((glyph.x, glyph.y, Spot(page, number, i)))

    def at(self, x: float, y: float) -> Spot | None:
        """The one glyph at a place; `None` when there is none, or more, as of letters drawn twice."""
        cells = {(int(x + dx), int(y + dy)) for dx in (-_NEAR, _NEAR) for dy in (-_NEAR, _NEAR)}
        near = [
            spot
            for cell in cells
            for own_x, own_y, spot in self._cells.get(cell, ())
            if abs(own_x - x) < _NEAR and abs(own_y - y) < _NEAR
        ]
        return near[0] if len(near) == 1 else None
