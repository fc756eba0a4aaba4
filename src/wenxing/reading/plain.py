"""Plain text: a paragraph a line, or the lines of one where they were cut to a width."""

from dataclasses import replace

from wenxing.document import Document, Paragraph, Role, Source
from wenxing.errors import FileTooLarge
from wenxing.formats import limits
from wenxing.formats.encodings import decode
from wenxing.reading.roles import with_roles
from wenxing.reading.wrapping import continued

_MARK = "\ufeff"


def read(data: bytes) -> Document:
    """Read a text file in any encoding that `decode` knows."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\n") >= limits.PARAGRAPHS:
        raise FileTooLarge("The document has more paragraphs than are accepted.")
    paragraphs: list[Paragraph] = []
    for start, own in _paragraphs(text.split("\n")):
        whole = "\n".join(own)
        paragraphs.append(Paragraph(whole, Role.BODY, 0, Source(index=start), wrapped=len(own) > 1))
    seen = with_roles([paragraph.joined for paragraph in paragraphs])
    pairs = zip(paragraphs, seen, strict=True)
    return Document(tuple(replace(p, role=s.role, level=s.level) for p, s in pairs), "txt")


def _paragraphs(lines: list[str]) -> list[tuple[int, list[str]]]:
    """The lines of each paragraph, and the offset of its first character in the text."""
    found: list[tuple[int, list[str]]] = []
    at = 0
    for line, goes_on in zip(lines, continued(lines), strict=True):
        if goes_on:
            found[-1][1].append(line)
        else:
            found.append((at, [line]))
        at += len(line) + 1
    return found


def encoded(text: str) -> bytes:
    """Return UTF-8 that reads back as `text`: a leading U+FEFF needs a mark of its own before it."""
    return ((_MARK if text.startswith(_MARK) else "") + text).encode()
