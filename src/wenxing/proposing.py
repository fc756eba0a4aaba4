"""An editor's own site: a phrase, and what else copies may read there.

The same things are kept from being changed as when the rules look: names, numbers, quotations, headings. And
as a person can write anything, no wording may change how many, who, or by whose authority (`wording.facts`).
Whether the wordings mean the same is the editor's to judge; nothing here can.
"""

from collections.abc import Sequence
from enum import StrEnum

from wenxing.alignment.folding import fold
from wenxing.document import Document, Role
from wenxing.sites import Grade, Site, Span
from wenxing.wording.facts import stated
from wenxing.wording.finding import GAP
from wenxing.wording.language import Language, language_of
from wenxing.wording.protection import shield

_GAP = {Language.CHINESE: GAP, Language.ENGLISH: 3}  # a letter between two words is none
OWN = "own"
"""The name that stands for a rule at a site that a person proposed."""

LONGEST = 30
"""Characters of the longest alternative: a longer one would move too much of its sentence."""


class Reason(StrEnum):
    """Why a site cannot be."""

    ABSENT = "absent"  # the text does not have the phrase there
    COUNT = "count"  # fewer than 2 or more than 4 alternatives
    SAME = "same"  # two alternatives that a reader of a leak could not tell apart
    FORM = "form"  # empty, too long, or with a line break in it
    PROTECTED = "protected"  # a name, a number, a quotation, a heading, or an alternative that makes one
    TAKEN = "taken"  # another site stands there or touches it


class ProposalRefused(ValueError):
    """A proposed site cannot be; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"not a site: {reason}")
        self.reason = reason


def occurrences(document: Document, phrase: str) -> tuple[Span, ...]:
    """Where a phrase stands in paragraphs that may carry sites, in order, not overlapping."""
    found = []
    for start, paragraph in zip(document.starts, document.paragraphs, strict=True):
        at = paragraph.text.find(phrase) if phrase and paragraph.role in (Role.BODY, Role.CELL) else -1
        while at >= 0:
            found.append(Span(start + at, start + at + len(phrase)))
            at = paragraph.text.find(phrase, at + len(phrase))
    return tuple(found)


def propose(
    document: Document, spans: Sequence[Span], others: Sequence[str], *, taken: Sequence[Site] = ()
) -> Site:
    """A site of an editor's own, of grade B.

    Args:
        spans: where, in order; more than one moves together, and then all read the same.
        others: 1–3 wordings that copies may read instead.
        taken: sites that keep their places.

    Raises:
        ProposalRefused: with the reason.
    """
    if not spans or not 0 <= spans[0].start < spans[0].end:
        raise ProposalRefused(Reason.ABSENT)
    own = document.text[spans[0].start : spans[0].end]
    site = Site(tuple(spans), (own, *others), Grade.B, OWN)
    if not 2 <= site.arity <= 4:
        raise ProposalRefused(Reason.COUNT)
    if not all(_is_wording(text) for text in site.alternatives):
        raise ProposalRefused(Reason.FORM)
    if len({fold(text) for text in site.alternatives}) < site.arity:
        raise ProposalRefused(Reason.SAME)
    for span in spans:
        _check_place(document, span, site)
    apart = [Site((span,), site.alternatives, Grade.B, OWN) for span in spans]
    if any(in_the_way(a, b) for i, a in enumerate(apart) for b in apart[:i]):
        raise ProposalRefused(Reason.TAKEN)
    if any(in_the_way(site, other) for other in taken):
        raise ProposalRefused(Reason.TAKEN)
    return site


def in_the_way(site: Site, other: Site) -> bool:
    """Whether two sites overlap or touch, so that not every combination of them could be read."""
    gap = max(_GAP[language_of(each.alternatives[0])] for each in (site, other))
    return any(a.start < b.end + gap and b.start < a.end + gap for a in site.spans for b in other.spans)


def _is_wording(text: str) -> bool:
    return 0 < len(text) <= LONGEST and text.isprintable() and text == text.strip()


def _check_place(document: Document, span: Span, site: Site) -> None:
    if document.text[span.start : span.end] != site.alternatives[0]:
        raise ProposalRefused(Reason.ABSENT)
    number = document.paragraph_at(span.start)
    paragraph = document.paragraphs[number]
    if paragraph.role not in (Role.BODY, Role.CELL):
        raise ProposalRefused(Reason.PROTECTED)
    start = span.start - document.starts[number]
    before, after = paragraph.text[:start], paragraph.text[start + len(site.alternatives[0]) :]
    for text in site.alternatives:
        mask = shield(before + text + after)
        if any(mask[start : start + len(text)]) or stated(before + text + after) != stated(paragraph.text):
            raise ProposalRefused(Reason.PROTECTED)
