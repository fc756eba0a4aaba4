"""兑换码: batches of redemption codes, shown once, counted and voided afterwards."""

import csv
from io import StringIO

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from wenxing_web.billing.actions.make import Printed, make
from wenxing_web.billing.actions.void import void
from wenxing_web.billing.forms import BatchForm, VoidForm
from wenxing_web.billing.queries import batch_numbered, batches
from wenxing_web.console.views.access import for_operators, permitted
from wenxing_web.members.queries import signed_in

_ON_A_PAGE = 30


@for_operators
@permitted("billing.view_batch")
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """Every batch, what became of its codes, and the form for another."""
    return _page(request, BatchForm())


@for_operators
@permitted("billing.add_batch")
@require_POST
def produce(request: HttpRequest) -> HttpResponse:
    """Make a batch; the answer is the only place where its codes are ever shown."""
    form = BatchForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    said = form.cleaned_data
    printed = make(
        said["plan"], said["count"], last_day=said["last_day"], by=signed_in(request), at=timezone.now()
    )
    if said["form"] == "csv":
        return _table(printed)
    codes = list(enumerate(printed.codes, 1))
    return render(request, "console/codes_printed.html", {"batch": printed.batch, "codes": codes})


@for_operators
@permitted("billing.change_batch")
@require_POST
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Void one code of a batch, or all that nobody has used."""
    batch, form = batch_numbered(number), VoidForm(request.POST)
    if batch is None:
        raise Http404
    count = 0
    if form.is_valid():
        serial = form.cleaned_data["serial"]
        count = void(batch, serial=serial, by=signed_in(request), at=timezone.now())
    if count:
        text = ngettext("已作废 %(count)s 个兑换码。", "已作废 %(count)s 个兑换码。", count)
        messages.success(request, text % {"count": count})
    else:
        messages.warning(request, _("没有可以作废的：用过的和已经作废的都不会变。"))
    return redirect("console-codes")


def _table(printed: Printed) -> HttpResponse:
    """A file that spreadsheets open as it is."""
    text = StringIO()
    rows = csv.writer(text)
    rows.writerow([_("序号"), _("兑换码"), _("可兑换到（含）")])
    last_day = printed.batch.last_day or ""
    rows.writerows([serial, code, last_day] for serial, code in enumerate(printed.codes, 1))
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="wenxing-codes-{printed.batch.pk}.csv"'
    return response


def _page(request: HttpRequest, form: forms.Form, *, status: int = 200) -> HttpResponse:
    page = Paginator(batches(), _ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "console/codes.html", {"page": page, "form": form}, status=status)
