"""Word copies (.docx): the publisher's own file with some words changed, or a text set clean.

write           one copy of a .docx: everything but the edited words and spaced runs stays as it was
typeset         one copy of a document that has no .docx: set in a plain official layout
Template        what both prepare once for a master, so that a copy costs a splice
SpacingReader   how the runs of a leaked .docx are spaced, compared with the master
PrintedReader   likewise of a leaked .pdf that was printed from a copy
"""

from collections.abc import Sequence
from functools import lru_cache

from wenxing.carriers.docx.printed import PrintedReader
from wenxing.carriers.docx.properties import read as read_pseudonym
from wenxing.carriers.docx.reading import SpacingReader
from wenxing.carriers.docx.template import Template, template
from wenxing.carriers.docx.typesetting import typeset_package
from wenxing.document import Document, Edit
from wenxing.sites import Setting, SiteKind

__all__ = [
    "PrintedReader",
    "SpacingReader",
    "Template",
    "read_pseudonym",
    "template",
    "typeset",
    "typesetter",
    "write",
]

_KEPT = 4  # prepared masters kept in memory


def write(
    source: bytes,
    document: Document,
    edits: Sequence[Edit] = (),
    settings: Sequence[Setting] = (),
) -> bytes:
    """Return the .docx `source` with the edits made and the runs spaced.

    Args:
        source: the file that `document` was read from.
        document: what `reading.read` made of it.
        edits: replacements that stay inside a paragraph and cover no tab, break or symbol.
        settings: those of the kind `spacing` are written, others disregarded.

    Raises:
        ValueError: edits overlap, or `document` was not read from `source`.
        UnsupportedOutput: an edit covers something that is not plain text.
    """
    return template(source, document).write(edits, settings)


def typeset(
    document: Document,
    edits: Sequence[Edit] = (),
    settings: Sequence[Setting] = (),
    *,
    pseudonym: bytes = b"",
) -> bytes:
    """Return the document's flow as a new .docx with the edits made and the runs spaced.

    Wrapped lines are joined. The same document and edits give the same bytes. Characters that XML cannot hold
    become spaces.

    Raises:
        ValueError: edits overlap or leave the document.
        UnsupportedOutput: an edit covers a tab, a break or the end of a paragraph.
    """
    unwrapped = document.unwrapped
    moved = [setting.moved(unwrapped) for setting in settings if setting.site.kind is SiteKind.SPACING]
    return typesetter(unwrapped.document).write([unwrapped.moved(edit) for edit in edits], moved, pseudonym)


@lru_cache(maxsize=_KEPT)
def typesetter(document: Document) -> Template:
    """Return the prepared form of a master without a .docx; the last few are remembered."""
    return Template(*typeset_package(document))
