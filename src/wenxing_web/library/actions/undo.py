"""The editor takes the last decision about a proof back."""

from dataclasses import replace
from types import MappingProxyType

from django.db import transaction

from wenxing_web.library import queries
from wenxing_web.library.actions.decide import FIELDS, write
from wenxing_web.library.models import Draft


def undo(draft: Draft) -> frozenset[int]:
    """Put the sites of the last decision back as they were. Returns their numbers; none: nothing to undo."""
    with transaction.atomic():
        current = Draft.objects.select_for_update().get(pk=draft.pk)
        text = queries.cleaned(current)
        if not current.history or current.proofed != text.digest:
            return frozenset()
        *history, step = current.history
        now = queries.decisions(current)
        narrowed = dict(now.narrowed)
        for key, (state, used) in step["was"].items():
            now = now.settled(int(key), state)
            narrowed.pop(int(key), None)
            if used:
                narrowed[int(key)] = tuple(used)
        now = replace(now, own=now.own[: step["own"]], narrowed=MappingProxyType(narrowed))
        draft.history, draft.proofed = history, text.digest
        write(draft, now)
        draft.save(update_fields=FIELDS)
    return frozenset(map(int, step["was"]))
