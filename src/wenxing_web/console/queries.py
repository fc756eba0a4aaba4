"""What the operator's pages gather from the apps."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from wenxing_web.cases import queries as cases
from wenxing_web.delivery.queries import downloaded_on
from wenxing_web.entitlements import (
    Action,
    Decision,
    Denied,
    Room,
    downloads_a_day,
    may,
    may_download_another,
    may_enter,
    request_priority,
    visible_to,
)
from wenxing_web.library import queries as library
from wenxing_web.library.models import Draft, Edition
from wenxing_web.members.models import Member
from wenxing_web.members.queries import Standing, standing
from wenxing_web.rooms.queries.hosting import waiting_reports

_SHOWN = 5
_SITES_A_PAGE = 240


@dataclass(frozen=True, slots=True)
class Desk:
    """What needs a person, and what happened last."""

    drafts: tuple[Draft, ...]
    cases: int
    reported: int  # messages of the rooms
    editions: tuple[Edition, ...]

    @property
    def is_clear(self) -> bool:
        """Nothing waits."""
        return not self.drafts and not self.cases and not self.reported


def desk() -> Desk:
    """The operator's first page."""
    return Desk(
        drafts=tuple(library.open_drafts()),
        cases=cases.waiting_cases(),
        reported=waiting_reports(),
        editions=tuple(library.editions()[:_SHOWN]),
    )


def proof_sheet(draft: Draft, *, view: str, show: str, page: str) -> dict[str, Any]:
    """Everything the sheet of a proof shows.

    Args:
        view: `text` (the running text) or `rules`.
        show: see `library.groups`.
        page: of the rules, from 1; there are more than one when a document is long.
    """
    context = _standing(draft, view=view, show=show)
    if view == "text":
        return context | {"passages": library.passages(draft)}
    pages = _pages(library.groups(draft, show))
    at = min(int(page), len(pages))
    return context | {"groups": pages[at - 1], "page": at, "pages": range(1, len(pages) + 1)}


def proof_changes(
    draft: Draft, before: library.Decisions, *, view: str, show: str, page: str
) -> dict[str, Any]:
    """What of the sheet is different since `before`."""
    after = library.decisions(draft)
    if before.own != after.own or before.displaced() != after.displaced():
        return proof_sheet(draft, view=view, show=show, page=page) | {"whole": True}
    numbers = {
        n
        for n in range(len(after.sites))
        if (before.state(n), before.used(n)) != (after.state(n), after.used(n))
    }
    context = _standing(draft, view=view, show=show)
    if view == "text":
        places = [p for passage in library.passages(draft) for p in passage.pieces if p.site]
        return context | {"places": [p for p in places if p.site and p.site.number in numbers]}
    groups = [group for group in library.groups(draft) if numbers.intersection(group.numbers)]
    sites = [site for group in groups for site in group.sites if site.number in numbers]
    return context | {"changed_groups": groups, "changed_sites": sites}


def _standing(draft: Draft, *, view: str, show: str) -> dict[str, Any]:
    return {
        "draft": draft,
        "tally": library.tally(draft),
        "gauge": library.gauge(draft),
        "signs": library.official_signs_of(draft),
        "outdated": library.is_outdated(draft),
        "scanned": library.pages_scanned(draft),
        "view": view,
        "show": show,
    }


def _pages(groups: list[library.Group]) -> list[list[library.Group]]:
    """Whole groups together, as many as fit a page."""
    pages: list[list[library.Group]] = [[]]
    for group in groups:
        if pages[-1] and sum(len(g.sites) for g in pages[-1]) + len(group.sites) > _SITES_A_PAGE:
            pages.append([])
        pages[-1].append(group)
    return pages


@dataclass(frozen=True, slots=True)
class Why:
    """Whether one account may open one edition, and the facts that decide it, a sentence each."""

    edition: Edition
    read: bool
    download: bool
    refusal: Denied | None  # of reading, else of downloading
    sentences: tuple[str, ...]
    benefits: tuple[str, ...]  # what the plan opens besides documents, and what is left of it today


def why(member: Member, edition: Edition, *, today: date) -> Why:
    """The answer of the rule that the library itself asks, and why it is so."""
    there = visible_to(member, Edition.objects.filter(pk=edition.pk)).exists()
    read = may(member, Action.READ, edition.material, today=today)
    download = _may_download(member, edition, today)
    refused: list[Decision] = [decision for decision in (read, download) if not decision]
    first = refused[0] if refused and there else None
    return Why(
        edition=edition,
        read=there and bool(read),
        download=there and bool(download),
        refusal=first if isinstance(first, Denied) else None,
        sentences=tuple(_reasons(member, edition, there=there, today=today)),
        benefits=tuple(_benefits(member, today)),
    )


def _may_download(member: Member, edition: Edition, today: date) -> Decision:
    """As `deliver` has it: the material, then the plan's downloads a day."""
    decision = may(member, Action.DOWNLOAD, edition.material, today=today)
    taken = downloaded_on(member, today)
    if not decision or edition.material.is_free or edition.pk in taken:
        return decision
    return may_download_another(member, taken=len(taken), today=today)


def _benefits(member: Member, today: date) -> Iterator[str]:
    room = may_enter(member, Room.MEMBERS, today=today)
    if isinstance(room, Denied):
        yield _("不能进会员会客厅。会员看到的话：%(words)s") % {"words": room.text}
    else:
        yield _("能进会员会客厅。")
    limit = downloads_a_day(member, today=today)
    if limit is not None:
        taken = len(downloaded_on(member, today))
        yield _("每天可下载 %(limit)s 份，今天下载过 %(taken)s 份。") % {"limit": limit, "taken": taken}
    priority = request_priority(member, today=today)
    if priority:
        yield _("求稿优先级是 %(n)s。") % {"n": priority}


def _reasons(member: Member, edition: Edition, *, there: bool, today: date) -> Iterator[str]:
    """The facts in the order in which they decide; nothing after the one that settled it."""
    if not there:
        yield _("这一版已经撤下，除了运营者谁也打不开。")
        return
    if not member.is_active:
        yield _("这个账号已暂停使用，什么都打不开。")
        return
    if edition.material.is_free:
        yield _("这是免费材料，任何人都能打开。")
        return
    if member.is_staff:
        yield _("这是运营者的账号，什么都能打开。")
        return
    yield from _of_terms(standing(member, today=today), edition.material.dated_on, today)
    if member.notice_seen_at is None:
        yield _("会员还没有确认读过关于专属副本的说明；确认之前只能读，不能下载。")


def _of_terms(terms: Standing, dated_on: date, today: date) -> Iterator[str]:
    if not terms.terms:
        yield _("这个账号从来没有开通过会员。")
        return
    if terms.current is None:
        yield from _between(terms, today)
        return
    last_day = terms.last_day or terms.current.last_day
    yield _("会员期有效，到 %(day)s（含当日）。") % {"day": last_day.isoformat()}
    if terms.opens_from is None:
        yield _("方案包括全部年份的存档。")
        return
    days = {"dated": dated_on.isoformat(), "first": terms.opens_from.isoformat()}
    yield _("从会员期没有中断的第一天往前算方案所含的年数，可读 %(first)s 及以后的材料。") % days
    if dated_on >= terms.opens_from:
        yield _("材料的日期是 %(dated)s，不早于 %(first)s。") % days
    else:
        yield _("材料的日期是 %(dated)s，早于 %(first)s。") % days


def _between(terms: Standing, today: date) -> Iterator[str]:
    """No term covers today: what was, and what will be."""
    over = [term.last_day for term in terms.terms if term.ends_on <= today]
    later = [term.starts_on for term in terms.terms if term.starts_on > today]
    if over:
        yield _("会员期已在 %(day)s 结束。") % {"day": max(over).isoformat()}
    if later:
        yield _("会员期从 %(day)s 才开始。") % {"day": min(later).isoformat()}
