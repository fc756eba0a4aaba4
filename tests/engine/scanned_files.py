"""Scanned PDFs as scanners make them: JPEG, black and white, turned pages."""

import io
from functools import cache

import numpy as np
import pikepdf
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

SIZE = (1_240, 1_754)  # A4 at 150 dpi


@cache
def page(number: int = 1) -> Image.Image:
    """Grey paper with grain, lines of ink on it."""
    rng = np.random.default_rng(number)
    drawn = Image.new("L", SIZE, 243)
    pen, font = ImageDraw.Draw(drawn), ImageFont.load_default(26)
    for top in range(170, 1_600, 52):
        line = "".join(rng.choice(list("abcdefghknopqsuvxyzMWH"), 52))
        pen.text((150, top), line, font=font, fill=40)
    grain: NDArray[np.float64] = rng.normal(0, 3, (SIZE[1], SIZE[0]))
    return Image.fromarray((np.asarray(drawn, np.float64) + grain).clip(0, 255).astype(np.uint8))


def scan(*pages: Image.Image, quality: int = 75) -> bytes:
    """A PDF of these pages, A4; grey and coloured ones as JPEG."""
    out = io.BytesIO()
    first, *more = pages or (page(),)
    how = {} if first.mode == "1" else {"quality": quality}
    first.save(out, "PDF", resolution=150, save_all=True, append_images=more, **how)
    return out.getvalue()


def turned(pdf: bytes, degrees: int) -> bytes:
    """The same with its pages turned by their own say."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as made:
        for own in made.pages:
            own.Rotate = degrees
        made.save(out)
    return out.getvalue()


def black_and_white(picture: Image.Image) -> Image.Image:
    """As an office scanner saves it, one bit a pixel."""
    return picture.point([255 * (level > 128) for level in range(256)], "1")
