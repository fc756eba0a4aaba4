"""Take a message back, or remove somebody else's. A line stays, and operators see what it said."""

from datetime import datetime

from django.db import transaction

from wenxing_web.ledger.actions.record import record
from wenxing_web.members.models import Member
from wenxing_web.members.queries import number_of
from wenxing_web.rooms.actions.settle import settle
from wenxing_web.rooms.actions.tell import tell_changed
from wenxing_web.rooms.models import Mention, Message, Revision


def delete(message: Message, *, at: datetime) -> None:
    """The author takes it back; twice is the same as once."""
    with transaction.atomic():
        _empty(message, removed=False, at=at)


def remove(message: Message, *, by: Member, at: datetime) -> None:
    """An operator removes it; reports of it are settled."""
    with transaction.atomic():
        row = _empty(message, removed=True, at=at)
        if row is not None:
            author = number_of(row.author) if row.author else None
            record("message.removed", {"message": row.pk, "recipient": author, "by": number_of(by)}, at=at)
        settle(message, at=at)


def _empty(message: Message, *, removed: bool, at: datetime) -> Message | None:
    """The message without its words, or `None` when it had lost them before."""
    row = Message.objects.select_for_update(of=("self",)).select_related("room").get(pk=message.pk)
    if row.deleted_at is not None:
        return None
    Revision.objects.create(message=row, text=row.text, replaced_at=at)
    Mention.objects.filter(message=row).delete()
    row.text, row.deleted_at, row.removed, row.pinned_at = "", at, removed, None
    row.save(update_fields=["text", "deleted_at", "removed", "pinned_at"])
    tell_changed(row, at=at)
    return row
