"""订单: what members want to pay, confirmed by whoever has seen the money; money that opened nothing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wenxing_web.billing.actions.order import OrderError, cancel, confirm
from wenxing_web.billing.actions.take import Unavailable, look
from wenxing_web.billing.actions.take import settle as settle_it
from wenxing_web.billing.queries import order_referred, orders, payment_numbered, payments_to_settle
from wenxing_web.console.views.access import for_operators, permitted
from wenxing_web.members.queries import signed_in

_ON_A_PAGE = 50


@for_operators
@permitted("billing.view_order")
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """Every order, those that wait first."""
    page = Paginator(orders(), _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "payments": payments_to_settle()[:_ON_A_PAGE]}
    return render(request, "console/orders.html", context)


@for_operators
@permitted("billing.change_order")
@require_POST
def settle(request: HttpRequest, reference: str, do: str) -> HttpResponse:
    """`do` is `confirm`, `cancel`, or `ask`: whether a provider knows of a payment."""
    order = order_referred(reference)
    if order is None or do not in ("confirm", "cancel", "ask"):
        raise Http404
    by, now = signed_in(request), timezone.now()
    try:
        if do == "confirm":
            term = confirm(order, by=by, today=timezone.localdate(now), at=now)
            text = _("已开通：%(start)s 至 %(end)s（含）。")
            messages.success(request, text % {"start": term.starts_on, "end": term.last_day})
        elif do == "ask":
            paid = look(order, today=timezone.localdate(now), at=now)
            text = _("查到付款：%(outcome)s。") % {"outcome": paid.get_outcome_display()} if paid else ""
            messages.info(request, text or _("没有查到这张订单的付款。"))
        else:
            cancel(order, by=by, at=now)
            messages.success(request, _("订单已取消。"))
    except OrderError as error:
        messages.warning(request, str(error))
    except Unavailable:
        messages.warning(request, _("付款的地方现在没有回应，请过一会儿再试。"))
    return redirect("console-orders")


@for_operators
@permitted("billing.change_order")
@require_POST
def settle_payment(request: HttpRequest, number: int) -> HttpResponse:
    """Money that opened nothing was paid back, or helped otherwise."""
    payment = payment_numbered(min(number, 2**62))
    if payment is None:
        raise Http404
    settle_it(payment, by=signed_in(request), at=timezone.now())
    messages.success(request, _("已记下。"))
    return redirect("console-orders")
