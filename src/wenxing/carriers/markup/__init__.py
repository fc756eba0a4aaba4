"""Markdown and HTML copies: the publisher's own file with some words changed, or a text set clean.

write              one copy of a .md or .html: everything but the edited words stays as it was
typeset_markdown   one copy of any document as Markdown
typeset_hypertext  one copy of any document as a small page
Template           what a file is prepared into once, so that a copy costs a splice
"""

from collections.abc import Sequence
from functools import lru_cache

from wenxing.carriers.markup.template import Template
from wenxing.carriers.markup.typesetting import typeset_hypertext, typeset_markdown
from wenxing.document import Document, Edit

__all__ = ["Template", "template", "typeset_hypertext", "typeset_markdown", "write"]

_KEPT = 4  # prepared masters kept in memory


def write(source: bytes, document: Document, edits: Sequence[Edit] = ()) -> bytes:
    """Return the .md or .html `source` with the edits made, in its own encoding.

    Args:
        source: the file that `document` was read from.
        document: what `reading.read` made of it.
        edits: replacements that `Template.accepts`.

    Raises:
        ValueError: edits overlap, or `document` was not read from `source`.
        UnsupportedOutput: an edit covers what must stay, or could change how the file is read.
    """
    return template(source, document).write(edits)


@lru_cache(maxsize=_KEPT)
def template(source: bytes, document: Document) -> Template:
    """Return the prepared form of a master; the last few are remembered."""
    return Template(source, document)
