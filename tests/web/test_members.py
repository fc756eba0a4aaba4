"""Signing up and in, the notice, terms, one's own page."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from web.browsing import Browser
from wenxing_web.ledger.models import Entry
from wenxing_web.ledger.queries import verify
from wenxing_web.members.actions.acknowledge import acknowledge
from wenxing_web.members.actions.grant import grant
from wenxing_web.members.actions.suspend import reinstate, suspend
from wenxing_web.members.models import Member, Membership, Plan, Recipient
from wenxing_web.members.queries import account_of, member_by_email, number_of, numbers, standing

pytestmark = pytest.mark.django_db
FORM = {"email": "dan@example.org", "password1": "correct horse", "notice": "on"}


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> None:
    cache.clear()


def test_signing_up_needs_the_notice(carol: Browser) -> None:
    refused = carol.post("/accounts/signup/", {**FORM, "notice": ""})
    assert refused.status_code == 200
    assert "专属副本" in refused.content.decode()
    assert not Member.objects.exists()
    assert carol.post("/accounts/signup/", FORM).status_code == 302
    dan = Member.objects.get(email="dan@example.org")
    assert dan.notice_seen_at is not None
    assert list(Entry.objects.values_list("kind", flat=True)) == ["notice.read"]


@pytest.mark.parametrize("password", ["short", "password12"])
def test_a_weak_password_is_refused(carol: Browser, password: str) -> None:
    assert carol.post("/accounts/signup/", {**FORM, "password1": password}).status_code == 200
    assert not Member.objects.exists()


def test_signing_in_and_out(carol: Browser) -> None:
    Member.objects.create_user("dan@example.org", "correct horse")
    form = {"login": "dan@example.org", "password": "correct horse"}
    assert carol.post("/accounts/login/", {**form, "password": "wrong horse"}).status_code == 200
    assert carol.get("/me/").status_code == 302
    assert carol.post("/accounts/login/", form).status_code == 302
    assert carol.get("/me/").status_code == 200
    carol.post("/accounts/logout/")
    assert carol.get("/me/").status_code == 302


def test_guessing_passwords_is_slowed_down(carol: Browser) -> None:
    Member.objects.create_user("dan@example.org", "correct horse")
    for _ in range(12):
        carol.post("/accounts/login/", {"login": "dan@example.org", "password": "wrong horse"})
    carol.post("/accounts/login/", {"login": "dan@example.org", "password": "correct horse"})
    assert carol.get("/me/").status_code == 302


def test_a_suspended_account_is_out_at_once(bob: Browser) -> None:
    assert bob.member
    assert bob.get("/me/").status_code == 200
    suspend(bob.member, at=timezone.now())
    assert bob.get("/me/").status_code == 302
    reinstate(bob.member, at=timezone.now())
    reinstate(bob.member, at=timezone.now())
    kinds = list(Entry.objects.values_list("kind", flat=True))
    assert kinds == ["account.suspended", "account.reinstated"]


def test_everybody_gets_a_number_and_no_number_is_given_twice() -> None:
    first = Member.objects.create_user("dan@example.org")
    number = number_of(first)
    assert account_of(number) == first
    first.delete()
    assert account_of(number) is None
    second = Member.objects.create_user("dan@example.org")
    assert number_of(second) > number
    assert numbers() == (number, number_of(second))
    assert Recipient.objects.count() == 2


def test_an_account_is_found_by_its_address_whatever_the_capitals() -> None:
    dan = Member.objects.create_user("dan@example.org")
    assert member_by_email(" Dan@Example.ORG ") == dan
    assert member_by_email("dan@example.or") is None


@pytest.mark.parametrize(
    ("today", "months", "until"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-11-22", 12, "2027-11-22"),
        ("2026-12-01", 1, "2027-01-01"),
    ],
)
def test_a_term_lasts_so_many_months(plan: Plan, today: str, months: int, until: str) -> None:
    dan = Member.objects.create_user("dan@example.org")
    term = grant(dan, plan, origin=Membership.Origin.GRANT, today=date.fromisoformat(today), months=months)
    assert term.ends_on == date.fromisoformat(until)


def test_an_extension_begins_where_the_last_term_ends(plan: Plan) -> None:
    dan = Member.objects.create_user("dan@example.org")
    today = date(2026, 11, 22)
    first = grant(dan, plan, origin=Membership.Origin.ORDER, today=today)
    second = grant(dan, plan, origin=Membership.Origin.REWARD, today=today)
    assert second.starts_on == first.ends_on
    assert standing(dan, today=today).last_day == date(2028, 11, 21)
    late = grant(dan, plan, origin=Membership.Origin.ORDER, today=date(2030, 1, 1))
    assert late.starts_on == date(2030, 1, 1)
    assert verify().entries == 3


def test_a_term_of_no_months_is_refused(plan: Plan) -> None:
    dan = Member.objects.create_user("dan@example.org")
    with pytest.raises(ValueError, match="month"):
        grant(dan, plan, origin=Membership.Origin.GRANT, today=date(2026, 11, 22), months=0)
    assert not dan.memberships.exists()


def test_the_notice_is_recorded_once(bob: Browser) -> None:
    assert bob.member
    Member.objects.update(notice_seen_at=None)
    at = timezone.now()
    acknowledge(bob.member, at=at)
    acknowledge(bob.member, at=at + timedelta(days=1))
    bob.member.refresh_from_db()
    assert bob.member.notice_seen_at == at
    assert Entry.objects.count() == 1


def test_the_notice_page_goes_on_to_where_one_came_from_and_nowhere_else(bob: Browser) -> None:
    assert bob.get("/me/notice/?next=/library/").status_code == 200
    assert bob.post("/me/notice/read/", {"next": "/library/"}).headers["Location"] == "/library/"
    assert bob.post("/me/notice/read/", {"next": "https://evil.example/"}).headers["Location"] == "/me/"


def test_my_page_shows_the_term_and_the_number(bob: Browser) -> None:
    assert bob.member
    page = bob.get("/me/").content.decode()
    assert str(number_of(bob.member)) in page
    assert "全年会员" in page
    assert (timezone.localdate() + timedelta(days=264)).isoformat() in page
    assert "bob@example.org" not in page


def test_a_member_chooses_a_name(bob: Browser, carol: Browser) -> None:
    assert bob.member
    assert bob.get("/me/nickname/").status_code == 405
    bob.post("/me/nickname/", {"nickname": "老 <b>张</b>"})
    assert "老 &lt;b&gt;张&lt;/b&gt;" in bob.get("/me/").content.decode()
    carol.post("/me/nickname/", {"nickname": "别人"})
    bob.member.refresh_from_db()
    assert bob.member.nickname == "老 <b>张</b>"


@pytest.mark.parametrize("address", ["/me/", "/me/notice/"])
def test_my_pages_ask_a_stranger_to_sign_in(
    alice: Browser, bob: Browser, carol: Browser, address: str
) -> None:
    assert alice.get(address).status_code == 200
    assert bob.get(address).status_code == 200
    assert carol.get(address).headers["Location"] == f"/accounts/login/?next={address}"


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
def test_account_pages_speak_both_languages(carol: Browser, address: str) -> None:
    chinese = carol.get(address).content.decode()
    assert 'lang="zh-Hans"' in chinese
    carol.post("/language/", {"language": "en", "next": address})
    english = carol.get(address).content.decode()
    assert '<html lang="en">' in english
    assert "Sign" in english or "Password" in english


def test_a_page_forbids_scripts_and_styles_of_others_and_carries_none_inline(carol: Browser) -> None:
    page = carol.get("/accounts/login/")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    html = page.content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert " onclick=" not in html


def test_health_is_told_to_anybody(carol: Browser) -> None:
    assert carol.get("/healthz").json() == {"ok": True}
