"""The door of a room: every address asks again whether the member may enter, and says what would open it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from wenxing_web.entitlements import Denied, Room, may_enter
from wenxing_web.reader.queries import visitor
from wenxing_web.rooms import queries

P = ParamSpec("P")


def is_part(request: HttpRequest) -> bool:
    """Whether an open page asks for a part of itself."""
    return bool(getattr(request, "htmx", False))


def entered(
    view: Callable[Concatenate[HttpRequest, Room, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the room, or answer why it stays closed. Strangers are asked to sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, room: str, *args: Any, **kwargs: Any) -> HttpResponse:
        key = Room(room)
        decision = may_enter(visitor(request.user), key, today=timezone.localdate())
        if not isinstance(decision, Denied):
            return view(request, key, *args, **kwargs)
        if not request.user.is_authenticated and not is_part(request):
            return redirect_to_login(request.get_full_path())
        return _closed(request, key, decision)

    return guarded


def _closed(request: HttpRequest, key: Room, decision: Denied) -> HttpResponse:
    """The room is closed; what was being said is shown once more, so that it is not lost."""
    context = {
        "here": queries.room_called(key),
        "locked": decision,
        "kept": request.POST.get("text", ""),
        "part": is_part(request),
    }
    name = "rooms/closed_part.html" if is_part(request) else "rooms/closed.html"
    return render(request, name, context, status=403)
