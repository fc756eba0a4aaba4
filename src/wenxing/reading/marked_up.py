"""Markdown and HTML: a paragraph a block."""

from collections.abc import Collection, Sequence

from wenxing.document import Document, Paragraph, Role, Source
from wenxing.formats.encodings import encoded, faithful
from wenxing.formats.markup import Block
from wenxing.formats.markup_files import blocks, decode
from wenxing.reading.roles import with_roles


def read(data: bytes, format: str) -> Document:
    """Read a Markdown (`md`) or HTML (`html`) file in any encoding that `decoded` knows."""
    paragraphs = [
        Paragraph(block.text, _role(block), 0 if block.in_cell else block.level, Source(index=i))
        for i, block in enumerate(blocks(decode(data, format).text, format))
    ]
    return Document(with_roles(paragraphs) or (Paragraph(""),), format)


def without(data: bytes, format: str, indexes: Collection[int]) -> bytes:
    """Return the file with these blocks removed, or emptied where something else holds them."""
    source = faithful(decode(data, format), data)
    found = blocks(source.text, format)
    ranges = sorted(r for i in indexes for r in _ranges(found[i]))
    kept, at = [], 0
    for start, end in ranges:
        kept.append(source.text[at:start])
        at = max(at, end)
    return encoded("".join((*kept, source.text[at:])), source)


def _ranges(block: Block) -> Sequence[tuple[int, int]]:
    if block.span:
        return [block.span]
    return sorted({(p.start, p.end) for p in block.pieces if p.start >= 0})


def _role(block: Block) -> Role:
    if block.in_cell:
        return Role.CELL
    return Role.HEADING if block.level else Role.BODY
