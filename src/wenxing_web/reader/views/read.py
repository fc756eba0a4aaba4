"""The reader and the downloads. All text comes from `deliver`, recorded before it leaves.

Pages with text answer GET only: a HEAD would record a delivery of nothing. They
carry no validator and know no ranges, so that every byte belongs to a recorded
delivery, and no cache keeps them.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_GET

from wenxing_web.delivery.actions.deliver import Damaged, Delivery, Form, NoFont, Undeliverable, deliver
from wenxing_web.delivery.actions.tint import tint
from wenxing_web.entitlements import Denied, Reason
from wenxing_web.members.queries import signed_in
from wenxing_web.reader import queries
from wenxing_web.reader.actions.keep_place import keep_place
from wenxing_web.reader.forms import SIZES
from wenxing_web.reader.queries.reading import reading

_PAPER = 'body.reading { background-image: url("paper.png?%s"); background-size: 192px 192px; }\n'
SIZE_COOKIE = "reading_size"
_TYPES = {
    Form.TXT: "text/plain; charset=utf-8",
    Form.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Form.PDF: "application/pdf",
}


@require_GET
def read(request: HttpRequest, identity: str) -> HttpResponse:
    """阅读: the member's own wording."""
    visitor = queries.visitor(request.user)
    edition = queries.edition_for(visitor, identity)
    if edition is None:
        return absent(request)
    try:
        delivery = deliver(visitor, edition, form=Form.PAGE, at=timezone.now())
    except Undeliverable as refusal:
        return refused(request, identity, refusal.decision)
    except Damaged:
        return damaged(request)
    words = request.GET.get("q", "")[:100].strip()
    shown = reading(visitor, edition, delivery, words=words, today=timezone.localdate())
    if request.user.is_authenticated:
        member, last = signed_in(request), shown.page.last
        keep_place(member, edition.material, paragraph=None, last=last, at=timezone.now())
    context = {"edition": edition, "delivery": delivery, "shown": shown, "words": words}
    return _private(render(request, "reader/read.html", {**context, "size": text_size(request)}))


@require_GET
def download(request: HttpRequest, identity: str, form: str) -> HttpResponse:
    """The member's own file."""
    visitor = queries.visitor(request.user)
    edition = queries.edition_for(visitor, identity)
    if edition is None:
        return absent(request)
    try:
        delivery = deliver(visitor, edition, form=Form(form), at=timezone.now())
    except Undeliverable as refusal:
        reason = None if refusal.decision is None else refusal.decision.reason
        if reason is Reason.NOTICE_NOT_READ:
            return redirect(f"{reverse('notice')}?{urlencode({'next': request.path})}")
        return refused(request, identity, refusal.decision)
    except Damaged:
        return damaged(request)
    except NoFont:
        return _private(render(request, "reader/no_font.html", {"edition": edition}, status=503))
    return _file(delivery, Form(form))


@require_GET
def paper(request: HttpRequest, identity: str, form: str) -> HttpResponse:
    """The background of the member's page: a style sheet, and the tile that it repeats.

    The page asks for them under the copy's code, so that one browser's accounts never share what it keeps.
    """
    visitor = queries.visitor(request.user)
    edition = queries.edition_for(visitor, identity)
    try:
        tile = None if edition is None else tint(visitor, edition, at=timezone.now())
    except (Undeliverable, Damaged):
        tile = None
    if tile is None:
        return absent(request)
    if form == "css":
        code = urlencode({"c": request.GET.get("c", "")[:20]})
        response = HttpResponse(_PAPER % code, content_type="text/css; charset=utf-8")
    else:
        response = HttpResponse(tile, content_type="image/png")
    response["Cache-Control"] = "private, max-age=86400"
    response["X-Content-Type-Options"] = "nosniff"
    patch_vary_headers(response, ("Cookie",))
    return response


def _file(delivery: Delivery, form: Form) -> HttpResponse:
    response = HttpResponse(delivery.content, content_type=_TYPES[form])
    response["Content-Disposition"] = content_disposition_header(True, delivery.file_name)
    response["X-Content-Type-Options"] = "nosniff"
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["Accept-Ranges"] = "none"
    return response


def text_size(request: HttpRequest) -> str:
    """How large this browser wants the text; a cookie of the reader's own choice."""
    size = request.COOKIES.get(SIZE_COOKIE, "")
    return size if size in SIZES else "normal"


def refused(request: HttpRequest, identity: str, decision: Denied | None) -> HttpResponse:
    """A signed-in member is told why; for a stranger a locked address looks like one that never was."""
    edition = queries.edition_for(queries.visitor(request.user), identity)
    if decision is None or edition is None or not request.user.is_authenticated:
        return absent(request)
    context = {"edition": edition, "locked": decision}
    context["favourite"] = queries.is_favourite(signed_in(request), edition)
    return _private(render(request, "reader/locked.html", context, status=403))


def damaged(request: HttpRequest) -> HttpResponse:
    """The master cannot be used: our fault."""
    return _private(render(request, "reader/damaged.html", status=503))


def absent(request: HttpRequest) -> HttpResponse:
    """Not found; to a visitor who is not signed in it says, at any address, that signing in may help."""
    return _private(render(request, "reader/absent.html", status=404))
