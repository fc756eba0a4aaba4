"""专题: what each season attends to, and the fields and levels that materials speak to."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wenxing_web.console.forms import ClassifyForm, TagForm, TopicForm
from wenxing_web.console.views.access import for_operators, permitted
from wenxing_web.library import queries
from wenxing_web.library.actions.add_tag import add_tag
from wenxing_web.library.actions.classify import classify
from wenxing_web.library.actions.drop_tag import drop_tag
from wenxing_web.library.actions.name_topic import name_topic

_REFUSED = 422


@for_operators
@permitted("library.change_topic")
@require_http_methods(["GET", "HEAD", "POST"])
def shelf(request: HttpRequest) -> HttpResponse:
    """Every topic, and the form for another."""
    form = TopicForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name_topic(form.season)
        messages.success(request, _("已保存。"))
        return redirect("console-topics")
    context = {"form": form, "topics": queries.topics(), "today": timezone.localdate()}
    context |= {"tags": queries.tags(), "tag_form": TagForm(auto_id="tag_%s")}
    return render(request, "console/topics.html", context, status=_REFUSED if form.errors else 200)


@for_operators
@permitted("library.change_topic")
@require_http_methods(["GET", "HEAD", "POST"])
def topic(request: HttpRequest, number: int) -> HttpResponse:
    """Change what a topic says of itself."""
    found = queries.topic_numbered(number)
    if found is None:
        raise Http404
    form = TopicForm(request.POST) if request.method == "POST" else TopicForm.of(found)
    if form.is_valid():
        name_topic(form.season, topic=found)
        messages.success(request, _("已保存。"))
        return redirect("console-topics")
    status = _REFUSED if form.errors else 200
    return render(request, "console/topic.html", {"form": form, "topic": found}, status=status)


@for_operators
@permitted("library.change_topic")
@require_POST
def tag(request: HttpRequest) -> HttpResponse:
    """Add a field or a level."""
    form = TagForm(request.POST)
    if form.is_valid():
        add_tag(**form.cleaned_data)
        messages.success(request, _("已保存。"))
    else:
        messages.error(request, _("请填写名称。"))
    return redirect("console-topics")


@for_operators
@permitted("library.change_topic")
@require_POST
def untag(request: HttpRequest, number: int) -> HttpResponse:
    """Delete a field or a level."""
    found = queries.tag_numbered(number)
    if found is None:
        raise Http404
    drop_tag(found)
    messages.success(request, _("已删除。"))
    return redirect("console-topics")


@for_operators
@permitted("library.change_edition")
@require_POST
def sort(request: HttpRequest, identity: str) -> HttpResponse:
    """Say which topics a published material belongs to, and whom it speaks to."""
    edition = queries.edition_of(identity)
    if edition is None:
        raise Http404
    form = ClassifyForm(request.POST)
    if form.is_valid():
        classify(edition.material, **form.cleaned_data)
        messages.success(request, _("已保存。"))
    else:
        messages.error(request, _("没有保存：有的专题或分类已经不在了，请再选一次。"))
    return redirect("console-edition", identity=identity)
