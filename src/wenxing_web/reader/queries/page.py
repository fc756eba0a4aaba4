"""A member's copy as a page: its lines, with what the member marked and searched for.

A line is cut into pieces wherever a highlight or a hit begins or ends. Pieces of
a line, joined, are the line to the character: markup comes and goes, the text stays.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wenxing_web.delivery.actions.deliver import Delivery, Lead, MarkedParagraph
from wenxing_web.reader.models import Note

_HITS = 300  # shown of one search; a longer list helps nobody
_AROUND = 14  # characters shown on either side of a hit
_QUOTED = 40  # characters shown of a noted passage
_OPTION = 18  # characters of a paragraph in a list to choose from
_HAN = re.compile(r"[㐀-鿿]")
_LETTER = re.compile(r"[A-Za-z]")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters of a line.

    Attributes:
        marked: the member highlighted it.
        found: it is part of a hit.
        hit: the hit's number where one begins, to jump to; else `None`.
    """

    text: str
    marked: bool = False
    found: bool = False
    hit: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of the page.

    Attributes:
        tag: `h1` for the title, `h2`, `h3`, `cell` or `p`.
        noted: the member made a note on the whole paragraph.
        opening: its first characters, to choose it from a list.
    """

    number: int
    tag: str
    pieces: tuple[Piece, ...]
    noted: bool
    opening: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where the searched words stand, with the words around it."""

    number: int
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class Written:
    """A note beside the text, with the passage it is about."""

    note: Note
    quote: str


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """What the reader page shows of a copy.

    Attributes:
        titled: the first line is the title; else the page prints the material's own.
        language: of the text, `zh-Hans` or `en`.
        last: number of the last line.
        more: there are more hits than are listed.
    """

    lines: tuple[Line, ...]
    titled: bool
    language: str
    last: int
    outline: tuple[Lead, ...]
    notes: tuple[Written, ...]
    hits: tuple[Hit, ...]
    more: bool


def reading_page(delivery: Delivery, title: str, notes: Sequence[Note], words: str) -> ReadingPage:
    """Lay out a delivered copy.

    Args:
        title: the material's.
        notes: the member's own in this edition.
        words: to be found in the text, whatever their case; empty for no search.
    """
    assert not isinstance(delivery.content, bytes), "a page was asked for"
    paragraphs = delivery.content
    texts = {paragraph.number: paragraph.text.strip() for paragraph in paragraphs}
    found, more = _found(texts, words)
    lines = tuple(_line(paragraph, title, notes, found) for paragraph in paragraphs)
    return ReadingPage(
        lines=lines,
        titled=bool(lines) and lines[0].tag == "h1",
        language=_language(texts.values()),
        last=max(texts, default=0),
        outline=delivery.outline,
        notes=tuple(Written(note, _quote(texts, note)) for note in notes if note.paragraph in texts),
        hits=tuple(_hit(texts[number], span, at) for at, (number, span) in enumerate(found, start=1)),
        more=more,
    )


Found = list[tuple[int, Span]]


def _found(texts: dict[int, str], words: str) -> tuple[Found, bool]:
    """Every place of the words, in order, at most `_HITS`; and whether there are more."""
    if not words:
        return [], False
    pattern = re.compile(re.escape(words), re.IGNORECASE)
    found = [(number, match.span()) for number, text in texts.items() for match in pattern.finditer(text)]
    return found[:_HITS], len(found) > _HITS


def _line(paragraph: MarkedParagraph, title: str, notes: Sequence[Note], found: Found) -> Line:
    text, number = paragraph.text.strip(), paragraph.number
    own = [note for note in notes if note.paragraph == number]
    marked = [_span(note, text) for note in own if note.start is not None]
    hits = {span: at for at, (where, span) in enumerate(found, start=1) if where == number}
    tag = _tag(paragraph, is_title=paragraph.role == "title" and text == title)
    noted = any(note.start is None for note in own)
    return Line(number, tag, tuple(_pieces(text, marked, hits)), noted, text[:_OPTION])


def _tag(paragraph: MarkedParagraph, *, is_title: bool) -> str:
    if is_title:
        return "h1"
    if paragraph.role == "title" or (paragraph.role == "heading" and paragraph.level < 2):
        return "h2"
    return {"heading": "h3", "cell": "cell"}.get(paragraph.role, "p")


def _pieces(text: str, marked: Iterable[Span], hits: dict[Span, int]) -> Iterator[Piece]:
    marked = list(marked)
    edges = {0, len(text)}.union(*marked, *hits)
    ordered = sorted(edge for edge in edges if edge <= len(text))
    for start, end in pairwise(ordered):
        hit = next((span for span in hits if span[0] <= start and end <= span[1]), None)
        yield Piece(
            text=text[start:end],
            marked=any(a <= start and end <= b for a, b in marked),
            found=hit is not None,
            hit=hits[hit] if hit and hit[0] == start else None,
        )


def _hit(text: str, span: Span, number: int) -> Hit:
    start, end = span
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    return Hit(
        number,
        ("…" if start > _AROUND else "") + before,
        text[start:end],
        after + ("…" if end + _AROUND < len(text) else ""),
    )


def _quote(texts: dict[int, str], note: Note) -> str:
    text = texts[note.paragraph]
    start, end = _span(note, text)
    passage = text[start:end]
    return passage if len(passage) <= _QUOTED else passage[:_QUOTED] + "…"


def _span(note: Note, text: str) -> Span:
    if note.start is None or note.end is None:
        return 0, len(text)
    return min(note.start, len(text)), min(note.end, len(text))


def _language(texts: Iterable[str]) -> str:
    """By its letters: a Chinese text quotes Latin words, an English one hardly any Han."""
    whole = "".join(texts)
    return "en" if len(_LETTER.findall(whole)) > 4 * len(_HAN.findall(whole)) else "zh-Hans"
