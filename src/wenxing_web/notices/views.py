"""The bell, its page, and how an account wants to be told."""

from django.conf import settings as site
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_http_methods, require_POST, require_safe

from wenxing_web.members.queries import signed_in
from wenxing_web.notices import queries
from wenxing_web.notices.actions.choose import choose, stop_mail, write_in
from wenxing_web.notices.actions.feed import digest_of, end_feed, make_feed
from wenxing_web.notices.actions.read import read, read_one
from wenxing_web.notices.forms import ChoicesForm
from wenxing_web.notices.queries.feeds import atom, feed_since, reader_of, stream_for
from wenxing_web.notices.queries.letters import stop_of, unsubscribed_words

_LARGEST = 2**62


@login_required
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """通知: what is at the bell, the newest first."""
    said, page = queries.page_of(signed_in(request), request.GET.get("page"))
    return render(request, "notices/shelf.html", {"said": said, "page": page})


@login_required
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, for a page that is open already."""
    return render(request, "notices/bell.html", queries.bell_of(signed_in(request)))


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything that the page showed, and what is older, is read."""
    upto = request.POST.get("upto", "")
    if upto.isdecimal() and len(upto) < 19:
        read(signed_in(request), upto=int(upto), at=timezone.now())
    return redirect("notices")


@login_required
@require_safe
def follow(request: HttpRequest, number: int) -> HttpResponse:
    """Go where a notice leads; it is read then."""
    said = queries.notice_of(signed_in(request), min(number, _LARGEST))
    if said is None:
        raise Http404
    read_one(said.notice, at=timezone.now())
    return redirect(said.line.path if said.line else "notices")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """通知设置: what is told where, and in which language."""
    member, status = signed_in(request), 200
    form = ChoicesForm(
        request.POST if request.method == "POST" else None,
        chosen=queries.all_choices(member),
        language=queries.language_of(member),
    )
    if request.method == "POST":
        if form.is_valid():
            choose(member, form.wanted())
            write_in(member, form.cleaned_data["language"])
            messages.success(request, _("已保存。"))
            return redirect("notices-settings")
        status = 422
    context = {"form": form, "feed_since": feed_since(member)}
    return render(request, "notices/settings.html", context, status=status)


@login_required
@require_POST
def feed_address(request: HttpRequest) -> HttpResponse:
    """`do` is `make`, which shows the new address once, or `end`."""
    member = signed_in(request)
    if request.POST.get("do") == "end":
        end_feed(member)
        messages.success(request, _("订阅地址已经作废。"))
        return redirect("notices-settings")
    token = make_feed(member, at=timezone.now())
    return render(request, "notices/feed.html", {"address": _feed_at(token)})


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The account's stream as Atom. The address is the permission: there is no session."""
    reader = reader_of(digest_of(token))
    if reader is None:
        raise Http404
    stream = stream_for(reader, today=timezone.localdate())

    @condition(
        etag_func=lambda _request: f'"{stream.etag}"', last_modified_func=lambda _request: stream.changed
    )
    def answer(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(
            atom(stream, own=_feed_at(token)), content_type="application/atom+xml; charset=utf-8"
        )

    response: HttpResponse = answer(request)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _feed_at(token: str) -> str:
    return f"{site.ADDRESS}{reverse('feed', args=[token])}"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, token: str) -> HttpResponse:
    """Where a letter's link ends such letters, without signing in (RFC 8058).

    The signed token is the permission, so that no other is asked for; programs that follow every link of
    a letter change nothing.
    """
    stop = stop_of(token)
    if stop is None:
        if request.method == "POST":
            return HttpResponseForbidden()
        raise Http404
    done = request.method == "POST"
    if done:
        stop_mail(stop.member, kind=stop.kind)
    context = {"kind": stop.kind, "done": done, "words": unsubscribed_words(stop.kind)}
    return render(request, "notices/off.html", context)
