"""发布: what a draft is, by what right it is published, and the button that does it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wenxing_web.console.forms import PublishForm
from wenxing_web.console.views.access import for_operators, permitted
from wenxing_web.console.views.drafts import unpublished
from wenxing_web.demand.actions.fulfil import answer
from wenxing_web.library import queries
from wenxing_web.library.actions.classify import classify
from wenxing_web.library.actions.describe import describe
from wenxing_web.library.actions.publish import NotReady, publish

_REFUSED = 422


@for_operators
@permitted("library.add_edition")
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, number: int) -> HttpResponse:
    """Title, date, right; and the button that publishes."""
    draft = queries.draft_numbered(number)
    if draft is None:
        raise Http404
    if draft.edition or not draft.cleaned:
        return redirect("ingest-draft", number=number)
    form = PublishForm(request.POST) if request.method == "POST" else PublishForm.of(draft)
    if not form.is_valid():  # an unbound form, too
        return _release_page(request, number, form)
    describe(draft, **form.description())
    classify(draft, topics=form.cleaned_data["topics"], tags=form.cleaned_data["tags"])
    if "publish" not in request.POST:
        messages.success(request, _("已保存，还没有发布。"))
        return redirect("ingest-publish", number=number)
    try:
        edition = publish(draft, at=timezone.now())
    except NotReady as refusal:
        form.add_error(None, str(refusal))
        return _release_page(request, number, form)
    answer(form.cleaned_data["answers"], edition, at=timezone.now())
    messages.success(request, _("已发布。"))
    return redirect("console-edition", identity=edition.identity)


def _release_page(request: HttpRequest, number: int, form: PublishForm) -> HttpResponse:
    draft = unpublished(number)
    context = {"draft": draft, "form": form, "tally": queries.tally(draft)}
    context |= {"gauge": queries.gauge(draft), "signs": queries.official_signs_of(draft)}
    context["scanned"] = queries.pages_scanned(draft)
    return render(request, "console/publish.html", context, status=_REFUSED if form.errors else 200)
