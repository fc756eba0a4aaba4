"""案件: reports, traces, hearings, rulings. Each of seeing, tracing, unmasking, ruling is a permission."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from wenxing_web.cases import queries
from wenxing_web.cases.actions import CaseError
from wenxing_web.cases.actions.ask import ask as ask_account
from wenxing_web.cases.actions.confirm import confirm as confirm_case
from wenxing_web.cases.actions.dismiss import dismiss as dismiss_case
from wenxing_web.cases.actions.order_trace import await_trace, order_trace
from wenxing_web.cases.actions.report import report
from wenxing_web.cases.actions.unmask import unmask as unmask_account
from wenxing_web.cases.forms import AskForm, ExhibitForm, RulingForm
from wenxing_web.cases.queries.file import CaseFile, case_file
from wenxing_web.console.views.access import for_operators, permitted
from wenxing_web.members.queries import signed_in


@for_operators
@permitted("cases.view_case")
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """Every case, the undecided first."""
    return render(request, "console/cases/list.html", {"cases": queries.cases()})


@for_operators
@permitted("cases.view_case")
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case with everything in it, and the next step."""
    return _page(request, _file(request, number))


@for_operators
@permitted("cases.view_case")
@require_safe
def exhibit(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """An exhibit as it came, only ever as a download: nothing a stranger sent is opened by the browser."""
    found = next((s.exhibit for s in _file(request, number).exhibits if s.exhibit.key == key), None)
    if found is None:
        raise Http404
    content = found.content()
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    name = (found.name or key) if found.is_file else f"{number}-{key}.txt"
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@for_operators
@permitted("cases.trace_case")
@require_POST
def trace(request: HttpRequest, number: str) -> HttpResponse:
    """Have the ticked exhibits traced. A short trace is done before the answer; else a page shows it."""
    found = queries.case_by_number(number)
    if found is None:
        raise Http404
    chosen = request.POST.getlist("exhibit")
    try:
        asked = order_trace(found, by=signed_in(request), at=timezone.now(), chosen=chosen)
    except CaseError as error:
        messages.error(request, str(error))
        return redirect("console-case", number=number)
    if await_trace(asked, patience=settings.TRACE_PATIENCE).is_under_way:
        return redirect("console-tracing", number=number)
    return redirect(_traces_of(number))


@for_operators
@permitted("cases.view_case")
@require_safe
def tracing(request: HttpRequest, number: str) -> HttpResponse:
    """A trace that is under way, looking again by itself; once it has ended, the case."""
    found = queries.case_by_number(number)
    if found is None:
        raise Http404
    asked = queries.tracing_of(found)
    if asked is None or not asked.is_under_way:
        there = _traces_of(number)
        return HttpResponseClientRedirect(there) if request.headers.get("HX-Request") else redirect(there)
    context = {"case": found, "tracing": asked, "before": queries.tracings_before(asked)}
    return render(request, "console/cases/tracing.html", context)


def _traces_of(number: str) -> str:
    return reverse("console-case", kwargs={"number": number}) + "#traces"


@for_operators
@permitted("cases.trace_case")
@require_POST
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Add an exhibit that the operator found or bought."""
    found = _file(request, number)
    form = ExhibitForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, exhibit_form=form)
    with _told(request, _("证据已加入本案。")):
        report(**form.given, reporter=signed_in(request), at=timezone.now(), case=found.case)
    return redirect("console-case", number=number)


@for_operators
@permitted("cases.unmask_account")
@require_POST
def unmask(request: HttpRequest, number: str, recipient: int) -> HttpResponse:
    """Show this operator the account behind a named number, for a reason."""
    found = _file(request, number)
    with _told(request, _("已显示账号，并已记入本案和账本。")):
        reason = request.POST.get("reason", "")
        unmask_account(found.case, recipient, by=signed_in(request), reason=reason, at=timezone.now())
    return redirect("console-case", number=number)


@for_operators
@permitted("cases.rule_case")
@require_POST
def ask(request: HttpRequest, number: str, recipient: int) -> HttpResponse:
    """Ask the account behind a named number for its side."""
    found = _file(request, number)
    form = AskForm(request.POST)
    with _told(request, _("已询问。对方登录后会看到通知。")):
        days = form.cleaned_data["days"] if form.is_valid() else 0  # 0: refused with the range
        ask_account(found.case, recipient, days=days, at=timezone.now())
    return redirect("console-case", number=number)


@for_operators
@permitted("cases.rule_case")
@require_POST
def rule(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm or dismiss, with reasons."""
    found = _file(request, number)
    form = _ruling_form(found, request)
    if form.is_valid():
        try:
            _rule(request, found, form)
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("决定已记录。"))
            return redirect("console-case", number=number)
    return _page(request, found, ruling_form=form)


def _rule(request: HttpRequest, found: CaseFile, form: RulingForm) -> None:
    given, by, at = form.cleaned_data, signed_in(request), timezone.now()
    if request.POST.get("decision") != "confirm":
        dismiss_case(found.case, reasons=given["reasons"], by=by, at=at)
        return
    confirm_case(
        found.case, given["numbers"], reasons=given["reasons"], by=by, at=at, set_aside=given["set_aside"]
    )


def _file(request: HttpRequest, number: str) -> CaseFile:
    found = queries.case_by_number(number)
    if found is None:
        raise Http404
    return case_file(found, viewer=signed_in(request), at=timezone.now())


def _ruling_form(found: CaseFile, request: HttpRequest | None = None) -> RulingForm:
    numbers = [named.number for named in found.named]
    reports = [made.pk for made in found.reports]
    return RulingForm(request.POST if request else None, numbers=numbers, reports=reports)


@contextmanager
def _told(request: HttpRequest, done: str) -> Iterator[None]:
    """Say on the next page what happened: `done`, or why the step could not be taken."""
    try:
        yield
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)


def _page(request: HttpRequest, found: CaseFile, **refused: forms.Form) -> HttpResponse:
    context = {
        "file": found,
        "ask_form": AskForm(),
        "exhibit_form": ExhibitForm(),
        "ruling_form": _ruling_form(found),
        **refused,
    }
    return render(request, "console/cases/case.html", context, status=422 if refused else 200)
