"""Open a term of membership; an extension begins where the last term ends."""

from calendar import monthrange
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wenxing_web.ledger.actions.record import Fact, record
from wenxing_web.live.actions.announce import announce, to_member
from wenxing_web.members.models import Member, Membership, Plan


class NothingToAdd(Exception):
    """The account has everything until the plan's last day already, or that day is over. Says so."""


def grant(
    member: Member,
    plan: Plan,
    *,
    origin: Membership.Origin,
    today: date,
    months: int | None = None,
    until: date | None = None,
    at: datetime | None = None,
) -> Membership:
    """Give `member` a term of `plan`, from `today` or from the end of what the account already has.

    Args:
        origin: where the term comes from.
        today: the day in the library's time zone.
        months: length; the plan's own, or until its last day, when left out. At least 1.
        until: the day after the last, instead of a length.
        at: when it is recorded; the clock's time when left out.

    Raises:
        ValueError: when `months` is less than 1, or `until` not after the term's first day.
        NothingToAdd: the plan's last day comes before the term's first.
    """
    if months is not None and months < 1:
        raise ValueError("a term lasts at least one month")
    with transaction.atomic():
        row = Member.objects.select_for_update(of=("self",)).select_related("recipient").get(pk=member.pk)
        last = row.memberships.filter(ends_on__gt=today).order_by("-ends_on").first()
        start = last.ends_on if last else today
        end = until or (_end_of(plan, start) if months is None else _after(start, months))
        if end <= start:
            raise ValueError("a term ends after it has begun")
        term = Membership.objects.create(member=row, plan=plan, starts_on=start, ends_on=end, origin=origin)
        facts: dict[str, Fact] = {
            "recipient": row.recipient.number,
            "plan": plan.pk,
            "term": term.pk,
            "origin": str(origin),
            "from": str(start),
            "until": str(term.ends_on),
        }
        moment = at or timezone.now()
        record("term.granted", facts, at=moment)
        announce("plan.opened", to_member(row.pk), {"term": term.pk}, at=moment)
    return term


def _end_of(plan: Plan, start: date) -> date:
    """The day after the last of a term of `plan`."""
    if plan.last_day is None:
        return _after(start, plan.months)
    if plan.last_day < start:
        text = _("这个方案到 %(day)s 为止，会员期已经到那一天或更晚，没有可加的。")
        raise NothingToAdd(text % {"day": plan.last_day.isoformat()})
    return plan.last_day + timedelta(days=1)


def _after(day: date, months: int) -> date:
    """The same day `months` later, or the last of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
