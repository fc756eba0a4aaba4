"""One decision about a proof: taken on the draft as it is now, and remembered so that it can be undone."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from wenxing_web.library import queries
from wenxing_web.library.models import Draft
from wenxing_web.library.queries import Decisions

REMEMBERED = 50
"""How many decisions can be undone."""

FIELDS = ["approved", "rejected", "narrowed", "own", "history", "proofed"]


def decide(draft: Draft, change: Callable[[Decisions], Decisions]) -> Draft:
    """Replace a draft's decisions by `change(decisions)`; what changed nothing is not remembered.

    Decisions taken under other rules are dropped, and their history: those numbers mean other sites now.

    Args:
        change: must not take sites away or renumber them; it may add own ones at the end.
    """
    with transaction.atomic():  # two clicks at once must both count
        current = Draft.objects.select_for_update().get(pk=draft.pk)
        text = queries.cleaned(current)
        before = queries.decisions(current)
        after = change(before)
        history = list(current.history) if current.proofed == text.digest else []
        step = _step(before, after)
        draft.history = [*history, step][-REMEMBERED:] if step else history
        write(draft, after)
        draft.proofed = text.digest
        draft.save(update_fields=FIELDS)
    return draft


def write(draft: Draft, decisions: Decisions) -> None:
    """Set a draft's fields to decisions; saving is the caller's."""
    draft.approved, draft.rejected = sorted(decisions.approved), sorted(decisions.rejected)
    draft.narrowed = {str(number): list(used) for number, used in decisions.narrowed.items()}
    draft.own = [
        {"spans": [[span.start, span.end] for span in site.spans], "others": list(site.alternatives[1:])}
        for site in decisions.own
    ]


def _step(before: Decisions, after: Decisions) -> dict[str, Any] | None:
    """What the sites that changed were like before, and how many own ones there were."""
    numbers = before.approved ^ after.approved | before.rejected ^ after.rejected
    numbers |= {
        number
        for number in {*before.narrowed, *after.narrowed}
        if before.narrowed.get(number) != after.narrowed.get(number)
    }
    if not numbers and before.own == after.own:
        return None
    was = {str(n): [before.state(n), before.narrowed.get(n)] for n in sorted(numbers)}
    return {"was": was, "own": len(before.own)}
