"""The operator's page about members: terms, plans, suspensions; no address, no number."""

from datetime import timedelta

import pytest
from django.utils import timezone

from web.browsing import Browser, signed_in
from wenxing_web.members.actions.appoint import PERMISSIONS, Duty, appoint
from wenxing_web.members.models import Member, Plan
from wenxing_web.members.queries import number_of, standing

pytestmark = pytest.mark.django_db
POSTS = ["/console/members/grant/", "/console/members/plans/", "/console/members/suspend/"]


def test_the_page_shows_members_without_address_or_number(alice: Browser, bob: Browser) -> None:
    assert bob.member
    Member.objects.filter(pk=bob.member.pk).update(nickname="老张")
    page = alice.get("/console/members/").content.decode()
    assert "老张" in page
    assert "bob@example.org" not in page
    assert f">{number_of(bob.member)}<" not in page


def test_for_anybody_else_the_pages_do_not_exist(alice: Browser, bob: Browser, carol: Browser) -> None:
    assert alice.get("/console/members/").status_code == 200
    for other in (bob, carol):
        assert other.get("/console/members/").status_code == 404
        for address in POSTS:
            assert other.post(address, {"email": "alice@example.org"}).status_code == 404
    assert Member.objects.get(email="alice@example.org").is_active


@pytest.mark.parametrize("address", POSTS)
def test_nothing_changes_by_following_a_link(alice: Browser, address: str) -> None:
    assert alice.get(address).status_code == 405


def test_the_operator_opens_a_term(alice: Browser, bob: Browser, plan: Plan) -> None:
    assert bob.member
    today = timezone.localdate()
    form = {"email": "BOB@example.org", "plan": plan.pk, "months": "1"}
    before = standing(bob.member, today=today).last_day
    assert alice.post("/console/members/grant/", form).status_code == 302
    after = standing(bob.member, today=today).last_day
    assert before
    assert after
    assert timedelta(days=28) <= after - before <= timedelta(days=31)


@pytest.mark.parametrize("change", [{"email": "nobody@example.org"}, {"plan": "999"}, {"months": "0"}])
def test_a_term_that_cannot_be_opened_says_why(
    alice: Browser, bob: Browser, plan: Plan, change: dict[str, str]
) -> None:
    assert bob.member
    form = {"email": "bob@example.org", "plan": str(plan.pk), "months": "1"}
    assert alice.post("/console/members/grant/", form).status_code == 302
    refused = alice.post("/console/members/grant/", {**form, **change})
    assert refused.status_code == 422
    assert "errorlist" in refused.content.decode()
    assert bob.member.memberships.count() == 2


def test_a_plan_is_set_up(alice: Browser) -> None:
    form = {"name_zh": "终身", "name_en": "Everything", "years_back": "", "months": "12"}
    assert alice.post("/console/members/plans/", form).status_code == 302
    assert Plan.objects.get().years_back is None
    assert "终身" in alice.get("/console/members/").content.decode()
    assert alice.post("/console/members/plans/", {**form, "months": "x"}).status_code == 422


def test_an_account_is_suspended_and_opened_again(alice: Browser, bob: Browser) -> None:
    form = {"email": "bob@example.org"}
    alice.post("/console/members/suspend/", {**form, "do": "suspend"})
    assert bob.get("/me/").status_code == 302
    alice.post("/console/members/suspend/", {**form, "do": "reinstate"})
    assert Member.objects.get(email="bob@example.org").is_active


def test_nobody_suspends_themselves(alice: Browser) -> None:
    refused = alice.post("/console/members/suspend/", {"email": "alice@example.org", "do": "suspend"})
    assert refused.status_code == 422
    assert Member.objects.get(email="alice@example.org").is_active


ADDRESSES: dict[Duty, tuple[str, ...]] = {
    Duty.PUBLISH: ("/console/ingest/",),
    Duty.MEMBERS: ("/console/members/", "/console/admission/", "/console/why/"),
    Duty.SELL: ("/console/codes/", "/console/orders/"),
    Duty.TRACE: ("/console/cases/",),
}


@pytest.mark.parametrize("duty", list(Duty))
def test_an_operator_of_one_duty_opens_the_desk_and_nothing_of_the_others(duty: Duty) -> None:
    operator = signed_in(appoint("clerk@example.org", "correct horse", duties=[duty]))
    assert operator.get("/console/").status_code == 200
    for other, addresses in ADDRESSES.items():
        shared = set(PERMISSIONS[other]) & set(PERMISSIONS[duty])
        for address in addresses:
            assert operator.get(address).status_code == (200 if shared else 403), address


def test_an_operator_without_the_duty_changes_no_account(alice: Browser, bob: Browser, plan: Plan) -> None:
    assert bob.member
    editor = signed_in(appoint("editor@example.org", "correct horse", duties=[Duty.PUBLISH]))
    terms = bob.member.memberships.count()
    grant = {"email": "bob@example.org", "plan": str(plan.pk), "months": "1"}
    assert editor.post("/console/members/grant/", grant).status_code == 403
    assert editor.post("/console/members/suspend/", {**grant, "do": "suspend"}).status_code == 403
    assert bob.member.memberships.count() == terms
    assert Member.objects.get(email="bob@example.org").is_active


def test_only_one_who_may_do_everything_suspends_an_operator(alice: Browser, bob: Browser) -> None:
    clerk = signed_in(appoint("clerk@example.org", "correct horse", duties=[Duty.MEMBERS]))
    suspend = {"do": "suspend"}
    assert clerk.post("/console/members/suspend/", {**suspend, "email": "bob@example.org"}).status_code == 302
    refused = clerk.post("/console/members/suspend/", {**suspend, "email": "alice@example.org"})
    assert refused.status_code == 422
    assert Member.objects.get(email="alice@example.org").is_active
    assert (
        alice.post("/console/members/suspend/", {**suspend, "email": "clerk@example.org"}).status_code == 302
    )
    assert not Member.objects.get(email="clerk@example.org").is_active
