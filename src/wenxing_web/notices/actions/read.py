"""A member has read what was at the bell."""

from datetime import datetime

from wenxing_web.members.models import Member
from wenxing_web.notices.models import Notice


def read(member: Member, *, upto: int, at: datetime) -> int:
    """Everything up to the notice numbered `upto`: what has come since the page was made stays unread.

    Returns:
        How many were unread.
    """
    rows = Notice.objects.filter(member=member, pk__lte=upto, read_at__isnull=True)
    return rows.update(read_at=at)


def read_one(notice: Notice, *, at: datetime) -> None:
    """The notice was followed."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at)
