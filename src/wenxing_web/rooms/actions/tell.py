"""Tell open pages of a message; they fetch what they show."""

from datetime import datetime

from wenxing_web.live.actions.announce import announce
from wenxing_web.rooms.models import Message


def tell_posted(message: Message, *, at: datetime) -> None:
    """There is a new message. Inside the transaction that makes it."""
    _tell(message, "message.posted", at)


def tell_changed(message: Message, *, at: datetime) -> None:
    """A message reads differently, or is pinned. Inside the transaction that changes it."""
    _tell(message, "message.changed", at)


def _tell(message: Message, kind: str, at: datetime) -> None:
    event = announce(kind, message.room.audience, {"room": message.room_id, "message": message.pk}, at=at)
    message.change = event.pk
    message.save(update_fields=["change"])
