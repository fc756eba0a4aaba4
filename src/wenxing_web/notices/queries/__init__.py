"""What pages and letters ask about notices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from wenxing_web.members.models import Member
from wenxing_web.notices.models import Choice, Kind, Language, Mail, Notice, Place
from wenxing_web.notices.queries.kinds import DEFAULTS, EVENTS
from wenxing_web.notices.queries.lines import Line

_ON_A_PAGE = 30
MANY = 99  # unread notices are counted up to here


@dataclass(frozen=True, slots=True)
class Said:
    """A notice in words; `line` is `None` when what it was about is gone."""

    notice: Notice
    line: Line | None


def unread(member: Member) -> int:
    """How many notices at the bell are unread, counted up to `MANY` + 1."""
    rows = Notice.objects.filter(member=member, at_bell=True, read_at__isnull=True)
    return rows.order_by()[: MANY + 1].count()


def page_of(member: Member, number: str | None) -> tuple[list[Said], Page[Notice]]:
    """A page of what is at the bell, the newest first."""
    rows = Notice.objects.filter(member=member, at_bell=True).order_by("-id")
    page = Paginator(rows, _ON_A_PAGE).get_page(number)
    return in_words(member, list(page)), page


def notice_of(member: Member, number: int) -> Said | None:
    """The member's own notice of this number; somebody else's is `None`."""
    found = Notice.objects.filter(member=member, pk=number).first()
    return in_words(member, [found])[0] if found else None


def in_words(reader: Member, notices: Sequence[Notice]) -> list[Said]:
    """Notices of one account in the language at hand, in order; each sort of event is asked for once."""
    lines: dict[int, Line | None] = {}
    for event, told in EVENTS.items():
        some = [notice for notice in notices if notice.told == event]
        if some:
            said = told.tell(reader, [notice.facts for notice in some])
            lines |= {notice.pk: line for notice, line in zip(some, said, strict=True)}
    return [Said(notice, lines.get(notice.pk)) for notice in notices]


def choices_of(members: Iterable[Member], kind: Kind) -> dict[int, tuple[bool, Mail]]:
    """How some accounts want to be told of one kind, by account: at the bell, and by e-mail."""
    keys = [member.pk for member in members]
    chosen: dict[int, tuple[bool, Mail]] = dict.fromkeys(keys, DEFAULTS[kind])
    for row in Choice.objects.filter(member__in=keys, kind=kind):
        chosen[row.member_id] = (row.at_bell, Mail(row.mail))
    return chosen


def all_choices(member: Member) -> dict[Kind, tuple[bool, Mail]]:
    """How one account wants to be told, by kind."""
    chosen = dict(DEFAULTS)
    for row in Choice.objects.filter(member=member, kind__in=DEFAULTS):
        chosen[Kind(row.kind)] = (row.at_bell, Mail(row.mail))
    return chosen


def bell_of(member: Member) -> dict[str, int | str]:
    """What the bell shows: how many are `unread`, and how that is written."""
    count = unread(member)
    return {"unread": count, "shown": f"{MANY}+" if count > MANY else str(count)}


def language_of(member: Member) -> str | None:
    """The language of an account's letters; empty when it wants all, `None` when nothing is known."""
    return Language.objects.filter(member=member).values_list("code", flat=True).first()


def followed() -> int:
    """The event up to which the outbox was followed."""
    return Place.objects.filter(pk=1).values_list("event", flat=True).first() or 0
