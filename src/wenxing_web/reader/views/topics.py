"""专题, and which fields and levels a member wants to see first."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from wenxing_web.library.queries import tags, topic_numbered, topics
from wenxing_web.members.queries import signed_in
from wenxing_web.reader.actions.follow import follow
from wenxing_web.reader.forms import InterestForm
from wenxing_web.reader.queries.today import shelf_of


@login_required
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """Every topic, the running ones first among equals: by the day they begin."""
    return render(request, "reader/topics.html", {"topics": topics(), "today": timezone.localdate()})


@login_required
@require_safe
def topic(request: HttpRequest, number: int) -> HttpResponse:
    """One topic and its materials; the locked ones say why."""
    found = topic_numbered(number)
    if found is None:
        raise Http404
    today = timezone.localdate()
    rows, page = shelf_of(signed_in(request), found, request.GET.get("page"), today=today)
    return render(request, "reader/topic.html", {"topic": found, "rows": rows, "page": page, "today": today})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def interests(request: HttpRequest) -> HttpResponse:
    """Choose fields and levels; what suits them comes first on the page of the day."""
    member = signed_in(request)
    form = InterestForm(request.POST) if request.method == "POST" else InterestForm.of(member)
    if form.is_valid():
        follow(member, form.tags)
        messages.success(request, _("已保存。合您关注的新材料会排在前面，其他的一份也不少。"))
        return redirect("home")
    context = {"form": form, "some": tags().exists()}
    return render(request, "reader/interests.html", context, status=422 if form.errors else 200)
