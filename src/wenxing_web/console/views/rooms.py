"""会客厅: what members have reported, who is muted, what is pinned, how fast a room may talk."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wenxing_web.console.views.access import for_operators, permitted
from wenxing_web.entitlements import Room
from wenxing_web.members.queries import signed_in
from wenxing_web.rooms.actions import RoomError
from wenxing_web.rooms.actions.delete import remove
from wenxing_web.rooms.actions.mute import mute, unmute
from wenxing_web.rooms.actions.pin import pin
from wenxing_web.rooms.actions.settle import settle
from wenxing_web.rooms.actions.slow import slow
from wenxing_web.rooms.forms import MuteForm, SlowForm
from wenxing_web.rooms.queries import hosting


@for_operators
@permitted("rooms.moderate_room")
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Reports that wait first, then who is muted, what is pinned, and the pace of each room."""
    return _page(request)


@for_operators
@permitted("rooms.moderate_room")
@require_POST
def settled(request: HttpRequest, number: int) -> HttpResponse:
    """Nothing needs to be done about a message that was reported."""
    settle(_message(number), at=timezone.now())
    messages.success(request, _("已处理：消息保留。"))
    return redirect("console-rooms")


@for_operators
@permitted("rooms.moderate_room")
@require_POST
def removal(request: HttpRequest, number: int) -> HttpResponse:
    """Remove a message; its words stay visible here only."""
    found = _message(number)
    remove(found, by=signed_in(request), at=timezone.now())
    messages.success(request, _("消息已移除。"))
    return _back(request, found.room_id, number)


@for_operators
@permitted("rooms.moderate_room")
@require_POST
def pinning(request: HttpRequest, number: int) -> HttpResponse:
    """Pin a message (`wanted=1`), or let it go."""
    found = _message(number)
    pin(found, wanted=request.POST.get("wanted") == "1", at=timezone.now())
    return _back(request, found.room_id, number)


@for_operators
@permitted("rooms.moderate_room")
@require_POST
def muting(request: HttpRequest, number: int) -> HttpResponse:
    """Mute the author of a message for a while."""
    found, form = _message(number), MuteForm(request.POST)
    if found.author is None:
        raise Http404
    if not form.is_valid():
        said = [str(text) for errors in form.errors.values() for text in errors]
        messages.error(request, _("没有禁言：") + " ".join(said))
        return _back(request, found.room_id, number)
    now = timezone.now()
    until = now + timedelta(hours=form.cleaned_data["hours"])
    try:
        mute(found.author, until=until, because=form.cleaned_data["because"], by=signed_in(request), at=now)
    except RoomError as error:
        messages.error(request, str(error))
    else:
        text = _("已禁言到 %(until)s；可以继续阅读。")
        messages.success(request, text % {"until": timezone.localtime(until).strftime("%Y-%m-%d %H:%M")})
    return _back(request, found.room_id, number)


@for_operators
@permitted("rooms.moderate_room")
@require_POST
def unmuting(request: HttpRequest, number: int) -> HttpResponse:
    """Let the owner of a voice speak again."""
    voice = hosting.voice_numbered(number)
    if voice is None:
        raise Http404
    unmute(voice.member, by=signed_in(request), at=timezone.now())
    messages.success(request, _("已解除禁言。"))
    return redirect("console-rooms")


@for_operators
@permitted("rooms.moderate_room")
@require_POST
def pace(request: HttpRequest, room: str) -> HttpResponse:
    """Slow a room down, or let it talk freely."""
    if room not in list(Room):
        raise Http404
    form = SlowForm(request.POST, auto_id=f"slow-{room}_%s")
    if not form.is_valid():
        return _page(request, {room: form})
    slow(Room(room), seconds=form.cleaned_data["seconds"], by=signed_in(request), at=timezone.now())
    messages.success(request, _("已保存。"))
    return redirect("console-rooms")


def _message(number: int) -> Any:
    found = hosting.message_numbered(number)
    if found is None:
        raise Http404
    return found


def _back(request: HttpRequest, room: str, number: int) -> HttpResponse:
    if request.POST.get("back") == "console":
        return redirect("console-rooms")
    return redirect(f"{reverse('room', args=[room])}?at={number}#m{number}")


def _page(request: HttpRequest, given: dict[str, forms.Form] | None = None) -> HttpResponse:
    given = given or {}
    paces = [
        (
            room,
            given.get(room.key)
            or SlowForm(initial={"seconds": room.slow_seconds}, auto_id=f"slow-{room.key}_%s"),
        )
        for room in hosting.rooms()
    ]
    context = {
        "reported": hosting.reported(),
        "muted": hosting.muted(timezone.now()),
        "pinned": hosting.all_pinned(),
        "paces": paces,
    }
    return render(request, "console/rooms.html", context, status=422 if given else 200)
