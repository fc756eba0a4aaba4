"""What stands where on the pages of a PDF, and pages as pictures.

PDFium does both. It is not safe for threads: one lock is held around it. It may come to harm from a
stranger's file, which is therefore read in the child process of `reading.bounded`.
"""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wenxing.errors import FileTooLarge, ProtectedFile, UnreadableFile
from wenxing.formats import limits

if TYPE_CHECKING:
    import pypdfium2

_SCALE = 4_000  # pixels of the longest side of a picture of a page
_lock = threading.RLock()


@dataclass(frozen=True, eq=False)
class PageText:
    """The characters of one page in the order in which the file shows them.

    Attributes:
        width, height: of the page as it is shown before it is turned, points.
        text: one character a glyph, or several for a ligature; white space as the file has it, and between
            words where there is only a gap. Line ends are left out. A hyphen at which a word was
            divided is U+0002.
        x, y: (n,) float64, the origin of each character, points from the lower left corner of
            what is shown.
        size: (n,) float64, the em at each character, points.
        gap: (n,), whether a space is only a gap.
        pictures: share of the page that pictures cover, 0 … 1; more where they overlap.
    """

    width: float
    height: float
    text: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    size: NDArray[np.float64]
    gap: NDArray[np.bool_]
    pictures: float


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the only picture of a page stands: points from the lower left corner of what is shown."""

    left: float
    bottom: float
    width: float
    height: float


def page_texts(data: bytes) -> tuple[PageText, ...]:
    """Return what stands on every page.

    Raises:
        FileTooLarge: more pages or characters than `limits` accept.
        ProtectedFile: it opens only with a password.
        UnreadableFile: it is damaged.
    """
    with _lock, _opened(data) as pdf:
        found: list[PageText] = []
        left = limits.CHARACTERS
        for number in range(len(pdf)):
            found.append(_page_text(pdf, number, left))
            left -= len(found[-1].text)
        return tuple(found)


def sole_pictures(data: bytes) -> tuple[Placed | None, ...]:
    """For every page its picture; `None` where there is none, another, or one that is turned or skewed.

    Raises:
        FileTooLarge, ProtectedFile, UnreadableFile: as `page_texts`.
    """
    with _lock, _opened(data) as pdf:
        return tuple(_sole(pdf, number) for number in range(len(pdf)))


def render(data: bytes, page: int, *, dpi: float) -> NDArray[np.uint8]:
    """Return a page as a picture: (height, width), grey, 0 black … 255 white.

    Args:
        data: a PDF of ours, or one that was read before.
        page: counted from 0.
        dpi: pixels an inch; a point of the page is `dpi / 72` pixels.

    Raises:
        IndexError: there is no such page.
        ValueError: the picture would have a side of more than 4,000 pixels.
        ProtectedFile, UnreadableFile: as `page_texts`.
    """
    with _lock, _opened(data) as pdf:
        if not 0 <= page < len(pdf):
            raise IndexError("there is no such page")
        own = pdf[page]
        scale = dpi / 72
        if max(own.get_size()) * scale > _SCALE:
            raise ValueError("the picture would be too large")
        picture: NDArray[np.uint8] = own.render(scale=scale, grayscale=True).to_numpy()
        return picture.reshape(picture.shape[:2]).copy()


def pictures_of(data: bytes, *, most: int, side: int) -> Iterator[NDArray[np.uint8]]:
    """The first pages as they look: (height, width, 3), red, green, blue.

    Args:
        data: a PDF.
        most: how many pages.
        side: pixels of the longest side.

    Raises:
        FileTooLarge, ProtectedFile, UnreadableFile: as `page_texts`.
    """
    with _lock, _opened(data) as pdf:
        for number in range(min(most, len(pdf))):
            page = _loaded(pdf, number)
            scale = side / max(*page.get_size(), 1.0)
            picture: NDArray[np.uint8] = page.render(scale=scale, rev_byteorder=True).to_numpy()
            yield picture[:, :, :3].copy()


@contextmanager
def _opened(data: bytes) -> Iterator["pypdfium2.PdfDocument"]:
    import pypdfium2
    from pypdfium2 import raw

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise ProtectedFile(
                "The PDF is protected by a password; remove the password and try again."
            ) from None
        raise UnreadableFile("The PDF is damaged; open it in its own program and save it again.") from None
    try:
        if len(pdf) > limits.PAGES:
            raise FileTooLarge(
                f"The PDF has {len(pdf):,} pages, more than the {limits.PAGES:,} that are accepted."
            )
        if not len(pdf):
            raise UnreadableFile("The PDF has no page; open it in its own program and save it again.")
        yield pdf
    finally:
        pdf.close()


def _loaded(pdf: "pypdfium2.PdfDocument", number: int) -> "pypdfium2.PdfPage":
    import pypdfium2

    try:
        return pdf[number]
    except pypdfium2.PdfiumError:
        raise _damaged(number) from None


def _damaged(number: int) -> UnreadableFile:
    return UnreadableFile(
        f"Page {number + 1} of the PDF is damaged; open it in its own program and save it again."
    )


def _page_text(pdf: "pypdfium2.PdfDocument", number: int, most: int) -> PageText:
    import pypdfium2
    from pypdfium2 import raw

    page = _loaded(pdf, number)
    try:
        shown = page.get_textpage()
    except pypdfium2.PdfiumError:
        raise _damaged(number) from None
    left, bottom, right, top = page.get_cropbox()
    width, height = right - left, top - bottom
    count = raw.FPDFText_CountChars(shown)
    if count > most + 2 * limits.PARAGRAPHS:
        raise FileTooLarge(f"The PDF has more than the {limits.CHARACTERS:,} characters that are accepted.")
    characters, places = _characters(raw, shown, count)
    x, y, size, gap = np.array(places, np.float64).reshape(-1, 4).T
    covered = _covered(page, raw, width * height)
    return PageText(width, height, "".join(characters), x - left, y - bottom, size, gap > 0, covered)


def _characters(
    raw: Any, shown: Any, count: int
) -> tuple[list[str], list[tuple[float, float, float, float]]]:
    """Every character, its origin and size, and whether it is a gap; one outside Unicode is U+FFFD."""
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_MATRIX()
    characters: list[str] = []
    places: list[tuple[float, float, float, float]] = []
    for i in range(count):
        code = raw.FPDFText_GetUnicode(shown, i)
        if code in (10, 13):
            continue
        if 0xD800 <= code < 0xDC00 and i + 1 < count:  # a pair of surrogates is one character
            low = raw.FPDFText_GetUnicode(shown, i + 1)
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) if 0xDC00 <= low < 0xE000 else 0xFFFD
        elif 0xDC00 <= code < 0xE000:
            continue
        raw.FPDFText_GetCharOrigin(shown, i, x, y)
        raw.FPDFText_GetMatrix(shown, i, matrix)
        em = raw.FPDFText_GetFontSize(shown, i) * (matrix.a**2 + matrix.b**2) ** 0.5
        characters.append(chr(code) if 0 < code < 0x110000 else "\ufffd")
        places.append((x.value, y.value, em, code == 32 and raw.FPDFText_IsGenerated(shown, i)))
    return characters, places


def _sole(pdf: "pypdfium2.PdfDocument", number: int) -> Placed | None:
    from pypdfium2 import raw

    page = _loaded(pdf, number)
    found = list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4))
    if len(found) != 1 or page.get_rotation():
        return None
    a, b, c, d, e, f = found[0].get_matrix().get()
    if not (a > 0 and d > 0 and abs(b) + abs(c) < 0.001 * min(a, d)) or found[0].level:
        return None
    left, bottom, _right, _top = page.get_cropbox()
    return Placed(e - left, f - bottom, a, d)


def _covered(page: Any, raw: Any, area: float) -> float:
    """The share of a page that its pictures cover."""
    if area <= 0:
        return 0.0
    covered = 0.0
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = picture.get_bounds()
        covered += max(0.0, right - left) * max(0.0, top - bottom)
    return covered / area
