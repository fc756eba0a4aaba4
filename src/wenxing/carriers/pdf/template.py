"""A PDF master, prepared once: a copy is a splice of bytes into the contents of its pages."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wenxing.carriers.pdf.glyphs import Chunks, chunked
from wenxing.carriers.pdf.shifts import shifts_at
from wenxing.document import Document
from wenxing.formats.pdf.assembly import Assembly, opened
from wenxing.formats.pdf.pages import page_texts
from wenxing.formats.pdf.places import Places, places_of
from wenxing.formats.pdf.spots import Spot, spots
from wenxing.formats.pdf.streams import Show, shows
from wenxing.sites import BETWEEN, HAIRS, Setting, Site, SiteKind

_KEPT = 4  # prepared masters kept in memory


class Template:
    """A publisher's PDF and the map from its document's characters to its glyphs.

    Args:
        source: the file.
        document: what `reading.read` made of it.

    Raises:
        FileTooLarge, ProtectedFile, UnreadableFile: `source` cannot be read.
    """

    def __init__(self, source: bytes, document: Document) -> None:
        self._source, self._text = source, document.text
        self.places: Places = places_of(document.text, page_texts(source))
        with opened(source) as pdf:
            numbers = {int(n) for n in np.unique(self.places.page) if n >= 0}
            self.pages: dict[int, list[bytes | Show]] = {n: shows(pdf.pages[n]) for n in sorted(numbers)}
        self.spots: dict[int, Spot] = spots(self.places, self.pages)
        self._movable: dict[tuple[str, tuple[int, ...]], frozenset[int]] = {}  # of the last table
        self._chunks: dict[tuple[tuple[int, ...], float], tuple[Assembly, dict[int, Chunks]]] = {}

    def movable(self, sites: Sequence[Site]) -> frozenset[int]:
        """The characters of a table that a copy can move: a known glyph with what it is read against."""
        starts = tuple(site.start for site in sites)
        asked = (sites[0].rule if sites else "", starts)
        if asked not in self._movable:
            told = np.isfinite(self.shifts(sites)).tolist()
            able = frozenset(at for at, fine in zip(starts, told, strict=True) if fine and at in self.spots)
            self._movable = {asked: able}
        return self._movable[asked]

    def shifts(self, sites: Sequence[Site]) -> NDArray[np.float64]:
        """(m,): how far the characters of a table stand off where the master has them, as `shifts_at`."""
        return shifts_at(self.places, self._text, sites)

    def symbols(self, settings: Sequence[Setting]) -> dict[int, int]:
        """The symbols of the characters that can be moved; other kinds are not for this carrier."""
        moves = [setting for setting in settings if setting.site.kind is SiteKind.GLYPH]
        movable = self.movable([setting.site for setting in moves])
        return {s.site.start: s.symbol for s in moves if s.site.start in movable}

    def write(self, settings: Sequence[Setting] = ()) -> bytes:
        """Return a copy with the glyphs moved; settings of other kinds are not for this carrier.

        The copy is one whole file; its text and all else that it shows are the master's.
        """
        return self.spliced(self.symbols(settings), {}, hair_of(settings))

    def spliced(
        self, symbols: Mapping[int, int], parts: Mapping[int, Mapping[int, bytes]], hair: float
    ) -> bytes:
        """Return a copy.

        Args:
            symbols: by offset of the character that moves; all of them can.
            parts: by page and part of its contents: what stands in its place.
            hair: how far characters move, thousandths of an em.
        """
        assembly, chunks = self._prepared(tuple(sorted(symbols)), hair)
        return assembly.copy(
            {number: own.content(symbols, parts.get(number, {})) for number, own in chunks.items()}
        )

    def _prepared(self, sites: tuple[int, ...], hair: float) -> tuple[Assembly, dict[int, Chunks]]:
        """The file taken apart at these sites' glyphs; the last set of sites is remembered."""
        if (sites, hair) not in self._chunks:
            on_page: dict[int, dict[tuple[int, int], int]] = {n: {} for n in self.pages}
            for at in sites:
                spot = self.spots[at]
                on_page[spot.page][spot.part, spot.glyph] = at
            chunks = {n: chunked(parts, on_page[n], hair) for n, parts in self.pages.items()}
            with opened(self._source) as pdf:
                self._chunks = {(sites, hair): (Assembly(pdf, list(self.pages)), chunks)}
        return self._chunks[sites, hair]


@lru_cache(maxsize=_KEPT)
def template(source: bytes, document: Document) -> Template:
    """Return the prepared form of a PDF master; the last few are remembered."""
    return Template(source, document)


def hair_of(settings: Sequence[Setting]) -> float:
    """How far the characters of a table are moved, thousandths of an em."""
    rules = (s.site.rule for s in settings if s.site.kind is SiteKind.GLYPH)
    return HAIRS[next(rules, BETWEEN)]
