"""What pages ask about codes and orders."""

from typing import Any

from django.db.models import Case, Count, Q, QuerySet, When

from wenxing_web.billing.models import Batch, Code, Order, Payment
from wenxing_web.gateways.payment import gateways
from wenxing_web.members.models import Member, Plan


def batches() -> QuerySet[Batch]:
    """Every batch with `count`, `used`, `voided` and `left` of its codes, the newest first."""
    used, voided = Q(codes__used_at__isnull=False), Q(codes__voided_at__isnull=False)
    return (
        Batch.objects.order_by("-id")
        .select_related("plan")
        .annotate(
            count=Count("codes"),
            used=Count("codes", filter=used),
            voided=Count("codes", filter=voided),
            left=Count("codes", filter=~used & ~voided),
        )
    )


def batch_numbered(number: int) -> Batch | None:
    """A batch; `None` when there is none."""
    return Batch.objects.filter(pk=number).first()


def plan_on_sale(number: str) -> Plan | None:
    """A plan by its number, as a form sends it; `None` when there is none."""
    return Plan.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 10 else None


def orders() -> QuerySet[Order]:
    """Every order; those that wait for somebody first, the newest of them on top."""
    waiting = Case(When(state=Order.State.OPEN, then=0), default=1)
    return Order.objects.select_related("plan", "recipient__member").order_by(waiting, "-id")


def orders_of(member: Member) -> QuerySet[Order]:
    """A member's own, the newest first."""
    return Order.objects.filter(recipient__member=member).select_related("plan").order_by("-id")


def ways_to_pay() -> list[tuple[str, str]]:
    """The ways of paying that this library offers: name and label."""
    return [(name, str(gateway.label)) for name, gateway in gateways().items()]


def payments_to_settle() -> QuerySet[Payment]:
    """Money that came and opened nothing, and that no operator has dealt with yet."""
    rows = Payment.objects.filter(settled_at__isnull=True).exclude(outcome=Payment.Outcome.OPENED)
    return rows.select_related("order").order_by("id")


def payment_numbered(number: int) -> Payment | None:
    """A payment; `None` when there is none."""
    return Payment.objects.filter(pk=number).first()


def order_referred(reference: str) -> Order | None:
    """An order by its reference; `None` when there is none."""
    return Order.objects.filter(reference=reference.upper()).select_related("plan", "recipient").first()


def own_order(member: Member, reference: str) -> Order | None:
    """A member's own order by its reference; somebody else's is `None`."""
    return orders_of(member).filter(reference=reference.upper()).first()


def on_export(*, member: Member, **_: Any) -> dict[str, Any]:
    """Answers `members.queries.exporting`."""
    codes = Code.objects.filter(used_by__member=member).order_by("used_at")
    return {
        "codes": [{"batch": c.batch_id, "serial": c.serial, "used_at": c.used_at} for c in codes],
        "orders": [
            {
                "reference": o.reference,
                "plan": o.plan.name_zh,
                "price": o.price,
                "state": o.state,
                "at": o.made_at,
            }
            for o in orders_of(member)
        ],
        "payments": [
            {
                "order": p.reference,
                "way": p.gateway,
                "amount": p.amount,
                "outcome": p.outcome,
                "at": p.paid_at,
            }
            for p in Payment.objects.filter(order__recipient__member=member).order_by("id")
        ],
    }
