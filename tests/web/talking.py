"""People who talk: browsers that say something, and what came of it."""

from datetime import datetime
from uuid import uuid4

from django.http import HttpResponse
from django.utils import timezone

from web.browsing import Browser, signed_in
from wenxing_web.entitlements import Room
from wenxing_web.members.models import Member
from wenxing_web.rooms.actions.say import say
from wenxing_web.rooms.models import Message


def said(browser: Browser, text: str, *, room: str = "free", at: datetime | None = None) -> Message:
    """Something that was said, through the action."""
    assert browser.member
    moment = at or timezone.now()
    return say(browser.member, Room(room), client_id=uuid4(), text=text, at=moment)


def send(
    browser: Browser, text: str, *, room: str = "free", part: bool = False, **fields: object
) -> HttpResponse:
    """The answer to the form of a room."""
    data = {"client": str(uuid4()), "text": text, **fields}
    headers = {"HX-Request": "true"} if part else {}
    answer: HttpResponse = browser.post(f"/rooms/{room}/say/", data, headers=headers)  # type: ignore[assignment]
    return answer


def without_term(name: str, nickname: str = "") -> Browser:
    """An account that no plan opens anything for."""
    return signed_in(Member.objects.create_user(f"{name}@example.org", "correct horse", nickname=nickname))
