"""Whether this machine has a font with Chinese characters, which PDF copies of Chinese texts need."""

import pytest

from wenxing.carriers.pdf.typesetting import fonts
from wenxing.errors import MissingFont


def _has_font() -> bool:
    try:
        fonts(chinese=True)
    except MissingFont:
        return False
    return True


HAS_FONT = _has_font()

FILES = ("txt", "docx", "pdf") if HAS_FONT else ("txt", "docx")
"""The formats that members can download here."""

needs_font = pytest.mark.skipif(not HAS_FONT, reason="no Chinese font: apt-get install fonts-noto-cjk")
