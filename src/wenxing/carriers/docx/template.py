"""A Word master, prepared once: a copy is a splice of bytes into the parts that changed.

The original bytes of a part are cut at the `w:t` elements that an edit touches and joined again
around new contents. So every byte outside those elements stays as the publisher saved it, which no
parser and serialiser would keep, and the cost of a copy does not depend on how long parsing takes.
Members that hold no edit keep their packed bytes.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import groupby

from wenxing.carriers.docx import properties
from wenxing.carriers.docx.runs import content, may_be_cut, recut
from wenxing.document import Document, Edit, Paragraph, in_order
from wenxing.errors import UnsupportedOutput
from wenxing.formats import xml
from wenxing.formats.letterspacing import Letterspacing
from wenxing.formats.package import Package
from wenxing.formats.wordparts import main_part
from wenxing.formats.wordprocessing import ParagraphElement, Piece, Run, paragraphs
from wenxing.sites import Setting, SiteKind, Span

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold (section 2.2)."""

_KEPT = 4  # prepared masters kept in memory; each holds its source and a map of its characters


@dataclass(slots=True)
class _Change:
    """What happens to one piece, in order, in offsets of its text: replacements, and other spacings."""

    part: str
    piece: Piece
    edits: list[Edit] = field(default_factory=list)
    spacings: list[tuple[int, int, int]] = field(default_factory=list)


class _Map:
    """From characters of the document to the pieces of its parts that hold them."""

    def __init__(self) -> None:
        self._starts: list[int] = []  # offset in the document of each piece's first character
        self._pieces: list[tuple[str, Piece]] = []

    def add(self, part: str, element: ParagraphElement, start: int) -> "_Map":
        """Add a paragraph whose text begins at `start` of the document, behind all that was added."""
        for piece in element.pieces:
            self._starts.append(start)
            self._pieces.append((part, piece))
            start += len(piece.text)
        return self

    def split(self, edit: Edit) -> Iterator[tuple[str, Piece, Edit]]:
        """Yield the pieces an edit touches and what it does to each, in offsets of the piece's text."""
        if ILLEGAL.search(edit.replacement) or any(c in edit.replacement for c in "\t\n\r"):
            raise UnsupportedOutput("A replacement holds a character that a Word copy cannot take there.")
        index = bisect_right(self._starts, edit.start) - 1
        if edit.start == edit.end and index >= 0 and not self._holds(index, edit.start):
            index -= self._starts[index] == edit.start  # an insertion behind the last character of a piece
        at, replacement = edit.start, edit.replacement
        while True:
            if index < 0 or index >= len(self._pieces) or not self._holds(index, at):
                raise UnsupportedOutput(
                    "A change would cover a tab, a break or a symbol, which a copy must keep."
                )
            first, (part, piece) = self._starts[index], self._pieces[index]
            end = min(edit.end, first + len(piece.text))
            yield part, piece, Edit(at - first, end - first, replacement)
            if end == edit.end:
                return
            at, replacement, index = end, "", index + 1

    def _holds(self, index: int, at: int) -> bool:
        """Whether the piece is text that holds the character at `at`, or ends there."""
        first, piece = self._starts[index], self._pieces[index][1]
        return piece.editable and first <= at <= first + len(piece.text)


class Template:
    """A .docx and the map from its document's characters to its bytes.

    Args:
        source: the file.
        document: what `reading.read` made of it.

    Raises:
        ValueError: `document` was not read from `source`.
        UnreadableFile: `source` is damaged.
    """

    def __init__(self, source: bytes, document: Document) -> None:
        self._package = Package(source)
        self._document = document
        self._parts: dict[str, bytes] = {}
        self._map = _Map()
        self._twins: dict[int, list[_Map]] = {}  # by paragraph: the other places of a text box
        self._elements: list[ParagraphElement] = []
        found: dict[str, dict[int, ParagraphElement]] = {}
        for i, (paragraph, start) in enumerate(zip(document.paragraphs, document.starts, strict=True)):
            part = paragraph.source.part
            if part not in found:
                found[part] = self._scan(part)
            element = _matching(found[part], paragraph)
            self._map.add(part, element, start)
            self._elements.append(element)
            self._twins[i] = [_Map().add(part, twin, start) for twin in element.twins]

    def write(
        self, edits: Sequence[Edit] = (), settings: Sequence[Setting] = (), pseudonym: bytes = b""
    ) -> bytes:
        """Return a copy with the edits made and the runs spaced.

        An edit across runs puts its text into the first run it touches and takes the rest out of the
        others. Without edits the copy still has the same outward form as any other.

        Raises:
            ValueError: edits overlap or leave the document.
            UnsupportedOutput: an edit covers a tab, a break, a symbol or the end of a paragraph, or
                its replacement holds what a run of text cannot.
        """
        changes: dict[tuple[str, int], _Change] = {}
        for edit in in_order(edits, len(self._document.text)):
            for part, piece, own in self._everywhere(edit):
                changes.setdefault((part, piece.tag), _Change(part, piece)).edits.append(own)
        for span, added in sorted(_spacings(settings), key=lambda pair: pair[0].start):
            for part, piece, own in self._everywhere(Edit(span.start, span.end, "")):
                spacing = (own.start, own.end, self._own_spacing(span.start, piece) + added)
                changes.setdefault((part, piece.tag), _Change(part, piece)).spacings.append(spacing)
        by_part: dict[str, list[_Change]] = defaultdict(list)
        for at in sorted(changes):
            by_part[at[0]].append(changes[at])
        parts = {part: _spliced(self._parts[part], found) for part, found in by_part.items()}
        if not pseudonym or not self._room:
            return self._package.replaced(parts)
        return self._package.replaced({**self._room, **parts}, added=properties.part(pseudonym))

    def accepts(self, start: int, end: int, *replacements: str) -> bool:
        """Whether an edit may replace these characters of the document, by each of the replacements."""
        try:
            return all(list(self._everywhere(Edit(start, end, new))) for new in replacements or ("",))
        except UnsupportedOutput:
            return False

    def may_be_spaced(self, span: Span) -> bool:
        """Whether these characters can have a spacing of their own."""
        try:
            pieces = list(self._everywhere(Edit(span.start, span.end, "")))
        except UnsupportedOutput:
            return False
        return all(p.run is not None and may_be_cut(self._parts[part], p.run) for part, p, _ in pieces)

    def spacings(self) -> list[int]:
        """What the master has between its characters: twentieths of a point for each of its text."""
        values: list[int] = []
        for element in self._elements:
            for piece in element.pieces:
                values += [self._letterspacing.at(element, piece.run)] * len(piece.text)
            values.append(0)
        return values[:-1]

    @cached_property
    def _room(self) -> Mapping[str, bytes]:
        return properties.room(self._package)

    @cached_property
    def _letterspacing(self) -> Letterspacing:
        return Letterspacing.of(self._package, main_part(self._package))

    def _own_spacing(self, at: int, piece: Piece) -> int:
        return self._letterspacing.at(self._elements[self._document.paragraph_at(at)], piece.run)

    def _everywhere(self, edit: Edit) -> Iterator[tuple[str, Piece, Edit]]:
        """What an edit does to each piece of the text, and of the places that say it again."""
        yield from self._map.split(edit)
        for twin in self._twins.get(self._document.paragraph_at(edit.start), ()):
            yield from twin.split(edit)

    def _scan(self, part: str) -> dict[int, ParagraphElement]:
        if part not in self._package:
            raise ValueError("the document was not read from this file")
        self._parts[part] = xml.as_utf8(self._package.read(part))
        return {element.index: element for element in paragraphs(self._parts[part])}


@lru_cache(maxsize=_KEPT)
def template(source: bytes, document: Document) -> Template:
    """Return the prepared form of a .docx master; the last few are remembered."""
    return Template(source, document)


def _matching(elements: dict[int, ParagraphElement], paragraph: Paragraph) -> ParagraphElement:
    element = elements.get(paragraph.source.index)
    if element is None or element.text != paragraph.text:
        raise ValueError("the document was not read from this file")
    return element


def _spacings(settings: Sequence[Setting]) -> Iterator[tuple[Span, int]]:
    """The runs to be spaced and by how much; settings of other kinds are not for this carrier."""
    for setting in settings:
        if setting.site.kind is SiteKind.SPACING:
            for span in setting.site.spans:
                yield span, int(setting.site.alternatives[setting.symbol])


def _spliced(part: bytes, changes: list[_Change]) -> bytes:
    """Return the part with the contents of the changed elements exchanged."""
    out: list[bytes] = []
    at = 0
    cut = {change.piece.run.start for change in changes if change.spacings and change.piece.run}

    def to_be_cut(change: _Change) -> Run | None:
        run = change.piece.run
        return run if run is not None and run.start in cut else None

    for run, group in groupby(changes, key=to_be_cut):
        if run is not None:
            recut_pieces = [(change.piece, change.edits, change.spacings) for change in group]
            out += (part[at : run.start], recut(part, run, recut_pieces))
            at = run.end
            continue
        for change in group:
            piece = change.piece
            out += (part[at : piece.tag], content(piece, part, change.edits, 0, len(piece.text)))
            at = piece.end
    return b"".join((*out, part[at:]))
