"""The rule against a slow oracle: a grid of every standing and every edge, and dates nobody thought of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from web.oracle import Person, Term, answer, downloading, earlier, entering, weight
from wenxing_web.entitlements import (
    Action,
    Decision,
    Denied,
    Room,
    Visitor,
    decider,
    may,
    may_download_another,
    may_enter,
    request_priority,
    who_may_enter,
)
from wenxing_web.members.actions.grant import grant
from wenxing_web.members.models import Member, Membership, Plan

pytestmark = pytest.mark.django_db
TODAY = date(2028, 2, 29)
TOLD = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Paper:
    dated_on: date
    is_free: bool = False


def said(decision: Decision) -> str:
    return decision.reason.value if isinstance(decision, Denied) else "yes"


@contextmanager
def existing(who: Person) -> Iterator[Visitor]:
    """An account of this standing, gone afterwards."""
    if not who.signed_in:
        yield AnonymousUser()
        return
    with transaction.atomic():
        member = Member.objects.create_user(
            "dora@example.org",
            is_active=who.active,
            is_staff=who.staff,
            notice_seen_at=TOLD if who.told else None,
        )
        for term in who.terms:
            plan = Plan.objects.create(
                name_zh="方案",
                name_en="Plan",
                years_back=term.years,
                opens_room=term.room,
                request_priority=term.priority,
                downloads_a_day=term.downloads,
            )
            member.memberships.create(plan=plan, starts_on=term.starts_on, ends_on=term.ends_on)
        yield member
        transaction.set_rollback(True)


STANDINGS = {
    "stranger": Person(signed_in=False),
    "suspended": Person(active=False),
    "suspended operator": Person(active=False, staff=True),
    "operator": Person(staff=True),
    "not told": Person(told=False),
    "member": Person(),
}
YEARS = (None, 0, 1, 3, 4)


def term(start: str, end: str) -> Callable[[int | None], Term]:
    return lambda years: Term(date.fromisoformat(start), date.fromisoformat(end), years)


SHAPES = {
    "none": [],
    "to come": [term("2028-03-01", "2029-03-01")],
    "first day": [term("2028-02-29", "2029-02-28")],
    "last day": [term("2027-03-01", "2028-03-01")],
    "over today": [term("2027-02-28", "2028-02-29")],
    "renewed": [term("2026-06-01", "2027-06-01"), term("2027-06-01", "2028-06-01")],
    "gap of a day": [term("2026-06-01", "2027-06-01"), term("2027-06-02", "2028-06-02")],
    "overlapping": [term("2026-06-01", "2028-06-01"), term("2028-01-01", "2029-01-01")],
    "since a leap day": [term("2024-02-29", "2028-03-01")],
}
DATES = [
    date(1990, 1, 1),
    *(day + timedelta(days=shift)
      for day in (date(2023, 2, 28), date(2024, 2, 29), date(2025, 2, 28), date(2026, 6, 1), TODAY)
      for shift in (-1, 0, 1)),
    date(2028, 12, 31),
]  # fmt: skip
CELLS = list(product(STANDINGS, SHAPES, YEARS))


def test_the_grid_is_as_large_as_promised() -> None:
    assert len(CELLS) * len(DATES) >= 300
    assert len(DATES) == len(set(DATES)) == 17


@pytest.mark.parametrize(("standing", "shape", "years"), CELLS)
def test_every_cell_of_standing_term_plan_and_date(standing: str, shape: str, years: int | None) -> None:
    who = replace(STANDINGS[standing], terms=tuple(make(years) for make in SHAPES[shape]))
    with existing(who) as visitor:
        decide = decider(visitor, today=TODAY)
        for dated_on, action, is_free in product(DATES, Action, (False, True)):
            paper = Paper(dated_on, is_free)
            takes = action is Action.DOWNLOAD
            expected = answer(who, downloading=takes, dated_on=dated_on, is_free=is_free, today=TODAY)
            assert said(decide(action, paper)) == expected, (dated_on, action, is_free)


DAYS = st.dates(date(2023, 12, 1), date(2028, 4, 1))
TERMS = st.builds(
    lambda start, length, years, benefits: Term(start, start + timedelta(days=length), years, *benefits),
    DAYS,
    st.integers(1, 500),
    st.sampled_from(YEARS),
    st.tuples(st.booleans(), st.integers(0, 9), st.sampled_from((0, 1, 2, 5))),
)
MEMBERS = st.builds(Person, told=st.booleans(), terms=st.lists(TERMS, max_size=4).map(tuple))
LEAP = Person(terms=(Term(date(2024, 2, 29), date(2024, 3, 1), 1),))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(MEMBERS, DAYS, st.lists(st.dates(date(2018, 1, 1), date(2029, 1, 1)), min_size=1, max_size=6))
@example(LEAP, date(2024, 2, 29), [date(2023, 2, 27), date(2023, 2, 28), date(2023, 3, 1)])
def test_any_terms_on_any_day_answer_as_the_oracle_and_lists_as_items(
    who: Person, today: date, dates: list[date]
) -> None:
    with existing(who) as member:
        decide = decider(member, today=today)  # what lists use: the terms are read once
        for dated_on, action in product(dates, Action):
            paper = Paper(dated_on)
            takes = action is Action.DOWNLOAD
            expected = answer(who, downloading=takes, dated_on=dated_on, is_free=False, today=today)
            assert said(decide(action, paper)) == expected
            assert decide(action, paper) == may(member, action, paper, today=today)


STANDING = st.builds(
    Person,
    signed_in=st.sampled_from((True, True, True, False)),
    active=st.sampled_from((True, True, True, False)),
    staff=st.sampled_from((True, False, False, False)),
    terms=st.lists(TERMS, max_size=4).map(tuple),
)


def assert_benefits(who: Person, visitor: Visitor, today: date) -> None:
    """Rooms, downloads a day and priority, for one and for many, as the oracle has them."""
    for room in Room:
        expected = entering(who, members_only=room is Room.MEMBERS, today=today)
        assert said(may_enter(visitor, room, today=today)) == expected
        if isinstance(visitor, Member):
            assert (who_may_enter([visitor.pk], room, today=today) == {visitor.pk}) == (expected == "yes")
    for taken in range(7):
        expected = downloading(who, taken=taken, today=today)
        assert said(may_download_another(visitor, taken=taken, today=today)) == expected
    assert request_priority(visitor, today=today) == weight(who, today=today)


@pytest.mark.parametrize(("standing", "shape", "room"), list(product(STANDINGS, SHAPES, (True, False))))
def test_every_cell_of_standing_term_and_benefits(standing: str, shape: str, room: bool) -> None:
    terms = [replace(make(3), room=room, priority=at, downloads=at) for at, make in enumerate(SHAPES[shape])]
    for ordered in (terms, [replace(term, downloads=2) for term in terms]):
        who = replace(STANDINGS[standing], terms=tuple(ordered))
        with existing(who) as visitor:
            assert_benefits(who, visitor, TODAY)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(STANDING, DAYS)
def test_any_terms_on_any_day_have_the_benefits_that_the_oracle_says(who: Person, today: date) -> None:
    with existing(who) as visitor:
        assert_benefits(who, visitor, today)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(MEMBERS, DAYS, st.sampled_from(YEARS), st.integers(1, 24))
def test_another_term_never_closes_what_is_open(
    who: Person, today: date, years: int | None, months: int
) -> None:
    with existing(replace(who, told=True)) as member:
        assert isinstance(member, Member)
        papers = [Paper(today - timedelta(days=back)) for back in range(0, 2_400, 97)]
        before = [bool(may(member, Action.READ, paper, today=today)) for paper in papers]
        plan = Plan.objects.create(name_zh="续", name_en="More", years_back=years)
        had = set().union(*(term.days() for term in who.terms))
        made = grant(member, plan, origin=Membership.Origin.GRANT, today=today, months=months, at=TOLD)
        after = [bool(may(member, Action.READ, paper, today=today)) for paper in papers]
        assert all(now for was, now in zip(before, after, strict=True) if was)
        assert made.starts_on == max({today, *(day + timedelta(days=1) for day in had)})


@settings(derandomize=True)
@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 50))
def test_the_oracle_keeps_the_name_of_the_day(day: date, years: int) -> None:
    found = earlier(day, years)
    assert (found.month, day.year - found.year) == (day.month, years)
    assert found.day == day.day or (day.month, day.day, found.day) == (2, 29, 28)


def test_the_comparison_would_notice_a_wrong_rule() -> None:
    """A term shifted by one day, or one year too many, gives another answer somewhere in the grid."""
    right = Person(terms=(Term(date(2027, 3, 1), date(2028, 3, 1), 3),))
    for wrong in (
        Term(date(2027, 3, 1), date(2028, 2, 29), 3),
        Term(date(2027, 3, 1), date(2028, 3, 1), 4),
        Term(date(2027, 3, 1), date(2028, 3, 1), 0),
    ):
        with existing(Person(terms=(wrong,))) as member:
            decide = decider(member, today=TODAY)
            assert any(
                said(decide(Action.READ, Paper(day)))
                != answer(right, downloading=False, dated_on=day, is_free=False, today=TODAY)
                for day in [*DATES, date(2024, 3, 1), date(2023, 3, 1)]
            )
