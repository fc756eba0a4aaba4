"""求稿: the board, asking, voting."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wenxing_web.demand import queries
from wenxing_web.demand.actions.ask import A_DAY, TooMany, ask
from wenxing_web.demand.actions.retract import retract
from wenxing_web.demand.actions.revise import revise
from wenxing_web.demand.actions.vote import vote
from wenxing_web.demand.forms import AskForm
from wenxing_web.demand.queries import Row
from wenxing_web.demand.queries.similar import similar
from wenxing_web.members.queries import signed_in

_REFUSED = 422


@login_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """What is asked for, most wanted first; `?show=` answered or mine."""
    show = request.GET.get("show", "")
    show = show if show in ("answered", "mine") else "waiting"
    rows, page = queries.board(
        signed_in(request), show=show, page=request.GET.get("page"), today=timezone.localdate()
    )
    query = "" if show == "waiting" else f"show={show}&"
    return render(request, "demand/board.html", {"rows": rows, "page": page, "show": show, "query": query})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def asking(request: HttpRequest) -> HttpResponse:
    """Ask: first what resembles it is shown, then (`sure`) it is put on the board."""
    if request.method != "POST":
        return render(request, "demand/ask.html", {"form": AskForm(initial={"title": _wish(request)})})
    form, member = AskForm(request.POST), signed_in(request)
    if not form.is_valid():
        return render(request, "demand/ask.html", {"form": form}, status=_REFUSED)
    said = form.cleaned_data
    if "sure" not in request.POST:
        found = similar(member, said["title"], said["text"], today=timezone.localdate())
        if found:
            return render(request, "demand/ask.html", {"form": form, "found": found})
    try:
        made = ask(member, said["title"], said["text"], kind=said["kind"], at=timezone.now())
    except TooMany:
        form.add_error(None, _("每个账号一天可以求 %(n)s 份，请明天再来。") % {"n": A_DAY})
        return render(request, "demand/ask.html", {"form": form}, status=429)
    messages.success(request, _("已经贴出。有人附议、有了结果，都会告诉您。"))
    return redirect("request", number=made.pk)


@login_required
@require_safe
def request_page(request: HttpRequest, number: int) -> HttpResponse:
    """One request."""
    return render(request, "demand/request.html", {"row": _row(request, number)})


@login_required
@require_safe
def part(request: HttpRequest, number: int) -> HttpResponse:
    """The same as a part of a page that is open already; nothing when it was taken back."""
    found = queries.request_numbered(number)
    if found is None:
        return HttpResponse()
    row = queries.row_of(signed_in(request), found, today=timezone.localdate())
    return render(request, "demand/row.html", {"row": row})


@login_required
@require_POST
def voting(request: HttpRequest, number: int) -> HttpResponse:
    """Want it (`wanted` is 1), or no longer."""
    row = _row(request, number)
    wanted = request.POST.get("wanted") == "1"
    if not vote(signed_in(request), row.request, wanted=wanted, at=timezone.now()):
        messages.info(request, _("这条求稿已经有结果了。"))
    if request.headers.get("HX-Request"):
        return part(_as_get(request), number)
    return redirect("request", number=number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Say it better."""
    row = _own(request, number)
    form = AskForm(request.POST) if request.method == "POST" else AskForm.of(row.request)
    if not form.is_valid():
        status = _REFUSED if form.errors else 200
        return render(request, "demand/change.html", {"form": form, "row": row}, status=status)
    said = form.cleaned_data
    if revise(row.request, said["title"], said["text"], kind=said["kind"], at=timezone.now()):
        messages.success(request, _("已保存。"))
    else:
        messages.info(request, _("已经有人附议，不能再改了。"))
    return redirect("request", number=number)


@login_required
@require_POST
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """Take one's own request off the board."""
    row = _own(request, number)
    if not retract(row.request, at=timezone.now()):
        messages.info(request, _("已经有人附议，不能撤回了。"))
        return redirect("request", number=number)
    messages.success(request, _("已撤回。"))
    return redirect("demand")


def _row(request: HttpRequest, number: int) -> Row:
    found = queries.request_numbered(number)
    if found is None:
        raise Http404
    return queries.row_of(signed_in(request), found, today=timezone.localdate())


def _own(request: HttpRequest, number: int) -> Row:
    """The member's own request; for everybody else there is nothing to change."""
    row = _row(request, number)
    if not row.own:
        raise Http404
    return row


def _wish(request: HttpRequest) -> str:
    """What was searched for and not found, on the way here."""
    return request.GET.get("q", "")[:60].strip()


def _as_get(request: HttpRequest) -> HttpRequest:
    request.method = "GET"
    return request
