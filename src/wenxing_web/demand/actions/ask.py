"""A member asks for a material."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from wenxing_web import entitlements
from wenxing_web.demand.actions.tell import tell_pages
from wenxing_web.demand.models import Request, Vote
from wenxing_web.library.models import Kind
from wenxing_web.members.models import Member

A_DAY = 5  # requests of one account within a day


class TooMany(Exception):
    """The account has asked for enough today."""


def ask(member: Member, title: str, text: str, *, kind: Kind, at: datetime) -> Request:
    """Put a request on the board, with the member's own vote. The same title again is the same request.

    Args:
        at: when; aware of its time zone.

    Raises:
        TooMany: after `A_DAY` requests within a day.
    """
    with transaction.atomic():
        row = Member.objects.select_for_update().get(pk=member.pk)
        recent = Request.objects.filter(asker=row, made_at__gt=at - timedelta(days=1))
        same = recent.filter(title=title).first()
        if same is not None:  # the button was pressed twice
            return same
        if recent.count() >= A_DAY:
            raise TooMany
        priority = entitlements.request_priority(row, today=timezone.localdate(at))
        made = Request.objects.create(
            asker=row, title=title, text=text, kind=kind, priority=priority, made_at=at, changed_at=at
        )
        Vote.objects.create(request=made, member=row, at=at)
        tell_pages(made, at=at)
    return made
