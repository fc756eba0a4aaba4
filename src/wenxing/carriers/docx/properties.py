"""A pseudonym among a file's own properties (ECMA-376 part 1, 15.2.12.2): never in its text.

It stays with the file, also through OpenDocument and back, and cannot come along when text is copied out of
it. A file that has properties of its own is left as it is.
"""

from collections.abc import Mapping

from wenxing.formats import xml
from wenxing.formats.package import Package

NAME = "wenxing"

_PART = "docProps/custom.xml"
_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_KIND = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_OVERRIDE = f'<Override PartName="/{_PART}" ContentType="{_KIND}"/>'.encode()
_TYPE = f"{_OFFICE}/relationships/custom-properties"
_RELATION = f'<Relationship Id="rIdWenxing" Type="{_TYPE}" Target="{_PART}"/>'.encode()
_PROPERTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">'
    '<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="' + NAME + '">'
    "<vt:lpwstr>{}</vt:lpwstr></property></Properties>"
)
_LONGEST = 64


def room(package: Package) -> Mapping[str, bytes]:
    """The two members that announce the properties, changed so that they do; empty where there is no room."""
    if any(name.lower() == _PART.lower() for name in package.names) or _RELATIONS not in package:
        return {}
    changed = {}
    for name, root, added in ((_TYPES, b"</Types>", _OVERRIDE), (_RELATIONS, b"</Relationships>", _RELATION)):
        content = xml.as_utf8(package.read(name))
        if content.count(root) != 1 or b"custom-properties" in content:
            return {}
        changed[name] = content.replace(root, added + root)
    return changed


def part(pseudonym: bytes) -> Mapping[str, bytes]:
    """The member that holds the property."""
    return {_PART: _PROPERTY.format(pseudonym.hex()).encode()}


def read(data: bytes) -> bytes:
    """The pseudonym in a .docx that was read without an error; empty when there is none."""
    package = Package(data)
    scanner = _Scanner()
    if _PART in package:
        content = xml.as_utf8(package.read(_PART))
        xml.parse(content, start=scanner.start, end=scanner.end, characters=scanner.characters)
    try:
        return bytes.fromhex("".join(scanner.text)[:_LONGEST])
    except ValueError:
        return b""


class _Scanner:
    """Collects the text of our property."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self._inside = 0

    def start(self, _name: str, attributes: xml.Attributes, _at: int) -> None:
        self._inside += bool(self._inside) or attributes.get("name") == NAME

    def end(self, _name: str, _at: int) -> None:
        self._inside -= bool(self._inside)

    def characters(self, text: str) -> None:
        if self._inside:
            self.text.append(text)
