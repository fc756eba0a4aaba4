"""A document set in pages by typst.

Chinese texts in the manner of GB/T 9704-2012: A4, 22 lines of 28 characters in 三号 (16 pt), 黑体 headings;
others in a plain Latin style. The text goes to typst as data and is never read as its markup. The same
text with the same fonts gives the same bytes.
"""

import json
import threading
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from wenxing.document import Document, Paragraph, Role
from wenxing.errors import MissingFont, UnsupportedOutput

if TYPE_CHECKING:
    import typst

SERIF = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "Noto Serif SC",
    "FangSong",
    "STFangsong",
    "Songti SC",
    "STSong",
    "SimSun",
)
"""Fonts for Chinese text, the best first."""

SANS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans SC",
    "SimHei",
    "STHeiti",
    "Heiti SC",
)
"""Fonts for Chinese headings; without one, headings are set in the text's own."""

_LATIN = "Libertinus Serif"  # comes with typst
_DATE = 946_684_800  # 1 January 2000: a copy does not tell when it was made
_DASHES = ("—", "―", "-", "－")
_TURNED = dict.fromkeys(range(32), " ") | {0x7F: " ", 0x2028: " ", 0x2029: " "}
_INDENT = " \t\u3000\u00a0"
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Fonts:
    """What texts are set in.

    Attributes:
        serif, sans: families, each followed by what stands in for missing characters.
    """

    serif: tuple[str, ...]
    sans: tuple[str, ...]


def compiled(document: Document, *, code: str = "", spare: str = "") -> bytes:
    """Return the document's flow as a PDF. Blank paragraphs and indents are left to the style.

    Args:
        document: wrapped lines are joined.
        code: shown small at the foot of every page.
        spare: characters that the fonts must have besides those of the text, on a last page of their own.

    Raises:
        MissingFont: the text is Chinese and no font on this machine is.
        UnsupportedOutput: typst refuses it.
    """
    data = _described(document.unwrapped.document, code, spare)
    import typst

    with _lock:
        try:
            pdf = _compiler().compile(
                _layout(), format="pdf", sys_inputs={"doc": json.dumps(data)}, timestamp=_DATE
            )
        except typst.TypstError as error:
            raise UnsupportedOutput("The text could not be set in pages; make the copy as .docx.") from error
    assert isinstance(pdf, bytes)
    return pdf


def fonts(*, chinese: bool) -> Fonts:
    """The families that are used, by what is installed.

    Raises:
        MissingFont: `chinese`, and there is none.
    """
    known = _families()
    serif = next((family for family in SERIF if family in known), None)
    sans = next((family for family in SANS if family in known), serif)
    if chinese and (serif is None or sans is None):
        raise MissingFont(
            "No font with Chinese characters is installed, so no PDF can be made. Install one, for example "
            "with `apt-get install fonts-noto-cjk`, or make the copy as .docx."
        )
    if serif is None or sans is None:
        return Fonts((_LATIN,), (_LATIN,))
    return Fonts((serif,), (sans,)) if chinese else Fonts((_LATIN, serif), (_LATIN, sans))


def is_chinese(document: Document) -> bool:
    """Whether a text is set in the Chinese style: one letter in ten is Han."""
    head = document.text[:4000]
    return sum("\u3400" <= c <= "\u9fff" for c in head) * 10 > len(head.split()) + len(head) / 2


@cache
def _families() -> frozenset[str]:
    return frozenset(_installed().families())


@cache
def _installed() -> "typst.Fonts":
    import typst

    return typst.Fonts()


@cache
def _layout() -> bytes:
    return (files("wenxing.carriers.pdf") / "layout.typ").read_bytes()


@cache
def _compiler() -> "typst.Compiler":
    import typst

    return typst.Compiler(_layout(), font_paths=_installed())


def _described(document: Document, code: str, spare: str) -> dict[str, Any]:
    """What the layout is told: plain data."""
    chinese = is_chinese(document)
    chosen = fonts(chinese=chinese)
    return {
        "lang": "zh" if chinese else "en",
        "title": _clean(document.title) or ("文档" if chinese else "Document"),
        "code": code,
        "spare": spare,
        "fonts": {"serif": chosen.serif, "sans": chosen.sans},
        "items": [_item(p) for p in document.paragraphs if p.role.in_flow and p.text.strip()],
    }


def _item(paragraph: Paragraph) -> dict[str, Any]:
    lines = [_clean(line) for line in paragraph.text.split("\n")]
    return {"role": _role(paragraph), "level": paragraph.level, "lines": [line for line in lines if line]}


def _role(paragraph: Paragraph) -> str:
    if paragraph.role is Role.TITLE and paragraph.text.lstrip()[:1] in _DASHES:
        return "subtitle"
    if paragraph.role is Role.HEADING and not paragraph.level:
        return "body"
    return str(paragraph.role)


def _clean(line: str) -> str:
    """A line without what is no character, and without its indent."""
    return line.translate(_TURNED).encode("utf-8", "replace").decode().strip(_INDENT)
