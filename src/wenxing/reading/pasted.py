"""Text that was taken from the source of a page or a program: read as what it stands for.

A leak pasted so is full of tags, of `&#x4E2D;`, `\\u4e2d` or `%E4%B8%AD`. Each is undone where there is much
of it, for a single one may be what the text speaks of.
"""

import html
import re
from urllib.parse import unquote

from wenxing.formats import hypertext

_MUCH = 5

_TAG = re.compile(r"(?i)</(?:a|b|div|em|font|h[1-6]|i|li|p|section|span|strong|td|u)\s*>|<br\s*/?>")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\([nrt])")
_PERCENT = re.compile(r"%[EeFf][0-9A-Fa-f]%[89ABab][0-9A-Fa-f]%[89ABab][0-9A-Fa-f]")


def shown(text: str) -> str:
    """The text with tags, character references and escapes undone; as it is when there are few of them.

    Raises:
        FileTooLarge: more tags or blocks than a page needs.
    """
    if _much(_PERCENT, text):
        text = unquote(text)
    if _much(_ESCAPE, text):
        escaped = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else "\n", text)
        text = escaped.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # 🔥 is two escapes
    if _much(_TAG, text):
        return "\n".join(block.text for block in hypertext.blocks(text)) or text
    return html.unescape(text) if _much(_REFERENCE, text) else text


def _much(pattern: re.Pattern[str], text: str) -> bool:
    return sum(1 for _, _ in zip(range(_MUCH), pattern.finditer(text), strict=False)) == _MUCH
