"""A press of our own: a text drawn character by character, some moved by a hair. Knows nothing of PDF.

It breaks and spaces lines in its own way, so what is read from its pages owes nothing to the layout.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from engine.picture_files import typeface
from wenxing.formats.pictures import Line, Picture

_FINE = 4  # drawn so many times as large, then made smaller: a hair is less than a pixel
_LEADING = 1.75  # em from line to line


@dataclass(frozen=True)
class Printed:
    """A page.

    Attributes:
        image: what it looks like.
        lines: as a perfect recogniser would tell them; `start` counts in `text`.
        text: the lines joined.
    """

    image: Image.Image
    lines: tuple[Line, ...]
    text: str

    def as_picture(self, image: Image.Image | None = None) -> Picture:
        """As if it had been recognised; another image of the same size may take its place."""
        shown = (image or self.image).convert("L")
        grey = np.asarray(shown, np.uint8).tobytes()
        return Picture(self.text, self.lines, shown.width, shown.height, grey)


def printed(
    text: str, shifts: Mapping[int, float], *, em: int = 24, columns: int = 28, stretch: float = 1.0
) -> Printed:
    """Print a text of Chinese characters.

    Args:
        text: line feeds end paragraphs.
        shifts: offset in the text → em to the right.
        em: pixels of an em.
        columns: characters of a line.
        stretch: em from character to character.
    """
    rows: list[range] = []
    at = 0
    for paragraph in text.split("\n"):
        for first in range(0, len(paragraph), columns):
            rows.append(range(at + first, at + min(first + columns, len(paragraph))))
        at += len(paragraph) + 1
    width, height = round((columns * stretch + 4) * em), round((len(rows) * _LEADING + 3) * em)
    large = Image.new("L", (width * _FINE, height * _FINE), 255)
    draw = ImageDraw.Draw(large)
    face = ImageFont.truetype(str(typeface()), em * _FINE, index=2)
    lines, start = [], 0
    for number, row in enumerate(rows):
        top = 1.5 * em + number * _LEADING * em
        for column, place in enumerate(row):
            left = (2 + column * stretch + shifts.get(place, 0.0)) * em
            draw.text((left * _FINE, top * _FINE), text[place], font=face, fill=0)
        right = (2 + len(row) * stretch) * em
        high, low, left = top + 0.3 * em, top + 1.3 * em, 2.0 * em
        corners = (left, high), (right, high), (right, low), (left, low)
        lines.append(Line(text[row.start : row.stop], start, corners))
        start += len(row)
    words = "".join(line.text for line in lines)
    return Printed(large.resize((width, height), Image.Resampling.BOX), tuple(lines), words)
