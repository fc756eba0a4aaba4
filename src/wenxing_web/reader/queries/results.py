"""What was found as a page shows it: titles, passages with the words lit, and ways to narrow the search."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wenxing_web.entitlements import Denied
from wenxing_web.library.models import Edition, Kind
from wenxing_web.library.search.folding import finder, fold_with_offsets
from wenxing_web.library.search.language import Expression, wanted
from wenxing_web.reader.queries.finding import Findings, Found

A_PAGE = 10
"""Editions on a page of results."""

PASSAGES = 3
"""Passages of an edition."""

_LENGTH = 120  # characters of a passage
_BEFORE = 30  # of them before the first hit

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters; `lit` when it is what was looked for."""

    text: str
    lit: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of the member's own copy, or the part of it that shows most of the hits."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """An edition that was found.

    Attributes:
        more: further paragraphs that match.
        words: what to look for in the text when it is opened; empty when that is not one phrase.
    """

    edition: Edition
    locked: Denied | None
    title: tuple[Piece, ...]
    passages: tuple[Passage, ...]
    more: int
    words: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to narrow a search: what to ask for, what it is called, and how many materials are left."""

    value: str
    label: str
    count: int


def shown_of(one: Found) -> list[int]:
    """Numbers of the paragraphs that a page shows of an edition, in reading order."""
    return sorted(one.numbers[:PASSAGES])


def result(one: Found, expression: Expression, texts: dict[int, str]) -> Result:
    """Lay out an edition.

    Args:
        texts: number of a paragraph → its text in the member's own copy; one that is missing is left out.
    """
    needles = [needle for term in wanted(expression) for needle in term.needles]
    passages = tuple(Passage(n, passage(texts[n], needles)) for n in shown_of(one) if n in texts)
    title = one.edition.material.title
    return Result(
        edition=one.edition,
        locked=one.locked,
        title=_pieces(title, _lit(title, needles), 0, len(title)),
        passages=passages,
        more=len(one.numbers) - len(passages) if passages else 0,
        words=_phrase(needles, texts),
    )


def passage(text: str, needles: Sequence[str]) -> tuple[Piece, ...]:
    """A paragraph, or what shows most hits of a long one, cut where hits begin and end."""
    spans = _lit(text, needles)
    if len(text) <= _LENGTH:
        return _pieces(text, spans, 0, len(text))
    start = max(0, min(_best(spans, text) - _BEFORE, len(text) - _LENGTH))
    end = start + _LENGTH
    pieces = _pieces(text, spans, start, end)
    before = (Piece("…", lit=False),) if start else ()
    return (*before, *pieces, *((Piece("…", lit=False),) if end < len(text) else ()))


def years(findings: Findings) -> list[Choice]:
    """The years of what was found, the latest first."""
    counts = Counter(one.edition.material.dated_on.year for one in findings.found)
    return [Choice(str(year), str(year), counts[year]) for year in sorted(counts, reverse=True)]


def kinds(findings: Findings) -> list[Choice]:
    """The kinds of what was found, in their usual order."""
    counts = Counter(one.edition.material.kind for one in findings.found)
    return [Choice(value, str(label), counts[value]) for value, label in Kind.choices if counts[value]]


def _lit(text: str, needles: Iterable[str]) -> list[Span]:
    """Where the needles stand in a text, in order, joined where they touch."""
    folded, offsets = fold_with_offsets(text)
    places = sorted(span for needle in set(needles) for span in finder(needle)(folded))
    joined: list[Span] = []
    for first, last in places:
        start, end = offsets[first], offsets[last - 1] + 1
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _best(spans: Sequence[Span], text: str) -> int:
    """Where the part of a long paragraph that shows most begins: as many different hits as there can be."""
    room = _LENGTH - _BEFORE

    def shows(at: int) -> int:
        return len({text[start:end] for start, end in spans if at <= start and end <= at + room})

    return max((start for start, _end in spans), key=shows, default=0)


def _pieces(text: str, spans: Sequence[Span], start: int, end: int) -> tuple[Piece, ...]:
    edges = {start, end}.union(*spans) if spans else {start, end}
    ordered = sorted(edge for edge in edges if start <= edge <= end)
    return tuple(
        Piece(text[a:b], any(first <= a and b <= last for first, last in spans)) for a, b in pairwise(ordered)
    )


def _phrase(needles: Sequence[str], texts: dict[int, str]) -> str:
    """The one phrase that was looked for, if the reader's own search finds it as it is."""
    only = needles[0] if len(set(needles)) == 1 else ""
    return only if only and any(only in text.casefold() for text in texts.values()) else ""
