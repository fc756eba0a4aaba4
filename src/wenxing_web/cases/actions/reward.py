"""One year of membership for the first valid reporter of a confirmed case, exactly once."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from wenxing_web.cases.models import Case, CaseError, Reward
from wenxing_web.cases.queries import next_for_reward
from wenxing_web.ledger.actions.record import record
from wenxing_web.members.actions.grant import grant
from wenxing_web.members.models import Membership
from wenxing_web.members.queries import reward_plan

MONTHS = 12


def reward(case: Case, *, at: datetime) -> Reward | None:
    """Give the year if the case is confirmed, unrewarded, and its first valid reporter has an account.

    Safe to call again at any time: the database keeps one reward a case, and the term is granted in the
    same transaction as that row.

    Returns:
        The reward given now, or `None`: not confirmed, given before, or waiting for the reporter to claim.

    Raises:
        CaseError: there is no plan to give.
    """
    fresh = Case.objects.get(pk=case.pk)
    if fresh.state != Case.State.CONFIRMED or Reward.objects.filter(case=fresh).exists():
        return None
    first = next_for_reward(fresh)
    if first is None or first.reporter is None:
        return None
    plan = reward_plan()
    if plan is None:
        raise CaseError(gettext("还没有可以赠送的会员方案，请先建立一个。"))
    try:
        with transaction.atomic():
            given = Reward.objects.create(case=fresh, report=first, at=at)
            today = timezone.localdate(at)
            given.membership = grant(
                first.reporter, plan, origin=Membership.Origin.REWARD, today=today, months=MONTHS, at=at
            )
            given.save(update_fields=["membership"])
            record("reward.granted", {"case": fresh.number, "report": first.pk}, at=at)
    except IntegrityError:  # somebody else was quicker; theirs stands
        return None
    return given
