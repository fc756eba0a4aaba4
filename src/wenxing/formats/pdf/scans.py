"""Scanned PDFs: pages that are pictures, and what may be drawn into them.

A page that is one upright JPEG gets its pattern in the picture's own brightness, written again with the
picture's own tables: no layer can be taken off, and whoever takes the picture out of the file has it, too.
Any other page gets a thin shade laid over it; its picture stays as it is, bit for bit.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import pikepdf
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont, JpegImagePlugin

from wenxing.formats import limits
from wenxing.formats.pdf.assembly import opened, whole
from wenxing.formats.pdf.pages import Placed, sole_pictures

SHADE = 2
"""Grey levels by which the darker cells are darker than the paper."""

BLANK = np.ones((1, 1), np.int16)
"""A pattern that darkens nothing."""

_WIDTH = 595.276 / 4.5
"""Cells across the shorter side of a page: on A4 one is as large as 6 pixels of a browser's page."""

_FINE = 5  # the coarsest step of brightness in a JPEG that keeps the shade
_LOW = tuple(row * 8 + column for row in range(8) for column in range(8) if row + column < 3)
_CODE = (7.0, 16.0)  # points on A4: size of the visible code, and how far it stands from the lower edge
_STENCIL = 40  # pixels of its letters


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it is shown.

    Attributes:
        width, height: points.
        matrix: takes points from its lower left corner to the page's own coordinates.
    """

    width: float
    height: float
    matrix: tuple[float, ...]

    @property
    def cell(self) -> float:
        """Points of a cell's side."""
        return min(self.width, self.height) / _WIDTH


def marked(data: bytes, cells: NDArray[np.int16], code: str) -> bytes:
    """Return the scanned PDF with a pattern in every page, and a code at its foot.

    The same file, pattern and code give the same bytes.

    Args:
        data: a scanned PDF that was read before.
        cells: (n, n), −1 where the pattern is darker than the paper, 1 where it is not; repeated from the
            upper left corner of each page.
        code: shown small at the foot of every page; empty for none.

    Raises:
        ProtectedFile, UnreadableFile: it cannot be opened.
    """
    sole = sole_pictures(data)
    with opened(data) as pdf:
        layers = _Layers(pdf, cells, code)
        pictures = _Pictures(cells)
        for page, placed in zip(pdf.pages, sole, strict=True):
            sheet = _sheet(page)
            drawn = b"" if pictures.shade(page, sheet, placed) else layers.shade(page, sheet)
            drawn += layers.code(page, sheet) if code else b""
            if drawn:  # whatever state the page leaves, it is not drawn in it
                page.contents_add(b"q\n", prepend=True)
                page.contents_add(b"\nQ\n" + drawn)
        return whole(pdf)


def _sheet(page: Any) -> Sheet:
    """How a page is shown: its visible part, turned as it says."""
    left, bottom, right, top = (float(side) for side in page.cropbox)
    left, right, bottom, top = min(left, right), max(left, right), min(bottom, top), max(bottom, top)
    width, height = max(right - left, 1.0), max(top - bottom, 1.0)
    turn = int(page.obj.get("/Rotate", 0)) // 90 % 4
    matrix = (
        (1, 0, 0, 1, left, bottom),
        (0, 1, -1, 0, left + width, bottom),
        (-1, 0, 0, -1, left + width, bottom + height),
        (0, -1, 1, 0, left, bottom + height),
    )[turn]
    return Sheet(height, width, matrix) if turn % 2 else Sheet(width, height, matrix)


class _Pictures:
    """The pictures that are pages, each written again once."""

    def __init__(self, cells: NDArray[np.int16]) -> None:
        self._cells = cells
        self._done: set[tuple[int, int]] = set()
        self._left = limits.SCAN_PIXELS

    def shade(self, page: Any, sheet: Sheet, placed: Placed | None) -> bool:
        """Draw the pattern into the page's picture; `False` when that cannot be done."""
        own = _sole_jpeg(page)
        if placed is None or own is None:
            return False
        if own.objgen in self._done:
            return True
        pixels = int(own.Width) * int(own.Height)
        if pixels > min(self._left, limits.PIXELS):
            return False
        self._left -= pixels
        sides = sheet.cell / placed.height, sheet.cell / placed.width
        shaded = _shaded(own.read_raw_bytes(), (int(own.Width), int(own.Height)), self._cells, sides)
        if shaded is None:
            return False
        own.write(shaded, filter=pikepdf.Name.DCTDecode)
        self._done.add(own.objgen)
        return True


def _sole_jpeg(page: Any) -> Any:
    """The JPEG that is the page; `None` when it is anything else."""
    pictures = list(page.get_images().values())
    if len(pictures) != 1:
        return None
    own = pictures[0]
    plain = own.get("/Filter") in (pikepdf.Name.DCTDecode, pikepdf.Array([pikepdf.Name.DCTDecode]))
    told = any(name in own for name in ("/Decode", "/DecodeParms", "/Mask"))
    return own if plain and not told and own.get("/BitsPerComponent") == 8 else None


def _shaded(
    data: bytes, size: tuple[int, int], cells: NDArray[np.int16], sides: tuple[float, float]
) -> bytes | None:
    """The JPEG with the pattern in its brightness; `None` when it is damaged, or not of a common kind."""
    try:
        picture = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
        known = picture.mode in ("L", "RGB") and picture.info.get("adobe_transform", 1) == 1
        if not known or picture.size != size:
            return None
        sampling = JpegImagePlugin.get_sampling(picture)
        tables = {number: list(table) for number, table in picture.quantization.items()}
        if picture.mode == "RGB":
            picture.draft("YCbCr", size)
        light, *colours = picture.split()
    except (OSError, SyntaxError, ValueError, EOFError):
        return None
    tables[0] = [_finer(step) if at in _LOW else step for at, step in enumerate(tables[0])]
    light, out = _darkened(light, cells, sides), io.BytesIO()
    shaded = Image.merge("YCbCr", (light, *colours)) if colours else light
    how = {"subsampling": sampling} if colours and sampling >= 0 else {}
    shaded.save(out, "JPEG", qtables=tables, optimize=True, **how)
    return out.getvalue()


def _darkened(light: Image.Image, cells: NDArray[np.int16], sides: Sequence[float]) -> Image.Image:
    """Brightness, less in the darker cells; `sides`: of a cell, in shares of the height and the width."""
    pixels = np.asarray(light)
    rows, columns = (
        ((np.arange(count) + 0.5) / (count * side)).astype(np.intp) % len(cells)
        for count, side in zip(pixels.shape, sides, strict=True)
    )
    shade = np.where(cells < 0, np.uint8(SHADE), np.uint8(0))[:, columns]
    darker = np.empty_like(pixels)
    for row, pattern in enumerate(shade):
        own = rows == row
        darker[own] = np.maximum(pixels[own], pattern) - pattern
    return Image.fromarray(darker)


def _finer(step: int) -> int:
    """The largest part of a step that keeps the shade and loses nothing of what was there."""
    return next(part for part in range(_FINE, 0, -1) if step % part == 0) if step > _FINE else step


class _Layers:
    """What is drawn over pages; made once for pages of one size."""

    def __init__(self, pdf: pikepdf.Pdf, cells: NDArray[np.int16], code: str) -> None:
        self._pdf, self._cells, self._code = pdf, cells, code
        self._shades: dict[tuple[int, int], Any] = {}
        self._letters: tuple[Any, Any, float] | None = None

    def shade(self, page: Any, sheet: Sheet) -> bytes:
        """The pattern over a page: black, and as good as transparent."""
        across, down = (int(np.ceil(side / sheet.cell)) for side in (sheet.width, sheet.height))
        if (across, down) not in self._shades:
            rows, columns = np.arange(down) % len(self._cells), np.arange(across) % len(self._cells)
            alpha = np.where(self._cells[rows][:, columns] < 0, np.uint8(SHADE), np.uint8(0))
            mask = self._grey(alpha)
            self._shades[across, down] = self._grey(np.zeros_like(alpha), SMask=mask)
        wide, high = across * sheet.cell, down * sheet.cell
        place = (wide, 0, 0, high, 0, sheet.height - high)
        return self._drawn(page, sheet, self._shades[across, down], place)

    def code(self, page: Any, sheet: Sheet) -> bytes:
        """The code at the foot: grey, with a white edge so that it can be read on anything."""
        edge, letters, ratio = self._stencils()
        high, foot = (points * sheet.cell / 4.5 for points in _CODE)
        place = (high * ratio, 0, 0, high, (sheet.width - high * ratio) / 2, foot)
        white = self._drawn(page, sheet, edge, place, "1 g ")
        return white + self._drawn(page, sheet, letters, place, "0.4 g ")

    def _stencils(self) -> tuple[Any, Any, float]:
        """White edge, letters, and how much wider than high they are."""
        if self._letters is None:
            font = ImageFont.load_default(_STENCIL)
            left, top, right, bottom = (int(side) for side in font.getbbox(self._code))
            drawn = Image.new("L", (right - left + 20, bottom - top + 20))
            ImageDraw.Draw(drawn).text((10 - left, 10 - top), self._code, fill=255, font=font)
            edge = drawn.filter(ImageFilter.MaxFilter(9))
            self._letters = self._stencil(edge), self._stencil(drawn), drawn.width / drawn.height
        return self._letters

    def _stencil(self, drawn: Image.Image) -> Any:
        bits = np.packbits(np.asarray(drawn) < 128, axis=1)
        return self._picture(drawn.size, bits.tobytes(), ImageMask=True, BitsPerComponent=1)

    def _grey(self, samples: NDArray[np.uint8], **told: Any) -> Any:
        told |= {"ColorSpace": pikepdf.Name.DeviceGray, "BitsPerComponent": 8}
        return self._picture(samples.shape[::-1], samples.tobytes(), **told)

    def _picture(self, size: tuple[int, ...], samples: bytes, **told: Any) -> Any:
        kind = {"Type": pikepdf.Name.XObject, "Subtype": pikepdf.Name.Image}
        return self._pdf.make_stream(samples, **kind, Width=size[0], Height=size[1], **told)

    @staticmethod
    def _drawn(page: Any, sheet: Sheet, picture: Any, place: Sequence[float], colour: str = "") -> bytes:
        taken = page.resources.get("/XObject", {})
        name = next(n for n in map("/Wx{}".format, count()) if n not in taken)  # the same every time
        page.add_resource(picture, pikepdf.Name.XObject, name=pikepdf.Name(name))
        matrices = " ".join(f"{_numbers(matrix)} cm" for matrix in (sheet.matrix, place))
        return f"q {colour}{matrices} {name} Do Q\n".encode()


def _numbers(matrix: Sequence[float]) -> str:
    return " ".join(f"{number:.4f}" for number in matrix)
