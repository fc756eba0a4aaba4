"""What a Word document remembers besides its text: who wrote it, what was struck out, what was remarked.

`settled` gives the document as a reader of its final form has it. Changes that were tracked are accepted:
what was inserted stays, what was deleted or moved away goes, with its row or paragraph where the whole of
it goes. Comments, authors, editing sessions and the names of files on the author's machine go. All other
bytes stay. Section numbers refer to ECMA-376 part 1, 5th edition.

Not looked into: pictures (a camera may have signed them) and embedded files.
"""

import re
from dataclasses import dataclass, field
from posixpath import dirname, normpath

from wenxing.formats import xml
from wenxing.formats.package import Package
from wenxing.formats.wordparts import main_part, related

_WORDS = (b"wordprocessingml/2006/main", b"ooxml/wordprocessingml/main")
_DELETED = ("w:del", "w:moveFrom")
_ACCEPTED = frozenset(("w:ins", "w:moveTo"))
_FORGOTTEN = frozenset(
    (
        *_DELETED,
        *("w:rPrChange", "w:pPrChange", "w:sectPrChange", "w:tblPrChange", "w:tblPrExChange", "w:trPrChange"),
        *("w:tblGridChange", "w:tcPrChange", "w:numberingChange", "w:cellIns", "w:cellDel", "w:cellMerge"),
        *("w:moveFromRangeStart", "w:moveFromRangeEnd", "w:moveToRangeStart", "w:moveToRangeEnd"),
        *("w:customXmlInsRangeStart", "w:customXmlInsRangeEnd"),
        *("w:customXmlDelRangeStart", "w:customXmlDelRangeEnd"),
        *("w:customXmlMoveFromRangeStart", "w:customXmlMoveFromRangeEnd"),
        *("w:customXmlMoveToRangeStart", "w:customXmlMoveToRangeEnd"),
        *("w:commentRangeStart", "w:commentRangeEnd", "w:commentReference", "w:annotationRef"),
        *("w:permStart", "w:permEnd", "w:rsids", "w:trackRevisions", "w:attachedTemplate", "w:docVars"),
        *("w:mailMerge", "w:dataBinding"),
    )
)
_SHOWN = frozenset(("w:t", "w:drawing", "w:pict", "w:object", "w:sym", "w:fldChar", "m:oMath", "w:sectPr"))
_SESSION = re.compile(rb"\s+(?:[\w.-]+:)?rsid\w*\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_PRIVATE = frozenset(
    (
        *("comments", "commentsExtended", "commentsIds", "commentsExtensible", "people", "customXml"),
        *("custom-properties", "thumbnail", "attachedTemplate", "mailMergeSource", "recipientData"),
    )
)
_CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_EXTENDED = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)


def settled(data: bytes) -> bytes:
    """Return a .docx with tracked changes accepted and what tells of people left out.

    A document that remembers nothing comes back with its parts as they are.

    Raises:
        UnreadableFile: it is damaged, or no Word document; or one of its kinds.
    """
    package = Package(data)
    main_part(package)
    parts: dict[str, bytes] = {}
    private: set[str] = set()
    for name in package.names:
        if name.endswith(".rels"):
            content, targets = _without_private(xml.as_utf8(package.read(name)), name)
            private |= targets
            parts[name] = content
        elif name.endswith(".xml"):
            content = xml.as_utf8(package.read(name))
            if any(words in content for words in _WORDS):
                parts[name] = _Settling(content).result()
    parts |= dict.fromkeys(related(package, "", "core-properties"), _CORE)
    parts |= dict.fromkeys(related(package, "", "extended-properties"), _EXTENDED)
    dropped = {name for name in package.names if name in private or name.startswith("customXml/")}
    types = "[Content_Types].xml"
    parts[types] = _without_types(xml.as_utf8(package.read(types)), dropped)
    changed = {name: new for name, new in parts.items() if package.read(name) != new and name not in dropped}
    return package.replaced(changed, dropped=dropped)


@dataclass
class _Open:
    """An open element."""

    name: str
    at: int
    behind: int  # of its start tag
    goes: bool = False  # a row, or the mark of a paragraph, that was deleted
    shows: bool = False  # a paragraph with something on the page; a table with a row that stays
    rows: int = 0


@dataclass
class _Settling:
    """Finds what is to be cut out of one part."""

    part: bytes
    _path: list[_Open] = field(default_factory=list)
    _cuts: list[tuple[int, int, bytes]] = field(default_factory=list)
    _gone: int = 0  # depth inside what goes

    def result(self) -> bytes:
        """Return the part without it."""
        xml.parse(self.part, start=self._start, end=self._end, characters=lambda _: None)
        return cut(self.part, self._cuts)

    def _start(self, name: str, attributes: xml.Attributes, at: int) -> None:
        if self._gone:
            self._gone += 1
            return
        behind = xml.after_tag(self.part, at)
        if name in _DELETED:
            self._note_deleted()
        if name in _FORGOTTEN:
            self._gone = 1
        elif name in _ACCEPTED:
            self._cuts.append((at, behind, b""))
        elif any(key.startswith("w:rsid") for key in attributes):
            tag = self.part[at:behind]
            self._cuts.append((at, behind, _SESSION.sub(b"", tag)))
        if name in _SHOWN and not self._gone:
            self._nearest("w:p").shows = True
        self._path.append(_Open(name, at, behind))

    def _end(self, name: str, at: int) -> None:
        if self._gone > 1:
            self._gone -= 1
            return
        element = self._path.pop()
        empty = self.part[element.behind - 2 : element.behind] == b"/>"
        behind = element.behind if empty else xml.after_tag(self.part, at)
        if self._gone:
            self._gone = 0
            self._cuts.append((element.at, behind, b""))
        elif name in _ACCEPTED and not empty:
            self._cuts.append((at, behind, b""))
        elif self._is_gone(element):
            self._cuts.append((element.at, behind, b""))
        if name == "w:tr":
            table = self._nearest("w:tbl")
            table.rows += 1
            table.shows |= not element.goes

    def _note_deleted(self) -> None:
        """A deletion inside properties is that of the row, or of the paragraph's mark (17.13.5.12, .15)."""
        names = [element.name for element in self._path[-3:]]
        if names[-1:] == ["w:trPr"] and len(names) > 1:
            self._path[-2].goes = True
        elif names == ["w:p", "w:pPr", "w:rPr"]:
            self._path[-3].goes = True

    def _is_gone(self, element: _Open) -> bool:
        if element.name == "w:p":
            inside = self._path[-1].name if self._path else ""
            return element.goes and not element.shows and inside == "w:body"
        if element.name == "w:tbl":
            return element.rows > 0 and not element.shows
        return element.name == "w:tr" and element.goes

    def _nearest(self, name: str) -> _Open:
        return next((e for e in reversed(self._path) if e.name == name), _Open("", 0, 0))


def cut(part: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    """Return the part with ranges replaced; a range inside another goes with it."""
    out, at = [], 0
    for start, end, new in sorted(cuts, key=lambda c: (c[0], -c[1])):
        if start >= at:
            out += [part[at:start], new]
            at = end
    return b"".join((*out, part[at:]))


def _without_private(part: bytes, name: str) -> tuple[bytes, set[str]]:
    """A part of relationships without the private ones, and the names of the parts they lead to."""
    folder = dirname(dirname(name))
    cuts: list[tuple[int, int, bytes]] = []
    targets: set[str] = set()

    def start(element: str, attributes: xml.Attributes, at: int) -> None:
        if element == "rel:Relationship" and attributes.get("Type", "").rpartition("/")[2] in _PRIVATE:
            cuts.append((at, xml.after_tag(part, at), b""))
            target = attributes.get("Target", "")
            whole = target if target.startswith("/") else f"{folder}/{target}"
            targets.add(normpath(whole).lstrip("/"))

    xml.parse(part, start=start, end=lambda _name, _at: None, characters=lambda _: None)
    return cut(part, cuts), targets


def _without_types(part: bytes, dropped: set[str]) -> bytes:
    cuts: list[tuple[int, int, bytes]] = []

    def start(element: str, attributes: xml.Attributes, at: int) -> None:
        if element == "ct:Override" and attributes.get("PartName", "").lstrip("/") in dropped:
            cuts.append((at, xml.after_tag(part, at), b""))

    xml.parse(part, start=start, end=lambda _name, _at: None, characters=lambda _: None)
    return cut(part, cuts)
