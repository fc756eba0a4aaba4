"""What members leave in the reading room: a place, favourites, notes, how large the text is.

Every address asks again whether the member may read the material, except for
what is the member's own already: notes can be changed and thrown away, and
favourites kept, after a term has ended.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wenxing_web.members.queries import signed_in
from wenxing_web.reader import queries
from wenxing_web.reader.actions.change_note import change_note, discard_note
from wenxing_web.reader.actions.favour import favour
from wenxing_web.reader.actions.keep_place import keep_place
from wenxing_web.reader.actions.write_note import NoSuchPlace, Unreadable, write_note
from wenxing_web.reader.forms import NoteForm, PlaceForm, SizeForm, TextForm, sent
from wenxing_web.reader.queries.notes import note_of
from wenxing_web.reader.views.read import SIZE_COOKIE, absent, damaged, refused

_YEAR = 31_536_000  # seconds


@login_required
@require_POST
def favourite(request: HttpRequest, identity: str) -> HttpResponse:
    """Put the material among the favourites (`wanted=1`) or take it out."""
    member = signed_in(request)
    edition = queries.edition_for(member, identity)
    if edition is None:
        return absent(request)
    favour(member, edition.material, wanted=request.POST.get("wanted") == "1", at=timezone.now())
    return redirect(_back(request) or "library")


@login_required
@require_POST
def place(request: HttpRequest, identity: str) -> HttpResponse:
    """Keep the paragraph that is being read. A script is answered with nothing, a form with its page."""
    return _barred(request, identity) or _keep(request, identity)


@login_required
@require_POST
def note(request: HttpRequest, identity: str) -> HttpResponse:
    """Write a note or highlight a phrase in one's own copy; with `do=place` only keep the place."""
    act = _keep if request.POST.get("do") == "place" else _write
    return _barred(request, identity) or act(request, identity)


@login_required
@require_POST
def note_change(request: HttpRequest, number: int) -> HttpResponse:
    """Write a note anew, or with `do=discard` throw it away. Anybody else's is not found."""
    kept = note_of(signed_in(request), number)
    if kept is None:
        return absent(request)
    text = sent(TextForm(request.POST), "text")
    if request.POST.get("do") == "discard":
        discard_note(kept)
        messages.success(request, _("已删除。"))
    elif text is None:
        messages.error(request, _("笔记没有保存：最多 4000 字。"))
    else:
        change_note(kept, text)
        messages.success(request, _("已保存。"))
    return redirect(_back(request) or "notes")


@require_POST
def size(request: HttpRequest) -> HttpResponse:
    """How large the text is, remembered by the browser: strangers read, too."""
    wanted = sent(SizeForm(request.POST), "size")
    if wanted is None:
        return HttpResponse(status=400)
    response = HttpResponse(status=204) if request.POST.get("quietly") else redirect(_back(request) or "home")
    response.set_cookie(
        SIZE_COOKIE, wanted, max_age=_YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
    )
    return response


def _barred(request: HttpRequest, identity: str) -> HttpResponse | None:
    """The answer to a member who may not read this edition now; `None` to one who may."""
    member = signed_in(request)
    edition = queries.edition_for(member, identity)
    if edition is None:
        return absent(request)
    locked = queries.why_locked(member, edition, today=timezone.localdate())
    return None if locked is None else refused(request, identity, locked)


def _keep(request: HttpRequest, identity: str) -> HttpResponse:
    member = signed_in(request)
    edition = queries.edition_for(member, identity)
    paragraph = sent(PlaceForm(request.POST), "paragraph")
    if edition is None or paragraph is None:
        return HttpResponse(status=400)
    try:
        last = queries.last_paragraph(member, edition)
    except Unreadable:
        return damaged(request)
    keep_place(member, edition.material, paragraph=paragraph, last=last, at=timezone.now())
    if request.POST.get("quietly"):
        return HttpResponse(status=204)
    messages.success(request, _("读到哪里，已经记下。"))
    return _to(identity, paragraph)


def _write(request: HttpRequest, identity: str) -> HttpResponse:
    member = signed_in(request)
    edition = queries.edition_for(member, identity)
    form = NoteForm(request.POST)
    if edition is None or not form.is_valid():
        messages.error(request, _("笔记没有保存：最多 4000 字，并且要选一段。"))
        return redirect("read", identity=identity)
    paragraph, text = form.cleaned_data["paragraph"], form.cleaned_data["text"]
    try:
        write_note(member, edition, paragraph=paragraph, phrase=form.phrase, text=text, at=timezone.now())
    except NoSuchPlace:
        messages.error(request, _("笔记没有保存：这份材料里没有这个位置。"))
        return redirect("read", identity=identity)
    except Unreadable:
        return damaged(request)
    return _to(identity, paragraph)


def _to(identity: str, paragraph: int) -> HttpResponse:
    response = redirect("read", identity=identity)
    response["Location"] += f"#p{paragraph}"
    return response


def _back(request: HttpRequest) -> str:
    """The page of this site that the form came from, if it says so."""
    target, secure = request.POST.get("next", ""), request.is_secure()
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=secure)
    return target if ours else ""
