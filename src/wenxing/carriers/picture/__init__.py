"""Glyph sites in pictures: screenshots, scans and photographs of a page, whole or in part.

A moved character is read against its neighbours on its own line, so nothing needs to be known of the page
as a whole: not which it is, how much of it is seen, or where its lines break. Every line that was
recognised is straightened; each of its characters is laid over the same character as the master prints
it, and how far apart they are is measured to a fraction of a pixel. Needs the extra `ocr` (OpenCV).

    reference   how every character of a master looks in print
    lines       a line of the picture, straightened
    fitting     where each character stands on it
    grid        characters that a program set on whole pixels: what the rounding tells of them
    deciding    offsets → symbols, or erasures; a flip costs the accusation far more
    reading     the reader that tracing asks
"""

from wenxing.carriers.picture.reading import GlyphReader
from wenxing.carriers.picture.reference import Reference

__all__ = ["GlyphReader", "Reference"]
