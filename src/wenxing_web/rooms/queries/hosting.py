"""What operators see of the rooms: reports that wait, who is muted, and what a message said before."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from wenxing_web import entitlements
from wenxing_web.rooms.models import Flag, Message, Revision, Room, Voice
from wenxing_web.rooms.queries import room_called


@dataclass(frozen=True, slots=True)
class Reported:
    """A message that members have reported, with their reasons, the first one first."""

    message: Message
    flags: tuple[Flag, ...]


def reported() -> list[Reported]:
    """Messages with reports that nobody has settled, the longest waiting first."""
    waiting = Flag.objects.filter(settled_at__isnull=True)
    flags = waiting.select_related("message__room", "message__author__voice").order_by("made_at", "id")
    by_message: dict[int, list[Flag]] = {}
    for flag in flags:
        by_message.setdefault(flag.message_id, []).append(flag)
    return [Reported(found[0].message, tuple(found)) for found in by_message.values()]


def waiting_reports() -> int:
    """How many messages wait for an operator."""
    return Flag.objects.filter(settled_at__isnull=True).values("message").distinct().count()


def muted(at: datetime) -> QuerySet[Voice]:
    """Whoever is muted now, the longest first."""
    return Voice.objects.filter(muted_until__gt=at).select_related("member").order_by("-muted_until")


def rooms() -> list[Room]:
    """Both rooms with their settings."""
    return [room_called(key) for key in entitlements.Room]


def all_pinned() -> QuerySet[Message]:
    """Everything that is pinned anywhere."""
    pins = Message.objects.filter(pinned_at__isnull=False, deleted_at__isnull=True)
    return pins.select_related("room", "author__voice").order_by("-pinned_at", "-pk")


def message_numbered(number: int) -> Message | None:
    """A message of any room."""
    found = Message.objects.filter(pk=min(number, 2**62))
    return found.select_related("room", "author__voice").first()


def former_words(message: Message) -> QuerySet[Revision]:
    """What a message said before, in order."""
    return Revision.objects.filter(message=message)


def voice_numbered(number: int) -> Voice | None:
    """A voice by its key, which is nobody's recipient number."""
    return Voice.objects.filter(pk=min(number, 2**62)).select_related("member").first()
