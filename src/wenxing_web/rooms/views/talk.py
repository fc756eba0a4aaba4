"""会客厅: a room's page, what an open page lacks, and saying something.

Pages with cards answer GET only: a HEAD would record a delivery of nothing.
"""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from wenxing_web.entitlements import Room, may_enter
from wenxing_web.members.queries import signed_in
from wenxing_web.rooms import queries
from wenxing_web.rooms.actions import RoomError
from wenxing_web.rooms.actions.look import look
from wenxing_web.rooms.actions.say import Quotation, say
from wenxing_web.rooms.actions.show import card_of, show
from wenxing_web.rooms.actions.speak import TooFast, muted_words
from wenxing_web.rooms.forms import CursorForm, SayForm
from wenxing_web.rooms.queries.quoting import quotable
from wenxing_web.rooms.views.entering import entered, is_part


@login_required
@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """The members' room for whoever may enter it, else the free one."""
    return redirect("room", room=_first_room(request))


@login_required
@require_POST
def quote(request: HttpRequest, identity: str) -> HttpResponse:
    """From the reader: to a room, with the chosen paragraph at hand."""
    query = urlencode({"quote": identity, "p": request.POST.get("paragraph", "")[:10]})
    return redirect(f"{reverse('room', args=[_first_room(request)])}?{query}#say")


@require_GET
@entered
def talk(request: HttpRequest, room: Room) -> HttpResponse:
    """A page of the room: the newest messages, or those `before` or `at` a number."""
    if is_part(request) and request.GET.get("reply"):
        return render(
            request, "rooms/attached.html", _attached(request, queries.room_called(room), request.GET)
        )
    return _page(request, room, SayForm(), request.GET)


@require_GET
@entered
def changed(request: HttpRequest, room: Room) -> HttpResponse:
    """What an open page lacks; it says what it shows."""
    return lacking(request, room)


@require_POST
@entered
def speak(request: HttpRequest, room: Room) -> HttpResponse:
    """Say something; the same form sent again is the same message."""
    form = SayForm(request.POST)
    if not form.is_valid():
        return _refused(request, room, form, status=422)
    try:
        number = _say(request, room, form)
    except RoomError as error:
        form.add_error(None, str(error))
        return _refused(request, room, form, status=429 if isinstance(error, TooFast) else 422)
    if is_part(request):
        return lacking(request, room, spoken=True)
    response = redirect("room", room=room.value)
    response["Location"] += f"#m{number}"
    return response


@require_POST
@entered
def read(request: HttpRequest, room: Room) -> HttpResponse:
    """The page was looked at up to here."""
    cursor = CursorForm(request.POST).cursor
    if cursor is None:
        return HttpResponse(status=400)
    look(signed_in(request), queries.room_called(room), posted=cursor.posted)
    return HttpResponse(status=204)


def lacking(request: HttpRequest, room: Room, *, spoken: bool = False) -> HttpResponse:
    """The parts that an open page has not, or has otherwise; with `spoken` its form is ready for more."""
    here, cursor = queries.room_called(room), CursorForm(request.GET or request.POST).cursor
    found = queries.changes(here, cursor) if cursor else None
    if found is None or found.many:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    lines = show(signed_in(request), [*found.replaced, *found.new], at=timezone.now())
    context = {
        "here": here,
        "replaced": lines[: len(found.replaced)],
        "new": lines[len(found.replaced) :],
        "cursor": found.cursor,
        "pins": queries.pinned(here) if found.replaced else None,
        "form": SayForm() if spoken else None,
    }
    return render(request, "rooms/changes.html", context)


def _first_room(request: HttpRequest) -> str:
    open_ = may_enter(signed_in(request), Room.MEMBERS, today=timezone.localdate())
    return Room.MEMBERS.value if open_ else Room.FREE.value


def _say(request: HttpRequest, room: Room, form: SayForm) -> int:
    said, member = form.cleaned_data, signed_in(request)
    reply = queries.message_in(queries.room_called(room), said["reply"]) if said["reply"] else None
    if said["reply"] and (reply is None or reply.deleted_at is not None):
        raise RoomError(_("您要回复的那条已经删除了。写好的话还在，可以直接发。"))
    quotation = None
    if said["quote"] and said["p"] is not None:
        edition = quotable(member, said["quote"], said["p"], today=timezone.localdate())
        quotation = Quotation(edition, said["p"])
    made = say(
        member,
        room,
        client_id=said["client"],
        text=said["text"],
        reply_to=reply,
        quotation=quotation,
        at=timezone.now(),
    )
    return made.pk


def _refused(request: HttpRequest, room: Room, form: SayForm, *, status: int) -> HttpResponse:
    """Why it was not said. What was written stays where it is."""
    if is_part(request):
        return render(request, "rooms/refused.html", {"form": form}, status=status)
    return _page(request, room, form, request.POST, status=status)


def _page(request: HttpRequest, room: Room, form: SayForm, asked: Any, *, status: int = 200) -> HttpResponse:
    member, here = signed_in(request), queries.room_called(room)
    found = queries.stretch(
        here, before=_number(request.GET.get("before")), around=_number(request.GET.get("at"))
    )
    if found.newest:
        look(member, here, posted=here.posted)
    context = {
        "here": here,
        "names": queries.names(),
        "lines": show(member, found.messages, at=timezone.now()),
        "shown": found,
        "cursor": found.cursor,
        "pins": queries.pinned(here),
        "form": form,
        "muted": muted_words(queries.voice_of(member), at=timezone.now()),
        **_attached(request, here, asked),
    }
    if is_part(request):
        return render(request, "rooms/older.html", context)
    return render(request, "rooms/room.html", context, status=status)


def _attached(request: HttpRequest, here: Any, asked: Any) -> dict[str, Any]:
    """What the message being written answers and quotes, as far as it is there."""
    member = signed_in(request)
    number, paragraph = _number(asked.get("reply")), _number(asked.get("p"))
    found = queries.message_in(here, number) if number else None
    context: dict[str, Any] = {"here": here, "quote": asked.get("quote", ""), "p": paragraph}
    if found is not None and found.deleted_at is None:
        context["answering"] = show(member, [found], at=timezone.now())[0]
    if asked.get("quote") and paragraph is not None:
        try:
            edition = quotable(member, asked["quote"], paragraph, today=timezone.localdate())
            context["card"] = card_of(member, edition, paragraph, at=timezone.now())
        except RoomError as error:
            context["no_card"] = str(error)
    return context


def _number(text: str | None) -> int | None:
    """A number out of an address; whatever else stands there is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None
