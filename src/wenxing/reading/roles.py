"""Title and headings by form, where styles have not said so."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from wenxing.document import Paragraph, Role
from wenxing.reading.forms import ends_as_title, is_heading, is_subtitle, may_be_title, rank, reads_as_title
from wenxing.reading.promotions import promotional

_HEAD = 12  # lines with text among which a title is looked for


def with_roles(paragraphs: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
    """Return the paragraphs of the flow with headings, one title and its subtitle marked.

    Roles that styles gave stay. Level 1 is the highest numbering that occurs in the text.
    """
    found = [_heading_rank(p) for p in paragraphs]
    ranks = sorted({r for r in found if r is not None})
    marked = [
        p if r is None else replace(p, role=Role.HEADING, level=1 + ranks.index(r))
        for p, r in zip(paragraphs, found, strict=True)
    ]
    if not any(p.role is Role.TITLE for p in marked):
        for i in _titles(marked):
            marked[i] = replace(marked[i], role=Role.TITLE, level=0)
    return tuple(marked)


def _heading_rank(paragraph: Paragraph) -> int | None:
    if paragraph.role is not Role.BODY or not is_heading(paragraph.text):
        return None
    return rank(paragraph.text)


def _titles(paragraphs: list[Paragraph]) -> list[int]:
    """The title and, right below it, a subtitle. Empty when nothing looks like one.

    Among the short, open-ended lines before the text it is the one above a subtitle, the one that
    names its kind, the one with a title's words, or the first.
    """
    dropped = promotional([p.text if p.role is not Role.CELL else None for p in paragraphs])
    lines = [
        i for i, p in enumerate(paragraphs) if p.text.strip() and p.role is not Role.CELL and i not in dropped
    ]
    if len(lines) < 2:
        return []
    first = lines[0]
    if paragraphs[first].role is Role.HEADING:
        return [first] if _only_highest(paragraphs, first) else []
    leading = _until_body(paragraphs, lines[:_HEAD])
    texts = [paragraphs[i].text for i in leading]
    for above, below in pairwise(range(len(leading))):
        if is_subtitle(texts[below]) and not is_subtitle(texts[above]):
            return [leading[above], leading[below]]
    for likely in (ends_as_title, reads_as_title):
        found = next((i for i, text in zip(leading, texts, strict=True) if likely(text)), None)
        if found is not None:
            return [found]
    return leading[:1]


def _until_body(paragraphs: list[Paragraph], lines: list[int]) -> list[int]:
    """The leading lines that may be titles, up to the first that is prose."""
    leading = []
    for i in lines:
        if paragraphs[i].role is not Role.BODY or not may_be_title(paragraphs[i].text):
            break
        leading.append(i)
    return leading


def _only_highest(paragraphs: list[Paragraph], first: int) -> bool:
    """Whether a styled heading at the head stands alone above all others, as a title does."""
    level, numbered = paragraphs[first].level, rank(paragraphs[first].text) is not None
    others = (p.level for i, p in enumerate(paragraphs) if p.role is Role.HEADING and p.level and i != first)
    return level > 0 and not numbered and all(other > level for other in others)
