"""A document without a .docx, set in a plain official layout.

The package is written from the parts under `blank/`: A4, 宋体 text with a first-line indent of two
characters, 黑体 headings, the title centred, a page number at the foot, no author, fixed dates.
One paragraph of the document is one `w:p`, so the text of the copy is the text of the document.
"""

from dataclasses import replace
from functools import cache
from importlib.resources import files

from wenxing.carriers.docx.runs import escaped
from wenxing.carriers.docx.template import ILLEGAL
from wenxing.document import Document, Paragraph, Role, Source
from wenxing.formats.package import pack

_PART = "word/document.xml"
_PARTS = {  # name in the package → file under blank/
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "package_rels.xml",
    _PART: "document.xml",
    "word/_rels/document.xml.rels": "document_rels.xml",
    "word/styles.xml": "styles.xml",
    "word/settings.xml": "settings.xml",
    "word/fontTable.xml": "font_table.xml",
    "word/footer1.xml": "footer.xml",
    "docProps/core.xml": "core.xml",
    "docProps/app.xml": "app.xml",
}
_BODY = "<!-- body -->"
_MARKUP = {"\t": "<w:tab/>", "\n": "<w:br/>"}
_DASHES = ("—", "―", "-", "－")
_INDENT = "\u3000 \t"


def typeset_package(document: Document) -> tuple[bytes, Document]:
    """Return a .docx of the document's flow, and the document with its paragraphs located in it.

    Characters that XML cannot hold are spaces in both, one for one, so offsets are unchanged.
    Headers and footers are left out.
    """
    flow = [p for p in document.paragraphs if p.role.in_flow]
    located = tuple(
        replace(p, text=ILLEGAL.sub(" ", p.text).replace("\r", " "), source=Source(_PART, i))
        for i, p in enumerate(flow)
    )
    parts = {name: _blank(file) for name, file in _PARTS.items()}
    body = "".join(_paragraph(p) for p in located)
    parts[_PART] = parts[_PART].replace(_BODY, body)
    return pack({name: text.encode() for name, text in parts.items()}), Document(located, "docx")


@cache
def _blank(file: str) -> str:
    return (files("wenxing.carriers.docx") / "blank" / file).read_text(encoding="utf-8")


def _paragraph(paragraph: Paragraph) -> str:
    style = _style(paragraph)
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{_runs(paragraph.text)}</w:p>"


def _style(paragraph: Paragraph) -> str:
    """The style's identifier; none for a line that is blank or brings its own indent."""
    if paragraph.role is Role.TITLE:
        return "Subtitle" if paragraph.text.lstrip()[:1] in _DASHES else "Title"
    if paragraph.role is Role.HEADING:
        return f"Heading{min(max(paragraph.level, 1), 4)}"
    if not paragraph.text.strip() or paragraph.text[0] in _INDENT:
        return ""
    return "BodyText"


def _runs(text: str) -> str:
    """One run, its text cut at tabs and line breaks."""
    if not text:
        return ""
    pieces: list[str] = []
    at = 0
    for i, c in enumerate(text):
        if c in _MARKUP:
            pieces += (_text(text[at:i]), _MARKUP[c])
            at = i + 1
    return f"<w:r>{''.join(pieces)}{_text(text[at:])}</w:r>"


def _text(text: str) -> str:
    space = ' xml:space="preserve"' if text != text.strip(" ") else ""
    return f"<w:t{space}>{escaped(text)}</w:t>" if text else ""
