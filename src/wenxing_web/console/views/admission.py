"""从表格接收会员: a dry run with a report per line, then the same for good."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from wenxing_web.billing.actions.admission import BadTable, NotAdmitted, Outcome, admit, read
from wenxing_web.billing.forms import AdmissionForm
from wenxing_web.console.views.access import for_operators, permitted
from wenxing_web.members.queries import plans_on_offer, signed_in


@for_operators
@permitted("members.add_membership")
@require_http_methods(["GET", "HEAD", "POST"])
def admission(request: HttpRequest) -> HttpResponse:
    """The form; POST shows what a table would do, and with `do=admit` does it."""
    if request.method != "POST":
        return _page(request, AdmissionForm())
    form, now = AdmissionForm(request.POST, request.FILES), timezone.now()
    if not form.is_valid():
        return _page(request, form, status=422)
    table, today = form.cleaned_data["table"], timezone.localdate(now)
    try:
        if request.POST.get("do") == "admit":
            lines = admit(table, by=signed_in(request), today=today, at=now)
            count = sum(line.outcome in (Outcome.ACCOUNT, Outcome.TERM) for line in lines)
            text = ngettext("已接收 %(count)s 位会员。", "已接收 %(count)s 位会员。", count)
            messages.success(request, text % {"count": count})
            return redirect("console-members")
    except NotAdmitted:
        pass  # the report below says which line is wrong
    except BadTable as error:
        return _bad(request, form, error)
    return _report(request, form, table)


def _report(request: HttpRequest, form: AdmissionForm, table: str) -> HttpResponse:
    try:
        lines = read(table, today=timezone.localdate())
    except BadTable as error:
        return _bad(request, form, error)
    counts = {kind.value: sum(line.outcome is kind for line in lines) for kind in Outcome}
    asked = request.POST.get("do") == "admit"
    return _page(request, form, status=422 if asked else 200, lines=lines, counts=counts, table=table)


def _bad(request: HttpRequest, form: AdmissionForm, error: BadTable) -> HttpResponse:
    form.add_error(None, str(error))
    return _page(request, form, status=422)


def _page(request: HttpRequest, form: AdmissionForm, *, status: int = 200, **more: object) -> HttpResponse:
    context = {"form": form, "plans": plans_on_offer(), **more}
    return render(request, "console/admission.html", context, status=status)
