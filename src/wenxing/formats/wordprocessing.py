"""WordprocessingML: where the paragraphs of a part are, which bytes hold which characters.

`paragraphs` walks a part once and returns every paragraph that a reader of the document sees as
text, with a map from its characters to the `w:t` elements that hold them. What is not text on the
page is passed over and never touched: deleted and moved-away revisions, field codes, drawings,
formulas, hidden runs. A text box is read behind the paragraph that anchors it. Of the alternatives of a
part (mc:AlternateContent, ECMA-376 part 3) the first is read; what the others say again is kept with it as
twins, so that a change is made in all of them or in none.

Section numbers refer to ECMA-376 part 1, 5th edition.
"""

import re
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from wenxing.errors import FileTooLarge
from wenxing.formats import limits, xml

OFF = frozenset(("0", "false", "off"))
"""How a switch says no (22.9.2.7)."""

_NOT_TEXT = ("w:del", "w:moveFrom", "w:delText", "w:instrText", "w:delInstrText", "w:rt")
_OBJECTS = ("w:object", "m:oMath", "m:oMathPara")
_TABLE_PROPERTIES = ("w:tblPr", "w:tblPrEx", "w:tblGrid", "w:trPr", "w:tcPr")
_OTHER_PROPERTIES = ("w:pPrChange", "w:rPrChange", "w:sdtPr", "w:sdtEndPr", "w:sectPr", "w:tabs", "w:numPr")
_PASSED_OVER = frozenset((*_NOT_TEXT, *_OBJECTS, *_TABLE_PROPERTIES, *_OTHER_PROPERTIES))
_FRAMES = frozenset(("w:txbxContent", "mc:AlternateContent", "mc:Choice", "mc:Fallback"))
_FIXED = {"w:tab": "\t", "w:ptab": "\t", "w:cr": "\n", "w:noBreakHyphen": "-", "w:softHyphen": "\u00ad"}
_MEASURE = re.compile(r"([+-]?\d{1,9}(?:\.\d{1,9})?)(mm|cm|in|pt|pc|pi|)")
_UNITS = {"": 1.0, "pt": 20.0, "pc": 240.0, "pi": 240.0, "in": 1440.0, "cm": 1440 / 2.54, "mm": 144 / 2.54}
_TO_SPACE = str.maketrans("\t\n\r", "   ")


@dataclass(slots=True)
class Run:
    """A `w:r` of a part.

    Attributes:
        start, end: byte range of the whole element.
        properties: byte range of its `w:rPr`; an empty range behind the start tag when it has none.
        style: identifier of its character style, or empty.
        spacing: its own character spacing (17.3.2.35), twentieths of a point, or `None`.
        nested: whether it stands in another run or holds one: ruby, a text box.
    """

    start: int
    end: int = -1
    properties: tuple[int, int] = (-1, -1)
    style: str = ""
    spacing: int | None = None
    nested: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive characters of a paragraph that stand in one element.

    Attributes:
        text: the characters, as a reader of the page sees them; never empty.
        tag: offset of the start tag of the `w:t`; −1 for a tab, break or symbol.
        start, end: byte range of the element's content.
        preserve: whether white space at its ends counts (17.3.3.31).
        run: that holds it.
    """

    text: str
    tag: int = -1
    start: int = -1
    end: int = -1
    preserve: bool = True
    run: Run | None = field(default=None, compare=False, repr=False)

    @property
    def editable(self) -> bool:
        """Whether the characters may be changed."""
        return self.tag >= 0


@dataclass
class ParagraphElement:
    """A `w:p` of a part.

    Attributes:
        index: running number among all `w:p` of the part, from 0, those of text boxes included.
        start, end: byte range of the whole element.
        parent: short name of the element that holds it.
        style: identifier of its style, or empty.
        outline: its own outline level, 0 the highest (17.3.1.20), or `None`.
        ends_section: whether it carries section properties, so that removing it would merge pages.
        in_frame: whether a table cell or a text box holds it.
        holds_boxes: whether text boxes are anchored in it, whose paragraphs stand between its bytes.
        pieces: its characters in order.
        twins: the same paragraph in other alternatives, with the same text.
    """

    index: int
    start: int
    parent: str
    in_frame: bool
    end: int = -1
    style: str = ""
    outline: int | None = None
    ends_section: bool = False
    holds_boxes: bool = False
    pieces: list[Piece] = field(default_factory=list)
    twins: list["ParagraphElement"] = field(default_factory=list)

    @cached_property
    def text(self) -> str:
        """The characters of all pieces."""
        return "".join(piece.text for piece in self.pieces)


def paragraphs(part: bytes) -> list[ParagraphElement]:
    """Return the paragraphs of a part in document order, those of a text box behind its anchor.

    Args:
        part: UTF-8 bytes, as `xml.as_utf8` returns them; all offsets refer to them.

    Raises:
        UnreadableFile: the part is not well-formed or declares a document type.
        FileTooLarge: too many paragraphs, or nested too deep.
    """
    scanner = _Scanner(part)
    xml.parse(part, start=scanner.start, end=scanner.end, characters=scanner.characters)
    return scanner.found


class _Reading(Enum):
    """What happens to text of the paragraph at hand."""

    PLAIN = 1
    FIXED = 2  # read, not changed: another alternative says it again
    MUTE = 3  # another alternative was read


@dataclass
class _Alternatives:
    """An open mc:AlternateContent: the paragraphs of each of its branches."""

    before: _Reading
    branches: list[list[ParagraphElement]] = field(default_factory=list)

    def joined(self) -> list[ParagraphElement]:
        """The paragraphs of the first branch, with those of the others as twins where they agree."""
        first = self.branches[0] if self.branches else []
        for other in self.branches[1:]:
            agree = [p.text for p in other] == [p.text for p in first]
            for i, paragraph in enumerate(first):
                if agree:
                    paragraph.twins += (other[i], *other[i].twins)
                else:
                    paragraph.pieces = [Piece(piece.text, run=piece.run) for piece in paragraph.pieces]
        return first


class _Scanner:
    """Collects paragraphs from the events of one part."""

    def __init__(self, part: bytes) -> None:
        self.found: list[ParagraphElement] = []
        self._part = part
        self._path: list[str] = [""]
        self._tables = 0
        self._count = 0  # w:p elements seen
        self._passing = 0  # depth inside an element that is passed over
        self._paragraph: ParagraphElement | None = None
        self._hidden = False  # the run at hand
        self._runs: list[Run] = []  # open, one in another where there is ruby
        self._reading = _Reading.PLAIN
        self._boxes: list[tuple[ParagraphElement | None, bool, _Reading]] = []  # around each open text box
        self._alternatives: list[_Alternatives] = []
        self._sinks = [self.found]  # where a paragraph goes: the part, or a branch of alternatives
        self._space: list[tuple[int, bool]] = []  # depth and value of xml:space in force
        self._text: list[str] | None = None  # inside a w:t
        self._tag = -1
        self._mixed = False  # the w:t at hand holds elements, so its bytes must stay

    def start(self, name: str, attributes: xml.Attributes, at: int) -> None:
        index = self._count
        if name == "w:p":
            self._count += 1
        if self._passing:
            self._passing += 1
            return
        parent = self._path[-1]
        if self._passes_over(name, parent):
            self._passing = 1
            return
        self._path.append(name)
        if "xml:space" in attributes:
            self._space.append((len(self._path), attributes["xml:space"] == "preserve"))
        if self._text is not None:
            self._mixed = True
        elif name == "w:p":
            self._open(ParagraphElement(index, at, parent, self._tables > 0 or bool(self._boxes)))
        elif name == "w:tbl":
            self._tables += 1
        elif name in _FRAMES:
            self._enter(name, parent)
        elif self._paragraph is not None:
            self._inside(name, attributes, at)

    def end(self, name: str, at: int) -> None:
        if self._passing:
            self._passing -= 1
            return
        if name == "w:t" and self._text is not None and self._path[-2] == "w:r":
            self._close_text(at)
        elif name == "w:p" and self._paragraph is not None:
            self._close(at)
        elif name in ("w:r", "w:rPr") and self._runs and self._paragraph is not None:
            self._end_run(name, at)
        elif name == "w:tbl":
            self._tables -= 1
        elif name in _FRAMES:
            self._leave(name)
        if self._space and self._space[-1][0] == len(self._path):
            self._space.pop()
        self._path.pop()

    def characters(self, text: str) -> None:
        if self._text is not None and not self._passing:
            self._text.append(text)

    def _enter(self, name: str, parent: str) -> None:
        if name == "w:txbxContent":
            if self._paragraph is not None:
                self._paragraph.holds_boxes = True
            self._boxes.append((self._paragraph, self._hidden, self._reading))
            self._paragraph, self._hidden, self._reading = None, False, _Reading.PLAIN
        elif name == "mc:AlternateContent":
            self._alternatives.append(_Alternatives(self._reading))
        elif parent == "mc:AlternateContent":
            around = self._alternatives[-1]
            around.branches.append([])
            self._sinks.append(around.branches[-1])
            if self._paragraph is not None and around.before is not _Reading.MUTE:
                self._reading = _Reading.FIXED if len(around.branches) == 1 else _Reading.MUTE

    def _leave(self, name: str) -> None:
        if name == "w:txbxContent":
            self._paragraph, self._hidden, self._reading = self._boxes.pop()
        elif name == "mc:AlternateContent":
            around = self._alternatives.pop()
            self._reading = around.before
            self._sinks[-1].extend(around.joined())
        elif self._path[-2] == "mc:AlternateContent":
            self._sinks.pop()

    def _passes_over(self, name: str, parent: str) -> bool:
        if name == "w:sectPr" and parent == "w:pPr" and self._paragraph is not None:
            self._paragraph.ends_section = True
        nested = name == "w:p" and self._paragraph is not None
        return nested or name in _PASSED_OVER or (name == "w:rPr" and parent == "w:pPr")

    def _open(self, paragraph: ParagraphElement) -> None:
        if self._count > limits.PARAGRAPHS:
            raise FileTooLarge("The document has more paragraphs than are accepted.")
        self._paragraph = paragraph
        self._sinks[-1].append(paragraph)

    def _close(self, at: int) -> None:
        paragraph = self._paragraph
        assert paragraph is not None
        tag_end = xml.after_tag(self._part, paragraph.start)
        empty = self._part[tag_end - 2 : tag_end] == b"/>"
        paragraph.end = tag_end if empty else xml.after_tag(self._part, at)
        self._paragraph = None

    def _inside(self, name: str, attributes: xml.Attributes, at: int) -> None:
        paragraph = self._paragraph
        assert paragraph is not None
        parent = self._path[-2]
        if parent == "w:r":
            self._in_run(paragraph, name, attributes, at)
        elif name == "w:r":
            self._hidden = False
            behind = xml.after_tag(self._part, at)
            if self._runs:
                self._runs[-1].nested = True
            self._runs.append(Run(at, properties=(behind, behind), nested=bool(self._runs)))
        elif parent == "w:rPr":
            self._property(name, attributes)
        elif parent == "w:pPr" and name == "w:pStyle":
            paragraph.style = attributes.get("w:val", "")
        elif parent == "w:pPr" and name == "w:outlineLvl":
            paragraph.outline = outline_level(attributes.get("w:val", ""))

    def _property(self, name: str, attributes: xml.Attributes) -> None:
        if name == "w:vanish":
            self._hidden = attributes.get("w:val", "1") not in OFF
        elif name == "w:spacing":
            self._runs[-1].spacing = twentieths(attributes.get("w:val", ""))
        elif name == "w:rStyle":
            self._runs[-1].style = attributes.get("w:val", "")

    def _end_run(self, name: str, at: int) -> None:
        """Note where a run or its properties end; `at` is behind an element that is one empty tag."""
        run = self._runs[-1]
        begins = run.start if name == "w:r" else run.properties[0]
        behind = xml.after_tag(self._part, begins)
        end = behind if self._part[behind - 2 : behind] == b"/>" else xml.after_tag(self._part, at)
        if name == "w:r":
            run.end = end
            self._runs.pop()
        else:
            run.properties = (begins, end)

    def _in_run(self, paragraph: ParagraphElement, name: str, attributes: xml.Attributes, at: int) -> None:
        if name == "w:rPr":
            self._runs[-1].properties = (at, at)
        if self._hidden or self._reading is _Reading.MUTE:
            return
        if name == "w:t":
            self._text, self._tag, self._mixed = [], at, False
        elif name in _FIXED:
            paragraph.pieces.append(Piece(_FIXED[name], run=self._runs[-1]))
        elif name == "w:br" and attributes.get("w:type", "textWrapping") == "textWrapping":
            paragraph.pieces.append(Piece("\n", run=self._runs[-1]))
        elif name == "w:sym":
            paragraph.pieces.append(Piece(_symbol(attributes.get("w:char", "")), run=self._runs[-1]))

    def _close_text(self, at: int) -> None:
        assert self._paragraph is not None
        assert self._text is not None
        preserve = bool(self._space) and self._space[-1][1]
        text = "".join(self._text).translate(_TO_SPACE)
        text = text if preserve else text.strip(" ")
        if text and (self._mixed or self._reading is _Reading.FIXED):
            self._paragraph.pieces.append(Piece(text, run=self._runs[-1]))
        elif text:
            start = xml.after_tag(self._part, self._tag)
            self._paragraph.pieces.append(Piece(text, self._tag, start, at, preserve, self._runs[-1]))
        self._text = None


def outline_level(value: str) -> int | None:
    """Read an outline level (17.3.1.20), 0 the highest; 9 means body text. `None` when odd."""
    return int(value) if value in tuple("0123456789") else None


def twentieths(value: str) -> int | None:
    """Read a signed measure (22.9.2.14): twentieths of a point, or a number with a unit; `None` when odd."""
    match = _MEASURE.fullmatch(value.strip())
    if match is None:
        return None
    return round(float(match[1]) * _UNITS[match[2]])


def _symbol(code: str) -> str:
    """Return the character of a `w:sym` (17.3.3.30); the object replacement character when it is odd."""
    try:
        point = int(code, 16)
    except ValueError:
        return "\ufffc"
    return chr(point) if 0x20 <= point <= 0xFFFF and not 0xD800 <= point <= 0xDFFF else "\ufffc"
