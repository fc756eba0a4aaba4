"""Turn a redemption code into a term. A code is bound to the account that uses it first."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from wenxing_web.billing.actions.make import digest_of
from wenxing_web.billing.models import Code, WrongTry
from wenxing_web.ledger.actions.record import record
from wenxing_web.members.actions.grant import NothingToAdd, grant
from wenxing_web.members.models import Member, Membership

_TRIES = 10
_WINDOW = timedelta(minutes=10)


class Refused(Exception):
    """The code opens nothing; the message tells the member why."""


class Wrong(Refused):
    """Nobody ever made this code."""


class Used(Refused):
    """The code was redeemed before."""


class Void(Refused):
    """An operator voided the code."""


class Expired(Refused):
    """The last day of the batch is over, or the plan's would not come after what the account has."""


class TooManyTries(Refused):
    """The account has typed too many wrong codes; not even a good one is looked up now."""


def redeem(member: Member, typed: str, *, today: date, at: datetime) -> Membership:
    """Give `member` a term for a code. Of any number of attempts at once, one gets it.

    Args:
        typed: as the member typed it.
        today: the day in the library's time zone.

    Raises:
        Refused: one of its kinds, and nothing has changed but the count of wrong tries.
    """
    with transaction.atomic():
        row = Member.objects.select_for_update(of=("self",)).select_related("recipient").get(pk=member.pk)
        tries = WrongTry.objects.filter(member=row, at__gt=at - _WINDOW).count()
        if tries >= _TRIES:
            raise TooManyTries(_("试得太频繁了，请过几分钟再来。"))
        codes = Code.objects.select_for_update(of=("self",)).select_related("batch__plan")
        code = codes.filter(digest=digest_of(typed)).first()
        if code:
            _refuse(code, row, today=today)
            return _bind(code, row, today=today, at=at)
        WrongTry.objects.filter(at__lt=at - _WINDOW).delete()
        WrongTry.objects.create(member=row, at=at)
    raise Wrong(_("没有这个兑换码。请对照原样再输一遍：16 个字母和数字。"))


def _refuse(code: Code, member: Member, *, today: date) -> None:
    """Raise the reason why a code that exists opens nothing; do nothing when it is good."""
    if code.used_by_id == member.recipient.number:
        raise Used(_("这个兑换码您已经用过了，会员期里已有它的一份。"))
    if code.used_at:
        raise Used(_("这个兑换码已经被用过了。如果不是您用的，请联系给您兑换码的人。"))
    if code.voided_at:
        raise Void(_("这个兑换码已经作废，请联系给您兑换码的人。"))
    if code.batch.last_day and code.batch.last_day < today:
        day = code.batch.last_day.isoformat()
        raise Expired(_("这个兑换码只能用到 %(day)s，已经过期。") % {"day": day})


def _bind(code: Code, member: Member, *, today: date, at: datetime) -> Membership:
    free = Code.objects.filter(pk=code.pk, used_at__isnull=True, voided_at__isnull=True)
    if not free.update(used_at=at, used_by=member.recipient):
        raise Used(_("这个兑换码已经被用过了。如果不是您用的，请联系给您兑换码的人。"))
    try:
        term = grant(member, code.batch.plan, origin=Membership.Origin.ORDER, today=today, at=at)
    except NothingToAdd as error:
        raise Expired(str(error)) from None
    facts = {"batch": code.batch_id, "serial": code.serial, "recipient": member.recipient.number}
    record("code.redeemed", {**facts, "term": term.pk}, at=at)
    return term
