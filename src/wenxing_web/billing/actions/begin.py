"""Begin to pay an order in one of the ways that the library offers."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from wenxing_web.billing.actions.order import OrderError, locked
from wenxing_web.billing.models import Order
from wenxing_web.gateways.payment import ByHand, Due, Unavailable, Visit, gateways

__all__ = ["Visit", "begin"]


def begin(order: Order, name: str) -> Visit | ByHand:
    """What the payer has to do now, in the way called `name`.

    Raises:
        OrderError: the order is not open any more, there is no such way, or its provider does not answer.
    """
    gateway = gateways().get(name)
    if gateway is None:
        raise OrderError(_("没有这种付款方式。"))
    with transaction.atomic():
        row = locked(order)
    due = Due(
        reference=row.reference,
        minor=row.price_minor,
        currency=settings.CURRENCY,
        subject=row.plan.name_zh,
        back=settings.ADDRESS + reverse("order", args=[row.reference]),
        tell=settings.ADDRESS + reverse("payment-told", args=[name]),
    )
    try:
        return gateway.begin(due)
    except Unavailable:
        raise OrderError(_("付款的地方现在没有回应，请过一会儿再试。")) from None
