"""进稿: a file comes in, and its advertisements go out."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wenxing_web.console.forms import CleanForm, UploadForm
from wenxing_web.console.views.access import for_operators, permitted
from wenxing_web.console.views.drafts import unpublished
from wenxing_web.library import queries
from wenxing_web.library.actions.clean import NothingLeft, clean
from wenxing_web.library.actions.discard import AlreadyPublished, discard
from wenxing_web.library.actions.upload import UploadRefused, upload

_REFUSED = 422


@for_operators
@permitted("library.change_draft")
@require_http_methods(["GET", "HEAD", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """Documents on their way in, and the form for another one."""
    if request.method != "POST":
        return _inbox(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _inbox(request, form)
    file = form.cleaned_data["file"]
    material = queries.material_numbered(_number(request.POST.get("material", "")))
    try:
        draft = upload(file.read(), name=file.name or "", today=timezone.localdate(), material=material)
    except UploadRefused as refusal:
        form.add_error("file", str(refusal))
        return _inbox(request, form)
    return redirect("ingest-clean", number=draft.pk)


def _inbox(request: HttpRequest, form: UploadForm) -> HttpResponse:
    wanted = request.POST.get("material") or request.GET.get("material") or ""
    context = {
        "form": form,
        "drafts": queries.open_drafts(),
        "material": queries.material_numbered(_number(wanted)),
    }
    return render(request, "console/inbox.html", context, status=_REFUSED if form.errors else 200)


def _number(text: str) -> int:
    """A row's number from a form; 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


@for_operators
@permitted("library.change_draft")
@require_safe
def resume(_request: HttpRequest, number: int) -> HttpResponse:
    """To the step where a draft was left."""
    draft = queries.draft_numbered(number)
    if draft is None:
        raise Http404
    if draft.edition:
        return redirect("console-edition", identity=draft.edition.identity)
    return redirect("ingest-proof" if draft.cleaned else "ingest-clean", number=number)


@for_operators
@permitted("library.change_draft")
@require_http_methods(["GET", "HEAD", "POST"])
def cleaning(request: HttpRequest, number: int) -> HttpResponse:
    """Every paragraph of a draft; those that look like an advertisement are ticked to be left out."""
    draft = unpublished(number)
    refusal = ""
    if request.method == "POST":
        form = CleanForm(request.POST, paragraphs=queries.paragraphs_in(draft))
        try:
            clean(draft, remove=form.cleaned_data["remove"] if form.is_valid() else ())
        except NothingLeft:
            refusal = _("这样就一个字也不剩了。请至少留下一段。")
        else:
            return redirect("ingest-proof", number=number)
    lines = queries.lines_of(draft)
    context = {
        "draft": draft,
        "lines": lines,
        "offered": [line for line in lines if line.offered],
        "refusal": refusal,
        "scanned": queries.pages_scanned(draft),
    }
    return render(request, "console/clean.html", context, status=_REFUSED if refusal else 200)


@for_operators
@permitted("library.change_draft")
@require_POST
def throw_away(request: HttpRequest, number: int) -> HttpResponse:
    """Delete a draft that will not be published."""
    draft = unpublished(number)
    try:
        discard(draft)
    except AlreadyPublished:
        messages.error(request, _("它刚刚已经发布，不能再丢弃。"))
    else:
        messages.success(request, _("已丢弃这份稿件。"))
    return redirect("ingest")
