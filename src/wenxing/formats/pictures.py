"""Pictures: what they are by their bytes, and their pixels within limits.

A stranger's picture is unpacked in the child process of `reading.bounded` only.
"""

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wenxing.errors import FileTooLarge, UnreadableFile
from wenxing.formats import limits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a picture.

    Attributes:
        text: its characters.
        start: where they stand in the picture's text.
        corners: top left, top right, bottom right, bottom left: (x, y) in pixels.
    """

    text: str
    start: int
    corners: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """What stands in a picture.

    Attributes:
        text: a paragraph a line, in reading order.
        lines: in reading order.
        width, height: in pixels.
        grey: the pixels, row by row, a byte each: 0 black … 255 white; the right way up.
    """

    text: str
    lines: tuple[Line, ...]
    width: int
    height: int
    grey: bytes


def is_picture(data: bytes) -> bool:
    """Whether a file begins as a picture that can be read: PNG, JPEG or WebP."""
    head = data[:12]
    return head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) or (
        head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    )


def pixels(data: bytes) -> "NDArray[np.uint8]":
    """Return a picture as it is meant to be seen: (height, width), grey, 0 black … 255 white.

    Turned as its EXIF data say; what is transparent is white; no longer than `limits.PICTURE_SIDE` unless it
    is a strip, which may be as long as it is narrow.

    Raises:
        FileTooLarge: more pixels than `limits.PIXELS`; nothing of it was unpacked.
        UnreadableFile: damaged, cut off, or too small to show a word.
    """
    import numpy as np
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sizes, which are looked at here
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                _refuse_size(picture)
                picture.draft("L", _wanted(picture.size))  # a large JPEG is unpacked at half its size or less
                upright = ImageOps.exif_transpose(picture)
                grey = _on_white(upright).convert("L")
        except Image.DecompressionBombError:
            raise _too_large() from None
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise UnreadableFile(
                "The picture is damaged or incomplete; take it again, or ask for the file again."
            ) from error
    if max(grey.size) > max(_wanted(grey.size)):
        grey.thumbnail(_wanted(grey.size), Image.Resampling.LANCZOS)
    return np.asarray(grey)


def _refuse_size(picture: "Image") -> None:
    width, height = picture.size
    if width * height > limits.PIXELS:
        raise _too_large()
    if min(width, height) < limits.PICTURE_LEAST:
        raise UnreadableFile("The picture is too small to show a word.")


def _too_large() -> FileTooLarge:
    return FileTooLarge(
        f"The picture has more than the {limits.PIXELS // 1_000_000} million pixels that are accepted; "
        "save it smaller."
    )


def _wanted(size: tuple[int, int]) -> tuple[int, int]:
    """The size within which a picture is looked at. A strip of many screens keeps its width."""
    width, height = size
    narrow, side = min(width, height), limits.PICTURE_SIDE
    scale = min(1.0, side / max(width, height))
    if max(width, height) > 3 * narrow:  # a strip
        scale = min(1.0, side / 2 / narrow)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _on_white(picture: "Image") -> "Image":
    from PIL import Image

    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture
    shown = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown)
