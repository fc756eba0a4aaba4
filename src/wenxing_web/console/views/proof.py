"""校样: which places may differ between copies. Every decision is a POST; a script may ask for the changed
pieces of the page only, a browser without it gets the page again, at the same place."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wenxing_web.console import queries as console
from wenxing_web.console.actions.press import natural, press
from wenxing_web.console.forms import OwnSiteForm, PolicyForm
from wenxing_web.console.views.access import for_operators, permitted
from wenxing_web.console.views.drafts import cleaned, unpublished
from wenxing_web.library import queries
from wenxing_web.library.actions.add import NotAdded, add
from wenxing_web.library.actions.choose import choose
from wenxing_web.library.actions.proof import proof

_REFUSED = 422


@for_operators
@permitted("library.change_draft")
@require_safe
def sheet(request: HttpRequest, number: int) -> HttpResponse:
    """The proof of a draft: the policy, and its sites by rule or in the running text."""
    draft = unpublished(number)
    if not draft.cleaned:
        return redirect("ingest-clean", number=number)
    return _sheet(request, number, OwnSiteForm())


@for_operators
@permitted("library.change_draft")
@require_POST
def policy(request: HttpRequest, number: int) -> HttpResponse:
    """Choose whether copies may differ in wording; a verbatim text needs no proof."""
    draft = unpublished(number)
    form = PolicyForm(request.POST)
    if not form.is_valid():
        return redirect("ingest-proof", number=number)
    choose(draft, form.cleaned_data["policy"])
    return redirect("ingest-publish" if queries.needs_no_proof(draft) else "ingest-proof", number=number)


@for_operators
@permitted("library.change_draft")
@require_POST
def approve(request: HttpRequest, number: int) -> HttpResponse:
    """Decide about all sites of grade A, those of a rule or one; choose its alternatives; or undo."""
    draft = cleaned(number)
    before = queries.decisions(draft)
    at = press(draft, request.POST.dict())
    if at is None:
        raise Http404
    if _wants_pieces(request):
        return _pieces(request, number, before)
    return redirect(f"{_back(request, number)}{f'#{at}' if at else ''}")


@for_operators
@permitted("library.change_draft")
@require_POST
def own(request: HttpRequest, number: int) -> HttpResponse:
    """Add a site of one's own."""
    draft = cleaned(number)
    form = OwnSiteForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            added = add(draft, said["phrase"], form.others(), which=0 if said["together"] else said["which"])
        except NotAdded as refusal:
            form.add_error("phrase", str(refusal))
        else:
            if not _wants_pieces(request):
                return redirect(f"{_back(request, number)}#site-{added}")
            form = OwnSiteForm()
    return _sheet(request, number, form)


@for_operators
@permitted("library.change_draft")
@require_safe
def preview(request: HttpRequest, number: int) -> HttpResponse:
    """Two copies side by side as nobody will receive them."""
    draft = cleaned(number)
    draw = max(natural(request.GET.get("draw", "1")), 1)
    pairs = queries.specimens(draft, draw)
    context = {"draft": draft, "pairs": pairs, "draw": draw, "tally": queries.tally(draft)}
    context["differences"] = sum(piece.at for left, _right in pairs for piece in left)
    return render(request, "console/preview.html", context)


@for_operators
@permitted("library.change_draft")
@require_safe
def sample(request: HttpRequest, number: int) -> HttpResponse:
    """A PDF copy as it will look, made for nobody: its first pages."""
    draft = cleaned(number)
    try:
        pages, refusal = range(1, len(queries.sample_pages(draft)) + 1), ""
    except queries.NoSample as error:
        pages, refusal = range(0), str(error)
    context = {"draft": draft, "pages": pages, "refusal": refusal, "scanned": queries.pages_scanned(draft)}
    return render(request, "console/sample.html", context)


@for_operators
@permitted("library.change_draft")
@require_safe
def sample_page(_request: HttpRequest, number: int, page: int) -> HttpResponse:
    """One of these pages as a picture."""
    draft = cleaned(number)
    try:
        pages = queries.sample_pages(draft)
    except queries.NoSample as error:
        raise Http404 from error
    if not 1 <= page <= len(pages):
        raise Http404
    return _private(HttpResponse(pages[page - 1], content_type="image/png"))


@for_operators
@permitted("library.change_draft")
@require_safe
def sample_file(_request: HttpRequest, number: int) -> HttpResponse:
    """The whole of it as a file."""
    draft = cleaned(number)
    try:
        pdf = queries.sample(draft)
    except queries.NoSample as error:
        raise Http404 from error
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, f"{_('样张')}.pdf")
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@for_operators
@permitted("library.change_draft")
@require_http_methods(["GET", "HEAD", "POST"])
def single(request: HttpRequest, number: int, site: int) -> HttpResponse:
    """One site, large, with two answers; then the next one of its grade."""
    draft = cleaned(number)
    shown = queries.proof(draft, site)
    if shown is None:
        raise Http404
    before, after = queries.neighbours(draft, shown)
    if request.method == "POST":
        wanted = request.POST.get("answer") == "approve"
        proof(draft, approve=[site]) if wanted else proof(draft, reject=[site])
        if after is not None:
            return redirect("ingest-site", number=number, site=after)
        return redirect(f"{reverse('ingest-proof', args=[number])}?show={shown.grade}#sites")
    context = {"draft": draft, "site": shown, "before": before, "after": after, "tally": queries.tally(draft)}
    return render(request, "console/site.html", context)


def _sheet(request: HttpRequest, number: int, form: OwnSiteForm) -> HttpResponse:
    draft = unpublished(number)
    context = console.proof_sheet(draft, **_view(request))
    context |= {"own_form": form, "outline": queries.outline_of(draft), "whole": True}
    template = "console/proof_pieces.html" if _wants_pieces(request) else "console/proof.html"
    return render(request, template, context, status=_REFUSED if form.errors else 200)


def _pieces(request: HttpRequest, number: int, before: queries.Decisions) -> HttpResponse:
    """The pieces of the page that a decision changed; the whole sheet when sites came or went."""
    draft = unpublished(number)
    context = console.proof_changes(draft, before, **_view(request)) | {"own_form": OwnSiteForm()}
    return render(request, "console/proof_pieces.html", context)


def _wants_pieces(request: HttpRequest) -> bool:
    return "X-Wenxing-Part" in request.headers


def _view(request: HttpRequest) -> dict[str, str]:
    """How the page is being looked at; a form that decides says it as well."""
    said = {**request.GET.dict(), **request.POST.dict()}
    return {
        "view": "text" if said.get("view") == "text" else "rules",
        "show": said["show"] if said.get("show") in ("A", "B", "open") else "",
        "page": str(max(natural(str(said.get("page", "1"))), 1)),
    }


def _back(request: HttpRequest, number: int) -> str:
    looked = "&".join(f"{key}={value}" for key, value in _view(request).items() if value)
    return f"{reverse('ingest-proof', args=[number])}?{looked}"
