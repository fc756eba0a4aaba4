"""An author writes a message anew. What it said before is kept for operators."""

from datetime import datetime

from django.db import transaction

from wenxing_web.rooms.actions.call import call
from wenxing_web.rooms.actions.speak import require_calm, require_unmuted, voice_of
from wenxing_web.rooms.actions.tell import tell_changed
from wenxing_web.rooms.models import Message, Revision


def edit(message: Message, text: str, *, at: datetime) -> None:
    """Replace the words of a message that is not deleted; the same words again change nothing.

    Raises:
        Muted, TooFast: see `speak`.
    """
    with transaction.atomic():
        row = Message.objects.select_for_update(of=("self",)).select_related("room").get(pk=message.pk)
        if row.deleted_at is not None or row.author is None or row.text == text:
            return
        require_unmuted(voice_of(row.author), at=at)
        require_calm(row.author, at=at)
        Revision.objects.create(message=row, text=row.text, replaced_at=at)
        row.text, row.edited_at = text, at
        row.save(update_fields=["text", "edited_at"])
        call(row)
        tell_changed(row, at=at)
