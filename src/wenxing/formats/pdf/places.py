"""Where the characters of a text stand on the pages of a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from wenxing.formats.pdf.lines import lines_of
from wenxing.formats.pdf.pages import PageText


@dataclass(frozen=True, eq=False)
class Places:
    """For every character of a text where its glyph stands.

    Attributes:
        page: (n,) int32, its page, counted from 0; −1 for white space and for what is not shown.
        index: (n,) int32, which character of the page it is.
        x, y: (n,) float64, the origin of the glyph, points from the page's upper left corner: `y` is the
            baseline. At `dpi` a point is `dpi / 72` pixels. NaN where `page` is −1.
        size: (n,) float64, the em, points.
        sizes: width and height of every page, points.
    """

    page: NDArray[np.int32]
    index: NDArray[np.int32]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    size: NDArray[np.float64]
    sizes: tuple[tuple[float, float], ...]


def places_of(text: str, pages: Sequence[PageText]) -> Places:
    """Find every character of a text in the lines of a PDF; what has no counterpart has no place."""
    shown, where = _shown(pages)
    own = [i for i, c in enumerate(text) if not c.isspace()]
    found = _paired("".join(text[i] for i in own), shown)
    page, index = (np.full(len(text), -1, np.int32) for _ in range(2))
    x, y, size = (np.full(len(text), np.nan) for _ in range(3))
    for mine, theirs in found:
        i, (number, at) = own[mine], where[theirs]
        source = pages[number]
        page[i], index[i] = number, at
        x[i], y[i], size[i] = source.x[at], source.height - source.y[at], source.size[at]
    return Places(page, index, x, y, size, tuple((p.width, p.height) for p in pages))


def _shown(pages: Sequence[PageText]) -> tuple[str, list[tuple[int, int]]]:
    """The characters of the text proper, and where each stands: its page and its index there."""
    characters: list[str] = []
    where: list[tuple[int, int]] = []
    for line in lines_of(pages):
        for c, at in zip(line.text, line.at.tolist(), strict=True):
            if not c.isspace():
                characters.append(c)
                where.append((line.page, at))
    return "".join(characters), where


def _paired(text: str, shown: str) -> list[tuple[int, int]]:
    """Pairs of offsets of equal characters, ascending in both."""
    if text == shown:
        return list(zip(range(len(text)), range(len(text)), strict=True))
    pairs: list[tuple[int, int]] = []
    for block in Levenshtein.opcodes(text, shown):
        if block.tag == "equal":
            pairs += zip(
                range(block.src_start, block.src_end), range(block.dest_start, block.dest_end), strict=True
            )
    return pairs
