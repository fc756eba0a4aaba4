"""Say something in a room. The same form sent again is the same message."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from wenxing_web import entitlements
from wenxing_web.library.models import Edition
from wenxing_web.members.models import Member
from wenxing_web.rooms.actions.call import call
from wenxing_web.rooms.actions.look import look
from wenxing_web.rooms.actions.speak import require_pause, require_unmuted, voice_of
from wenxing_web.rooms.actions.tell import tell_posted
from wenxing_web.rooms.models import Message, Room, RoomError


@dataclass(frozen=True, slots=True)
class Quotation:
    """A paragraph of a material, by its number in the document."""

    edition: Edition
    paragraph: int


def say(
    member: Member,
    key: entitlements.Room,
    *,
    client_id: UUID,
    text: str,
    reply_to: Message | None = None,
    quotation: Quotation | None = None,
    at: datetime,
) -> Message:
    """Post a message; whether the member may enter the room has been asked.

    Args:
        client_id: of the form. Sent again, whatever it says then, it gives back the message it made.
        text: at most 2,000 characters; may be empty when something is quoted.
        reply_to: a message of the same room.

    Raises:
        Muted, TooFast: see `speak`.
        RoomError: the form's message is in the other room.
    """
    with transaction.atomic():
        voice = voice_of(member)
        said = Message.objects.filter(author=member, client_id=client_id).first()
        if said is not None:
            return _again(said, key)
        require_unmuted(voice, at=at)
        room, _made = Room.objects.get_or_create(key=key.value)
        require_pause(member, room, at=at)
        Room.objects.filter(pk=room.pk).update(posted=F("posted") + 1)  # others wait: numbers are in order
        message = Message.objects.create(
            room=room,
            author=member,
            client_id=client_id,
            text=text,
            reply_to=reply_to,
            edition=quotation.edition if quotation else None,
            paragraph=quotation.paragraph if quotation else None,
            made_at=at,
        )
        call(message)
        room.refresh_from_db(fields=["posted"])
        look(member, room, posted=room.posted)
        tell_posted(message, at=at)
    return message


def _again(said: Message, key: entitlements.Room) -> Message:
    if said.room_id != key.value:
        raise RoomError(_("这条消息已经发在另一间会客厅了。"))
    return said
