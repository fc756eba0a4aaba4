"""Delete old events: whoever was away longer than they are kept is told to load the page again."""

from datetime import datetime

from wenxing_web.live.models import Event

_AT_ONCE = 5_000  # rows in one transaction


def prune(*, before: datetime, upto: int) -> bool:
    """Delete some events that are older than `before`. Returns whether there may be more.

    The newest event always stays, so that the numbers go on from it.

    Args:
        upto: nothing past this event goes: those who follow the outbox have not read further.
    """
    newest = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    oldest = Event.objects.filter(id__lt=newest, id__lte=upto).order_by("id").values_list("id", "at")
    some = list(oldest[:_AT_ONCE])
    old = [number for number, at in some if at < before]
    if old:
        Event.objects.filter(id__lte=max(old), id__gte=min(old), at__lt=before).delete()
    return len(old) == _AT_ONCE
