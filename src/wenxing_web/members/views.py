"""The member's own page, the notice about marks, and the member's own data."""

from contextlib import suppress

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wenxing_web.members import queries
from wenxing_web.members.actions.acknowledge import acknowledge
from wenxing_web.members.actions.erase import Held, erase, holds
from wenxing_web.members.actions.rename import rename
from wenxing_web.members.forms import EraseForm, NicknameForm
from wenxing_web.members.queries import number_of, signed_in, standing


@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """我的: the plan, the number in one's copies, settings."""
    member = signed_in(request)
    context = {
        "standing": standing(member, today=timezone.localdate()),
        "number": number_of(member),
        "form": NicknameForm(initial={"nickname": member.nickname}),
    }
    return render(request, "members/me.html", context)


@login_required
@require_POST
def nickname(request: HttpRequest) -> HttpResponse:
    """Save how the member wants to be called."""
    form = NicknameForm(request.POST)
    if form.is_valid():
        rename(signed_in(request), form.cleaned_data["nickname"])
        messages.success(request, _("已保存。"))
    return redirect("me")


@login_required
@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """What every member should know of marks, and the button that says so; `?next=` is where to go on."""
    return render(request, "members/notice.html", {"next": _safe_next(request, request.GET.get("next", ""))})


@login_required
@require_POST
def notice_read(request: HttpRequest) -> HttpResponse:
    """The member has read the notice."""
    acknowledge(signed_in(request), at=timezone.now())
    return redirect(_safe_next(request, request.POST.get("next", "")) or "me")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def privacy(request: HttpRequest) -> HttpResponse:
    """What the library knows of the account: take it along, or have the account deleted (POST)."""
    member = signed_in(request)
    form = EraseForm(request.POST if request.method == "POST" else None, member=member)
    if request.method == "POST":
        if not ratelimit.consume(request, action="reauthenticate", user=member):
            return HttpResponse(_("试得太频繁了，请过几分钟再来。"), status=429, content_type="text/plain")
        with suppress(Held):  # the page says why
            if form.is_valid():
                erase(member, at=timezone.now())
                logout(request)
                messages.success(request, _("账号已经删除。"))
                return redirect("home")
    return render(request, "members/privacy.html", {"form": form, "holds": holds(member)})


@login_required
@require_safe
def own_data(request: HttpRequest) -> HttpResponse:
    """Everything the library knows of the account, as a file."""
    response = JsonResponse(
        queries.own_data(signed_in(request)), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Content-Disposition"] = 'attachment; filename="wenxing-data.json"'
    response["Cache-Control"] = "private, no-store"
    return response


def _safe_next(request: HttpRequest, target: str) -> str:
    """`target` when it leads to a page of this site, else nothing."""
    secure = request.is_secure()
    return (
        target if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=secure) else ""
    )
