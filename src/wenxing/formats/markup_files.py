"""Markdown and HTML files by the name of their format: their characters and their blocks."""

import re

from wenxing.formats import hypertext, markdown
from wenxing.formats.encodings import Decoded, decoded
from wenxing.formats.markup import Block

_HEAD = 1024  # bytes in which a page says its encoding (HTML 13.2.3.2)
_CHARSET = re.compile(rb"(?i)<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([a-z0-9_-]+)")


def decode(data: bytes, format: str) -> Decoded:
    """Return the characters of an `md` or `html` file; a page may say its encoding itself.

    Raises:
        UnknownFormat, UnreadableFile: as `encodings.decode`.
    """
    said = _CHARSET.search(data, 0, _HEAD) if format == "html" else None
    return decoded(data, declared=said[1].decode() if said else "")


def blocks(text: str, format: str) -> list[Block]:
    """Return the blocks of an `md` or `html` text in the order in which paragraphs are numbered.

    Raises:
        FileTooLarge: too many of them, or nested too deep.
    """
    return hypertext.blocks(text) if format == "html" else markdown.blocks(text)
