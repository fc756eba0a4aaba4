"""The glyphs of a PDF that a copy may move, and how they are written.

Symbol 0 puts a character a hair to the left of where the master has it, symbol 1 as much to the right; those
beside it stay. Nothing else tells the copies apart, least of all their text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wenxing.formats.pdf.streams import Show, moved, quoted

FIXED = -1
"""In the place of a site: what is the same in every copy."""

_NOTHING: Mapping[int, bytes] = {}

Piece = tuple[int, bytes, bytes]
"""The number of a site or `FIXED`, and the bytes for its symbols 0 and 1."""


@dataclass(frozen=True, eq=False)
class Chunks:
    """The contents of a page, all symbols open.

    Attributes:
        sites: (p,) of each piece in order: the number of its site or `FIXED`.
        choices: (p,) of each piece: the bytes for symbol 0 and for symbol 1.
        starts: by part of the contents, its first piece; one more for the end.
    """

    sites: NDArray[np.intp]
    choices: list[tuple[bytes, bytes]]
    starts: list[int]

    def content(self, symbols: NDArray[np.uint8], parts: Mapping[int, bytes] = _NOTHING) -> bytes:
        """The contents of a copy.

        Args:
            symbols: (m + 1,), by site; the last is 0, for what is fixed.
            parts: what stands in the place of whole parts.
        """
        chosen = symbols[self.sites].tolist()
        pieces = [choice[symbol] for choice, symbol in zip(self.choices, chosen, strict=True)]
        for part, content in parts.items():
            start, end = self.starts[part : part + 2]
            pieces[start:end] = [content] + [b""] * (end - start - 1)
        return b"".join(pieces)


def chunked(parts: Iterable[bytes | Show], sites: Mapping[tuple[int, int], int], hair: float) -> Chunks:
    """Take the contents of a page apart at the glyphs that move.

    Args:
        parts: the contents.
        sites: (part, glyph) → number of its site.
        hair: how far a glyph moves, thousandths of an em.
    """
    pieces: list[Piece] = []
    starts = [0]
    for number, part in enumerate(parts):
        if isinstance(part, bytes):
            pieces.append((FIXED, part, part))
        else:
            own = {i: sites[number, i] for i in range(len(part.glyphs)) if (number, i) in sites}
            pieces += joined(_pieces(part, own, hair))
        starts.append(len(pieces))
    return Chunks(
        np.array([site for site, _, _ in pieces], np.intp),
        [(left, right) for _, left, right in pieces],
        starts,
    )


def joined(pieces: Iterable[Piece]) -> list[Piece]:
    """The same with as few pieces as can be: one for each site, and what is fixed with the one before it."""
    out: list[Piece] = []
    run: list[Piece] = []
    for piece in pieces:
        if run and piece[0] not in (FIXED, run[0][0]):
            out.append(_one(run))
            run = []
        run.append(piece)
    return [*out, _one(run)] if run else out


def _one(run: Sequence[Piece]) -> Piece:
    return run[0][0], b"".join(left for _, left, _ in run), b"".join(right for _, _, right in run)


def _pieces(show: Show, sites: Mapping[int, int], hair: float) -> Iterator[Piece]:
    """The pieces of one operator: fixed bytes, and each site's glyph with the numbers around it."""
    if not sites:
        yield _fixed(show.written())
        return
    yield _fixed(show.prefix + b"[(")
    numbers = [*(glyph.before for glyph in show.glyphs), show.after]
    for i, glyph in enumerate(show.glyphs):
        code = quoted(glyph.code)
        if i in sites:
            left, right = (
                moved(numbers[i] + shift) + code + moved(numbers[i + 1] - shift) for shift in (hair, -hair)
            )
            yield sites[i], left, right
        else:
            yield _fixed((b"" if i - 1 in sites else moved(numbers[i])) + code)
    yield _fixed((b"" if len(show.glyphs) - 1 in sites else moved(show.after)) + b")]TJ\n")


def _fixed(content: bytes) -> Piece:
    return FIXED, content, content
