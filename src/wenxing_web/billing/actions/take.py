"""Take a payment that a provider tells of: once, whatever becomes of it.

Money that came is never forgotten. What does not fit an open order of the same
amount opens nothing and is kept for an operator, who sees why.
"""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from wenxing_web.billing.actions.order import OrderError, locked, open_term
from wenxing_web.billing.models import Order, Payment
from wenxing_web.billing.queries import order_referred
from wenxing_web.gateways.payment import Answer, Callback, Forged, Paid, Unavailable, gateways
from wenxing_web.ledger.actions.record import Fact, record
from wenxing_web.members.models import Member
from wenxing_web.members.queries import number_of

__all__ = ["Callback", "Forged", "Unavailable", "look", "receive", "settle", "take"]


def receive(name: str, callback: Callback, *, today: date, at: datetime) -> Answer:
    """Take what a request says that claims to come from the provider of the gateway `name`.

    Returns:
        What the provider wants to hear, also for a payment that opens nothing: it is kept here.

    Raises:
        Forged: the gateway does not believe it, or there is no such gateway.
    """
    gateway = gateways().get(name)
    if gateway is None:
        raise Forged("no such gateway")
    paid = gateway.verify(callback, at=at)
    if paid is not None:
        take(name, paid, today=today, at=at)
    return gateway.answer()


def look(order: Order, *, today: date, at: datetime) -> Payment | None:
    """Ask every provider about an order that nobody told us of; `None` when it was not paid.

    Raises:
        Unavailable: a provider does not answer.
    """
    for name, gateway in gateways().items():
        paid = gateway.query(order.reference)
        if paid is not None:
            return take(name, paid, today=today, at=at)
    return None


def take(name: str, paid: Paid, *, today: date, at: datetime) -> Payment:
    """Keep a payment and open what it pays for. Told again, it is the same payment and opens nothing more."""
    with transaction.atomic():
        payment, new = Payment.objects.get_or_create(
            gateway=name,
            provider_id=paid.provider_id,
            defaults={
                "reference": paid.reference[:40],
                "order": order_referred(paid.reference),
                "minor": paid.minor,
                "currency": paid.currency,
                "paid_at": paid.at,
                "taken_at": at,
                "outcome": Payment.Outcome.UNKNOWN,
            },
        )
        if new:
            payment.outcome = _outcome(payment, today=today, at=at)
            payment.save(update_fields=["outcome"])
            record("payment.taken", _facts(payment), at=at)
    return payment


def settle(payment: Payment, *, by: Member, at: datetime) -> None:
    """An operator has dealt with a payment that opened nothing."""
    with transaction.atomic():
        rows = Payment.objects.filter(pk=payment.pk, settled_at__isnull=True)
        if rows.exclude(outcome=Payment.Outcome.OPENED).update(settled_at=at):
            record("payment.settled", {"payment": payment.pk, "by": number_of(by)}, at=at)


def _outcome(payment: Payment, *, today: date, at: datetime) -> Payment.Outcome:
    if payment.order is None:
        return Payment.Outcome.UNKNOWN
    try:
        row = locked(payment.order)
    except OrderError:
        return Payment.Outcome.LATE
    if (payment.minor, payment.currency) != (row.price_minor, settings.CURRENCY):
        return Payment.Outcome.WRONG_AMOUNT
    try:
        with transaction.atomic():
            open_term(row, today=today, at=at, because={"payment": payment.pk})
    except OrderError:
        return Payment.Outcome.IN_VAIN
    return Payment.Outcome.OPENED


def _facts(payment: Payment) -> dict[str, Fact]:
    return {
        "payment": payment.pk,
        "order": payment.order_id,
        "minor": payment.minor,
        "outcome": str(payment.outcome),
    }
