"""Pictures of texts, made on the spot, and pictures made to do harm."""

import io
import struct
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from wenxing.reading import recognition

_FONTS = ("NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc")
TEXT = (
    "　　我们必须把学习放在第一位，目前许多同志十分努力，",
    "但是仍然有差距。因此要使大家更加努力，从而提高认识，",
    "做好各项工作。",
    "　　第二段说明如何安排时间，并且按照要求完成任务。",
)


@cache
def typeface() -> Path | None:
    """A Chinese typeface of this machine."""
    found = (path for name in _FONTS for path in Path("/usr/share/fonts").rglob(name))
    return next(found, None)


needs_ocr = pytest.mark.skipif(not recognition.is_available(), reason="the extra ocr is not installed")
needs_type = pytest.mark.skipif(typeface() is None, reason="no Chinese typeface (fonts-noto-cjk)")


def page(
    lines: Sequence[str] = TEXT, *, size: int = 32, colour: str = "black", ground: str = "white"
) -> Image.Image:
    """Lines of text, one below the other."""
    face = ImageFont.truetype(str(typeface()), size, index=2)
    width = max(len(line) for line in lines) * size + 4 * size
    picture = Image.new("RGB", (width, (len(lines) * 2 + 3) * size), ground)
    draw = ImageDraw.Draw(picture)
    for row, line in enumerate(lines):
        draw.text((2 * size, (2 * row + 2) * size), line, font=face, fill=colour)
    return picture


def saved(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The file of a picture."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def png(width: int, height: int, rows: bytes) -> bytes:
    """A grey PNG that says it has this size, whatever its rows are."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))
        )

    head = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def hostile() -> Iterator[tuple[str, bytes]]:
    """Pictures that cannot be read: what is wrong, the file."""
    noise = Image.effect_noise((300, 300), 60)
    jpeg, webp, drawn = saved(noise, "JPEG"), saved(noise, "WEBP"), saved(noise)
    yield "20,000 × 20,000 pixels", png(20_000, 20_000, b"")
    yield "two thousand million columns", png(2**31 - 1, 1, b"")
    yield "no columns", png(0, 100, b"")
    yield "8,000 × 7,000 pixels that are not there", png(8_000, 7_000, b"\0" * 100)
    yield "8,000 × 7,000 white pixels packed to nothing", png(8_000, 7_000, (b"\0" + b"\xff" * 8_000) * 7_000)
    yield "a compressed text of 30 MB", _with_text(drawn)
    yield "a JPEG cut off", jpeg[: len(jpeg) // 2]
    yield "a JPEG of its first bytes", jpeg[:20]
    yield "a WebP cut off", webp[: len(webp) // 2]
    yield "a PNG cut off", drawn[: len(drawn) // 2]
    yield "a PNG damaged inside", drawn[:200] + bytes(50) + drawn[250:]
    yield "noise called PNG", b"\x89PNG\r\n\x1a\n" + jpeg[20:400]
    yield "noise called JPEG", b"\xff\xd8\xff\xe0" + drawn[20:400]
    yield "noise called WebP", b"RIFF\0\0\1\0WEBPVP8 " + drawn[20:400]
    yield "four pixels", png(2, 2, b"\0\0\0" * 2)
    yield "a line of one pixel's height", png(3_000, 1, b"\0" * 3_001)
    yield "white", saved(Image.new("L", (600, 400), 255))
    yield "black", saved(Image.new("L", (600, 400), 0))
    yield "grain", drawn
    yield "a gradient", saved(Image.linear_gradient("L").resize((900, 700)))


def _with_text(data: bytes) -> bytes:
    content = b"Comment\0\0" + zlib.compress(b"a" * 30_000_000)
    chunk = struct.pack(">L", len(content)) + b"zTXt" + content
    return data[:33] + chunk + struct.pack(">L", zlib.crc32(b"zTXt" + content)) + data[33:]
