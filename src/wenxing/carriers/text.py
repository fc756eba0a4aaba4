"""Plain-text copies: UTF-8, line feeds, the flow only."""

from collections.abc import Sequence

from wenxing.document import Document, Edit, in_order

_MARK = "\ufeff"


def write(document: Document, edits: Sequence[Edit] = ()) -> bytes:
    """Return the document's flow as a text file with the edits made.

    Headers and footers have no place in a text; edits in them are left out. Without edits the text
    of a document read from a text file comes back to the character.

    Raises:
        ValueError: edits overlap or leave the document.
    """
    flow = sum(p.role.in_flow for p in document.paragraphs)
    end = document.starts[flow] - 1 if 0 < flow < len(document.paragraphs) else len(document.text)
    text, at = document.text, 0
    pieces: list[str] = []
    for edit in in_order(edits, len(text)):
        if edit.end > end:
            break
        pieces += (text[at : edit.start], edit.replacement)
        at = edit.end
    marked = "".join((*pieces, text[at:end]))
    return ((_MARK if marked.startswith(_MARK) else "") + marked).encode()
