"""Every page there is, by who is meant to see it, and what has to exist for it to show something."""

from uuid import uuid4

from django.utils import timezone

from web.browsing import Browser
from web.making import make_material, sort
from wenxing_web.cases.actions.report import report
from wenxing_web.cases.actions.trace import trace
from wenxing_web.demand.actions.ask import ask
from wenxing_web.entitlements import Room
from wenxing_web.library.actions.clean import clean
from wenxing_web.library.actions.upload import upload
from wenxing_web.library.models import Kind, Policy
from wenxing_web.rooms.actions.pin import pin
from wenxing_web.rooms.actions.say import Quotation, say

_NOTE = "A short note\nThe library opens at nine. It closes when the last reader has gone home.\n"
_ANOTHER = b"Another note\nIt has two lines, and this is the second of them.\n"

ANYBODY = [
    "/",
    "/plans/",
    "/report/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/no-such-page/",
    "/m/{edition}/",
    "/report/{receipt}/",
]
MEMBER = [
    "/",
    "/library/",
    "/library/?q=nothing-like-it",
    "/library/?q=reader",
    "/library/?q=reader%20AND",
    "/me/",
    "/me/notice/",
    "/me/copies/",
    "/me/reports/",
    "/me/hearings/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/m/{edition}/",
    "/m/{edition}/?q=reader",
    "/me/notes/",
    "/me/privacy/",
    "/me/redeem/",
    "/me/orders/",
    "/me/interests/",
    "/rooms/free/",
    "/rooms/members/",
    "/rooms/free/{message}/",
    "/topics/",
    "/topics/{topic}/",
    "/me/notices/",
    "/me/notices/settings/",
    "/demand/",
    "/demand/ask/",
    "/demand/{request}/",
]
OPERATOR = [
    "/console/",
    "/console/ingest/",
    "/console/ingest/{draft}/clean/",
    "/console/ingest/{draft}/proof/",
    "/console/ingest/{draft}/publish/",
    "/console/editions/",
    "/console/editions/{edition}/",
    "/console/cases/",
    "/console/cases/{case}/",
    "/console/members/",
    "/console/codes/",
    "/console/admission/",
    "/console/orders/",
    "/console/why/",
    "/console/rooms/",
    "/console/letters/",
    "/console/topics/",
    "/console/topics/{topic}/",
    "/console/planning/",
    "/console/planning/{request}/",
]

# (fixture of the browser, address with places)
PAGES = [
    *(("carol", address) for address in ANYBODY),
    *(("bob", address) for address in MEMBER),
    *(("alice", address) for address in OPERATOR),
]


def furnish(operator: Browser) -> dict[str, str]:
    """Publish, upload, report and trace something; returns what addresses need. All in English."""
    now = timezone.now()
    edition = make_material(_NOTE, policy=Policy.VERBATIM, title="A short note")
    reported = report(text=_NOTE * 3, link="https://market.example/1", reporter=None, at=now)
    assert operator.member
    trace(reported.case, by=operator.member, at=now)
    draft = clean(upload(_ANOTHER, name="another.txt", today=now.date()), remove=())
    topic = sort(edition, name="Spring")
    wished = ask(operator.member, "A brief on opening hours", "", kind=Kind.REPORT, at=now)
    message = say(
        operator.member,
        Room.FREE,
        client_id=uuid4(),
        text="Welcome to everybody. See https://library.example/hours",
        quotation=Quotation(edition, 1),
        at=now,
    )
    pin(message, wanted=True, at=now)
    return {
        "message": str(message.pk),
        "topic": str(topic.pk),
        "request": str(wished.pk),
        "edition": edition.identity,
        "receipt": reported.receipt,
        "case": reported.case.number,
        "draft": str(draft.pk),
    }
