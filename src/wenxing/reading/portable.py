"""Portable documents (PDF): lines joined to paragraphs by what a reader sees.

A paragraph begins at an indent, after a line that leaves room for more, after a wider gap, and where the
size of the letters changes.
"""

import io
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from wenxing.document import Document, Paragraph, Role, Source
from wenxing.errors import EmptyFile, FileTooLarge, ScannedFile
from wenxing.formats import limits
from wenxing.formats.pdf import erasing
from wenxing.formats.pdf.lines import Line, is_wide, lines_of
from wenxing.formats.pdf.pages import PageText, page_texts, pictures_of, render
from wenxing.formats.pdf.places import Places, places_of
from wenxing.reading.forms import rank
from wenxing.reading.roles import with_roles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCANNED = 0.5
"""Pictures that cover so much of a page, and no text on it: the page was scanned."""

_SCAN_DPI, _SCAN_SIDE = 200, 3_000  # at most, and pixels of the longest side
_STAMPED = 80  # characters: more text on a page than that is the page's own
_BEHIND = 2  # pages
_SHOWN_SIDE = 1_300  # pixels of the longest side
_INDENT = 0.9  # em to the right of the column's edge at which a paragraph begins
_TWO_EM = (1.5, 2.5)  # em: the usual indent
_SHORT = 1.9  # em left at the end of a line that a wide character would have taken
_GAP = 1.35  # of the usual distance between lines
_FEW = 6  # lines of one size, as of a title: they have the edges of the text
_RESIZED = 0.07  # of the size


def read(data: bytes) -> Document:
    """Read a PDF.

    Raises:
        ScannedFile: there are no letters in it; its pages are pictures.
        EmptyFile: there is nothing in it.
        FileTooLarge, ProtectedFile, UnreadableFile: as `page_texts`.
    """
    return _document(page_texts(data))


def placed(data: bytes) -> tuple[Document, Places]:
    """Read a PDF and where every character of its text stands.

    Raises:
        EmptyFile, FileTooLarge, ProtectedFile, UnreadableFile: as `read`.
    """
    pages = page_texts(data)
    document = _document(pages)
    return document, places_of(document.text, pages)


def read_scan(data: bytes) -> Document:
    """Read a scanned PDF: a blank paragraph a page.

    Raises:
        EmptyFile: it is none: there is text in it, or nothing.
        FileTooLarge, ProtectedFile, UnreadableFile: as `page_texts`.
    """
    pages = page_texts(data)
    if lines_of(pages) or not any(page.pictures > SCANNED for page in pages):
        raise EmptyFile("The PDF is not scanned.")
    if len(pages) > limits.SCAN_PAGES:
        raise FileTooLarge(
            f"The PDF has {len(pages):,} scanned pages, more than the {limits.SCAN_PAGES:,} that are "
            "accepted; split it."
        )
    return Document(tuple(Paragraph("", source=Source(str(i), i)) for i in range(len(pages))), "pdf")


def scans(data: bytes) -> list[bytes]:
    """The first `limits.SCANS` pages of a scanned PDF as pictures (PNG).

    None when a page has more text than somebody stamps on pictures, or where there are no pictures.

    Raises:
        FileTooLarge, ProtectedFile, UnreadableFile: as `read`.
    """
    pages = page_texts(data)
    if any(len(page.text) > _STAMPED for page in pages):
        return []
    return list(_pictured(data, pages[: limits.SCANS]))


def behind(data: bytes) -> list[bytes]:
    """What lies behind the text of a PDF: its first pages that are pictures (PNG), with text or without.

    Raises:
        FileTooLarge, ProtectedFile, UnreadableFile: as `read`.
    """
    return list(islice(_pictured(data, page_texts(data)), _BEHIND))


def shown(data: bytes, *, most: int) -> list[bytes]:
    """The first pages as they look, in colour (PNG), about 900 pixels wide.

    Raises:
        ProtectedFile, UnreadableFile: it cannot be opened.
    """
    return [_png(picture) for picture in pictures_of(data, most=most, side=_SHOWN_SIDE)]


def _png(picture: "NDArray[np.uint8]") -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    return out.getvalue()


def _pictured(data: bytes, pages: Sequence[PageText]) -> Iterator[bytes]:
    """The pages that pictures cover, as pictures."""
    for number, page in enumerate(pages):
        if page.pictures > SCANNED:
            dpi = min(_SCAN_DPI, 72 * _SCAN_SIDE / max(page.width, page.height))
            yield _png(render(data, number, dpi=dpi))


def without(data: bytes, document: Document, paragraphs: Collection[int]) -> bytes:
    """Return the PDF with the text of some paragraphs taken off its pages; their place stays blank.

    Raises:
        UnreadableFile: a paragraph cannot be taken off.
    """
    spans = [
        range(document.starts[i], document.starts[i] + len(document.paragraphs[i].text)) for i in paragraphs
    ]
    return erasing.without(data, document.text, [at for span in spans for at in span])


def _document(pages: Sequence[PageText]) -> Document:
    lines = lines_of(pages)
    if not lines:
        raise _without_text(pages)
    paragraphs = [_paragraph(group, i) for i, group in enumerate(_paragraphs(lines))]
    return Document(with_roles(paragraphs), "pdf")


def _without_text(pages: Sequence[PageText]) -> EmptyFile:
    if any(page.pictures > SCANNED for page in pages):
        return ScannedFile(
            "The pages of this PDF are scanned pictures without text that could be read; run a text "
            "recognition over it and try again."
        )
    return EmptyFile("The PDF holds no text.")


@dataclass(frozen=True, slots=True)
class _Column:
    """What lines of one size have in common.

    Attributes:
        left, right: the edges of most lines, points.
        leading: the usual distance between baselines, points.
        large: whether these lines are larger than the text.
    """

    left: float
    right: float
    leading: float
    large: bool = False


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    columns = _columns(lines)
    group = [lines[0]]
    for above, line in pairwise(lines):
        if _begins(above, line, columns[round(above.size * 2)]):
            yield group
            group = []
        group.append(line)
    yield group


def _columns(lines: Sequence[Line]) -> dict[int, _Column]:
    """By size in half points: the edges that most lines keep to."""
    sizes = Counter(round(line.size * 2) for line in lines)
    usual = sizes.most_common(1)[0][0]
    columns = {size: _column([line for line in lines if round(line.size * 2) == size]) for size in sizes}
    text = columns[usual]
    for size, column in columns.items():
        if sizes[size] < _FEW:
            left, right = min(column.left, text.left), max(column.right, text.right)
            columns[size] = replace(column, left=left, right=right, large=size > (1 + _RESIZED) * usual)
    return columns


def _column(lines: Sequence[Line]) -> _Column:
    lefts = Counter(round(line.left / 2) * 2 for line in lines)
    often = max(lefts.values())
    left = min(edge for edge, count in lefts.items() if count >= 0.08 * often)
    rights = sorted(line.right for line in lines)
    gaps = [a.y - b.y for a, b in pairwise(lines) if a.page == b.page and a.y > b.y]
    near = [gap for gap in gaps if gap < 3 * lines[0].size]
    usual = Counter(round(gap, 0) for gap in near).most_common(1)
    return _Column(left, rights[int(0.95 * (len(rights) - 1))], usual[0][0] if usual else 2 * lines[0].size)


def _begins(above: Line, line: Line, column: _Column) -> bool:
    """Whether a paragraph begins with this line."""
    if abs(line.size - above.size) > _RESIZED * max(line.size, above.size):
        return True
    em = line.size
    if above.page == line.page and not -2 < above.y - line.y < _GAP * column.leading:
        return True
    if line.left > column.left + _INDENT * em:
        return not _are_centred(above, line, column)
    return _ends(above, line, column)


def _are_centred(above: Line, line: Line, column: _Column) -> bool:
    """Whether two lines stand in the middle of the column, as those of a long title do."""
    indent = (line.left - column.left) / line.size
    if not column.large and (
        _TWO_EM[0] < indent < _TWO_EM[1] or above.left < column.left + _INDENT * line.size
    ):
        return False
    middle, own = above.left + above.right, line.left + line.right
    return abs(middle - own) < line.size and abs(own - column.left - column.right) < line.size


def _ends(above: Line, line: Line, column: _Column) -> bool:
    """Whether a line leaves room for what the next one begins with."""
    room = column.right - above.right
    if is_wide(line.text[0]):
        return room > _SHORT * line.size
    word = line.text.split(maxsplit=1)[0]
    needed = (len(word) + 1) * 0.5 * line.size + 0.5 * line.size
    return room > needed or (rank(line.text) is not None and above.text[-1] in "。！？；.!?")


def _paragraph(lines: Sequence[Line], number: int) -> Paragraph:
    text = "".join(line.text + ("" if line.divides else "\n") for line in lines).removesuffix("\n")
    joined = Paragraph(text, wrapped=True).joined.text
    return Paragraph(joined, Role.BODY, 0, Source(str(lines[0].page), number))
