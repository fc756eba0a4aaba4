"""Plans: what a term costs, how long it lasts, and the calendar's corners."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from web.browsing import Browser
from wenxing_web.billing.actions.make import make
from wenxing_web.billing.actions.order import OrderError, confirm, place
from wenxing_web.billing.actions.redeem import Expired, redeem
from wenxing_web.billing.models import Code
from wenxing_web.members.actions.grant import NothingToAdd, grant
from wenxing_web.members.models import Member, Membership, Plan

pytestmark = pytest.mark.django_db
GRANT = Membership.Origin.GRANT
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
TODAY = date(2026, 11, 22)


def a_plan(**fields: object) -> Plan:
    return Plan.objects.create(**{"name_zh": "方案", "name_en": "Plan", **fields})


def dora() -> Member:
    return Member.objects.create_user("dora@example.org")


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-11-30", 1, "2026-12-30"),
    ],
)
def test_months_roll_to_the_same_day_or_the_last_of_a_shorter_month(
    start: str, months: int, end: str
) -> None:
    term = grant(dora(), a_plan(months=months), origin=GRANT, today=date.fromisoformat(start))
    assert term.ends_on == date.fromisoformat(end)


@pytest.mark.usefixtures("shanghai")
def test_a_plan_with_a_last_day_ends_then_whenever_it_begins() -> None:
    plan = a_plan(last_day=date(2027, 2, 28))
    for number, today in enumerate((TODAY, date(2027, 2, 28))):
        member = Member.objects.create_user(f"m{number}@example.org")
        term = grant(member, plan, origin=GRANT, today=today)
        assert (term.starts_on, term.last_day) == (today, date(2027, 2, 28))


@pytest.mark.usefixtures("shanghai")
def test_after_its_last_day_a_plan_opens_nothing() -> None:
    plan = a_plan(last_day=TODAY)
    member = dora()
    with pytest.raises(NothingToAdd):
        grant(member, plan, origin=GRANT, today=TODAY + timedelta(days=1))
    grant(member, plan, origin=GRANT, today=TODAY)
    with pytest.raises(NothingToAdd):
        grant(member, plan, origin=GRANT, today=TODAY)  # everything until then is there already
    assert member.memberships.count() == 1


@pytest.mark.usefixtures("shanghai")
def test_a_code_of_a_plan_that_adds_nothing_stays_unused() -> None:
    operator, member, plan = Member.objects.create_superuser("o@example.org"), dora(), a_plan(last_day=TODAY)
    first, second = make(plan, 2, last_day=None, by=operator, at=NOW).codes
    redeem(member, first, today=TODAY, at=NOW)
    with pytest.raises(Expired):
        redeem(member, second, today=TODAY, at=NOW)
    assert Code.objects.filter(used_at__isnull=True).count() == 1


@pytest.mark.usefixtures("shanghai")
def test_an_order_of_a_plan_that_has_ended_is_refused_and_stays_open() -> None:
    operator, member, plan = Member.objects.create_superuser("o@example.org"), dora(), a_plan(last_day=TODAY)
    order = place(member, plan, at=NOW)
    with pytest.raises(OrderError):
        confirm(order, by=operator, today=TODAY + timedelta(days=1), at=NOW)
    with pytest.raises(OrderError):
        place(Member.objects.create_user("e@example.org"), plan, at=NOW + timedelta(days=1))
    assert confirm(order, by=operator, today=TODAY, at=NOW).last_day == TODAY


@pytest.mark.usefixtures("shanghai")
@pytest.mark.usefixtures("shanghai")
def test_the_day_is_the_librarys_not_londons() -> None:
    """At 16:30 in London it is tomorrow in Shanghai: a plan that ended today is not sold any more."""
    plan = a_plan(last_day=TODAY)
    place(dora(), plan, at=datetime(2026, 11, 22, 15, 30, tzinfo=UTC))
    with pytest.raises(OrderError):
        place(
            Member.objects.create_user("e@example.org"), plan, at=datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
        )


def test_the_operator_sets_a_price_and_a_last_day(alice: Browser, carol: Browser) -> None:
    day = timezone.localdate() + timedelta(days=90)
    form = {"name_zh": "春季班", "name_en": "Spring", "years_back": "0", "months": "12"}
    sent = {**form, "last_day": str(day), "price": "199.5"}
    assert alice.post("/console/members/plans/", sent).status_code == 302
    plan = Plan.objects.get()
    assert (plan.last_day, plan.price_minor) == (day, 19_950)
    page = carol.get("/plans/").content.decode()
    assert str(day) in page
    assert "199.50" in page
    for change in ({"price": "-1"}, {"price": "1.234"}, {"last_day": "2020-01-01"}, {"last_day": "x"}):
        assert alice.post("/console/members/plans/", {**sent, **change}).status_code == 422
    assert Plan.objects.count() == 1


def test_the_operator_is_told_when_a_grant_would_add_nothing(alice: Browser, bob: Browser) -> None:
    plan = a_plan(last_day=timezone.localdate())  # bob's term runs longer
    answer = alice.post("/console/members/grant/", {"email": "bob@example.org", "plan": plan.pk})
    assert answer.status_code == 422
    assert "没有可加的" in answer.content.decode()
