"""Where the layout of a text may vary: runs for spacing, single characters for glyphs.

Both follow from the text alone, so that the same document always gives the same
tables. They keep clear of the places whose wording varies, for the characters there
differ from copy to copy.
"""

import re
from collections.abc import Collection, Iterator

from wenxing.document import Document, Role
from wenxing.sites import Span

SHORTEST, LONGEST, USUAL = 8, 24, 20
"""Characters of a run: any shorter and it is seen as a blot, any longer and a page holds too few."""

EVERY = 2
"""Between two moved characters one stays: it is what both are read against."""

_CLEAR = re.compile("[^\t\n\r\x0b\x0c\ufffc]+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]{2,}")
_ROLES = {Role.BODY, Role.CELL}
_WRAPS = 40  # characters of a cell: it breaks its lines anyhow, so that nobody sees it break them elsewhere


def spacing_spans(document: Document, taken: Collection[Span]) -> tuple[Span, ...]:
    """Runs of 8–24 characters, about 20, of the body and of long cells; ascending, not overlapping.

    Args:
        document: the master's.
        taken: spans to keep clear of.
    """
    found: list[Span] = []
    for start, end in _free(document, taken, least=_WRAPS):
        for match in _CLEAR.finditer(document.text, start, end):
            text = match[0]
            first = match.start() + len(text) - len(text.lstrip())
            found += _cut(first, match.start() + len(text.rstrip()))
    return tuple(found)


def glyph_places(document: Document, taken: Collection[Span]) -> tuple[int, ...]:
    """Offsets of every second Han character of each run of them, the first included; ascending.

    Each has one of its run beside it that stays; what stands on its other side may be a mark.

    Args:
        document: the master's.
        taken: spans to keep clear of, neighbours included.
    """
    before, behind = {span.end for span in taken}, {span.start for span in taken}
    return tuple(
        at
        for start, end in _free(document, taken)
        for match in _HAN.finditer(document.text, start, end)
        for at in range(
            match.start() + (match.start() in before), match.end() - (match.end() in behind), EVERY
        )
    )


def _cut(start: int, end: int) -> Iterator[Span]:
    """A stretch in runs as equal as they can be; nothing when it is too short."""
    length = end - start
    if length < SHORTEST:
        return
    count = max(1, round(length / USUAL), -(-length // LONGEST))
    for i in range(count):
        yield Span(start + length * i // count, start + length * (i + 1) // count)


def _free(document: Document, taken: Collection[Span], *, least: int = 0) -> Iterator[tuple[int, int]]:
    """Half-open stretches of the body, and of cells with so many characters, that no taken span touches."""
    spans = sorted((span.start, span.end) for span in taken)
    at = 0
    for paragraph, start in zip(document.paragraphs, document.starts, strict=True):
        end = start + len(paragraph.text)
        may = paragraph.role in _ROLES and (paragraph.role is not Role.CELL or end - start >= least)
        free = start
        while at < len(spans) and spans[at][0] < end:
            if may and free < spans[at][0]:
                yield free, spans[at][0]
            free = max(free, spans[at][1])
            at += 1
        if may and free < end:
            yield free, end
