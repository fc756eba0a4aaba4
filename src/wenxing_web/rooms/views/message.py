"""A single message and what can be done with it: by its author, by other members, by operators."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wenxing_web.entitlements import Room
from wenxing_web.members.queries import signed_in
from wenxing_web.rooms import queries
from wenxing_web.rooms.actions import RoomError
from wenxing_web.rooms.actions.delete import delete
from wenxing_web.rooms.actions.edit import edit
from wenxing_web.rooms.actions.report import report
from wenxing_web.rooms.actions.show import show
from wenxing_web.rooms.actions.speak import TooFast
from wenxing_web.rooms.forms import EditForm, MuteForm, ReasonForm
from wenxing_web.rooms.queries.hosting import former_words
from wenxing_web.rooms.views.entering import entered, is_part
from wenxing_web.rooms.views.talk import lacking


@require_GET
@entered
def message(request: HttpRequest, room: Room, number: str) -> HttpResponse:
    """The message with its forms: a page, or a part below it in the room."""
    return _shown(request, room, int(number))


@require_POST
@entered
def change(request: HttpRequest, room: Room, number: str) -> HttpResponse:
    """Write one's own message anew."""
    found = queries.own_message(signed_in(request), queries.room_called(room), int(number))
    if found is None:
        raise Http404
    form = EditForm(request.POST, quotes=found.paragraph is not None)
    if not form.is_valid():
        return _shown(request, room, found.pk, form=form, status=422)
    try:
        edit(found, form.cleaned_data["text"], at=timezone.now())
    except RoomError as error:
        form.add_error(None, str(error))
        return _shown(request, room, found.pk, form=form, status=429 if isinstance(error, TooFast) else 422)
    return _done(request, room, found.pk)


@require_POST
@entered
def take_back(request: HttpRequest, room: Room, number: str) -> HttpResponse:
    """Delete one's own message; a line stays."""
    found = queries.own_message(signed_in(request), queries.room_called(room), int(number))
    if found is None:
        raise Http404
    delete(found, at=timezone.now())
    return _done(request, room, found.pk)


@require_POST
@entered
def complain(request: HttpRequest, room: Room, number: str) -> HttpResponse:
    """Point an operator to somebody else's message."""
    member = signed_in(request)
    found = queries.message_in(queries.room_called(room), int(number))
    if found is None or found.deleted_at is not None or found.author == member:
        raise Http404
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _shown(request, room, found.pk, reason=form, status=422)
    try:
        report(found, by=member, reason=form.cleaned_data["reason"], at=timezone.now())
    except RoomError as error:
        form.add_error(None, str(error))
        return _shown(request, room, found.pk, reason=form, status=429)
    text = _("已经转给运营者，谢谢您。")
    if is_part(request):
        return _into(render(request, "rooms/thanks.html", {"text": text}), found.pk)
    messages.success(request, text)
    return _back(room, found.pk)


def _shown(
    request: HttpRequest,
    room: Room,
    number: int,
    *,
    form: forms.Form | None = None,
    reason: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    member, here = signed_in(request), queries.room_called(room)
    found = queries.message_in(here, number)
    if found is None:
        raise Http404
    hosting = member.has_perm("rooms.moderate_room")
    context = {
        "here": here,
        "line": show(member, [found], at=timezone.now())[0],
        "form": form or EditForm(initial={"text": found.text}, auto_id=f"edit{number}_%s"),
        "reason": reason or ReasonForm(auto_id=f"reason{number}_%s"),
        "former": former_words(found) if hosting else (),
        "mute": MuteForm(auto_id=f"mute{number}_%s") if hosting else None,
    }
    if is_part(request):
        return _into(render(request, "rooms/acts.html", context, status=status), number)
    return render(request, "rooms/message.html", context, status=status)


def _into(response: HttpResponse, number: int) -> HttpResponse:
    """Shown below the message in the room, whatever was pressed."""
    response["HX-Retarget"], response["HX-Reswap"] = f"#acts-{number}", "innerHTML"
    return response


def _done(request: HttpRequest, room: Room, number: int) -> HttpResponse:
    return lacking(request, room) if is_part(request) else _back(room, number)


def _back(room: Room, number: int) -> HttpResponse:
    return redirect(f"{reverse('room', args=[room.value])}?at={number}#m{number}")
