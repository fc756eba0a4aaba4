"""What pages ask about members, their numbers, terms and plans."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Max, QuerySet
from django.dispatch import Signal
from django.http import HttpRequest

from wenxing_web.members.models import Member, Membership, Plan, Recipient

BY_OPERATOR = Membership.Origin.GRANT  # where a term comes from that the operator opened


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's terms at a glance.

    Attributes:
        current: the term that covers today.
        last_day: the last day of the unbroken run of terms that covers today.
        opens_from: the first day whose materials are open; `None` when everything is, or nothing.
        opens_everything: whether the plan has no limit.
        terms: all terms, oldest first.
    """

    current: Membership | None
    last_day: date | None
    opens_from: date | None
    opens_everything: bool
    terms: tuple[Membership, ...]


def signed_in(request: HttpRequest) -> Member:
    """The member of a request, in a view behind `login_required`."""
    if not isinstance(request.user, Member):
        raise TypeError("a view asked for the member of an anonymous request")
    return request.user


@dataclass(frozen=True, slots=True)
class AccountNow:
    """What decides what an account may hear.

    Attributes:
        password: as it is kept, hashed; changes when the password does.
    """

    is_staff: bool
    password: str = field(repr=False)


def member_of_session(key: str) -> Member | None:
    """The account that is signed in with a session; `None` when nobody is, or it is suspended."""
    request = HttpRequest()
    request.session = SessionStore(key)
    user = get_user(request)
    return user if isinstance(user, Member) and user.is_active else None


def accounts_now(keys: Collection[int]) -> dict[int, AccountNow]:
    """Those of the accounts that are there and not suspended, by key."""
    rows = Member.objects.filter(pk__in=keys, is_active=True)
    return {
        pk: AccountNow(is_staff, password)
        for pk, is_staff, password in rows.values_list("pk", "is_staff", "password")
    }


def sessions_now(keys: Collection[str], *, at: datetime) -> set[str]:
    """Those of the sessions that have neither ended nor expired."""
    rows = Session.objects.filter(session_key__in=keys, expire_date__gt=at)
    return set(rows.values_list("session_key", flat=True))


def account_of(number: int) -> Member | None:
    """The account behind a recipient number; `None` when there is none (any more)."""
    recipient = Recipient.objects.select_related("member").filter(number=number).first()
    return recipient.member if recipient else None


def number_of(member: Member) -> int:
    """The recipient number of an account."""
    return int(Recipient.objects.values_list("number", flat=True).get(member=member))


def numbers() -> tuple[int, ...]:
    """Every recipient number ever given out, in order: the suspects of a trace."""
    return tuple(Recipient.objects.order_by("number").values_list("number", flat=True))


def number_table() -> bytes:
    """Which account every recipient number belongs to: a line `number TAB address` each, in order.

    Personal data, for the operator only; a stamp shows nothing but its digest.
    """
    rows = Recipient.objects.order_by("number").values_list("number", "member__email")
    return "".join(f"{number}\t{email or ''}\n" for number, email in rows).encode()


def member_by_email(email: str) -> Member | None:
    """The account with exactly this address, whatever its capitals."""
    return Member.objects.filter(email__iexact=email.strip()).first()


def standing(member: Member, *, today: date) -> Standing:
    """A member's current term and how long access lasts."""
    terms = tuple(member.memberships.select_related("plan").order_by("starts_on", "id"))
    current = next((term for term in terms if term.covers(today)), None)
    until = current.ends_on if current else None
    for term in terms:
        if until and term.starts_on <= until < term.ends_on:
            until = term.ends_on
    first = opens_from(terms, today)
    return Standing(
        current=current,
        last_day=until - timedelta(days=1) if until else None,
        opens_from=None if first == date.min else first,
        opens_everything=first == date.min,
        terms=terms,
    )


def plans_on_offer() -> QuerySet[Plan]:
    """Plans that a visitor may choose, the cheapest first."""
    return Plan.objects.filter(on_offer=True).order_by("price_minor", "id")


def plan_numbered(number: int) -> Plan | None:
    """A plan by its key."""
    return Plan.objects.filter(pk=number).first()


def reward_plan() -> Plan | None:
    """The plan that a reward is paid in: the first one that was set up."""
    return Plan.objects.order_by("id").first()


def all_members() -> QuerySet[Member]:
    """Every account with the last day of its terms as `open_until`, the newest first.

    Carries no recipient number: that a number belongs to an account is looked up in a case, with a reason.
    """
    return Member.objects.annotate(open_until=Max("memberships__ends_on")).order_by("-joined_at", "-id")


def opens_from(terms: Sequence[Membership], today: date) -> date | None:
    """The first day opened by the terms that cover `today`; `date.min` for everything, `None` for nothing."""
    days = []
    for term in (t for t in terms if t.covers(today)):
        if term.plan.years_back is None:
            return date.min
        days.append(_years_before(_run_start(term, terms), term.plan.years_back))
    return min(days, default=None)


def _run_start(term: Membership, terms: Sequence[Membership]) -> date:
    """The first day of the unbroken run of terms that `term` belongs to: renewing never closes anything."""
    start = term.starts_on
    for earlier in sorted(terms, key=lambda t: t.starts_on, reverse=True):
        if earlier.starts_on < start <= earlier.ends_on:
            start = earlier.starts_on
    return start


def _years_before(day: date, years: int) -> date:
    """The same day of the year, earlier; 29 February becomes 28 where it must."""
    year = max(day.year - years, date.min.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


exporting = Signal()
"""Sent with `member`; every app above answers with what it knows of the account, a dict of plain data."""


def own_data(member: Member) -> dict[str, Any]:
    """Everything the library knows of an account, for its owner: JSON-ready but for dates and times."""
    about: dict[str, Any] = {
        "format": 1,
        "account": {
            "email": member.email,
            "nickname": member.nickname,
            "joined_at": member.joined_at,
            "notice_seen_at": member.notice_seen_at,
            "number": number_of(member),
        },
        "terms": [
            {"plan": t.plan.name_zh, "from": t.starts_on, "to": t.last_day, "origin": t.origin}
            for t in member.memberships.select_related("plan").order_by("starts_on", "id")
        ],
    }
    for _receiver, part in exporting.send(Member, member=member):
        about |= part if isinstance(part, dict) else {}
    return about
