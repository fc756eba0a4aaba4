"""The characters of a PDF in lines, in reading order, without what belongs to the page and not to the text.

The order is the file's own: every program that writes PDF writes a text in its order, and only there
are columns and tables told apart. What stands at the head or the foot of pages and is a page's number, or
is repeated from page to page, is left out.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from unicodedata import east_asian_width

import numpy as np
from numpy.typing import NDArray

from wenxing.formats.pdf.pages import PageText

CODE = r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}"
"""The form of a visible code."""

_DASH = "[-‐-―−－·•~|/ ]*"
_NUMBER = re.compile(
    rf"(?:{CODE})?{_DASH}(?:第|page|p\.)?{_DASH}(?:[0-9０-９]{{1,5}}|[ivxlc]{{1,7}}|[一二三四五六七八九十百零〇]{{1,6}})?{_DASH}(?:页|頁)?"
    rf"{_DASH}(?:of|共|，共)?{_DASH}[0-9０-９]{{0,5}}{_DASH}(?:页|頁)?{_DASH}(?:{CODE})?",
    re.IGNORECASE,
)
_DIGITS = re.compile("[0-9０-９]+")
_COMPOUND = re.compile(r"[^\W\d_]+-[^\W\d_]+")
_LAST, _FIRST = re.compile(r"[^\W\d_]+-$"), re.compile(r"[^\W\d_]+")
_MARGIN = 0.13  # of the page's height, above and below, in which running heads and feet stand
_SAME_LINE = 0.45  # of an em by which baselines of one line may differ
_DIVIDED = 3  # lines from which a text is seen to divide words
_HYPHEN = "\x02"
_JUMP = 1.2  # em to the left that begin another line on the same baseline


@dataclass(frozen=True, eq=False)
class Line:
    """A line.

    Attributes:
        page: its page, counted from 0.
        text: its characters, white space at the ends left out.
        at: (n,) int64, for each character of `text` its index in the page's.
        left, right: where it begins and ends, points; the end is an estimate.
        y: of its baseline, points from the bottom.
        size: of most of its characters, points.
        divides: whether its last word goes on in the next line; the hyphen is left out.
    """

    page: int
    text: str
    at: NDArray[np.int64]
    left: float
    right: float
    y: float
    size: float
    divides: bool = False


def lines_of(pages: Sequence[PageText]) -> list[Line]:
    """Return the lines of the text proper."""
    every = [list(_lines(number, page)) for number, page in enumerate(pages)]
    around = _around(every, pages)
    kept = [line for own in every for line in own if id(line) not in around]
    divided = sum(line.text.endswith(_HYPHEN) for line in kept)
    may_divide = divided >= max(_DIVIDED, 0.02 * len(kept))  # else these hyphens are the text's own
    known = frozenset(word for line in kept for word in _COMPOUND.findall(line.text)) if may_divide else None
    below: list[Line | None] = [*kept[1:], None]
    return [_undivided(line, after, known) for line, after in zip(kept, below, strict=False)]


def is_wide(character: str) -> bool:
    """Whether a character is an em wide, as Han characters and their punctuation are."""
    return east_asian_width(character) in "WF"


def _undivided(line: Line, below: Line | None, known: frozenset[str] | None) -> Line:
    """The line without the hyphen at which its last word was divided; other hyphens are themselves.

    A word is not divided when the text knows it with the hyphen, or divides no words (`known` is `None`).
    """
    text = line.text.replace(_HYPHEN, "-")
    if not line.text.endswith(_HYPHEN) or below is None or known is None or not below.text[0].islower():
        return replace(line, text=text)
    first, second = _LAST.search(text), _FIRST.match(below.text)
    if first and second and first[0] + second[0] in known:
        return replace(line, text=text)
    return replace(line, text=text[:-1], at=line.at[:-1], divides=True)


def _lines(number: int, page: PageText) -> Iterator[Line]:
    """The lines of a page in the file's order; pieces on one baseline in a row are one."""
    start = 0
    for end in range(1, len(page.text) + 1):
        if end < len(page.text) and not _breaks(page, end):
            continue
        line = _line(number, page, start, end)
        if line is not None:
            yield line
        start = end


def _breaks(page: PageText, at: int) -> bool:
    """Whether a line begins with this character."""
    em = max(page.size[at], page.size[at - 1], 1.0)
    if abs(page.y[at] - page.y[at - 1]) > _SAME_LINE * em:
        return True
    return bool(page.x[at] < page.x[at - 1] - _JUMP * em)


def _line(number: int, page: PageText, start: int, end: int) -> Line | None:
    kept = np.array([i for i in range(start, end) if _is_kept(page, i, start, end)], np.int64)
    while len(kept) and page.text[kept[0]].isspace():
        kept = kept[1:]
    while len(kept) and page.text[kept[-1]].isspace():
        kept = kept[:-1]
    if not len(kept):
        return None
    text = "".join(page.text[i] for i in kept)
    last = kept[-1]
    right = page.x[last] + page.size[last] * (1.0 if is_wide(page.text[last]) else 0.5)
    size = float(np.median(page.size[kept]))
    return Line(number, text, kept, float(page.x[kept[0]]), float(right), float(page.y[kept[0]]), size)


def _is_kept(page: PageText, at: int, start: int, end: int) -> bool:
    """Whether a character is the text's own: not a gap beside a wide one that PDFium took for a space."""
    c = page.text[at]
    if not page.gap[at] or at == start or at + 1 == end:
        return c == "\t" or c >= " " or c == _HYPHEN
    return not (is_wide(page.text[at - 1]) or is_wide(page.text[at + 1]))


def _around(every: Sequence[Sequence[Line]], pages: Sequence[PageText]) -> frozenset[int]:
    """Lines (their `id`) that are a page's number, or a head or foot that pages have in common."""
    margin = [line for own, page in zip(every, pages, strict=True) for line in _outer(own, page)]
    shapes = Counter((_DIGITS.sub("0", line.text), round(line.y / 4)) for line in margin)
    often = max(3, len(pages) // 3)
    return frozenset(
        id(line)
        for line in margin
        if _NUMBER.fullmatch(line.text.strip())
        or shapes[_DIGITS.sub("0", line.text), round(line.y / 4)] >= often
    )


def _outer(lines: Sequence[Line], page: PageText) -> Iterator[Line]:
    """The lines in the margins of a page."""
    for line in lines:
        if line.y < _MARGIN * page.height or line.y > (1 - _MARGIN) * page.height:
            yield line
