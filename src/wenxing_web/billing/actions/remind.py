"""Tell members that their term runs out: 30 days, 7 days and one day before.

Meant to be run every day; running it again, or after days without a run, says
nothing twice and nothing late: of the distances that have come, the nearest.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from wenxing_web.billing.models import Reminder
from wenxing_web.live.actions.announce import announce, to_member
from wenxing_web.members.models import Member

DISTANCES = (30, 7, 1)  # days before the last day


def remind(*, today: date, at: datetime) -> int:
    """Announce `term.ending` to whom it is due. Returns to how many.

    Args:
        today: the day in the library's time zone.
    """
    told = 0
    for member, last_day in _running_out(today):
        distance = min(d for d in DISTANCES if (last_day - today).days <= d)
        with transaction.atomic():
            reminder, _new = Reminder.objects.select_for_update().get_or_create(
                member=member, last_day=last_day, days_before=distance
            )
            if reminder.sent_at:
                continue
            announce("term.ending", to_member(member.pk), {"last": last_day.isoformat()}, at=at)
            Reminder.objects.filter(pk=reminder.pk).update(sent_at=at)
        told += 1
    return told


def _running_out(today: date) -> list[tuple[Member, date]]:
    """Active members whose terms all end within the largest distance, with the last day of the last one."""
    until = today + timedelta(days=max(DISTANCES) + 1)  # terms end before `ends_on`
    rows = Member.objects.filter(is_active=True, is_staff=False).annotate(end=Max("memberships__ends_on"))
    due = rows.filter(end__gt=today, end__lte=until).order_by("id")
    return [(member, member.end - timedelta(days=1)) for member in due]
