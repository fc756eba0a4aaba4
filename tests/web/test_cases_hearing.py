"""Hearing and ruling: nobody is ruled against unheard, a person decides, the cleared are told."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from web.browsing import Browser
from web.leaking import copy_of, named_case, reported
from web.making import SPEECH, make_material
from wenxing_web.cases.actions import CaseError
from wenxing_web.cases.actions.answer import answer
from wenxing_web.cases.actions.ask import ask
from wenxing_web.cases.actions.confirm import confirm
from wenxing_web.cases.actions.dismiss import dismiss
from wenxing_web.cases.actions.trace import trace
from wenxing_web.cases.actions.unmask import unmask
from wenxing_web.cases.models import Case, Hearing, Ruling, Unmasking
from wenxing_web.cases.queries.file import case_file
from wenxing_web.cases.queries.strip import strips_of
from wenxing_web.delivery.models import Copy
from wenxing_web.ledger.models import Entry
from wenxing_web.members.models import Member
from wenxing_web.members.queries import number_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(alice: Browser) -> Member:
    """Alice as a member."""
    assert alice.member
    return alice.member


@pytest.fixture
def member(bob: Browser) -> Member:
    """Bob as a member."""
    assert bob.member
    return bob.member


@pytest.fixture
def case(operator: Member, member: Member) -> Case:
    """A case in which Bob's number was named."""
    return named_case(member, operator)


def _asked(case: Case, member: Member) -> Hearing:
    return ask(case, number_of(member), days=7, at=timezone.now())


# --- who is behind a number ---------------------------------------------------------------------------


def test_an_account_is_shown_only_to_the_operator_who_gave_a_reason(
    case: Case, operator: Member, member: Member
) -> None:
    other = Member.objects.create_superuser("erin@example.org", "correct horse")
    unmask(case, number_of(member), by=operator, reason="核对订单", at=timezone.now())
    seen = case_file(case, viewer=operator, at=timezone.now()).named[0]
    unseen = case_file(case, viewer=other, at=timezone.now()).named[0]
    assert (seen.account, seen.address) == (member, "bo…@example.org")
    assert (unseen.account, unseen.address, unseen.unmasked) == (None, "", False)
    assert len(case_file(case, viewer=other, at=timezone.now()).unmaskings) == 1


@pytest.mark.parametrize("reason", ["", "   ", "查", "    查     "])
def test_unmasking_without_a_reason_is_refused(
    case: Case, operator: Member, member: Member, reason: str
) -> None:
    with pytest.raises(CaseError, match="为什么"):
        unmask(case, number_of(member), by=operator, reason=reason, at=timezone.now())
    assert not Unmasking.objects.exists()
    assert not Entry.objects.filter(kind="account.unmasked").exists()
    unmask(case, number_of(member), by=operator, reason="核对订单记录", at=timezone.now())
    facts = Entry.objects.get(kind="account.unmasked").facts
    assert facts == {"case": case.number, "recipient": number_of(member)}


def test_a_number_that_was_not_named_can_be_neither_unmasked_nor_asked_nor_ruled_on(
    case: Case, operator: Member
) -> None:
    innocent = number_of(operator)
    with pytest.raises(CaseError, match="没有被本案"):
        unmask(case, innocent, by=operator, reason="只是想看看", at=timezone.now())
    with pytest.raises(CaseError, match="没有被本案"):
        ask(case, innocent, days=7, at=timezone.now())
    with pytest.raises(CaseError, match="没有被本案"):
        confirm(case, [innocent], reasons="理由", by=operator, at=timezone.now())


def test_a_naming_of_an_account_that_never_opened_the_edition_is_pointed_out(
    case: Case, alice: Browser, bob: Browser, member: Member
) -> None:
    page = reverse("console-case", kwargs={"number": case.number})
    assert "没有打开的记录" not in alice.get(page).content.decode()
    Copy.objects.all().delete()
    assert "没有打开的记录" in alice.get(page).content.decode()
    own = reverse("hearing", kwargs={"hearing_id": _asked(case, member).pk})
    assert "这一点对您有利" in bob.get(own).content.decode()


# --- asking and answering -----------------------------------------------------------------------------


def test_the_account_sees_the_evidence_the_alternatives_and_the_time_to_answer(
    case: Case, bob: Browser, member: Member
) -> None:
    hearing = _asked(case, member)
    (strip,) = strips_of(case.traces.get(), number_of(member))
    assert strip.agreeing > 30
    shown = bob.get(reverse("hearing", kwargs={"hearing_id": hearing.pk})).content.decode()
    for words in (
        "还没有作出任何决定",
        "与您的副本相符",
        f"{strip.agreeing} 处",
        "误指的概率不高于百万分之一",
        "盗用",
        "共用",
    ):
        assert words in shown
    assert "外传" in shown
    for leaked in ("举报人", "alice", "operator"):
        assert leaked not in shown
    assert Entry.objects.get(kind="hearing.asked").facts == {
        "case": case.number,
        "recipient": number_of(member),
        "days": 7,
    }


def test_an_answer_is_given_once_in_ones_own_words(case: Case, bob: Browser, member: Member) -> None:
    hearing = _asked(case, member)
    page = reverse("hearing", kwargs={"hearing_id": hearing.pk})
    assert bob.post(page, {"answer": "  "}).status_code == 422
    too_long = bob.post(page, {"answer": "字" * 4001})
    assert too_long.status_code == 422
    assert "字" * 4001 in too_long.content.decode()
    assert bob.post(page, {"answer": "<b>不是我</b>\n手机丢了"}).status_code == 302
    second = bob.post(page, {"answer": "改口"})
    assert second.status_code == 422
    hearing.refresh_from_db()
    assert hearing.answer == "<b>不是我</b>\n手机丢了"
    assert "&lt;b&gt;不是我&lt;/b&gt;" in bob.get(page).content.decode()
    assert Entry.objects.filter(kind="hearing.answered").count() == 1


def test_a_late_answer_is_taken_until_somebody_has_ruled(
    case: Case, operator: Member, member: Member
) -> None:
    hearing = _asked(case, member)
    late = timezone.now() + timedelta(days=30)
    answer(hearing, "刚看到通知", at=late)
    hearing.refresh_from_db()
    assert hearing.answered_at == late


def test_after_the_ruling_no_answer_is_taken(case: Case, operator: Member, member: Member) -> None:
    hearing = _asked(case, member)
    dismiss(case, reasons="账号被盗", by=operator, at=timezone.now())
    with pytest.raises(CaseError, match="已经作出决定"):
        answer(hearing, "刚看到通知", at=timezone.now())


@pytest.mark.parametrize("days", [0, 2, 61, -7])
def test_the_time_to_answer_has_bounds(case: Case, member: Member, days: int) -> None:
    with pytest.raises(CaseError, match="3 到 60 天"):
        ask(case, number_of(member), days=days, at=timezone.now())
    assert ask(case, number_of(member), days=3, at=timezone.now()).pk


def test_an_account_is_asked_once(case: Case, member: Member) -> None:
    _asked(case, member)
    with pytest.raises(CaseError, match="已经询问过"):
        _asked(case, member)
    assert Hearing.objects.count() == 1


def test_a_member_is_told_on_every_page_until_the_answer_is_given(
    case: Case, bob: Browser, member: Member
) -> None:
    assert "想先听您说明" not in bob.get(reverse("me")).content.decode()
    hearing = _asked(case, member)
    address = reverse("hearing", kwargs={"hearing_id": hearing.pk})
    assert address in bob.get(reverse("me")).content.decode()
    assert address in bob.get(reverse("report")).content.decode()
    answer(hearing, "不是我", at=timezone.now())
    assert address not in bob.get(reverse("me")).content.decode()
    assert address in bob.get(reverse("my-hearings")).content.decode()


# --- ruling -------------------------------------------------------------------------------------------


def test_nobody_is_ruled_against_before_being_asked(case: Case, operator: Member, member: Member) -> None:
    with pytest.raises(CaseError, match="还没有询问"):
        confirm(case, [number_of(member)], reasons="证据充分", by=operator, at=timezone.now())
    assert not Ruling.objects.exists()


def test_nobody_is_ruled_against_while_there_is_time_to_answer(
    case: Case, operator: Member, member: Member
) -> None:
    hearing = _asked(case, member)
    before, after = hearing.answer_by - timedelta(seconds=1), hearing.answer_by
    with pytest.raises(CaseError, match="期限也还没有到"):
        confirm(case, [number_of(member)], reasons="证据充分", by=operator, at=before)
    assert confirm(case, [number_of(member)], reasons="证据充分", by=operator, at=after).confirmed


def test_an_answer_opens_the_way_to_a_ruling(case: Case, operator: Member, member: Member) -> None:
    answer(_asked(case, member), "是我发的", at=timezone.now())
    ruling = confirm(case, [number_of(member)], reasons="本人承认", by=operator, at=timezone.now())
    assert [r.number for r in ruling.recipients.all()] == [number_of(member)]
    assert Entry.objects.get(kind="case.ruled").facts == {
        "case": case.number,
        "confirmed": True,
        "recipients": [number_of(member)],
    }


def test_a_case_that_named_nobody_can_only_be_dismissed(
    alice: Browser, operator: Member, member: Member
) -> None:
    made = reported(copy_of(member, make_material(SPEECH))[100:220])
    trace(made.case, by=operator, at=timezone.now())
    place = {"number": made.case.number}
    refused = alice.post(
        reverse("console-rule", kwargs=place),
        {"decision": "confirm", "numbers": number_of(member), "reasons": "一定是他"},
    )
    assert refused.status_code == 422
    assert not Ruling.objects.exists()
    alice.post(reverse("console-rule", kwargs=place), {"decision": "confirm", "reasons": "就这样"})
    assert not Ruling.objects.exists()
    alice.post(reverse("console-rule", kwargs=place), {"decision": "dismiss", "reasons": "证据不足"})
    assert Ruling.objects.get().confirmed is False


def test_a_ruling_needs_reasons_and_is_made_once(case: Case, operator: Member, member: Member) -> None:
    answer(_asked(case, member), "不是我", at=timezone.now())
    with pytest.raises(CaseError, match="理由"):
        dismiss(case, reasons="  ", by=operator, at=timezone.now())
    with pytest.raises(CaseError, match="理由"):
        confirm(case, [number_of(member)], reasons="", by=operator, at=timezone.now())
    dismiss(case, reasons="手机被盗，有报警回执", by=operator, at=timezone.now())
    with pytest.raises(CaseError, match="已经作出决定"):
        dismiss(case, reasons="再来", by=operator, at=timezone.now())
    with pytest.raises(CaseError, match="已经作出决定"):
        confirm(case, [number_of(member)], reasons="再来", by=operator, at=timezone.now())
    assert Ruling.objects.count() == 1


def test_whoever_is_cleared_is_told_with_the_reasons(
    case: Case, bob: Browser, operator: Member, member: Member
) -> None:
    hearing = _asked(case, member)
    dismiss(case, reasons="登录记录显示账号被盗用。", by=operator, at=timezone.now())
    shown = bob.get(reverse("hearing", kwargs={"hearing_id": hearing.pk})).content.decode()
    assert "没有认定您的账号" in shown
    assert "登录记录显示账号被盗用。" in shown
    assert "没有认定您的账号" in bob.get(reverse("my-hearings")).content.decode()


def test_a_ruling_suspends_nobody(case: Case, operator: Member, member: Member) -> None:
    terms = list(member.memberships.values())
    answer(_asked(case, member), "是我", at=timezone.now())
    confirm(case, [number_of(member)], reasons="本人承认", by=operator, at=timezone.now())
    member.refresh_from_db()
    assert member.is_active
    assert list(member.memberships.values()) == terms
