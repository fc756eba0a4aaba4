"""A transfer by hand: the payer writes the order's reference on it, an operator sees the money come."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wenxing_web.gateways.payment import Answer, ByHand, Callback, Due, Forged, Paid


class Transfer:
    """Nobody but the operator can say that it was paid; see `billing.actions.order.confirm`."""

    name = "transfer"
    label = gettext_lazy("转账")

    def begin(self, due: Due) -> ByHand:
        """See `Gateway`."""
        contact = settings.CONTACT
        pay = _("向运营者付款（%(contact)s）。") % {"contact": contact} if contact else _("向运营者付款。")
        write = _("在转账附言里写上订单号 %(reference)s。") % {"reference": due.reference}
        wait = _("运营者确认收款后立刻开通；还在会员期内的，从期满那天接着算。")
        return ByHand((pay, write, wait))

    def verify(self, callback: Callback, *, at: datetime) -> Paid | None:  # noqa: ARG002
        """See `Gateway`."""
        raise Forged("banks do not call")

    def query(self, reference: str) -> Paid | None:  # noqa: ARG002
        """See `Gateway`."""
        return None

    def answer(self) -> Answer:
        """See `Gateway`."""
        return Answer(b"")
