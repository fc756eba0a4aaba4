"""From bytes to characters, decided by hand: guessing libraries fail on short Chinese texts.

The order is: byte order mark, UTF-8, UTF-16 without a mark, then GB18030 against Big5. Every
decoder is strict, so a damaged file is refused and never half read. Not guaranteed: two or three
characters of GB18030 whose bytes happen to be valid UTF-8 (通知 alone) are read as UTF-8.
"""

import codecs
import re
from dataclasses import dataclass
from functools import cache

from wenxing.errors import UnknownFormat, UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("iso-8859-1", "latin1", "us-ascii", "ascii", "windows-1252"), "cp1252"),
}
"""What files call their encodings (WHATWG Encoding, 4.2), the few that Chinese and English pages have."""
_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")  # not tabs, line ends, end of file, escape
_ASCII = bytes(range(0x80))
_SAMPLE = 20_000  # characters looked at when two encodings are weighed
_FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三"
    "之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样"
    "與關係這個國們來時會對發後進著過說產種學體經點當業兩為動實無應開還氣長從電機們樣間報導"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and how it was written.

    Attributes:
        text: the characters, line ends as they are, without the byte order mark.
        encoding: name of the codec.
        mark: the byte order mark; empty when there was none.
    """

    text: str
    encoding: str
    mark: bytes = b""


def decode(data: bytes) -> str:
    """Return the text of a plain-text file, line ends as they are, the byte order mark dropped.

    Args:
        data: the whole file; not empty.

    Raises:
        UnknownFormat: the bytes are not text.
        UnreadableFile: text in an encoding with a mark, damaged.
    """
    return decoded(data).text


def decoded(data: bytes, *, declared: str = "") -> Decoded:
    """Return the text of a file with its encoding.

    Args:
        data: the whole file; not empty.
        declared: what the file itself says its encoding is; believed when it can be true.

    Raises:
        UnknownFormat, UnreadableFile: as `decode`.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(_marked(data[len(mark) :], encoding), encoding, mark)
    codec = _DECLARED.get(declared.lower(), "")
    text = _strict(data, codec) if codec else None
    found = None if text is None or _is_binary(text) else Decoded(text, codec)
    found = found or _unmarked(data)
    if found is None or _is_binary(found.text):
        raise UnknownFormat(
            "The file is not text in an encoding we can read; save it as UTF-8 and try again."
        )
    return found


def encoded(text: str, like: Decoded) -> bytes:
    """Return a changed text as its file was written; characters the encoding lacks become references."""
    return like.mark + text.encode(like.encoding, "xmlcharrefreplace")


def faithful(found: Decoded, data: bytes) -> Decoded:
    """Return how a copy of `data` is to be written: as the file was, when that gives back its bytes.

    Big5 has two codes for some characters and GB18030 for a few; such a file is left for UTF-8 with a
    byte order mark, which goes before whatever else a page says of its encoding.
    """
    if encoded(found.text, found) == data:
        return found
    return Decoded(found.text, "utf-8", codecs.BOM_UTF8)


def _marked(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile("The text is damaged or cut off; save it as UTF-8 and try again.") from error
    if _is_binary(text):
        raise UnknownFormat("The file is not text; open it in its own program and save it as .docx or .txt.")
    return text


def _unmarked(data: bytes) -> Decoded | None:
    if b"\0" not in data:
        text = _strict(data, "utf-8")
        if text is not None and not _is_binary(text):
            return Decoded(text, "utf-8")
    wide = _utf16(data)
    if wide is not None or b"\0" in data:
        return wide
    if _is_broken_utf8(data):
        raise UnreadableFile("The text is damaged or cut off; save it as UTF-8 and try again.")
    return _chinese(data)


def _is_broken_utf8(data: bytes) -> bool:
    """Whether nearly all bytes above ASCII form UTF-8, which those of GB18030 and Big5 never do."""
    kept = data.decode("utf-8", "ignore").encode()
    return len(kept.translate(None, _ASCII)) > 0.9 * len(data.translate(None, _ASCII))


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _utf16(data: bytes) -> Decoded | None:
    """Read UTF-16 without a mark: one byte order makes everyday characters, the other does not."""
    if len(data) % 2:
        return None
    texts = _readings(data, ("utf-16-le", "utf-16-be"))
    likely = [reading for reading in texts if _everyday(reading.text) >= 0.9]
    return max(likely, key=lambda reading: _sense(reading.text), default=None)


def _readings(data: bytes, encodings: tuple[str, ...]) -> list[Decoded]:
    return [Decoded(text, e) for e in encodings if (text := _strict(data, e)) is not None]


def _everyday(text: str) -> float:
    """The share of characters that Chinese and Latin texts are made of."""
    sample = text[:_SAMPLE]
    good = sum(
        "\x20" <= c <= "\x7e" or c in "\t\n\r" or "\u2010" <= c <= "\u2026" or "\u3000" <= c <= "\u3015"
        or "\u4e00" <= c <= "\u9fff" or "\uff01" <= c <= "\uff5e"
        for c in sample
    )  # fmt: skip
    return good / len(sample)


def _chinese(data: bytes) -> Decoded | None:
    """Weigh GB18030 against Big5. Most bytes are valid in both; only one makes sense."""
    readings = _readings(data, ("gb18030", "cp950", "big5hkscs"))
    best = max(readings, key=lambda reading: _sense(reading.text), default=None)  # of equals: GB18030
    return best if best is not None and _sense(best.text) > 0.5 else None


def _sense(text: str) -> float:
    """How much a decoding looks like Chinese: 1 for common characters, more for frequent ones."""
    sample = [c for c in text[:_SAMPLE] if c > "\x7f"]
    if not sample:
        return 1.0
    return sum(_weight(c) for c in sample) / len(sample)


@cache
def _weight(c: str) -> float:
    """Weight of one character: frequent 1.5, common 1, others of the two standards less, odd ones 0."""
    if c in _FREQUENT or c in "，。、；：？！“”（）《》":
        return 1.5
    if "\u2010" <= c <= "\u2030" or "\u3000" <= c <= "\u3015" or "\uff01" <= c <= "\uff5e":
        return 1.0
    if not "\u4e00" <= c <= "\u9fff":
        return 0.2 if c.isalnum() and c < "\ue000" else 0.0
    simplified, traditional = c.encode("gb2312", "ignore"), c.encode("big5", "ignore")
    if b"\0" < simplified[:1] <= b"\xd7" or b"\0" < traditional[:1] <= b"\xc6":
        return 1.0  # the first levels of GB/T 2312 and Big5: common characters
    return 0.5 if simplified or traditional else 0.1


def _is_binary(text: str) -> bool:
    """Whether control characters betray something that is no text. One NUL is enough."""
    if "\0" in text:
        return True
    return len(_CONTROLS.findall(text)) > len(text) / 100
