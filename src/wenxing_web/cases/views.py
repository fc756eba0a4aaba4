"""Public pages: report a leak, follow a report by its receipt, answer when one's account is asked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wenxing_web.cases.actions import CaseError
from wenxing_web.cases.actions.admit import TooMany, admit
from wenxing_web.cases.actions.answer import answer
from wenxing_web.cases.actions.claim import claim
from wenxing_web.cases.actions.report import report
from wenxing_web.cases.forms import AnswerForm, MemberReportForm, ReportForm
from wenxing_web.cases.queries import (
    awaits_claim,
    hearing_of,
    hearings_for,
    report_by_receipt,
    reports_of,
    reward_of,
    ruling_of,
    was_confirmed,
)
from wenxing_web.cases.queries.hearing import evidence_for
from wenxing_web.members.queries import signed_in


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_leak(request: HttpRequest) -> HttpResponse:
    """The form, what happens next, and the field for a receipt number."""
    form_class = MemberReportForm if request.user.is_authenticated else ReportForm
    if request.method == "POST":
        form = form_class(request.POST, request.FILES)
        if form.is_valid():
            return _take(request, form)
        return render(request, "cases/report.html", {"form": form}, status=422)
    asked = request.GET.get("receipt", "").strip()
    found = report_by_receipt(asked) if asked else None
    if found:
        return redirect("report-status", receipt=found.receipt)
    return render(request, "cases/report.html", {"form": form_class(), "asked": asked})


def _take(request: HttpRequest, form: ReportForm) -> HttpResponse:
    given, at = form.given, timezone.now()
    linked = given.pop("linked", False)
    account = signed_in(request) if request.user.is_authenticated else None
    try:
        admit(account=account.pk if account else None, address=request.META.get("REMOTE_ADDR", ""), at=at)
        made = report(**given, reporter=account if linked else None, at=at)
    except CaseError as error:
        form.add_error(None, str(error))
        status = 429 if isinstance(error, TooMany) else 422
        return render(request, "cases/report.html", {"form": form}, status=status)
    messages.success(request, _("收到了，谢谢。请记下回执号，它是查询和领取奖励的唯一凭据。"))
    return redirect("report-status", receipt=made.receipt)


@never_cache
@require_safe
def report_status(request: HttpRequest, receipt: str) -> HttpResponse:
    """How far a report is. Whoever holds the receipt number may look; nobody else finds the page."""
    made = report_by_receipt(receipt)
    if made is None:
        raise Http404
    context = {
        "report": made,
        "ruling": ruling_of(made.case),
        "reward": reward_of(made),
        "awaits_claim": awaits_claim(made),
        "mine": request.user.is_authenticated and made.reporter == request.user,
    }
    return render(request, "cases/status.html", context)


@require_POST
def report_claim(request: HttpRequest, receipt: str) -> HttpResponse:
    """Link the report to the signed-in account."""
    made = report_by_receipt(receipt)
    if made is None:
        raise Http404
    page = reverse("report-status", kwargs={"receipt": made.receipt})
    if not request.user.is_authenticated:
        return redirect_to_login(page)
    try:
        claim(made, signed_in(request), at=timezone.now())
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("这份举报已归入您的账号。"))
    return redirect(page)


@login_required
@never_cache
@require_safe
def my_reports(request: HttpRequest) -> HttpResponse:
    """What this account has reported."""
    return render(request, "cases/my_reports.html", {"reports": reports_of(signed_in(request))})


@login_required
@never_cache
@require_safe
def my_hearings(request: HttpRequest) -> HttpResponse:
    """What this account was asked."""
    hearings = [(hearing, was_confirmed(hearing)) for hearing in hearings_for(signed_in(request))]
    return render(request, "cases/my_hearings.html", {"hearings": hearings})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hearing(request: HttpRequest, hearing_id: int) -> HttpResponse:
    """The notice, the evidence on one's own copies, and the answer. For anybody else: not found."""
    asked = hearing_of(signed_in(request), hearing_id) if request.user.is_authenticated else None
    if asked is None:
        raise Http404
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            answer(asked, form.cleaned_data["answer"], at=timezone.now())
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("您的说明已经送达。作出决定之前，会有人读它。"))
            return redirect("hearing", hearing_id=asked.pk)
    context = {
        "hearing": asked,
        "evidence": evidence_for(asked),
        "confirmed": was_confirmed(asked),
        "ruling": ruling_of(asked.case),
        "form": form,
    }
    return render(request, "cases/hearing.html", context, status=422 if form.errors else 200)
