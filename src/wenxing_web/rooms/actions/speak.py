"""Whether an account may say something just now. Asked inside the transaction that says it."""

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wenxing_web.members.models import Member
from wenxing_web.rooms.models import Message, Revision, Room, RoomError, Voice

BURST = 20  # messages, or edits, of an account in a window
WINDOW = timedelta(minutes=1)
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Muted(RoomError):
    """An operator has muted the account for a while. Says until when, and why."""


class TooFast(RoomError):
    """Too soon after the last one. Says how long to wait."""


def voice_of(member: Member) -> Voice:
    """The account's voice, made the first time; locked until the transaction ends."""
    while True:
        found = Voice.objects.select_for_update().filter(member=member).first()
        if found is not None:
            return found
        code = "".join(secrets.choice(_LETTERS) for _ in range(5))
        try:
            with transaction.atomic():
                return Voice.objects.create(member=member, code=code)
        except IntegrityError:  # the code is somebody else's, or another request was faster
            continue


def require_unmuted(voice: Voice, *, at: datetime) -> None:
    """Raises `Muted` while the account is."""
    if words := muted_words(voice, at=at):
        raise Muted(words)


def muted_words(voice: Voice | None, *, at: datetime) -> str:
    """Until when an account is muted, and why; empty when it is not."""
    if voice is None or voice.muted_until is None or voice.muted_until <= at:
        return ""
    until = timezone.localtime(voice.muted_until).strftime("%Y-%m-%d %H:%M")
    facts = {"until": until, "because": voice.muted_because}
    return _("您暂时不能发言，到 %(until)s 为止。运营者写的理由：%(because)s") % facts


def require_pause(member: Member, room: Room, *, at: datetime) -> None:
    """Raises `TooFast` when the account has just spoken, by the room's slow mode or by what is sane."""
    if room.slow_seconds and not member.is_staff:
        last = Message.objects.filter(author=member, room=room).order_by("-id").first()
        left = room.slow_seconds - (at - last.made_at).total_seconds() if last else 0
        if left > 0:
            facts = {"every": room.slow_seconds, "left": int(left) + 1}
            raise TooFast(
                _("这里开着慢速模式，每人每 %(every)s 秒一条。请过 %(left)s 秒再发，写好的话还在。") % facts
            )
    if Message.objects.filter(author=member, made_at__gt=at - WINDOW).count() >= BURST:
        raise TooFast(_("发得太快了，请歇一分钟再发，写好的话还在。"))


def require_calm(member: Member, *, at: datetime) -> None:
    """Raises `TooFast` when the account has edited many messages within the minute."""
    recent = Revision.objects.filter(message__author=member, replaced_at__gt=at - WINDOW)
    if recent.count() >= BURST:
        raise TooFast(_("改得太快了，请歇一分钟再改，写好的话还在。"))
