"""The outline: headings, and leads that stand at the start of a paragraph or a sentence."""

import re
from dataclasses import dataclass

from wenxing.document import Document, Paragraph, Role
from wenxing.reading.forms import INDENT, NUMBERINGS, SENTENCE_END, rank

_ORDINALS = "一二三四五六七八九十"
_FIRST = re.compile(rf"第([{_ORDINALS}])(?=[，、：,:]|[个点]?是)")
_ONE_IS = re.compile(rf"(?:^|(?<=[{SENTENCE_END}：:]))([{_ORDINALS}])(?=是|要|、是)")
_FIRST_RANK = len(NUMBERINGS)
_ONE_RANK = _FIRST_RANK + 1
_TEXT = 60  # characters of a lead that are shown


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A line of the outline.

    Attributes:
        paragraph: index of the paragraph.
        offset: where it begins in `Document.text`.
        level: 1 the highest that occurs in the document.
        text: the heading, or the lead up to the end of its sentence, at most 60 characters.
    """

    paragraph: int
    offset: int
    level: int
    text: str


def outline(document: Document) -> tuple[OutlineEntry, ...]:
    """Return headings and inline leads in reading order; the title is not among them.

    Leads of the forms 第一，and 一是 count only in a sequence that begins with 一 and goes on with 二.
    """
    unwrapped = document.unwrapped
    document = unwrapped.document
    headings = [p.text for p in document.paragraphs if p.role is Role.HEADING and p.level]
    numbered = all(rank(text) is not None for text in headings)
    found = [
        (rank_, i, document.starts[i] + at, text)
        for i, paragraph in enumerate(document.paragraphs)
        for rank_, at, text in _entries(paragraph, by_number=numbered)
    ]
    found = _counted(_counted(found, _FIRST_RANK), _ONE_RANK)
    ranks = sorted({rank_ for rank_, *_ in found})
    offsets = unwrapped.offsets
    return tuple(
        OutlineEntry(i, at if offsets is None else offsets[at], 1 + ranks.index(rank_), text)
        for rank_, i, at, text in found
    )


_Found = tuple[int, int, int, str]


def _entries(paragraph: Paragraph, *, by_number: bool) -> list[tuple[int, int, str]]:
    """Rank, offset in the paragraph and text of every entry in one paragraph.

    Headings rank with leads of the same numbering; where some have no number, by level above all leads.
    """
    text = paragraph.text
    indent = len(text) - len(text.lstrip(INDENT))
    if paragraph.role is Role.HEADING:
        level = rank(text) if by_number else paragraph.level - 100
        return [(level, indent, text.strip())] if level is not None and paragraph.level else []
    if paragraph.role is not Role.BODY:
        return []
    entries = []
    numbered = rank(text)
    if numbered is not None:
        entries.append((numbered, indent, _lead(text, indent)))
    elif _FIRST.match(text, indent):
        entries.append((_FIRST_RANK, indent, _lead(text, indent)))
    entries += [(_ONE_RANK, m.start(1), _lead(text, m.start(1))) for m in _ONE_IS.finditer(text, indent)]
    return entries


def _lead(text: str, start: int) -> str:
    """The sentence from `start`, without its closing mark, cut at 60 characters."""
    end = next((i for i in range(start, len(text)) if text[i] in SENTENCE_END), len(text))
    lead = text[start:end]
    return lead if len(lead) <= _TEXT else lead[: _TEXT - 1] + "…"


def _counted(found: list[_Found], rank_: int) -> list[_Found]:
    """Drop the entries of a counted form that are not part of a count 一, 二, … of two or more."""
    kept: set[int] = set()
    group: list[int] = []
    for index, (found_rank, _, _, text) in enumerate(found):
        if found_rank != rank_:
            continue
        ordinal = _ORDINALS.index(text.lstrip("第")[0])
        group = [*group, index] if ordinal == len(group) else [index] if ordinal == 0 else []
        if len(group) > 1:
            kept.update(group)
    return [entry for index, entry in enumerate(found) if entry[0] != rank_ or index in kept]
