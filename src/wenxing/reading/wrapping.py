"""Hard-wrapped text: lines cut to a width, and which of them make one paragraph.

A text counts as wrapped only when its lines say so together: none is long, most that are followed by
another are full (the next word would not have fitted), and most full ones end in the middle of a
sentence. Verse, lists, tables and texts with a paragraph a line fail one of these.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from wenxing.reading.forms import INDENT, ends_as_title, rank

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_UNIT = re.compile(r"(?:[A-Za-z0-9\u00c0-\u024f.,'’%-]+|.)[。，、；：！？）》」』”’…—]*", re.DOTALL)
_ITEM = re.compile(r"[-*•·●○■□◆>|+=#~_]")
_INSIDE = re.compile(r"[，。；,;.][^\s\W]")
_ENDS = "。！？；：，、…!?;:.,”’』」）)》"
_SENTENCE_ENDS = "。！？；：!?;:.”\"')）"

_LONGEST = 110  # columns of the longest line of a wrapped text
_OUTLIERS = 0.02  # of the lines may be longer than the width: an address, a line of a table
_FEWEST = 5  # full lines with another below, from which there is a statistic
_TALLEST = 200  # lines of the longest paragraph
_FULL = 0.6  # of the lines with another below
_BROKEN = 0.55  # of the full lines go on in the middle of a sentence
_PROSE = 0.25  # of the full lines have a mark followed by more text


@dataclass(frozen=True, slots=True)
class _Measure:
    """How lines of one kind of text are measured; widths in the measure's own unit."""

    width: Callable[[str], int]
    narrowest: int
    widest: int
    slack: int


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WFA" else 1 for c in text)


_ENGLISH = (_Measure(len, 58, _LONGEST, 6),)
_CHINESE = (_Measure(_columns, 46, 100, 4), _Measure(len, 23, 50, 2))


def continued(lines: Sequence[str]) -> list[bool]:
    """Return for each line whether it goes on with the paragraph of the line before.

    All false unless the text is hard-wrapped.
    """
    goes_on = [False] * len(lines)
    shown = [line for line in lines if line.strip()]
    long = sum(len(line.rstrip()) > _LONGEST for line in shown)
    if len(shown) <= _FEWEST or long > _OUTLIERS * len(shown):
        return goes_on
    han = sum(len(_HAN.findall(line)) for line in shown)
    latin = sum(len(_LATIN.findall(line)) for line in shown)
    chinese = latin <= 5 * han
    base = min(map(_indent, shown))
    top = lines.index(shown[0])
    follows = [i for i in range(top + 1, len(lines)) if _may_follow(lines[i - 1], lines[i], base)]
    best: list[int] = []
    for measure in _CHINESE if chinese else _ENGLISH:
        width = _width(shown, measure)
        if measure.narrowest <= width <= measure.widest:
            full = [i for i in follows if _is_full(lines[i - 1], lines[i], width, measure, chinese=chinese)]
            if top + 1 in full and _may_be_head(shown[0], width, measure):
                full.remove(top + 1)
            full = _of_paragraphs(full)
            if len(full) > len(best) and _is_wrapped(lines, follows, full, chinese=chinese):
                best = full
    for i in best:
        goes_on[i] = True
    return goes_on


def _may_be_head(line: str, width: int, measure: _Measure) -> bool:
    """Whether a text's first line is a title for all that its length says: named as one, or a bit short."""
    return ends_as_title(line) or measure.width(line.rstrip()) < width - measure.slack


def _of_paragraphs(full: Sequence[int]) -> list[int]:
    """Full lines without the runs that are too long for a paragraph."""
    runs: list[list[int]] = []
    for i in full:
        if runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    return [i for run in runs if len(run) < _TALLEST for i in run]


def _width(shown: Sequence[str], measure: _Measure) -> int:
    """The width of all lines but a few."""
    widths = sorted(measure.width(line.rstrip()) for line in shown)
    return widths[len(widths) - 1 - int(_OUTLIERS * len(widths))]


def _indent(line: str) -> int:
    return _columns(line) - _columns(line.lstrip(INDENT))


def _may_follow(above: str, line: str, base: int) -> bool:
    """Whether nothing in the form of a line says that a paragraph begins with it."""
    if not above.strip() or not line.strip() or _indent(line) > base:
        return False
    text, before = line.strip(), above.strip()
    if _ITEM.match(text):
        return False
    return rank(text) is None or before[-1] not in _SENTENCE_ENDS


def _is_full(above: str, line: str, width: int, measure: _Measure, *, chinese: bool) -> bool:
    """Whether the beginning of a line would not have fitted on the line above."""
    text = line.strip()
    if chinese:
        found = _UNIT.match(text)
        unit = found.group() if found else ""
    else:
        unit = " " + text.split(maxsplit=1)[0]
    own = measure.width(above.rstrip())
    return own <= width + measure.slack and own + measure.width(unit) > width - measure.slack


def _is_wrapped(lines: Sequence[str], follows: Sequence[int], full: Sequence[int], *, chinese: bool) -> bool:
    if len(full) < _FEWEST or len(full) < _FULL * len(follows):
        return False
    broken = sum(_breaks_sentence(lines[i - 1].rstrip(), lines[i].strip(), chinese=chinese) for i in full)
    prose = sum(_INSIDE.search(lines[i - 1]) is not None for i in full) if chinese else len(full)
    return broken >= _BROKEN * len(full) and prose >= _PROSE * len(full)


def _breaks_sentence(above: str, line: str, *, chinese: bool) -> bool:
    if chinese:
        return above[-1] not in _ENDS
    return above[-1] not in _SENTENCE_ENDS and line[0].islower()
