"""Where a member pays: redeem a code, or order a plan and pay it in one of the ways offered."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wenxing_web.billing.actions.begin import Visit, begin
from wenxing_web.billing.actions.order import OrderError, cancel, place
from wenxing_web.billing.actions.redeem import Refused, TooManyTries, redeem
from wenxing_web.billing.actions.take import Callback, Forged, receive
from wenxing_web.billing.forms import RedeemForm
from wenxing_web.billing.queries import orders_of, own_order, plan_on_sale, ways_to_pay
from wenxing_web.members.queries import signed_in

_LARGEST_CALLBACK = 100_000  # bytes


class _Off(HttpResponseRedirect):
    """To a provider's page, or to a link that opens its app."""

    allowed_schemes = ["https", "weixin", "alipays"]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def redemption(request: HttpRequest) -> HttpResponse:
    """使用兑换码."""
    form, status = RedeemForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                now = timezone.now()
                code, today = form.cleaned_data["code"], timezone.localdate(now)
                term = redeem(signed_in(request), code, today=today, at=now)
                text = _("已开通：%(start)s 至 %(end)s（含）。")
                messages.success(request, text % {"start": term.starts_on, "end": term.last_day})
                return redirect("me")
        except Refused as refusal:
            form.add_error("code", str(refusal))
            status = 429 if isinstance(refusal, TooManyTries) else 422
    return render(request, "billing/redeem.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def orders(request: HttpRequest) -> HttpResponse:
    """我的订单; POST with `plan` places one."""
    member = signed_in(request)
    if request.method == "POST":
        plan = plan_on_sale(request.POST.get("plan", ""))
        if plan is None:
            raise Http404
        try:
            return redirect("order", reference=place(member, plan, at=timezone.now()).reference)
        except OrderError as error:
            messages.warning(request, str(error))
            return redirect("orders")
    return render(request, "billing/orders.html", {"orders": orders_of(member)})


@login_required
@require_safe
def order(request: HttpRequest, reference: str) -> HttpResponse:
    """One order: what to pay, and how."""
    return _order_page(request, reference)


@login_required
@require_POST
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin to pay in the way called `way`: off to the provider, or what has to be done by hand."""
    found = own_order(signed_in(request), reference)
    if found is None:
        raise Http404
    try:
        todo = begin(found, request.POST.get("way", ""))
    except OrderError as error:
        messages.warning(request, str(error))
        return redirect("order", reference=found.reference)
    if isinstance(todo, Visit):
        return _Off(todo.address)
    return _order_page(request, reference, steps=todo.steps)


@csrf_exempt
@require_POST
def told(request: HttpRequest, gateway: str) -> HttpResponse:
    """A provider tells of a payment. Its signature is the permission; nothing else is believed."""
    now = timezone.now()
    try:
        size = int(request.headers.get("Content-Length") or 0)
        if size > _LARGEST_CALLBACK:
            return HttpResponseForbidden()
        headers = {name.lower(): value for name, value in request.headers.items()}
        callback = Callback(headers, request.body)
        answer = receive(gateway, callback, today=timezone.localdate(now), at=now)
    except (Forged, ValueError):
        return HttpResponseForbidden()
    return HttpResponse(answer.body, content_type=answer.content_type)


def _order_page(request: HttpRequest, reference: str, *, steps: Sequence[str] = ()) -> HttpResponse:
    found = own_order(signed_in(request), reference)
    if found is None:
        raise Http404
    ways = ways_to_pay() if found.state == found.State.OPEN else []
    if ways and not steps and len(ways) == 1:
        todo = begin(found, ways[0][0])
        steps = () if isinstance(todo, Visit) else todo.steps
    return render(request, "billing/order.html", {"order": found, "ways": ways, "steps": steps})


@login_required
@require_POST
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """The member does not want it any more."""
    member = signed_in(request)
    found = own_order(member, reference)
    if found is None:
        raise Http404
    try:
        cancel(found, by=member, at=timezone.now())
        messages.success(request, _("订单已取消。"))
    except OrderError as error:
        messages.warning(request, str(error))
    return redirect("orders")
