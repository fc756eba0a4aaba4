"""Which events become notices, of which kind, and who can say what they mean. See the app's docstring."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from wenxing_web.members.models import Member
from wenxing_web.notices.models import Kind, Mail
from wenxing_web.notices.queries import cases, editions, requests, talk, terms
from wenxing_web.notices.queries.lines import Facts, Line

Teller = Callable[[Member, Sequence[Facts]], list[Line | None]]
"""From a reader and the facts of some notices to their lines, in order; `None` for what is gone."""

Hearers = Callable[[Sequence[Member], Facts, date], list[Member]]
"""Of some accounts, with the facts and the day: those to whom an event for everybody means something."""

Addressees = Callable[[Facts, date], list[Member]]
"""From the facts and the day to the accounts that an event of a room is for."""


@dataclass(frozen=True, slots=True)
class Told:
    """What becomes of an event.

    Attributes:
        tell: says what it means.
        hearers: needed for events that go out to everybody.
        addressees: needed for events that go out to a room.
    """

    kind: Kind
    tell: Teller
    hearers: Hearers | None = None
    addressees: Addressees | None = None


EVENTS: Mapping[str, Told] = {
    "edition.published": Told(Kind.EDITION, editions.tell, editions.hearers),
    "plan.opened": Told(Kind.PLAN, terms.tell_opened),
    "term.ending": Told(Kind.TERM, terms.tell_ending),
    "downloads.used": Told(Kind.DOWNLOADS, terms.tell_used),
    "case.news": Told(Kind.CASE, cases.tell),
    "request.answered": Told(Kind.REQUEST, requests.tell),
    "message.posted": Told(Kind.ROOM, talk.tell_spoken_to, addressees=talk.addressees),
    "voice.muted": Told(Kind.MODERATION, talk.tell_muted),
}

DEFAULTS: Mapping[Kind, tuple[bool, Mail]] = {  # at the bell, and by e-mail
    Kind.EDITION: (True, Mail.DAILY),
    Kind.PLAN: (True, Mail.NOW),
    Kind.TERM: (True, Mail.NOW),
    Kind.DOWNLOADS: (True, Mail.NEVER),
    Kind.CASE: (True, Mail.NOW),
    Kind.REQUEST: (True, Mail.NOW),
    Kind.ROOM: (True, Mail.DAILY),
    Kind.MODERATION: (True, Mail.NOW),
}
