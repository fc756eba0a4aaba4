"""Let an account say nothing for a while. A person does this, with a reason that the account is told."""

from datetime import UTC, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wenxing_web.ledger.actions.record import record
from wenxing_web.live.actions.announce import announce, to_member
from wenxing_web.members.models import Member
from wenxing_web.members.queries import number_of
from wenxing_web.rooms.actions.speak import voice_of
from wenxing_web.rooms.models import RoomError


def mute(member: Member, *, until: datetime, because: str, by: Member, at: datetime) -> None:
    """Mute an account in both rooms until a moment; it may go on reading, and delete what it said.

    Raises:
        RoomError: the account is an operator's.
    """
    if member.is_staff:
        raise RoomError(_("运营者不能被禁言。"))
    with transaction.atomic():
        voice = voice_of(member)
        voice.muted_until, voice.muted_because = until, because
        voice.save(update_fields=["muted_until", "muted_because"])
        end = until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        record("account.muted", {"recipient": number_of(member), "until": end, "by": number_of(by)}, at=at)
        announce("voice.muted", to_member(member.pk), {"voice": voice.pk}, at=at)


def unmute(member: Member, *, by: Member, at: datetime) -> None:
    """Undo `mute`; nothing happens when the account is not muted."""
    with transaction.atomic():
        voice = voice_of(member)
        if voice.muted_until is None or voice.muted_until <= at:
            return
        voice.muted_until, voice.muted_because = None, ""
        voice.save(update_fields=["muted_until", "muted_because"])
        record("account.unmuted", {"recipient": number_of(member), "by": number_of(by)}, at=at)
