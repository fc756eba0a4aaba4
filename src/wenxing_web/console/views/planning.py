"""选题: what is asked for, how it compares with what there is, and what becomes of each request."""

from datetime import timedelta

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wenxing_web.console.views.access import for_operators, permitted
from wenxing_web.demand import queries
from wenxing_web.demand.actions.decline import decline
from wenxing_web.demand.actions.fulfil import fulfil
from wenxing_web.demand.actions.merge import merge
from wenxing_web.demand.actions.settle import Settled
from wenxing_web.demand.actions.take import take
from wenxing_web.demand.forms import DeclineForm, FulfilForm, MergeForm
from wenxing_web.demand.queries.planning import HEIGHT, asked, balance
from wenxing_web.library.queries import coming_topics, topics_of_season
from wenxing_web.members.queries import signed_in
from wenxing_web.reader.queries.missed import missed

_REFUSED = 422
_LOOKED_BACK = timedelta(days=90)
_FORMS: dict[str, type[Form]] = {
    "decline": DeclineForm,
    "fulfil": FulfilForm,
    "merge": MergeForm,
    "take": Form,
}


@for_operators
@permitted("demand.change_request")
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """The operator's planning page."""
    today = timezone.localdate()
    pairs = balance(today=today)
    context = {
        "asked": asked(today=today),
        "balance": pairs,
        "balance_height": HEIGHT * len(pairs),
        "missed": missed(since=today - _LOOKED_BACK),
        "running": topics_of_season(today),
        "coming": coming_topics(today),
    }
    return render(request, "console/planning.html", context)


@for_operators
@permitted("demand.change_request")
@require_safe
def wish(request: HttpRequest, number: int) -> HttpResponse:
    """One request, and what can be done with it."""
    return _page(request, number, {})


@for_operators
@permitted("demand.change_request")
@require_POST
def settle(request: HttpRequest, number: int, do: str) -> HttpResponse:
    """Take it on, decline it, answer it with an edition, or merge it into another."""
    found = queries.request_numbered(number)
    if found is None or do not in _FORMS:
        raise Http404
    form = _FORMS[do](request.POST)
    if not form.is_valid():
        return _page(request, number, {do: form})
    now, by = timezone.now(), signed_in(request)
    try:
        if do == "take":
            take(found, by=by, at=now)
        elif do == "decline":
            decline(found, form.cleaned_data["reason"], by=by, at=now)
        elif do == "merge":
            merge(found, form.cleaned_data["into"], at=now)
        else:
            fulfil(found, form.cleaned_data["edition"], at=now)
    except Settled:
        messages.info(request, _("没有改动：这条求稿已经有结果了，或者并入的就是它自己。"))
    else:
        messages.success(request, _("已保存，附议的会员都会得到通知。"))
    return redirect("console-planning")


def _page(request: HttpRequest, number: int, forms: dict[str, Form]) -> HttpResponse:
    found = queries.request_numbered(number)
    if found is None:
        raise Http404
    row = queries.row_of(signed_in(request), found, today=timezone.localdate())
    fresh = {name: make(auto_id=f"{name}_%s") for name, make in _FORMS.items()}
    context = {"row": row, "forms": fresh | forms}
    return render(request, "console/wish.html", context, status=_REFUSED if forms else 200)
