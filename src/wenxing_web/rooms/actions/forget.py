"""An account is erased: what it said is emptied everywhere, and open pages are told."""

from datetime import datetime

from django.db.models import QuerySet

from wenxing_web.live.actions.announce import announce
from wenxing_web.members.models import Member
from wenxing_web.rooms.models import Mention, Message, Revision, Room


def on_leaving(member: Member, at: datetime, **_signal: object) -> None:
    """Answers `members.actions.erase.leaving`."""
    forget(member, at=at)


def forget(member: Member, *, at: datetime) -> None:
    """Empty all messages of an account, former words included. The lines stay, so that answers make sense."""
    said = Message.objects.filter(author=member)
    Revision.objects.filter(message__in=said).delete()
    Mention.objects.filter(message__in=said).delete()
    for room in Room.objects.filter(messages__author=member).distinct():
        _empty(room, said.filter(room=room), at)


def _empty(room: Room, said: QuerySet[Message], at: datetime) -> None:
    """One event for all of them: pages ask what has changed since."""
    newest = said.order_by("-id").values_list("pk", flat=True)[0]
    event = announce("message.changed", room.audience, {"room": room.key, "message": newest}, at=at)
    said.filter(deleted_at__isnull=True).update(deleted_at=at)
    said.update(text="", edition=None, paragraph=None, pinned_at=None, change=event.pk)
