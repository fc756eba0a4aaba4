"""Follow the outbox: make notices, and letters, of what was announced.

The place that was reached moves in the transaction that makes the notices, so
that a killed process leaves nothing out and says nothing twice. An event for
everybody is taken a few hundred accounts at a time: nobody waits long for the
database meanwhile.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from wenxing_web.live import queries as live
from wenxing_web.live.actions.announce import EVERYBODY, announce, to_member
from wenxing_web.live.models import Event
from wenxing_web.members.models import Member
from wenxing_web.notices.models import Letter, Mail, Notice, Place, new_message_id
from wenxing_web.notices.queries import choices_of, followed
from wenxing_web.notices.queries.kinds import EVENTS, Told

_log = logging.getLogger("wenxing.work")
_AT_ONCE = 500  # accounts in one transaction
_SKIPPED = 500  # events that concern nobody here and are passed over together: each step waits for the disk


def follow(*, at: datetime) -> bool:
    """Take the next step, if there is one. Returns whether there may be another."""
    reached, last = followed(), live.last()
    if live.first_after(reached, EVENTS) is None:
        if last - reached > _SKIPPED:
            Place.objects.filter(pk=1, event=reached, member=0).update(event=last)
        return False
    with transaction.atomic():
        place, _new = Place.objects.select_for_update().get_or_create(pk=1)
        event = live.first_after(place.event, EVENTS)
        if event is None:  # somebody else was quicker
            return True
        try:
            with transaction.atomic():
                members = _addressed(event, after=place.member, at=at)
                told = _tell(event, members, at=at)
        except (LookupError, TypeError, ValueError):  # one event must not keep the later ones from being told
            _log.exception("Event %s tells nothing that is understood here; it is passed over", event.pk)
            members, told = [], []
        if event.audience == EVERYBODY and len(members) == _AT_ONCE:  # there may be more
            _move(place, place.event, members[-1].pk)
            return True
        _ring(event, told, begun=place.member > 0, at=at)
        _move(place, event.pk, 0)
    return True


def _ring(event: Event, told: Sequence[Member], *, begun: bool, at: datetime) -> None:
    """Bells ring when the last of an event was told: one event for everybody, or one for each."""
    if event.audience == EVERYBODY and (told or begun):
        announce("notice.new", EVERYBODY, {}, at=at)
    elif event.audience != EVERYBODY:
        for member in told:
            announce("notice.new", to_member(member.pk), {}, at=at)


def _move(place: Place, event: int, member: int) -> None:
    if (place.event, place.member) != (event, member):
        place.event, place.member = event, member
        place.save(update_fields=["event", "member"])


def _addressed(event: Event, *, after: int, at: datetime) -> list[Member]:
    """The next accounts that an event is for: not suspended ones, nor who came only later."""
    addressees = EVENTS[event.kind].addressees
    if addressees is not None:
        return [m for m in addressees(event.facts, timezone.localdate(at)) if m.is_active]
    members = Member.objects.filter(is_active=True, pk__gt=after).order_by("pk")
    if event.audience == EVERYBODY:
        return list(members.filter(joined_at__lte=event.at)[:_AT_ONCE])
    return list(members.filter(pk=int(event.audience.removeprefix("member:"))))


def _tell(event: Event, members: Sequence[Member], *, at: datetime) -> list[Member]:
    """Make the notices. Returns for whom."""
    told = EVENTS[event.kind]
    if told.hearers is not None:
        members = told.hearers(members, event.facts, timezone.localdate(at))
    known = set(Notice.objects.filter(event=event.pk, member__in=members).values_list("member_id", flat=True))
    fresh = [member for member in members if member.pk not in known]
    chosen = choices_of(fresh, told.kind)
    notices = [_notice(event, told, member, *chosen[member.pk]) for member in fresh]
    wanted = [notice for notice in notices if notice.at_bell or notice.mail != Mail.NEVER]
    _write_letters([notice for notice in wanted if notice.mail == Mail.NOW], at=at)
    Notice.objects.bulk_create(wanted)
    return [notice.member for notice in wanted]


def _notice(event: Event, told: Told, member: Member, at_bell: bool, mail: Mail) -> Notice:
    return Notice(
        member=member, event=event.pk, kind=told.kind, told=event.kind, facts=event.facts, at=event.at,
        at_bell=at_bell, mail=mail,
    )  # fmt: skip


def _write_letters(notices: Sequence[Notice], *, at: datetime) -> None:
    letters = [
        Letter(member=notice.member, message_id=new_message_id(), made_at=at, next_try=at)
        for notice in notices
    ]
    for notice, letter in zip(notices, Letter.objects.bulk_create(letters), strict=True):
        notice.letter = letter
