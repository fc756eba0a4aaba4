"""What publishing, opening a term and deciding a case announce, and what an open page fetches then."""

import json

import pytest
from django.utils import timezone

from web.browsing import Browser
from web.leaking import member_called, named_case
from web.making import SPEECH, make_material
from wenxing_web.cases.actions.answer import answer
from wenxing_web.cases.actions.ask import ask
from wenxing_web.cases.actions.confirm import confirm
from wenxing_web.cases.actions.dismiss import dismiss
from wenxing_web.library.actions.publish import publish
from wenxing_web.library.models import Draft, Edition, Policy
from wenxing_web.live.models import Event
from wenxing_web.members.actions.grant import grant
from wenxing_web.members.models import Member, Membership, Plan
from wenxing_web.members.queries import number_of

pytestmark = pytest.mark.django_db


def announced(kind: str) -> list[tuple[str, dict[str, object]]]:
    return list(Event.objects.filter(kind=kind).order_by("id").values_list("audience", "facts"))


def test_publishing_is_announced_once_to_everybody_without_a_word_of_the_text() -> None:
    edition = make_material(SPEECH)
    publish(Draft.objects.get(edition=edition), at=timezone.now())
    assert announced("edition.published") == [("all", {"edition": edition.identity})]
    assert edition.material.title not in json.dumps(announced("edition.published"), ensure_ascii=False)


def test_an_edition_that_was_not_released_is_not_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Draft, "save", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_material("通知\n请各组按时到会。\n", policy=Policy.VERBATIM)
    assert not Edition.objects.exists()
    assert announced("edition.published") == []


def test_an_opened_term_is_announced_to_its_owner_only(plan: Plan, bob: Browser) -> None:
    carol = member_called("carol")
    term = grant(carol, plan, origin=Membership.Origin.GRANT, today=timezone.localdate())
    assert announced("plan.opened") == [(f"member:{carol.pk}", {"term": term.pk})]


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_case_is_news_for_both_sides_and_nobody_else(confirmed: bool, alice: Browser, bob: Browser) -> None:
    assert alice.member
    assert bob.member
    operator, accused, reporter = alice.member, bob.member, member_called("reporter")
    case = named_case(accused, operator, reporter=reporter)
    member_called("bystander")
    assert announced("case.news") == []
    number, facts = number_of(accused), {"case": case.number}
    hearing = ask(case, number, days=7, at=timezone.now())
    assert announced("case.news") == [(f"member:{accused.pk}", facts)]
    answer(hearing, "不是我", at=timezone.now())
    if confirmed:
        confirm(case, [number], reasons="证据充分", by=operator, at=timezone.now())
    else:
        dismiss(case, reasons="证据不足", by=operator, at=timezone.now())
    assert announced("case.news")[1:] == [(f"member:{pk}", facts) for pk in (accused.pk, reporter.pk)]
    rewarded = [(f"member:{reporter.pk}", {"term": term.pk}) for term in reporter.memberships.all()]
    assert announced("plan.opened") == rewarded
    assert len(rewarded) == (1 if confirmed else 0)


def test_an_open_page_fetches_what_came_after_it(bob: Browser, alice: Browser, carol: Browser) -> None:
    first = make_material("第一份通知\n请各组按时到会。\n", policy=Policy.VERBATIM, title="第一份通知")
    page = bob.get("/library/").content.decode()
    address = f"/library/fresh/{first.pk}/"
    assert f'hx-get="{address}"' in page
    assert bob.get(address).content.strip() == b""
    second = make_material("第二份通知\n材料当场发放。\n", policy=Policy.VERBATIM, title="第二份通知")
    for browser in (bob, alice):
        told = browser.get(address).content.decode()
        assert second.identity in told
        assert first.identity not in told
    assert carol.get(address).status_code == 302
    assert bob.get("/library/fresh/99999999999999999999999999/").content.strip() == b""
    assert "材料当场发放" not in bob.get(address).content.decode()


def test_what_is_new_and_locked_says_why(plan: Plan) -> None:
    from web.browsing import signed_in

    stranger = signed_in(Member.objects.create_user("dan@example.org", "correct horse"))
    make_material("通知\n请各组按时到会。\n", policy=Policy.VERBATIM, title="通知")
    assert "您的账号还没有开通会员" in stranger.get("/library/fresh/0/").content.decode()


def test_only_who_is_signed_in_listens(bob: Browser, carol: Browser) -> None:
    assert "js/live.js" in bob.get("/").content.decode()
    assert "js/live.js" not in carol.get("/").content.decode()
