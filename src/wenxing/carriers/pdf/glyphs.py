"""The glyphs of a PDF that a copy may move, and how they are written.

Symbol 0 puts a character a hair to the left of where the master has it, symbol 1 as much to the right; those
beside it stay. Nothing else tells the copies apart, least of all their text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wenxing.formats.pdf.streams import Show, moved, quoted

_NOTHING: Mapping[int, bytes] = {}


@dataclass(frozen=True, slots=True)
class Chunks:
    """The contents of a page, all symbols open.

    Attributes:
        pieces: bytes, in order.
        slots: which piece each site's glyph is: (piece, site).
        choices: by site, the piece for symbol 0 and for symbol 1.
        starts: by part of the contents, its first piece; one more for the end.
    """

    pieces: list[bytes]
    slots: list[tuple[int, int]]
    choices: dict[int, tuple[bytes, bytes]]
    starts: list[int]

    def content(self, symbols: Mapping[int, int], parts: Mapping[int, bytes] = _NOTHING) -> bytes:
        """The contents of a copy.

        Args:
            symbols: by site; a site that is not given is the master's own.
            parts: what stands in the place of whole parts.
        """
        pieces = self.pieces.copy()
        for piece, site in self.slots:
            symbol = symbols.get(site)
            if symbol is not None:
                pieces[piece] = self.choices[site][symbol]
        for part, content in parts.items():
            start, end = self.starts[part : part + 2]
            pieces[start:end] = [content] + [b""] * (end - start - 1)
        return b"".join(pieces)


def chunked(parts: Iterable[bytes | Show], sites: Mapping[tuple[int, int], int], hair: float) -> Chunks:
    """Take the contents of a page apart at the glyphs that move.

    Args:
        parts: the contents.
        sites: (part, glyph) → site.
        hair: how far a glyph moves, thousandths of an em.
    """
    chunks = Chunks([], [], {}, [0])
    for number, part in enumerate(parts):
        if isinstance(part, bytes):
            chunks.pieces.append(part)
        else:
            own = {i: sites[number, i] for i in range(len(part.glyphs)) if (number, i) in sites}
            _take(chunks, part, own, hair)
        chunks.starts.append(len(chunks.pieces))
    return chunks


def _take(chunks: Chunks, show: Show, sites: Mapping[int, int], hair: float) -> None:
    """Add the pieces of one operator: fixed bytes, and each site's glyph with the numbers around it."""
    if not sites:
        chunks.pieces.append(show.written())
        return
    fixed = [show.prefix, b"[("]
    numbers = [*(glyph.before for glyph in show.glyphs), show.after]
    for i, glyph in enumerate(show.glyphs):
        if i not in sites:
            fixed += (b"" if i - 1 in sites else moved(numbers[i]), quoted(glyph.code))
            continue
        chunks.pieces.append(b"".join(fixed))
        chunks.slots.append((len(chunks.pieces), sites[i]))
        code = quoted(glyph.code)
        own, left, right = (
            moved(numbers[i] + shift) + code + moved(numbers[i + 1] - shift) for shift in (0.0, hair, -hair)
        )
        chunks.pieces.append(own)
        chunks.choices[sites[i]] = (left, right)
        fixed = []
    fixed += (b"" if len(show.glyphs) - 1 in sites else moved(show.after), b")]TJ\n")
    chunks.pieces.append(b"".join(fixed))
