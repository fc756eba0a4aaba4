"""Keep a message at the top of its room, or let it go."""

from datetime import datetime

from django.db import transaction

from wenxing_web.rooms.actions.tell import tell_changed
from wenxing_web.rooms.models import Message


def pin(message: Message, *, wanted: bool, at: datetime) -> None:
    """Make it so that the message is pinned, or is not; a deleted one cannot be."""
    with transaction.atomic():
        row = Message.objects.select_for_update(of=("self",)).select_related("room").get(pk=message.pk)
        if row.deleted_at is not None or wanted == (row.pinned_at is not None):
            return
        row.pinned_at = at if wanted else None
        row.save(update_fields=["pinned_at"])
        tell_changed(row, at=at)
