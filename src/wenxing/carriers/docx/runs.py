"""Runs of text cut and given another character spacing, in the original bytes.

A run is closed and opened again where the spacing changes, with its own tag and properties repeated, so
that everything else about the characters stays: font, size, emphasis, revision marks around them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from wenxing.document import Edit
from wenxing.formats import xml
from wenxing.formats.wordprocessing import Piece, Run

_TAG = re.compile(rb"<(/?)([^\s/>]+)[^\"'>]*(?:\"[^\"]*\"[^\"'>]*|'[^']*'[^\"'>]*)*>")
_SPACE = re.compile(rb"\s+xml:space\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_BEFORE = frozenset(  # of w:rPr, what stands before w:spacing (17.3.2.28, EG_RPrBase)
    b"rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof "
    b"snapToGrid vanish webHidden color".split()
)
_TRACKED = b"rPrChange"
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def escaped(text: str) -> str:
    """Return text as the content of an element."""
    return text.translate(_ESCAPES)


def may_be_cut(part: bytes, run: Run) -> bool:
    """Whether a run can be written twice: it holds no other, and no change of its format is tracked."""
    first, last = run.properties
    return not run.nested and b":" in _name(part, run.start) and _TRACKED not in part[first:last]


def recut(
    part: bytes, run: Run, pieces: Sequence[tuple[Piece, Sequence[Edit], Sequence[tuple[int, int, int]]]]
) -> bytes:
    """Return the bytes that replace a run.

    Args:
        part: the original bytes.
        run: that is replaced.
        pieces: its changed texts in order, each with its edits and with `(start, end, spacing)` for the
            characters that are spaced otherwise, all in offsets of the piece's text, ascending. No edit
            crosses an edge of a spacing.
    """
    cut: list[tuple[int | None, bytes]] = []
    at = run.properties[1]
    for piece, edits, spacings in pieces:
        cut.append((None, part[at : piece.tag]))
        cut += _texts(part, piece, edits, spacings)
        at = piece.end + _closing(part, piece.end)
    last = part.rindex(b"</", at, run.end)
    cut.append((None, part[at:last]))
    return b"".join(_runs(part, run, cut, part[last : run.end]))


def content(piece: Piece, part: bytes, edits: Iterable[Edit], start: int, end: int) -> bytes:
    """Return the start tag and the escaped text of `piece.text[start:end]` with the edits in it made."""
    text: list[str] = []
    kept = start
    for edit in edits:
        text += (piece.text[kept : edit.start], edit.replacement)
        kept = edit.end
    new = "".join((*text, piece.text[kept:end]))
    tag = part[piece.tag : piece.start]
    if not piece.preserve and new != new.strip(" "):
        tag = _SPACE.sub(b"", tag)[:-1] + b' xml:space="preserve">'
    return tag + escaped(new).encode()


def _texts(
    part: bytes, piece: Piece, edits: Sequence[Edit], spacings: Sequence[tuple[int, int, int]]
) -> Iterator[tuple[int | None, bytes]]:
    """The text of a piece, cut at the edges of the spacings."""
    closing = part[piece.end : piece.end + _closing(part, piece.end)]
    stretches: list[tuple[int, int, int | None]] = []
    at = 0
    for start, end, spacing in spacings:
        stretches += ((at, start, None), (start, end, spacing))
        at = end
    stretches.append((at, len(piece.text), None))
    rest = list(edits)
    for start, end, value in stretches:
        inside = [e for e in rest if e.end <= end]
        rest = rest[len(inside) :]
        if end > start or inside:
            yield value, content(piece, part, inside, start, end) + closing


def _runs(part: bytes, run: Run, cut: Sequence[tuple[int | None, bytes]], closing: bytes) -> Iterator[bytes]:
    """Runs of equal spacing; what is only white space between elements goes with what stands before it."""
    tag = part[run.start : xml.after_tag(part, run.start)]
    properties = part[run.properties[0] : run.properties[1]]
    prefix = _name(part, run.start).rpartition(b":")[0]
    spacing: int | None = None
    inside = b""
    for value, element in cut:
        if value == spacing or not element.strip():
            inside += element
            continue
        if inside.strip():
            yield tag + _spaced(properties, prefix, spacing) + inside + closing
            inside = b""
        inside += element
        spacing = value
    if inside.strip():
        yield tag + _spaced(properties, prefix, spacing) + inside + closing


@lru_cache(maxsize=1024)
def _spaced(properties: bytes, prefix: bytes, spacing: int | None) -> bytes:
    """The properties of a run with another character spacing, or as they are.

    Elements stand in the order that the schema gives them.
    """
    if spacing is None:
        return properties
    element = b'<%s:spacing %s:val="%d"/>' % (prefix, prefix, spacing)
    if properties.count(b"<") <= 1:
        return b"<%s:rPr>%s</%s:rPr>" % (prefix, element, prefix)
    place = first = xml.after_tag(properties, 0)
    for name, start, end in _children(properties, first):
        if name == b"spacing":
            return properties[:start] + element + properties[end:]
        if name in _BEFORE:
            place = end
    return properties[:place] + element + properties[place:]


def _children(properties: bytes, at: int) -> Iterator[tuple[bytes, int, int]]:
    """The elements directly inside: local names and byte ranges."""
    depth, start, name = 0, at, b""
    for tag in _TAG.finditer(properties, at):
        closes, raw = tag.groups()
        if not closes and depth == 0:
            start, name = tag.start(), raw.rpartition(b":")[2]
        depth += -1 if closes else 0 if tag[0].endswith(b"/>") else 1
        if depth < 0:
            return
        if depth == 0:
            yield name, start, tag.end()


def _name(part: bytes, at: int) -> bytes:
    """The name of the element whose start tag begins there."""
    match = _TAG.match(part, at)
    return match[2] if match else b""


def _closing(part: bytes, at: int) -> int:
    """The length of the end tag that begins there."""
    return xml.after_tag(part, at) - at
