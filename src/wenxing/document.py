"""The paragraph model: what every reader produces and every carrier consumes.

A document is its paragraphs in reading order. `Document.text` joins them with
line feeds, and every offset in the engine (sites, edits, alignments) is a
half-open pair of character offsets into that text.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from unicodedata import east_asian_width

_BLANKS = " \t\u3000\u00a0"


class Role(StrEnum):
    """What a paragraph is for. Only `BODY` and `CELL` text may carry wording sites.

    A cell is any frame beside the run of the text: of a table, or a text box. A note is a footnote or
    endnote; notes stand behind the text they belong to.
    """

    TITLE = "title"
    HEADING = "heading"
    BODY = "body"
    CELL = "cell"
    NOTE = "note"
    HEADER = "header"
    FOOTER = "footer"

    @property
    def in_flow(self) -> bool:
        """Whether the paragraph belongs to the text itself, not to the page around it."""
        return self not in (Role.HEADER, Role.FOOTER)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a paragraph's characters stand in the file they were read from.

    Attributes:
        part: name of the part inside the container (`word/document.xml`); empty for plain text.
        index: for a container, the running number of the paragraph element within its part, from 0;
            for plain text, the offset of its first character in the decoded source; for Markdown and
            HTML, the running number of its block.
    """

    part: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph. Its text may hold tabs and line breaks, as the source had them.

    Attributes:
        text: the characters; may be empty (a blank line is a paragraph).
        role: what it is for.
        level: 1 for the highest heading; 0 for anything that is not a heading.
        source: where it was read.
        wrapped: whether its line feeds only keep lines short: a reader sees a space there, or nothing
            between Han characters. Otherwise a line feed is a line break that somebody meant.
    """

    text: str
    role: Role = Role.BODY
    level: int = 0
    source: Source = Source()
    wrapped: bool = False

    @property
    def joined(self) -> "Paragraph":
        """The paragraph as it is meant to be seen: on one line when its line feeds are mere wrapping."""
        if not self.wrapped:
            return self
        offsets = _unwrapped(self.text)
        return replace(self, text=_seen(self.text, offsets), wrapped=False)


@dataclass(frozen=True)
class Document:
    """Paragraphs in reading order: the flow first (notes at its end), then headers and footers.

    Attributes:
        paragraphs: at least one.
        format: the format it was read from: `txt`, `md`, `html`, `docx` or `pdf`.
    """

    paragraphs: tuple[Paragraph, ...]
    format: str = "txt"

    @cached_property
    def text(self) -> str:
        """All paragraphs joined by line feeds. Offsets everywhere refer to this string."""
        return "\n".join(p.text for p in self.paragraphs)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Offset in `text` of each paragraph's first character."""
        starts, at = [], 0
        for paragraph in self.paragraphs:
            starts.append(at)
            at += len(paragraph.text) + 1
        return tuple(starts)

    @cached_property
    def characters(self) -> int:
        """How many characters a reader sees: everything in the flow but white space."""
        return sum(1 for p in self.paragraphs if p.role.in_flow for c in p.text if not c.isspace())

    @property
    def is_scan(self) -> bool:
        """Whether it is the pages of a scanned PDF, one blank paragraph each: pictures without text."""
        return self.format == "pdf" and not self.characters

    @cached_property
    def title(self) -> str:
        """The title, or an empty string when none was recognised."""
        return next((p.joined.text.strip() for p in self.paragraphs if p.role is Role.TITLE), "")

    @cached_property
    def unwrapped(self) -> "Unwrapped":
        """The document with every wrapped paragraph on one line, and the way between the two."""
        if not any(p.wrapped for p in self.paragraphs):
            return Unwrapped(self)
        offsets: list[int] = []
        breaks: set[int] = set()
        for start, paragraph in zip(self.starts, self.paragraphs, strict=True):
            own = _unwrapped(paragraph.text) if paragraph.wrapped else range(len(paragraph.text))
            offsets.extend(start + at for at in own)
            offsets.append(start + len(paragraph.text))
            if paragraph.wrapped:
                breaks.update(start + at for at in own if paragraph.text[at] == "\n")
        paragraphs = tuple(p.joined for p in self.paragraphs)
        return Unwrapped(replace(self, paragraphs=paragraphs), tuple(offsets), frozenset(breaks))

    def paragraph_at(self, offset: int) -> int:
        """The index of the paragraph that holds the character at `offset` of `text`."""
        return bisect_right(self.starts, offset) - 1


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `text[start:end]` of a document by `replacement`. Edits never overlap."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True)
class Unwrapped:
    """A document without wrapping.

    Attributes:
        document: the same paragraphs, each as it is meant to be seen.
        offsets: for every character of its text, and the end, the offset in the wrapped text; `None` when
            nothing was wrapped and all offsets are the same.
        breaks: the offsets in the wrapped text of line feeds that are seen as a space.
    """

    document: Document
    offsets: tuple[int, ...] | None = None
    breaks: frozenset[int] = frozenset()

    def original(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a range of this text, not empty, stands in the wrapped one; `None` when lines break in it."""
        if self.offsets is None:
            return start, end
        first, last = self.offsets[start], self.offsets[end - 1]
        if last - first != end - 1 - start or not self.breaks.isdisjoint(range(first, last + 1)):
            return None
        return first, last + 1

    def moved(self, edit: Edit) -> Edit:
        """An edit of the wrapped text as one of this text."""
        if self.offsets is None:
            return edit
        start, end = (bisect_left(self.offsets, at) for at in (edit.start, edit.end))
        return Edit(start, end, edit.replacement)


def _unwrapped(text: str) -> list[int]:
    """The offsets of the characters of a wrapped text that a reader sees.

    Of the white space around a line feed one character stands for a space, the line feed, or none does.
    """
    chinese = any("\u3400" <= c <= "\u9fff" for c in text)
    kept: list[int] = []
    last, at = "", 0
    for line in text.split("\n"):
        start = at + (len(line) - len(line.lstrip(_BLANKS)) if at else 0)
        end = at + len(line.rstrip(_BLANKS))
        if at and end > start and _takes_space(last, text[start], chinese=chinese):
            kept.append(at - 1)
        if end > start:
            kept.extend(range(start, end))
            last = text[max(start, end - 2) : end]
        at += len(line) + 1
    return kept


def _seen(text: str, offsets: Iterable[int]) -> str:
    return "".join(text[at] for at in offsets).replace("\n", " ")


def _takes_space(before: str, after: str, *, chinese: bool) -> bool:
    """Whether a wrap between these characters is seen as a space: not beside a Han character, or a hyphen."""
    if chinese and before[-1:].isdigit() and after.isdigit():
        return False
    if not before or not after or any(east_asian_width(c) in "WF" for c in (before[-1], after)):
        return False
    return not (before[-1] == "-" and before[:1].isalpha() and after.islower())


def in_order(edits: Iterable[Edit], length: int) -> list[Edit]:
    """Return edits of a text of `length` characters by their start.

    Raises:
        ValueError: two edits overlap, or one lies outside the text.
    """
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    at = 0
    for edit in ordered:
        if not at <= edit.start <= edit.end <= length:
            raise ValueError(f"edit {edit.start}–{edit.end} overlaps another or leaves the text")
        at = edit.end
    return ordered
