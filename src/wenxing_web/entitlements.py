"""The one place that answers "may this member?".

    staff                      everything
    a free material            anybody
    a term that covers today   what is dated on or after the first day of the unbroken run of terms
                               less the plan's years; a plan without a limit opens everything
    the members' room          a term that covers today, of a plan that opens it; the free room any account
    downloads a day, priority  the most generous of the terms that cover today

The list and the item ask the same question, so that nothing is shown that
cannot be opened without saying why.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any, Protocol, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from wenxing_web.members.models import Member, Membership, Plan
from wenxing_web.members.queries import opens_from

Visitor = Member | AnonymousUser
M = TypeVar("M", bound=Model)


class Dated(Protocol):
    """What the rule needs to know of a material."""

    @property
    def dated_on(self) -> Any:
        """A `date`: what decides which plan opens it."""

    @property
    def is_free(self) -> Any:
        """A `bool`: whether it is open to anybody."""


class Action(StrEnum):
    """What a member wants to do."""

    READ = "read"
    DOWNLOAD = "download"


class Room(StrEnum):
    """Where members talk."""

    MEMBERS = "members"
    FREE = "free"


class Reason(StrEnum):
    """Why not."""

    NOT_SIGNED_IN = "not-signed-in"
    SUSPENDED = "suspended"
    NO_PLAN = "no-plan"
    EXPIRED = "expired"
    OLDER_THAN_PLAN = "older-than-plan"
    NOTICE_NOT_READ = "notice-not-read"
    DOWNLOADS_USED = "downloads-used"
    ROOM_NOT_SIGNED_IN = "room-not-signed-in"
    ROOM_NO_PLAN = "room-no-plan"
    ROOM_EXPIRED = "room-expired"
    ROOM_NOT_IN_PLAN = "room-not-in-plan"


_TEXT: dict[Reason, str | Promise] = {
    Reason.NOT_SIGNED_IN: _("这份材料供会员阅读，您还没有登录。"),
    Reason.SUSPENDED: _("这个账号已暂停使用。"),
    Reason.NO_PLAN: _("这份材料供会员阅读，您的账号还没有开通会员。"),
    Reason.EXPIRED: _("您的会员期已经结束。"),
    Reason.OLDER_THAN_PLAN: _("这份材料早于您的会员可读的年份。"),
    Reason.NOTICE_NOT_READ: _("下载之前，请先读一读关于专属副本的说明。"),
    Reason.ROOM_NOT_SIGNED_IN: _("会客厅供有账号的读者交谈，您还没有登录。"),
    Reason.ROOM_NO_PLAN: _("会员会客厅供会员交谈，您的账号还没有开通会员。"),
    Reason.ROOM_EXPIRED: _("您的会员期已经结束，会员会客厅也随之关上。"),
    Reason.ROOM_NOT_IN_PLAN: _("您的会员方案不含会员会客厅。"),
}
_OPENS: dict[Reason, str | Promise] = {
    Reason.NOT_SIGNED_IN: _("登录后即可阅读。"),
    Reason.SUSPENDED: _("如有疑问，请联系运营者。"),
    Reason.NO_PLAN: _("开通会员后即可阅读。"),
    Reason.EXPIRED: _("续期后即可继续阅读。"),
    Reason.NOTICE_NOT_READ: _("读过说明并确认后，即可下载。"),
    Reason.DOWNLOADS_USED: _("过了零点又可以下载。在线阅读不受影响，今天下载过的还可以再下载。"),
    Reason.ROOM_NOT_SIGNED_IN: _("登录后即可进入。"),
    Reason.ROOM_NO_PLAN: _("开通会员后即可进入；公共会客厅随时欢迎您。"),
    Reason.ROOM_EXPIRED: _("续期后即可再进，您说过的话都还在；公共会客厅随时欢迎您。"),
    Reason.ROOM_NOT_IN_PLAN: _("换成含会员会客厅的方案后即可进入；公共会客厅随时欢迎您。"),
}


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """No, and why.

    Attributes:
        reason: for code.
        from_day: with `OLDER_THAN_PLAN`, the first day that the member's plan opens.
        limit: with `DOWNLOADS_USED`, how many downloads a day the member's plan has.
    """

    reason: Reason
    from_day: date | None = None
    limit: int = 0

    def __bool__(self) -> bool:
        return False

    @property
    def text(self) -> str:
        """What happened, one sentence in the reader's language."""
        if self.reason is Reason.DOWNLOADS_USED:
            text = ngettext(
                "今天已经下载了 %(n)s 份，这是您的方案每天的上限。",
                "今天已经下载了 %(n)s 份，这是您的方案每天的上限。",
                self.limit,
            )
            return text % {"n": self.limit}
        return str(_TEXT[self.reason])

    @property
    def opens(self) -> str:
        """What would open it, one sentence in the reader's language."""
        if self.reason is Reason.OLDER_THAN_PLAN:
            day = self.from_day.isoformat() if self.from_day else ""
            return gettext("您的会员可读 %(day)s 及以后的材料；年份更长的会员可读更早的。") % {"day": day}
        return str(_OPENS[self.reason])


Decision = Allowed | Denied


def may(member: Visitor, action: Action, material: Dated, *, today: date) -> Decision:
    """Whether a member may do something with a material. Pure but for reading the member's terms.

    Args:
        today: the day in the library's time zone.
    """
    return decider(member, today=today)(action, material)


def decider(member: Visitor, *, today: date) -> Callable[[Action, Dated], Decision]:
    """The same question for many materials: the member's terms are read once."""
    terms: list[Membership] | None = None

    def read_once() -> list[Membership]:
        nonlocal terms
        if terms is None:
            assert isinstance(member, Member), "anybody else was answered"
            terms = list(member.memberships.select_related("plan"))
        return terms

    return lambda action, material: _decide(member, action, material, read_once, today)


def among(members: Sequence[Member], action: Action, material: Dated, *, today: date) -> list[Member]:
    """Those of some accounts who may do something with a material, in order: `may`, asked in one query."""
    terms: defaultdict[int, list[Membership]] = defaultdict(list)
    for term in Membership.objects.filter(member__in=members).select_related("plan"):
        terms[term.member_id].append(term)
    return [m for m in members if _decide(m, action, material, partial(terms.__getitem__, m.pk), today)]


def opens_since(member: Visitor, *, today: date) -> date | None:
    """The first day whose materials a visitor may read; `None` when only free ones are open.

    For narrowing a question to the database or the index; whether a material may be read, `may` says.
    """
    if not isinstance(member, Member) or not member.is_active:
        return None
    if member.is_staff:
        return date.min
    return opens_from(list(member.memberships.select_related("plan")), today)


def visible_to(member: Visitor, editions: QuerySet[M]) -> QuerySet[M]:
    """The editions that exist for a visitor: what is not withdrawn; staff see what was, too.

    Locked ones are listed and say why (`may`); whatever is not in here is "not found" for the visitor.
    """
    if isinstance(member, Member) and member.is_active and member.is_staff:
        return editions
    return editions.filter(withdrawn_at__isnull=True)


def may_enter(member: Visitor, room: Room, *, today: date) -> Decision:
    """Whether somebody may read and speak in a room; both are the same question."""
    if not isinstance(member, Member):
        return Denied(Reason.ROOM_NOT_SIGNED_IN)
    if not member.is_active:
        return Denied(Reason.SUSPENDED)
    if member.is_staff or room is Room.FREE:
        return Allowed()
    begun = [term for term in member.memberships.select_related("plan") if term.starts_on <= today]
    running = [term for term in begun if term.covers(today)]
    if any(term.plan.opens_room for term in running):
        return Allowed()
    if running:
        return Denied(Reason.ROOM_NOT_IN_PLAN)
    return Denied(Reason.ROOM_EXPIRED if begun else Reason.ROOM_NO_PLAN)


def who_may_enter(keys: Collection[int], room: Room, *, today: date) -> set[int]:
    """`may_enter` for many accounts at once: those of the keys that it allows."""
    accounts = Member.objects.filter(pk__in=keys, is_active=True)
    if room is Room.MEMBERS:
        terms = Membership.objects.filter(
            member=OuterRef("pk"), starts_on__lte=today, ends_on__gt=today, plan__opens_room=True
        )
        accounts = accounts.filter(Q(is_staff=True) | Exists(terms))
    return set(accounts.values_list("pk", flat=True))


def downloads_a_day(member: Visitor, *, today: date) -> int | None:
    """How many editions a member may download in a day; `None` when nothing limits them.

    Limits members' materials only: whether a material may be downloaded at all is `may`.
    """
    if not isinstance(member, Member) or member.is_staff:
        return None
    limits = [plan.downloads_a_day for plan in _plans_running(member, today)]
    return max(limits) if limits and all(limits) else None


def may_download_another(member: Visitor, *, taken: int, today: date) -> Decision:
    """Whether a member who has downloaded `taken` editions today may download one more."""
    limit = downloads_a_day(member, today=today)
    return Allowed() if limit is None or taken < limit else Denied(Reason.DOWNLOADS_USED, limit=limit)


def request_priority(member: Visitor, *, today: date) -> int:
    """How much a member's requests weigh beside others': 0 … 9."""
    if not isinstance(member, Member):
        return 0
    return max((plan.request_priority for plan in _plans_running(member, today)), default=0)


def _plans_running(member: Member, today: date) -> list[Plan]:
    terms = member.memberships.filter(starts_on__lte=today, ends_on__gt=today).select_related("plan")
    return [term.plan for term in terms]


def _decide(
    member: Visitor, action: Action, material: Dated, terms: Callable[[], list[Membership]], today: date
) -> Decision:
    decision = _without_terms(member, material)
    if decision is not None:
        return decision
    assert isinstance(member, Member), "anybody else was answered"
    by_plan = _by_plan(terms(), material.dated_on, today)
    if by_plan and action is Action.DOWNLOAD and member.notice_seen_at is None:
        return Denied(Reason.NOTICE_NOT_READ)
    return by_plan


def _without_terms(member: Visitor, material: Dated) -> Decision | None:
    """What is decided before anybody looks at terms; `None` when they decide."""
    if isinstance(member, Member) and not member.is_active:
        return Denied(Reason.SUSPENDED)
    if material.is_free:
        return Allowed()
    if not isinstance(member, Member):
        return Denied(Reason.NOT_SIGNED_IN)
    return Allowed() if member.is_staff else None


def _by_plan(terms: list[Membership], dated_on: date, today: date) -> Decision:
    begun = [term for term in terms if term.starts_on <= today]
    if not begun:
        return Denied(Reason.NO_PLAN)
    first = opens_from(begun, today)
    if first is None:
        return Denied(Reason.EXPIRED)
    return Allowed() if dated_on >= first else Denied(Reason.OLDER_THAN_PLAN, from_day=first)
