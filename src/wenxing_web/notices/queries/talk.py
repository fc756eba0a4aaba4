"""Tells of the rooms: that somebody answered or called a member there, and that an account was muted."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wenxing_web import entitlements
from wenxing_web.members.models import Member
from wenxing_web.notices.queries.lines import Facts, Line
from wenxing_web.rooms.models import Message, Voice
from wenxing_web.rooms.queries import addressed


def tell_spoken_to(reader: Member, notices: Sequence[Facts]) -> list[Line | None]:
    """A line for each message, without its words; `None` for a deleted one, or a room that is closed now."""
    wanted = {int(facts["message"]) for facts in notices}
    there = Message.objects.filter(pk__in=wanted, deleted_at__isnull=True).select_related("room", "author")
    open_rooms = {room.value for room in entitlements.Room if _may_enter(reader, room)}
    found = {message.pk: message for message in there if message.room_id in open_rooms}
    return [_spoken(found[n]) if (n := int(facts["message"])) in found else None for facts in notices]


def addressees(facts: Facts, today: date) -> list[Member]:
    """Whom a message speaks to, and who may enter its room today."""
    room = entitlements.Room(str(facts["room"]))
    members = addressed(int(facts["message"]))
    inside = entitlements.who_may_enter([member.pk for member in members], room, today=today)
    return [member for member in members if member.pk in inside]


def tell_muted(reader: Member, notices: Sequence[Facts]) -> list[Line | None]:
    """Until when the account says nothing, and why; `None` once that is over."""
    voice = Voice.objects.filter(member=reader).first()
    until = voice.muted_until if voice else None
    if voice is None or until is None or until <= timezone.now():
        return [None for _facts in notices]
    text = _("您在会客厅里被禁言到 %(moment)s") % {"moment": f"{timezone.localtime(until):%Y-%m-%d %H:%M}"}
    line = Line(text, reverse("rooms"), voice.muted_because)
    return [line if facts["voice"] == voice.pk else None for facts in notices]


def _spoken(message: Message) -> Line:
    names = {"name": str(message.author or _("已离开的会员")), "room": str(message.room)}
    return Line(
        _("%(name)s 在%(room)s里找您") % names, reverse("message", args=[message.room_id, message.pk])
    )


def _may_enter(reader: Member, room: entitlements.Room) -> bool:
    return bool(entitlements.may_enter(reader, room, today=timezone.localdate()))
