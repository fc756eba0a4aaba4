"""Word documents: the body in order, then footnotes and endnotes, then headers and footers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from wenxing.document import Document, Paragraph, Role, Source
from wenxing.formats import xml
from wenxing.formats.package import Package
from wenxing.formats.wordparts import Style, main_part, related, styles
from wenxing.formats.wordprocessing import ParagraphElement, paragraphs
from wenxing.reading.roles import with_roles

_AROUND = (
    ("footnotes", Role.NOTE),
    ("endnotes", Role.NOTE),
    ("header", Role.HEADER),
    ("footer", Role.FOOTER),
)
_CHECKED = (".xml", ".rels", ".vml")


def read(data: bytes) -> Document:
    """Read a .docx; every member is unpacked once, within the limits."""
    package = Package(data)
    package.verify()
    main = main_part(package)
    for name in package.names:
        if name.lower().endswith(_CHECKED):
            xml.refuse_doctype(package.read(name))
    known = styles(package, main)
    flow = [_paragraph(main, element, known) for element in _elements(package, main)]
    around = [
        Paragraph(element.text, role, 0, Source(part, element.index))
        for kind, role in _AROUND
        for part in related(package, main, kind)
        for element in _elements(package, part)
        if element.text.strip()
    ]
    return Document((*with_roles(flow), *around) or (Paragraph(""),), "docx")


def without(data: bytes, sources: Sequence[Source]) -> bytes:
    """Return the .docx with these paragraphs removed, or emptied where one must stay."""
    package = Package(data)
    numbers: dict[str, set[int]] = defaultdict(set)
    for source in sources:
        numbers[source.part].add(source.index)
    changed = {}
    for part, wanted in numbers.items():
        content = xml.as_utf8(package.read(part))
        changed[part] = _cut(content, (e for e in paragraphs(content) if e.index in wanted))
    return package.replaced(changed)


def _elements(package: Package, part: str) -> list[ParagraphElement]:
    return paragraphs(xml.as_utf8(package.read(part)))


def _cut(content: bytes, elements: Iterable[ParagraphElement]) -> bytes:
    kept, at = [], 0
    for start, end in sorted(r for element in elements for r in _ranges(element)):
        kept.append(content[at : max(at, start)])
        at = max(at, end)
    return b"".join((*kept, content[at:]))


def _ranges(element: ParagraphElement) -> list[tuple[int, int]]:
    if element.parent == "w:body" and not element.ends_section and not element.holds_boxes:
        return [(element.start, element.end)]
    same = (element, *element.twins)
    return [(piece.start, piece.end) for one in same for piece in one.pieces if piece.editable]


def _paragraph(part: str, element: ParagraphElement, known: dict[str, Style]) -> Paragraph:
    plain = Paragraph(element.text, Role.BODY, 0, Source(part, element.index))
    if element.in_frame:
        return replace(plain, role=Role.CELL)
    style = known.get(element.style, Style("", None))
    if style.name in ("title", "subtitle"):
        return replace(plain, role=Role.TITLE)
    if style.name.startswith("toc"):
        return replace(plain, role=Role.HEADING)
    level = style.outline if element.outline is None else element.outline
    if level is None or level > 8 or not element.text.strip():
        return plain
    return replace(plain, role=Role.HEADING, level=level + 1)
