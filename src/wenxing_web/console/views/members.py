"""会员: who is a member until when, terms, plans, suspensions.

Shows no address and no recipient number. That a number belongs to an account
is looked up inside a case, with a reason that is kept.
"""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wenxing_web.console.views.access import for_operators, permitted
from wenxing_web.members.actions.grant import NothingToAdd, grant
from wenxing_web.members.actions.offer import change_benefits, offer
from wenxing_web.members.actions.suspend import reinstate, suspend
from wenxing_web.members.forms import AccountForm, BenefitsForm, GrantForm, PlanForm
from wenxing_web.members.queries import BY_OPERATOR, all_members, plan_numbered, plans_on_offer, signed_in

_ON_A_PAGE = 50


@for_operators
@permitted("members.view_member")
@require_safe
def roll(request: HttpRequest) -> HttpResponse:
    """Everybody, the newest first."""
    return _page(request)


@for_operators
@permitted("members.add_membership")
@require_POST
def give(request: HttpRequest) -> HttpResponse:
    """Open a term for the account with an address."""
    form = GrantForm(request.POST)
    if not form.is_valid():
        return _page(request, grant_form=form)
    said = form.cleaned_data
    today = timezone.localdate()
    try:
        term = grant(said["email"], said["plan"], origin=BY_OPERATOR, today=today, months=said["months"])
    except NothingToAdd as error:
        form.add_error("plan", str(error))
        return _page(request, grant_form=form)
    text = _("已开通：%(start)s 至 %(end)s（含）。")
    messages.success(request, text % {"start": term.starts_on, "end": term.last_day})
    return redirect("console-members")


@for_operators
@permitted("members.add_plan")
@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """Set up a plan."""
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _page(request, plan_form=form)
    said = form.cleaned_data
    offer(
        said["name_zh"],
        said["name_en"],
        years_back=said["years_back"],
        months=said["months"],
        last_day=said["last_day"],
        price_minor=int((said["price"] or 0) * 100),
        benefits=form.benefits,
    )
    messages.success(request, _("已保存。"))
    return redirect("console-members")


@for_operators
@permitted("members.add_plan")
@require_POST
def benefits(request: HttpRequest, number: int) -> HttpResponse:
    """Change what a plan opens besides documents."""
    found, form = plan_numbered(number), BenefitsForm(request.POST)
    if found is None:
        raise Http404
    if not form.is_valid():
        messages.error(request, _("没有保存：优先级是 0 到 9，每天下载是 0 到 1000。"))
    else:
        change_benefits(found, form.benefits, at=timezone.now())
        messages.success(request, _("已保存，正在进行的会员期也随之改变。"))
    return redirect("console-members")


@for_operators
@permitted("members.change_member")
@require_POST
def suspension(request: HttpRequest) -> HttpResponse:
    """Suspend the account with an address, or open it again; nobody suspends themselves."""
    form = AccountForm(request.POST)
    if form.is_valid() and form.cleaned_data["email"] == request.user:
        form.add_error("email", _("不能暂停自己的账号。"))
    elif form.is_valid() and form.cleaned_data["email"].is_staff and not signed_in(request).is_superuser:
        form.add_error("email", _("只有总管可以暂停运营者的账号。"))
    if not form.is_valid():
        return _page(request, suspend_form=form)
    member = form.cleaned_data["email"]
    if request.POST.get("do") == "reinstate":
        reinstate(member, at=timezone.now())
        messages.success(request, _("账号已恢复。"))
    else:
        suspend(member, at=timezone.now())
        messages.success(request, _("账号已暂停：不能登录和阅读，收到过的副本仍可追溯。"))
    return redirect("console-members")


def _page(request: HttpRequest, **given: forms.Form) -> HttpResponse:
    page = Paginator(all_members(), _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "plans": [(plan, BenefitsForm.of(plan)) for plan in plans_on_offer()],
        "today": timezone.localdate(),
        "grant_form": GrantForm(auto_id="grant_%s"),
        "plan_form": PlanForm(auto_id="plan_%s"),
        "suspend_form": AccountForm(auto_id="suspend_%s"),
        **given,
    }
    return render(request, "console/members.html", context, status=422 if given else 200)
