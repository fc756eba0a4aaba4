"""A PDF master, prepared once: a copy is a splice of bytes into the contents of its pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, eq=False)
class Table:
    """Sites, as a template can move them.

    Attributes:
        numbers: by the offset of each character that can be moved, ascending: 0 … m − 1.
        which: (m,) which of the sites each is.
        hair: how far they move, thousandths of an em.
    """

    numbers: dict[int, int]
    which: NDArray[np.intp]
    hair: float

    def symbols(self, settings: Sequence[Setting]) -> NDArray[np.uint8]:
        """(m + 1,): those of the characters that can be moved, and 0 for what is fixed.

        Args:
            settings: of all the sites, in order.
        """
        given = np.array([setting.symbol for setting in settings], np.uint8)
        return np.append(given[self.which], np.uint8(0))


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
        self._table: tuple[tuple[Site, ...], Table] | None = None
        self._chunks: tuple[Table, Assembly, dict[int, Chunks]] | None = None

    def movable(self, sites: Sequence[Site]) -> frozenset[int]:
        """The characters of a table that a copy can move: a known glyph with what it is read against."""
        starts = tuple(site.start for site in sites)
        asked = (sites[0].rule if sites else "", starts)
        able = self._movable.get(asked)
        if able is None:
            told = np.isfinite(self.shifts(sites)).tolist()
            able = frozenset(at for at, fine in zip(starts, told, strict=True) if fine and at in self.spots)
            self._movable = {asked: able}
        return able

    def shifts(self, sites: Sequence[Site]) -> NDArray[np.float64]:
        """(m,): how far the characters of a table stand off where the master has them, as `shifts_at`."""
        return shifts_at(self.places, self._text, sites)

    def table(self, sites: Sequence[Site]) -> Table:
        """What there is to know of a table of sites before any copy; that of the last is remembered."""
        sites = tuple(sites)
        last = self._table  # threads share a template: what another one remembers is not looked at again
        if last is None or last[0] != sites:
            last = self._table = sites, self._tabled(sites)
        return last[1]

    def write(self, settings: Sequence[Setting] = ()) -> bytes:
        """Return a copy with the glyphs moved; settings of other kinds are not for this carrier.

        The copy is one whole file; its text and all else that it shows are the master's.
        """
        table = self.table([setting.site for setting in settings])
        return self.spliced(table, table.symbols(settings), {})

    def spliced(
        self, table: Table, symbols: NDArray[np.uint8], parts: Mapping[int, Mapping[int, bytes]]
    ) -> bytes:
        """Return a copy.

        Args:
            table: of this template.
            symbols: as `table.symbols` gives them.
            parts: by page and part of its contents: what stands in its place.
        """
        assembly, chunks = self._prepared(table)
        return assembly.copy(
            {number: own.content(symbols, parts.get(number, {})) for number, own in chunks.items()}
        )

    def _tabled(self, sites: Sequence[Site]) -> Table:
        glyphs = [(site.start, i) for i, site in enumerate(sites) if site.kind is SiteKind.GLYPH]
        movable = self.movable([sites[i] for _, i in glyphs])
        able = sorted((start, i) for start, i in glyphs if start in movable)
        hair = HAIRS[sites[glyphs[0][1]].rule if glyphs else BETWEEN]
        numbers = {start: number for number, (start, _) in enumerate(able)}
        return Table(numbers, np.array([i for _, i in able], np.intp), hair)

    def _prepared(self, table: Table) -> tuple[Assembly, dict[int, Chunks]]:
        """The file taken apart at these sites' glyphs; the last set of sites is remembered."""
        last = self._chunks
        if last is None or last[0] is not table:
            on_page: dict[int, dict[tuple[int, int], int]] = {n: {} for n in self.pages}
            for at, number in table.numbers.items():
                spot = self.spots[at]
                on_page[spot.page][spot.part, spot.glyph] = number
            chunks = {n: chunked(parts, on_page[n], table.hair) for n, parts in self.pages.items()}
            with opened(self._source) as pdf:
                last = self._chunks = table, Assembly(pdf, list(self.pages)), chunks
        return last[1:]


@lru_cache(maxsize=_KEPT)
def template(source: bytes, document: Document) -> Template:
    """Return the prepared form of a PDF master; the last few are remembered."""
    return Template(source, document)
