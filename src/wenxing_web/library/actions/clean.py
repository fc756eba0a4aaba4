"""The editor decides which paragraphs of a draft are left out."""

from collections.abc import Collection

from wenxing_web import engine
from wenxing_web.library import queries
from wenxing_web.library.models import Draft

PROOF = ("approved", "rejected", "narrowed", "own", "history")  # what refers to the cleaned text


class NothingLeft(Exception):
    """Without these paragraphs there would be no text."""


def clean(draft: Draft, *, remove: Collection[int]) -> Draft:
    """Leave paragraphs out; the source itself is kept as it came.

    Blank lines that were offered together with an advertisement go with it. Sites are numbered on the
    cleaned text, so another choice starts the proof again. A title is taken from the cleaned text when there
    is none yet.

    Raises:
        NothingLeft: when everything would be removed.
    """
    chosen = {number for number in remove if 0 <= number < queries.paragraphs_in(draft)}
    if chosen & queries.offered(draft):
        chosen |= queries.blanks_offered(draft)
    removed = sorted(chosen)
    try:
        document = queries.cleaned(draft, removed).document
    except (engine.EmptyFile, ValueError) as error:
        raise NothingLeft from error
    if not document.characters and not document.is_scan:
        raise NothingLeft
    if removed != draft.removed:
        draft.removed, draft.approved, draft.rejected = removed, [], []
        draft.narrowed, draft.own, draft.history = {}, [], []
    draft.title = draft.title or document.title[:200]
    draft.cleaned = True
    draft.save(update_fields=["removed", *PROOF, "title", "cleaned"])
    return draft
