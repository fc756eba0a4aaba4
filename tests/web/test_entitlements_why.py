"""The operator asks why a member can, or cannot, open something, and is told in words."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from web.browsing import Browser, signed_in
from web.making import PLAIN, make_material
from wenxing_web.console.queries import why
from wenxing_web.entitlements import Action, may
from wenxing_web.library.actions.withdraw import withdraw
from wenxing_web.library.models import Edition, Policy
from wenxing_web.members.actions.grant import grant
from wenxing_web.members.models import Member, Membership, Plan
from wenxing_web.members.queries import number_of

pytestmark = pytest.mark.django_db
ADDRESS = "/console/why/"
TODAY = date(2026, 11, 22)


def material(dated_on: date = TODAY, *, is_free: bool = False) -> Edition:
    return make_material(PLAIN, policy=Policy.VERBATIM, dated_on=dated_on, is_free=is_free)


def member(**fields: object) -> Member:
    fields = {"notice_seen_at": timezone.now(), **fields}
    return Member.objects.create_user("dora@example.org", None, **fields)


def give(who: Member, plan: Plan, today: date) -> None:
    grant(who, plan, origin=Membership.Origin.GRANT, today=today)


def sentences(who: Member, edition: Edition) -> str:
    """All of them; that the verdict is the rule's is checked on the way."""
    answer = why(who, edition, today=TODAY)
    if edition.withdrawn_at is None:
        assert answer.read == bool(may(who, Action.READ, edition.material, today=TODAY))
        assert answer.download == bool(may(who, Action.DOWNLOAD, edition.material, today=TODAY))
    assert (answer.refusal is None) == (answer.read and answer.download) or edition.withdrawn_at
    return " ".join(answer.sentences)


def test_a_term_and_its_archive_are_explained_with_their_days(plan: Plan) -> None:
    dora = member()
    give(dora, plan, date(2026, 6, 1))
    text = sentences(dora, material(date(2023, 6, 1)))
    assert "2027-05-31" in text
    assert "不早于 2023-06-01" in text
    older = sentences(dora, material(date(2023, 5, 31)))
    assert "2023-05-31，早于 2023-06-01" in older


def test_a_plan_without_a_limit_is_said_to_open_everything() -> None:
    dora, everything = member(), Plan.objects.create(name_zh="全", name_en="All", years_back=None)
    give(dora, everything, TODAY)
    assert "全部年份" in sentences(dora, material(date(1990, 1, 1)))


def test_no_term_an_old_one_and_one_to_come_are_told_apart(plan: Plan) -> None:
    dora, edition = member(), material()
    assert "从来没有" in sentences(dora, edition)
    give(dora, plan, date(2027, 1, 1))
    assert "2027-01-01 才开始" in sentences(dora, edition)
    dora.memberships.create(plan=plan, starts_on=date(2025, 1, 1), ends_on=date(2026, 1, 1))
    assert "2025-12-31 结束" in sentences(dora, edition)


@pytest.mark.parametrize(
    ("fields", "is_free", "words"),
    [
        ({"is_active": False}, True, "暂停"),
        ({"is_staff": True}, False, "运营者的账号"),
        ({}, True, "免费材料"),
        ({"is_staff": True, "is_active": False}, False, "暂停"),
    ],
)
def test_what_settles_it_before_any_term_is_the_only_reason(
    fields: dict[str, object], is_free: bool, words: str, plan: Plan
) -> None:
    dora = member(**fields)
    give(dora, plan, TODAY)
    answer = why(dora, material(is_free=is_free), today=TODAY)
    assert len(answer.sentences) == 1
    assert words in sentences(dora, answer.edition)


def test_a_member_who_has_not_been_told_may_read_only(plan: Plan) -> None:
    dora = member(notice_seen_at=None)
    give(dora, plan, TODAY)
    answer = why(dora, material(), today=TODAY)
    assert (answer.read, answer.download) == (True, False)
    assert "不能下载" in sentences(dora, answer.edition)


def test_a_withdrawn_edition_is_there_for_operators_only(plan: Plan) -> None:
    dora, edition = member(), material()
    give(dora, plan, TODAY)
    withdraw(edition, at=timezone.now())
    edition.refresh_from_db()
    answer = why(dora, edition, today=TODAY)
    assert (answer.read, answer.download) == (False, False)
    assert "撤下" in sentences(dora, edition)


def test_the_page_answers_without_number_and_without_text(alice: Browser, bob: Browser) -> None:
    assert bob.member
    edition = material(timezone.localdate() - timedelta(days=5_000))
    link = f"http://127.0.0.1:8000/m/{edition.identity}/?q=x"
    answer = alice.post(ADDRESS, {"email": "bob@example.org", "material": link})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "不能读" in page
    assert "早于" in page
    assert f">{number_of(bob.member)}<" not in page
    assert "左一" not in page
    assert edition.identity in alice.get(f"{ADDRESS}?material={edition.identity}").content.decode()


@pytest.mark.parametrize(
    "change", [{"email": "nobody@example.org"}, {"material": "x"}, {"material": "0" * 32}, {"material": ""}]
)
def test_what_is_not_there_is_said(alice: Browser, bob: Browser, change: dict[str, str]) -> None:
    sent = {"email": "bob@example.org", "material": material().identity}
    assert alice.post(ADDRESS, sent).status_code == 200
    refused = alice.post(ADDRESS, {**sent, **change})
    assert refused.status_code == 422
    assert "errorlist" in refused.content.decode()


def test_for_anybody_else_the_page_does_not_exist(alice: Browser, bob: Browser, carol: Browser) -> None:
    sent = {"email": "bob@example.org", "material": material().identity}
    assert alice.get(ADDRESS).status_code == 200
    for other in (bob, carol, signed_in(member())):
        assert other.get(ADDRESS).status_code == 404
        assert other.post(ADDRESS, sent).status_code == 404
