"""What the rooms know of an account, for its owner's export."""

from typing import Any

from wenxing_web.members.models import Member
from wenxing_web.rooms.models import Flag, Message, Voice


def on_export(member: Member, **_signal: object) -> dict[str, Any]:
    """Answers `members.queries.exporting`."""
    voice = Voice.objects.filter(member=member).first()
    said = Message.objects.filter(author=member).select_related("edition__material")
    return {
        "messages": [_message(message) for message in said.prefetch_related("revisions")],
        "messages_reported": [
            {"message": flag.message_id, "reason": flag.reason, "at": flag.made_at}
            for flag in Flag.objects.filter(by=member)
        ],
        "voice": {"code": voice.code, "muted_until": voice.muted_until, "because": voice.muted_because}
        if voice
        else None,
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "room": message.room_id,
        "text": message.text,
        "quoted": {"title": message.edition.material.title, "paragraph": message.paragraph}
        if message.edition
        else None,
        "at": message.made_at,
        "edited_at": message.edited_at,
        "deleted_at": message.deleted_at,
        "before": [{"text": r.text, "until": r.replaced_at} for r in message.revisions.all()],
    }
