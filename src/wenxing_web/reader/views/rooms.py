"""The rooms around the text: the front page, 今日, plans, one's own copies and notes."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from wenxing_web.members.queries import plans_on_offer, signed_in
from wenxing_web.reader import queries
from wenxing_web.reader.queries.notes import all_notes
from wenxing_web.reader.queries.today import today_for


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """今日 for members; for everybody else what this is, what is free, and how to report a leak."""
    if not request.user.is_authenticated:
        context = {"editions": queries.free()[:6], "plans": plans_on_offer()}
        return render(request, "reader/front.html", context)
    newest = queries.last_published()  # before the list: what comes between is told twice, not never
    shown = today_for(signed_in(request), today=timezone.localdate())
    return render(request, "reader/today.html", {"shown": shown, "newest": newest})


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """What a membership opens, what it costs, and how to join."""
    return render(request, "reader/plans.html", {"plans": plans_on_offer(), "contact": settings.CONTACT})


@login_required
@require_safe
def fresh(request: HttpRequest, number: int) -> HttpResponse:
    """What was published after an edition, for a page that is open already; nothing when there is nothing."""
    rows = queries.published_after(signed_in(request), min(number, 2**62), today=timezone.localdate())
    return render(request, "reader/fresh.html", {"rows": rows})


@login_required
@require_safe
def copies(request: HttpRequest) -> HttpResponse:
    """The member's own copies: what was opened, and when first."""
    page = queries.copies(signed_in(request), request.GET.get("page"))
    return render(request, "reader/copies.html", {"page": page})


@login_required
@require_safe
def notes(request: HttpRequest) -> HttpResponse:
    """All notes of the member, those in withdrawn or locked materials, too: they are the member's own."""
    kept, page = all_notes(signed_in(request), request.GET.get("page"))
    return render(request, "reader/notes.html", {"kept": kept, "page": page})
