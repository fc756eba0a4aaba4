"""A Markdown or HTML master, prepared once: a copy is a splice of characters into the file.

The two differ in what may be changed. In HTML the end of a tag is the end of a tag: an edit may go
across tags, its text into the first piece it touches. In Markdown a mark is read by the characters on
its two sides (CommonMark 0.31, 6.2), so an edit must neither cover nor touch one: it stays inside one
run of text, or ends where the line does.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from wenxing.document import Document, Edit, in_order
from wenxing.errors import UnsupportedOutput
from wenxing.formats import hypertext, markdown
from wenxing.formats.encodings import encoded, faithful
from wenxing.formats.markup import Piece, joins_without_space
from wenxing.formats.markup_files import blocks, decode

_HALF_WRITTEN = re.compile(r"(?:&#?[0-9A-Za-z]{0,32}|</?[0-9A-Za-z]{0,32})\Z")
_MARK = re.compile(r"[\\*_\[\]~|#`<>&!()]")  # without what it means here, another could mean more
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Template:
    """A .md or .html and the map from its document's characters to the file's.

    Args:
        source: the file.
        document: what `reading.read` made of it.

    Raises:
        ValueError: `document` was not read from `source`.
    """

    def __init__(self, source: bytes, document: Document) -> None:
        self._format = document.format
        self._text = document.text
        self._source = faithful(decode(source, self._format), source)
        self._starts: list[int] = []  # offset in the document of each piece's first character
        self._pieces: list[Piece] = []
        found = blocks(self._source.text, self._format)
        for paragraph, start in zip(document.paragraphs, document.starts, strict=True):
            at, index = start, paragraph.source.index
            if paragraph.text and (index >= len(found) or found[index].text != paragraph.text):
                raise ValueError("the document was not read from this file")
            for piece in found[index].pieces if paragraph.text else ():
                self._starts.append(at)
                self._pieces.append(piece)
                at += len(piece.text)

    def write(self, edits: Sequence[Edit] = ()) -> bytes:
        """Return a copy with the edits made.

        Raises:
            ValueError: edits overlap or leave the document.
            UnsupportedOutput: an edit is not one that `accepts` allows, or its replacement holds a
                control character.
        """
        changes: dict[int, list[Edit]] = defaultdict(list)
        for edit in in_order(edits, len(self._text)):
            for index, part in self._split(edit):
                changes[index].append(part)
        splices = sorted(s for index, parts in changes.items() for s in self._splices(index, parts))
        out: list[str] = []
        at = 0
        for start, end, new in splices:
            out += (self._source.text[at:start], new)
            at = end
        return encoded("".join((*out, self._source.text[at:])), self._source)

    def accepts(self, start: int, end: int, *replacements: str) -> bool:
        """Whether an edit may replace these characters of the document, by each of the replacements."""
        try:
            return all(list(self._split(Edit(start, end, new))) for new in replacements or ("x",))
        except UnsupportedOutput:
            return False

    def _split(self, edit: Edit) -> Iterator[tuple[int, Edit]]:
        """Yield the pieces an edit touches and what it does to each, in offsets of the piece's text."""
        if _UNWRITABLE.search(edit.replacement):
            raise UnsupportedOutput("A replacement holds a character that a copy cannot take.")
        index = bisect_right(self._starts, edit.start) - 1
        self._refuse_unsafe(edit, index)
        at, replacement = edit.start, edit.replacement
        while True:
            if not 0 <= index < len(self._pieces) or not self._holds(index, at):
                raise _covers()
            if self._pieces[index].joined and not replacement and at > edit.start:
                raise _covers()
            first = self._starts[index]
            end = min(edit.end, first + len(self._pieces[index].text))
            yield index, Edit(at - first, end - first, replacement)
            if end == edit.end:
                self._refuse_other_space(edit, index)
                return
            at, replacement, index = end, "", index + 1

    def _holds(self, index: int, at: int) -> bool:
        first, piece = self._starts[index], self._pieces[index]
        return piece.editable and first <= at <= first + len(piece.text)

    def _refuse_unsafe(self, edit: Edit, index: int) -> None:
        """Refuse what could make the file be read in another way."""
        if not 0 <= index < len(self._pieces) or not self._holds(index, edit.start):
            raise _covers()
        piece, at = self._pieces[index], edit.start - self._starts[index]
        before = piece.start + at if piece.literal else piece.start
        if at == 0 and not self._keeps_break(index, edit.replacement or self._text[edit.end : edit.end + 1]):
            raise _covers()
        if _HALF_WRITTEN.search(self._source.text, max(0, before - 40), before):
            raise _covers()
        if self._format == "md":
            inside = Edit(at, edit.end - self._starts[index], edit.replacement)
            if not piece.literal or not _stays_inside(piece, inside):
                raise _covers()

    def _refuse_other_space(self, edit: Edit, last: int) -> None:
        """Refuse what would change the white space that a reader sees around an edit ending in `last`."""
        around = f"\n{self._text}\n"[edit.start : edit.end + 2]
        if re.search(" [ \n]|\n[ \n]", f"{around[0]}{edit.replacement}{around[-1]}"):
            raise _covers()
        if edit.end == self._starts[last] + len(self._pieces[last].text):
            before = edit.replacement or self._text[max(0, edit.start - 1) : edit.start]
            if last + 1 < len(self._pieces) and not self._keeps_break(last + 1, "", before):
                raise _covers()

    def _keeps_break(self, index: int, after: str, before: str = "") -> bool:
        """Whether a line end before a piece is still seen as it was beside other characters."""
        piece = self._pieces[index]
        if piece.breaks:
            return not joins_without_space(before, after or self._text[self._starts[index] + 1])
        at = self._starts[index]
        before = before or self._text[max(0, at - 1) : at]
        if piece.joined:
            return joins_without_space(before, after or piece.text)
        if not index or not self._pieces[index - 1].breaks:
            return True
        return not joins_without_space(self._text[at - 2 : at - 1], after or piece.text)

    def _splices(self, index: int, edits: list[Edit]) -> Iterator[tuple[int, int, str]]:
        piece = self._pieces[index]
        if piece.literal:
            for edit in edits:
                new = self._escaped(edit.replacement, opens=piece.opens and edit.start == 0)
                yield piece.start + edit.start, piece.start + edit.end, new
            return
        kept, text = 0, []
        for edit in edits:
            text += [piece.text[kept : edit.start], edit.replacement]
            kept = edit.end
        yield piece.start, piece.end, self._escaped("".join((*text, piece.text[kept:])), opens=False)

    def _escaped(self, text: str, *, opens: bool) -> str:
        if self._format == "html":
            return hypertext.escaped(text)
        return markdown.escaped(text, opens=opens)


def _stays_inside(piece: Piece, edit: Edit) -> bool:
    """Whether a change of a piece of Markdown touches no mark and leaves a line no other meaning."""
    text = piece.text
    if (
        edit.end > len(text)
        or (edit.start == 0 and not piece.opens)
        or (edit.end == len(text) and not piece.closes)
    ):
        return False
    before, after = text[: edit.start] + edit.replacement, edit.replacement + text[edit.end :]
    if edit.start == 0:  # what now opens the line must not be the mark of a list or a heading
        first = after[:1]
        if not first or first.isspace() or (not edit.replacement and first.isascii() and not first.isalpha()):
            return False
    if edit.end == len(text) and (not before or before[-1].isspace()):
        return False
    return text[: edit.start][-1:] != "\\" and not _MARK.search(text, edit.start, edit.end)


def _covers() -> UnsupportedOutput:
    return UnsupportedOutput("A change would cover or touch a mark or a break, which a copy must keep.")
