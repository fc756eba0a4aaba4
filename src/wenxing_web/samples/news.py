"""What the demo member finds at the bell and in the first letter; everybody else has read theirs."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from wenxing_web.members.models import Member
from wenxing_web.notices.actions.follow import follow
from wenxing_web.notices.actions.gather import gather
from wenxing_web.notices.models import Kind, Letter, Mail, Notice

_UNREAD = 3  # new materials that the member has not seen yet


def spread(member: Member, *, now: datetime) -> None:
    """Tell what the other samples announced: a few notices for `member`, and a letter to look at."""
    while follow(at=now):
        pass
    others = Notice.objects.exclude(member=member)
    others.update(read_at=now, mail=Mail.NEVER)
    Letter.objects.all().delete()
    mine = Notice.objects.filter(member=member)
    new = mine.filter(kind=Kind.EDITION).order_by("-id").values_list("pk", flat=True)[:_UNREAD]
    mine.exclude(pk__in=list(new)).exclude(kind=Kind.REQUEST).update(read_at=now)
    morning = timezone.localtime(now).replace(hour=settings.DIGEST_HOUR)
    gather(at=morning)
    Letter.objects.update(next_try=now)
