"""Reading the outbox."""

from collections.abc import Collection

from wenxing_web.live.frames import Frame, frame
from wenxing_web.live.models import Event

_FIELDS = ("id", "kind", "audience", "facts")


def last() -> int:
    """The number of the newest event; 0 when there is none."""
    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


def forgotten() -> int:
    """The number up to which old events may be gone; whoever has no later one has missed something."""
    first = Event.objects.order_by("id").values_list("id", flat=True).first()
    return (first or 1) - 1


def after(number: int, *, most: int) -> list[Frame]:
    """Up to `most` events past `number`, in order."""
    rows = Event.objects.filter(id__gt=number).order_by("id").values_list(*_FIELDS)[:most]
    return [frame(*row) for row in rows]


def first_after(number: int, kinds: Collection[str]) -> Event | None:
    """The first event past `number` that is of one of these kinds; for those who follow the outbox."""
    return Event.objects.filter(id__gt=number, kind__in=kinds).order_by("id").first()


def between(number: int, upto: int, audiences: Collection[str], most: int) -> list[Frame]:
    """Up to `most` events past `number`, `upto` included, that belong to these audiences, in order."""
    found = Event.objects.filter(id__gt=number, id__lte=upto, audience__in=audiences)
    return [frame(*row) for row in found.order_by("id").values_list(*_FIELDS)[:most]]
