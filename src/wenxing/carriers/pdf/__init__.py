"""PDF copies: a text set in pages, or the publisher's own PDF, some of its glyphs moved by a hair.

write         one copy of a .pdf: the text and all that it shows are the publisher's
typeset       one copy of a document that has no .pdf: set by typst
Template      what is prepared once for a master, so that a copy costs a splice
typesetter    likewise, of a master without a .pdf
GlyphReader   where the glyphs of a leaked .pdf stand, compared with the master
mark_scan     one copy of a scanned .pdf: a pattern in its pages, a code at the foot
places        where every character of a document stands on the pages of a PDF
render        a page as a picture
"""

from collections.abc import Sequence

from wenxing.carriers.pdf.reading import GlyphReader
from wenxing.carriers.pdf.template import Template, template
from wenxing.carriers.pdf.typesetter import typesetter
from wenxing.document import Document, Edit
from wenxing.formats.pdf.pages import page_texts, render
from wenxing.formats.pdf.places import Places, places_of
from wenxing.formats.pdf.scans import marked as mark_scan
from wenxing.sites import Setting, SiteKind

__all__ = [
    "GlyphReader",
    "Places",
    "Template",
    "mark_scan",
    "places",
    "render",
    "template",
    "typeset",
    "typesetter",
    "write",
]


def write(source: bytes, document: Document, settings: Sequence[Setting] = ()) -> bytes:
    """Return the PDF `source` with its glyphs moved; not one character of it changes.

    Args:
        source: the file that `document` was read from.
        document: what `reading.read` made of it.
        settings: those of the kind `glyph` are written, others disregarded.

    Raises:
        ProtectedFile, UnreadableFile: `source` cannot be read.
    """
    return template(source, document).write(settings)


def typeset(
    document: Document,
    edits: Sequence[Edit] = (),
    settings: Sequence[Setting] = (),
    *,
    code: str = "",
    spare: str = "",
) -> bytes:
    """Return the document's flow as a new PDF with the edits made and the glyphs moved.

    The same document, edits and fonts give the same bytes. Copies of one document have the same words on the
    same lines wherever the edits fit.

    Args:
        document: wrapped lines are joined, indents are the style's.
        edits: replacements that stay inside a paragraph.
        settings: those of the kind `glyph` are written, others disregarded.
        code: shown small at the foot of every page.
        spare: characters that edits of this document may bring, the same for all copies; a copy with others
            costs the setting of all pages.

    Raises:
        MissingFont: the text is Chinese, and no font on this machine is.
        ValueError: edits overlap or leave the document.
    """
    unwrapped = document.unwrapped
    if unwrapped.offsets is not None:
        settings = [s.moved(unwrapped) for s in settings if s.site.kind is SiteKind.GLYPH]
        edits = [unwrapped.moved(edit) for edit in edits]
    return typesetter(unwrapped.document, spare).write(edits, settings, code)


def places(pdf: bytes, document: Document) -> Places:
    """Where every character of `document.text` stands in a PDF of it, or of another copy of it.

    Raises:
        FileTooLarge, ProtectedFile, UnreadableFile: the PDF cannot be read.
    """
    return places_of(document.text, page_texts(pdf))
