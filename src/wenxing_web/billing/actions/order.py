"""An order: placed by a member, paid one way or other, or confirmed by an operator who has seen the money."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wenxing_web.billing.models import Order, Payment
from wenxing_web.ledger.actions.record import record
from wenxing_web.members.actions.grant import NothingToAdd, grant
from wenxing_web.members.models import Member, Membership, Plan
from wenxing_web.members.queries import number_of

_MOST_OPEN = 5
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 8


class OrderError(Exception):
    """It cannot be done; the message tells why."""


def place(member: Member, plan: Plan, *, at: datetime) -> Order:
    """The member's open order of `plan`, a new one unless there is one already.

    Raises:
        OrderError: the plan is not sold, or the account has too many open orders.
    """
    if not plan.on_offer or (plan.last_day and plan.last_day < timezone.localdate(at)):
        raise OrderError(_("这个方案已经不再提供。"))
    with transaction.atomic():
        row = Member.objects.select_for_update(of=("self",)).select_related("recipient").get(pk=member.pk)
        waiting = list(Order.objects.filter(recipient=row.recipient, state=Order.State.OPEN))
        same = [order for order in waiting if order.plan_id == plan.pk]
        if same:
            return same[0]
        if len(waiting) >= _MOST_OPEN:
            raise OrderError(_("您还有几张没有付款的订单，请先付款或取消。"))
        reference = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        order = Order.objects.create(
            reference=reference,
            recipient=row.recipient,
            plan=plan,
            price_minor=plan.price_minor,
            made_at=at,
        )
        record("order.placed", _facts(order), at=at)
    return order


def confirm(order: Order, *, by: Member, today: date, at: datetime) -> Membership:
    """An operator has seen the money: the term opens. Confirming twice opens it once.

    Raises:
        OrderError: the order is not open any more, or the account is gone.
    """
    with transaction.atomic():
        row = locked(order)
        term = open_term(row, today=today, at=at, because={"by": number_of(by)})
        Payment.objects.create(
            gateway="transfer",
            provider_id=row.reference,
            reference=row.reference,
            order=row,
            minor=row.price_minor,
            currency=settings.CURRENCY,
            paid_at=at,
            taken_at=at,
            outcome=Payment.Outcome.OPENED,
        )
    return term


def open_term(row: Order, *, today: date, at: datetime, because: Mapping[str, int]) -> Membership:
    """Open what was paid for, in the transaction that holds the order's row.

    Args:
        row: as `locked` gives it.
        because: for the ledger, who or what says that it was paid.

    Raises:
        OrderError: the account is gone, or the plan has nothing to add to it.
    """
    member = row.recipient.member
    if member is None:
        raise OrderError(_("这个账号已经删除，不能开通。"))
    try:
        term = grant(member, row.plan, origin=Membership.Origin.ORDER, today=today, at=at)
    except NothingToAdd as error:
        raise OrderError(str(error)) from None
    _settle(row, Order.State.PAID, at=at)
    record("order.paid", {**_facts(row), "term": term.pk, **because}, at=at)
    return term


def cancel(order: Order, *, by: Member, at: datetime) -> None:
    """Nothing was paid and nothing will be.

    Raises:
        OrderError: the order is not open any more.
    """
    with transaction.atomic():
        row = locked(order)
        _settle(row, Order.State.CANCELLED, at=at)
        record("order.cancelled", {**_facts(row), "by": number_of(by)}, at=at)


def locked(order: Order) -> Order:
    """The order's row, locked where the database can.

    Raises:
        OrderError: it is not open any more.
    """
    rows = Order.objects.select_for_update(of=("self",)).select_related("recipient__member", "plan")
    row = rows.get(pk=order.pk)
    if row.state != Order.State.OPEN:
        raise OrderError(_("这张订单已经处理过了。"))
    return row


def _settle(row: Order, state: Order.State, *, at: datetime) -> None:
    row.state, row.settled_at = state, at
    row.save(update_fields=["state", "settled_at"])


def _facts(order: Order) -> dict[str, int]:
    return {
        "order": order.pk,
        "recipient": order.recipient_id,
        "plan": order.plan_id,
        "price": order.price_minor,
    }
