"""How every character of a master looks in print: cut from its own pages, without any mark."""

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from wenxing.document import Document
from wenxing.formats.pdf.pages import page_texts, render
from wenxing.formats.pdf.places import places_of

EM = 40
"""Pixels of an em at which characters are compared."""

TALL = 44
"""Pixels of the height of a character's cell."""

_MIDDLE = 0.38  # em above the baseline, the middle of a Han character
_IMAGES = 4  # pages kept as pictures, some 8 MB each
_FINE = 64  # pixels of an em in them: below 50, PDFium sets every glyph on a whole pixel
_SIDE = 3_990  # pixels of their longer side at most


class Reference:
    """The characters of a master as its pages show them.

    Attributes:
        page: (n,) for each character of the document's text its page, −1 where no page shows it.
        x, y: (n,) the middle of its cell, points from the left and the top.
        size: (n,) its em, points.
    """

    def __init__(self, pdf: bytes, document: Document) -> None:
        """Find the characters.

        Args:
            pdf: the master's pages, unmarked.
            document: the master's.
        """
        places = places_of(document.text, page_texts(pdf))
        self._pdf, self._sizes = pdf, places.sizes
        self.page, self.size = places.page, places.size
        self.x, self.y = places.x + places.size / 2, places.y - _MIDDLE * places.size
        self._images = lru_cache(maxsize=_IMAGES)(self._image)

    def follows(self, before: int, at: int) -> bool:
        """Whether a character stands right of another on the same line of the master's pages."""
        return bool(
            0 <= before < at == before + 1 < len(self.page)
            and self.page[at] == self.page[before] != -1
            and abs(self.y[at] - self.y[before]) < 0.2 * self.size[at]
            and self.x[at] > self.x[before]
        )

    def are_level(self, places: Sequence[int]) -> bool:
        """Whether characters stand on one line of the master's pages, in this order."""
        page, x, y, size = self.page[places], self.x[places], self.y[places], self.size[places]
        if len(page) < 2 or (page != page[0]).any() or page[0] < 0:
            return False
        return bool((np.diff(x) > 0).all() and (abs(y - y[0]) < 0.2 * size[0]).all())

    def cells(self, places: Sequence[int]) -> NDArray[np.float32]:
        """(k, TALL, EM): the ink of characters, 0 … 1, each in the middle of its cell."""
        cells = np.zeros((len(places), TALL, EM), np.float32)
        for i, at in enumerate(places):
            if at < 0 or self.page[at] < 0:
                continue
            page = int(self.page[at])
            scale = min(_FINE / float(self.size[at]), _SIDE / max(self._sizes[page]))
            image = self._images(page, round(scale, 3))
            step = round(scale, 3) * self.size[at] / EM
            x, y = self.x[at] * round(scale, 3) - 0.5, self.y[at] * round(scale, 3) - 0.5
            corner = np.array([[step, 0, x - step * (EM - 1) / 2], [0, step, y - step * (TALL - 1) / 2]])
            cell = cv2.warpAffine(image, corner, (EM, TALL), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
            cells[i] = 1 - cell / 255
        return cells

    def _image(self, page: int, scale: float) -> NDArray[np.uint8]:
        """A page, `scale` pixels a point, smoothed so that it may be sampled more coarsely."""
        grey = render(self._pdf, page, dpi=72 * scale)
        return np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.7), np.uint8)
