"""Write the daily letters: one for every account that something is kept for, at the hour of the day."""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from wenxing_web.members.models import Member
from wenxing_web.notices.models import Letter, Mail, Notice, new_message_id

_AT_ONCE = 200  # accounts in one transaction


def gather(*, at: datetime) -> bool:
    """Write some of today's letters. Returns whether there may be more.

    What was read at the bell meanwhile needs no letter. What comes after today's letter waits for tomorrow's.
    """
    local = timezone.localtime(at)
    if local.hour < settings.DIGEST_HOUR:
        return False
    with transaction.atomic():
        members = _waiting(local.date())
        for member in members:
            letter = Letter.objects.create(
                member=member, day=local.date(), message_id=new_message_id(), made_at=at, next_try=at
            )
            _kept().filter(member=member).update(letter=letter)
    return len(members) == _AT_ONCE


def _kept() -> QuerySet[Notice]:
    return Notice.objects.filter(read_at__isnull=True, mail=Mail.DAILY, letter__isnull=True)


def _waiting(day: date) -> list[Member]:
    """Accounts that have not had today's letter."""
    had = Letter.objects.filter(day=day).values("member")
    keys = _kept().exclude(member__in=had).order_by().values_list("member", flat=True).distinct()
    return list(Member.objects.filter(pk__in=list(keys[:_AT_ONCE])))
