"""XML parts of a container, parsed by expat: no document types, no entities, no surprises.

Expat tells the byte offset of every event, which is what lets a carrier change a word in
the original bytes and leave the rest of the part as it was.
"""

import codecs
import re
from collections.abc import Callable
from xml.parsers import expat

from wenxing.errors import FileTooLarge, UnreadableFile
from wenxing.formats import limits

_NAMESPACES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",  # ISO 29500 strict
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/package/2006/relationships": "rel",
    "http://schemas.openxmlformats.org/package/2006/content-types": "ct",
    "http://www.w3.org/XML/1998/namespace": "xml",
}
_DECLARATION = re.compile(r"^<\?xml[^>]*\?>")
_DOCTYPE = "<!DOCTYPE"
_TAG = re.compile(rb"<[^\"'>]*(?:\"[^\"]*\"[^\"'>]*|'[^']*'[^\"'>]*)*>")

Attributes = dict[str, str]
_OnStart = Callable[[str, Attributes, int], None]
_OnEnd = Callable[[str, int], None]


def short(name: str) -> str:
    """Return `w:p` for an expat name in a namespace we know; the local name alone for any other."""
    namespace, _, local = name.rpartition(" ")
    prefix = _NAMESPACES.get(namespace)
    return f"{prefix}:{local}" if prefix else local


def as_utf8(part: bytes) -> bytes:
    """Return the part in UTF-8, converted when it carries the byte order mark of UTF-16.

    Raises:
        UnreadableFile: the bytes are not UTF-16 after all.
    """
    if not part.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return part
    try:
        text = part.decode("utf-16")
    except UnicodeDecodeError as error:
        raise _damaged() from error
    return _DECLARATION.sub("", text).encode()


def refuse_doctype(part: bytes) -> None:
    """Raise `UnreadableFile` when the part declares a document type, in whichever encoding."""
    if any(_DOCTYPE.encode(code) in part for code in ("ascii", "utf-16-le", "utf-16-be")):
        raise _declared()


def parse(
    part: bytes,
    *,
    start: _OnStart,
    end: _OnEnd,
    characters: Callable[[str], None],
) -> None:
    """Parse a UTF-8 part, reporting elements by their short names with byte offsets.

    Args:
        part: the bytes, as `as_utf8` returns them.
        start: called with name, attributes (short names too when qualified) and the offset of `<`.
        end: called with name and the offset of `</`, or of what follows an empty element's tag.
        characters: called with text, possibly several times in a row.

    Raises:
        UnreadableFile: not well-formed, another encoding, or a document type is declared.
        FileTooLarge: nested deeper than `limits.XML_DEPTH`.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = False  # buffering would blur the offsets
    events = _Events(parser, start, end)
    parser.StartElementHandler = events.start
    parser.EndElementHandler = events.end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = _on_doctype
    parser.XmlDeclHandler = _on_declaration
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise _damaged() from error


class _Events:
    """Passes elements on by their short names and watches the depth."""

    def __init__(self, parser: expat.XMLParserType, start: _OnStart, end: _OnEnd) -> None:
        self._parser = parser
        self._start = start
        self._end = end
        self._names: dict[str, str] = {}
        self._depth = 0

    def start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > limits.XML_DEPTH:
            raise FileTooLarge("The file is nested deeper than a document needs.")
        named = {self._named(key): value for key, value in attributes.items()}
        self._start(self._named(name), named, self._parser.CurrentByteIndex)

    def end(self, name: str) -> None:
        self._depth -= 1
        self._end(self._named(name), self._parser.CurrentByteIndex)

    def _named(self, name: str) -> str:
        if name not in self._names:
            self._names[name] = short(name)
        return self._names[name]


def elements(part: bytes) -> list[tuple[str, Attributes]]:
    """Return the start tags of a part in order: enough for relationships, types and styles."""
    found: list[tuple[str, Attributes]] = []
    parse(
        as_utf8(part),
        start=lambda name, attributes, _: found.append((name, attributes)),
        end=lambda _name, _at: None,
        characters=lambda _: None,
    )
    return found


def after_tag(part: bytes, at: int) -> int:
    """Return the offset behind the tag that begins at `at`."""
    match = _TAG.match(part, at)
    if match is None:
        raise _damaged()
    return match.end()


def _damaged() -> UnreadableFile:
    return UnreadableFile("The file is damaged inside; open it in a word processor and save it again.")


def _declared() -> UnreadableFile:
    return UnreadableFile(
        "The file declares a document type, which a Word document never does; it was refused."
    )


def _on_doctype(*_: object) -> None:
    raise _declared()


def _on_declaration(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise UnreadableFile("The file is in an encoding that a Word document may not use; save it again.")
