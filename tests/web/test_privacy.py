"""A member's own data: taken along whole, deleted for good, and what stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from web.browsing import Browser, signed_in
from web.making import make_material
from wenxing_web.cases.actions.report import report
from wenxing_web.cases.models import Case, Hearing, Report
from wenxing_web.delivery.models import Copy
from wenxing_web.ledger.models import Entry
from wenxing_web.ledger.queries import verify
from wenxing_web.members.models import Member, Membership, Recipient
from wenxing_web.members.queries import number_of
from wenxing_web.reader.models import Favourite, Note, Progress

pytestmark = pytest.mark.django_db
SURE = {"password": "correct horse", "sure": "on"}


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> None:
    cache.clear()


def _busy(browser: Browser) -> str:
    """A member who has left something everywhere; returns the edition's address."""
    edition = make_material(title="读过的讲话")
    address = f"/m/{edition.identity}/"
    browser.get(address)
    browser.get(address + "download.txt")
    browser.post(address + "place/", {"paragraph": 5})
    browser.post(address + "favourite/", {"wanted": "1"})
    browser.post(address + "notes/", {"paragraph": 2, "text": "我的想法"})
    report(text="", link="https://market.example/7", reporter=browser.member, at=timezone.now())
    return address


def _export(browser: Browser) -> dict[str, Any]:
    response = browser.get("/me/privacy/data.json")
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"].startswith("attachment")
    data: dict[str, Any] = response.json()
    return data


def _ask(member: Member, state: Case.State) -> Case:
    now = timezone.now()
    case = Case.objects.create(number="C-1", state=state, opened_at=now)
    Hearing.objects.create(
        case=case,
        recipient=member.recipient,
        asked_at=now,
        answer_by=now + timedelta(days=7),
        answer="我的说明",
    )
    return case


def test_the_export_holds_everything_about_the_member(bob: Browser) -> None:
    _busy(bob)
    assert bob.member
    _ask(bob.member, Case.State.HEARING)
    data = _export(bob)
    assert data["format"] == 1
    assert data["account"]["email"] == "bob@example.org"
    assert data["account"]["number"] == number_of(bob.member)
    assert len(data["terms"]) == 1
    assert [c["title"] for c in data["copies"]] == ["读过的讲话"]
    assert [d["form"] for d in data["deliveries"]] == ["page", "txt"]
    assert [p["paragraph"] for p in data["places"]] == [5]
    assert [f["title"] for f in data["favourites"]] == ["读过的讲话"]
    assert [n["text"] for n in data["notes"]] == ["我的想法"]
    assert [r["link"] for r in data["reports"]] == ["https://market.example/7"]
    assert [h["answer"] for h in data["hearings"]] == ["我的说明"]


def test_the_export_holds_nothing_of_anybody_else_and_no_text_of_a_material(
    alice: Browser, bob: Browser, carol: Browser
) -> None:
    address = _busy(bob)
    whole = bob.get(address + "download.txt").content.decode()
    ours = bob.get("/me/privacy/data.json").content.decode()
    assert not [line for line in whole.split("\n") if len(line) > 20 and line in ours]
    theirs = alice.get("/me/privacy/data.json").content.decode()
    assert "我的想法" in ours
    for word in ("我的想法", "bob@example.org", "market.example"):
        assert word not in theirs
    assert carol.get("/me/privacy/data.json").status_code == 302
    assert carol.get("/me/privacy/").status_code == 302
    assert carol.post("/me/privacy/", SURE).status_code == 302


def test_an_erased_account_is_gone_and_its_number_stays(bob: Browser, carol: Browser) -> None:
    address = _busy(bob)
    assert bob.member
    number = number_of(bob.member)
    answer = bob.post("/me/privacy/", SURE, follow=True)
    assert "账号已经删除" in answer.content.decode()
    assert not Member.objects.filter(email="bob@example.org").exists()
    for kind in (Note, Favourite, Progress, Membership):
        assert not kind.objects.exists()
    assert Recipient.objects.get(number=number).member is None
    assert Copy.objects.filter(recipient_id=number).count() == 1
    assert Report.objects.get().reporter is None
    assert Entry.objects.order_by("-id")[0].kind == "account.erased"
    assert Entry.objects.order_by("-id")[0].facts == {"recipient": number}
    assert verify().ok
    assert bob.get(address).status_code == 404
    assert bob.get("/me/").status_code == 302
    carol.post("/accounts/login/", {"login": "bob@example.org", "password": "correct horse"})
    assert carol.get("/me/").status_code == 302
    again = Member.objects.create_user("bob@example.org", "correct horse")
    assert number_of(again) != number


@pytest.mark.parametrize(
    "fields", [{}, {"password": "correct horse"}, {"sure": "on"}, {"password": "wrong horse", "sure": "on"}]
)
def test_erasing_needs_the_password_and_a_tick(bob: Browser, fields: dict[str, str]) -> None:
    refused = bob.post("/me/privacy/", fields)
    assert refused.status_code == 200
    assert "errorlist" in refused.content.decode()
    assert Member.objects.filter(email="bob@example.org").exists()
    assert bob.post("/me/privacy/", SURE).status_code == 302
    assert not Member.objects.filter(email="bob@example.org").exists()


def test_guessing_the_password_is_slowed_down(bob: Browser) -> None:
    for _ in range(15):
        last = bob.post("/me/privacy/", {"password": "wrong horse", "sure": "on"})
    assert last.status_code == 429
    assert bob.post("/me/privacy/", SURE).status_code == 429
    assert Member.objects.filter(email="bob@example.org").exists()


def test_an_account_that_is_asked_something_is_kept_until_it_is_decided(bob: Browser) -> None:
    assert bob.member
    case = _ask(bob.member, Case.State.HEARING)
    assert "还没有结论" in bob.get("/me/privacy/").content.decode()
    assert "还没有结论" in bob.post("/me/privacy/", SURE).content.decode()
    assert Member.objects.filter(email="bob@example.org").exists()
    case.state = Case.State.DISMISSED
    case.save(update_fields=["state"])
    assert bob.post("/me/privacy/", SURE).status_code == 302
    assert not Member.objects.filter(email="bob@example.org").exists()
    assert Hearing.objects.get().recipient.member is None


def test_an_operator_cannot_delete_the_own_account(alice: Browser) -> None:
    assert "运营者的账号" in alice.post("/me/privacy/", SURE).content.decode()
    assert Member.objects.filter(email="alice@example.org").exists()
    dan = Member.objects.create_user("dan@example.org", "correct horse")
    assert signed_in(dan).post("/me/privacy/", SURE).status_code == 302
    assert not Member.objects.filter(email="dan@example.org").exists()
