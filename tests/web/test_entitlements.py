"""Stream and N years: the rule, its edges, and that every refusal says why."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone, translation

from wenxing_web.entitlements import Action, Allowed, Decision, Denied, Reason, Visitor, may
from wenxing_web.members.models import Member, Plan

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@dataclass
class Paper:
    dated_on: date
    is_free: bool = False


def member(**fields: object) -> Member:
    fields = {"notice_seen_at": timezone.now(), **fields}
    return Member.objects.create_user("bob@example.org", "correct horse", **fields)


def subscribe(who: Member, start: str, end: str, years: int | None = 3) -> None:
    plan, _ = Plan.objects.get_or_create(years_back=years, defaults={"name_zh": "年", "name_en": "Year"})
    who.memberships.create(plan=plan, starts_on=date.fromisoformat(start), ends_on=date.fromisoformat(end))


def reading(who: Visitor, day: str, today: date = TODAY) -> Decision:
    return may(who, Action.READ, Paper(date.fromisoformat(day)), today=today)


def reason(decision: Decision) -> Reason | None:
    return decision.reason if isinstance(decision, Denied) else None


def test_a_free_material_is_open_to_anybody() -> None:
    paper = Paper(date(1990, 1, 1), is_free=True)
    for action in Action:
        assert may(AnonymousUser(), action, paper, today=TODAY) == Allowed()
        assert may(member(), action, paper, today=TODAY) == Allowed()
        Member.objects.all().delete()


def test_a_stranger_and_a_member_without_a_plan_are_told_so() -> None:
    assert reason(reading(AnonymousUser(), "2026-11-01")) is Reason.NOT_SIGNED_IN
    assert reason(reading(member(), "2026-11-01")) is Reason.NO_PLAN


def test_staff_open_everything() -> None:
    assert reading(member(is_staff=True), "1990-01-01") == Allowed()


@pytest.mark.parametrize(
    ("dated_on", "open_"),
    [("2023-06-01", True), ("2023-05-31", False), ("2026-11-22", True), ("2026-12-31", True)],
)
def test_a_term_opens_the_stream_and_so_many_years_before_it_began(dated_on: str, open_: bool) -> None:
    bob = member()
    subscribe(bob, "2026-06-01", "2027-06-01")
    decision = reading(bob, dated_on)
    assert bool(decision) is open_
    if isinstance(decision, Denied):
        assert decision.reason is Reason.OLDER_THAN_PLAN
        assert decision.from_day == date(2023, 6, 1)


@pytest.mark.parametrize(
    ("today", "open_"),
    [("2026-05-31", False), ("2026-06-01", True), ("2027-05-31", True), ("2027-06-01", False)],
)
def test_a_term_opens_from_its_first_day_until_before_its_last(today: str, open_: bool) -> None:
    bob = member()
    subscribe(bob, "2026-06-01", "2027-06-01")
    assert bool(reading(bob, "2026-06-01", date.fromisoformat(today))) is open_


def test_a_term_that_has_not_begun_is_no_plan_and_one_that_is_over_has_expired() -> None:
    bob = member()
    subscribe(bob, "2026-06-01", "2027-06-01")
    assert reason(reading(bob, "2026-06-01", date(2026, 5, 31))) is Reason.NO_PLAN
    assert reason(reading(bob, "2026-06-01", date(2027, 6, 1))) is Reason.EXPIRED


def test_renewing_never_closes_what_was_open() -> None:
    bob = member()
    subscribe(bob, "2024-06-01", "2025-06-01")
    subscribe(bob, "2025-06-01", "2026-06-01")
    subscribe(bob, "2026-06-01", "2027-06-01")
    assert reading(bob, "2021-06-01") == Allowed()
    assert reason(reading(bob, "2021-05-31")) is Reason.OLDER_THAN_PLAN


def test_a_gap_between_terms_begins_a_new_run() -> None:
    bob = member()
    subscribe(bob, "2024-06-01", "2025-06-01")
    subscribe(bob, "2025-06-02", "2027-06-01")
    assert reading(bob, "2022-06-02") == Allowed()
    assert reason(reading(bob, "2022-06-01")) is Reason.OLDER_THAN_PLAN


def test_a_plan_without_a_limit_opens_everything() -> None:
    bob = member()
    subscribe(bob, "2026-06-01", "2027-06-01", years=None)
    assert reading(bob, "1949-10-01") == Allowed()


def test_of_two_terms_the_more_generous_counts() -> None:
    bob = member()
    subscribe(bob, "2026-06-01", "2027-06-01", years=1)
    subscribe(bob, "2026-08-01", "2027-08-01", years=5)
    assert reading(bob, "2021-06-01") == Allowed()


def test_leap_day_counts_back_to_the_28th() -> None:
    bob = member()
    subscribe(bob, "2024-02-29", "2027-02-28")
    assert reading(bob, "2021-02-28") == Allowed()
    assert reason(reading(bob, "2021-02-27")) is Reason.OLDER_THAN_PLAN


def test_a_download_waits_for_the_notice_and_reading_does_not() -> None:
    bob = member(notice_seen_at=None)
    subscribe(bob, "2026-06-01", "2027-06-01")
    paper = Paper(date(2026, 11, 1))
    assert may(bob, Action.READ, paper, today=TODAY) == Allowed()
    assert reason(may(bob, Action.DOWNLOAD, paper, today=TODAY)) is Reason.NOTICE_NOT_READ
    bob.notice_seen_at = timezone.now()
    assert may(bob, Action.DOWNLOAD, paper, today=TODAY) == Allowed()


def test_a_suspended_account_opens_nothing() -> None:
    bob = member(is_active=False, is_staff=True)
    assert reason(reading(bob, "2026-11-01")) is Reason.SUSPENDED


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("why", list(Reason))
def test_every_refusal_says_what_happened_and_what_would_open_it(why: Reason, language: str) -> None:
    denied = Denied(why, from_day=date(2023, 6, 1))
    with translation.override(language):
        assert len(denied.text) > 5
        assert len(denied.opens) > 5
