"""The reward: one year, once, to the first valid reporter, and never for a leak of one's own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from web.browsing import Browser
from web.leaking import copy_of, member_called, named_case, reported
from web.making import SPEECH, make_material
from web.serving import environment
from wenxing_web.cases.actions import CaseError
from wenxing_web.cases.actions import reward as rewarding
from wenxing_web.cases.actions.answer import answer
from wenxing_web.cases.actions.ask import ask
from wenxing_web.cases.actions.claim import claim
from wenxing_web.cases.actions.confirm import confirm
from wenxing_web.cases.actions.dismiss import dismiss
from wenxing_web.cases.actions.reward import reward
from wenxing_web.cases.models import Case, Report, Reward
from wenxing_web.cases.queries import next_for_reward
from wenxing_web.ledger.models import Entry
from wenxing_web.members.models import Member, Membership, Plan
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
def dora(db: None) -> Member:
    """Somebody who reports."""
    return member_called("dora")


def _heard(case: Case, accused: Member) -> None:
    answer(ask(case, number_of(accused), days=7, at=timezone.now()), "不是我", at=timezone.now())


def _confirmed(case: Case, accused: Member, operator: Member, *, set_aside: tuple[int, ...] = ()) -> None:
    _heard(case, accused)
    numbers = [number_of(accused)]
    confirm(case, numbers, reasons="证据充分", by=operator, at=timezone.now(), set_aside=set_aside)


def _years(member: Member) -> int:
    return member.memberships.filter(origin=Membership.Origin.REWARD).count()


def test_the_first_reporter_gets_the_year_and_the_second_does_not(
    operator: Member, member: Member, dora: Member
) -> None:
    leak = copy_of(member, make_material(SPEECH))
    case = reported(leak, reporter=dora).case
    second = member_called("fay")
    reported(leak, reporter=second)
    from wenxing_web.cases.actions.trace import trace

    trace(case, by=operator, at=timezone.now())
    _confirmed(case, member, operator)
    assert (_years(dora), _years(second)) == (1, 0)
    given = Reward.objects.get()
    assert given.report.reporter == dora
    assert given.membership == dora.memberships.get()
    assert Entry.objects.get(kind="reward.granted").facts == {"case": case.number, "report": given.report_id}


def test_an_extension_begins_where_the_reporters_term_ends(
    operator: Member, member: Member, dora: Member, plan: Plan
) -> None:
    today = timezone.localdate()
    old = dora.memberships.create(
        plan=plan, starts_on=today.replace(day=1), ends_on=today.replace(year=today.year + 1, day=1)
    )
    _confirmed(named_case(member, operator, reporter=dora), member, operator)
    assert dora.memberships.get(origin=Membership.Origin.REWARD).starts_on == old.ends_on


def test_a_dismissed_case_rewards_nobody(operator: Member, member: Member, dora: Member) -> None:
    case = named_case(member, operator, reporter=dora)
    dismiss(case, reasons="账号被盗", by=operator, at=timezone.now())
    assert reward(case, at=timezone.now()) is None
    assert _years(dora) == 0


def test_an_open_case_rewards_nobody(operator: Member, member: Member, dora: Member) -> None:
    case = named_case(member, operator, reporter=dora)
    assert reward(case, at=timezone.now()) is None


def test_reporting_ones_own_copy_earns_nothing(operator: Member, member: Member) -> None:
    _confirmed(named_case(member, operator, reporter=member), member, operator)
    assert not Reward.objects.exists()
    assert _years(member) == 0


def test_a_self_report_leaves_the_year_to_the_next_reporter(
    operator: Member, member: Member, dora: Member
) -> None:
    case = named_case(member, operator, reporter=member)
    reported(case.reports.get().text, reporter=dora)
    _confirmed(case, member, operator)
    assert (_years(member), _years(dora)) == (0, 1)


def test_an_accused_who_claims_the_anonymous_report_earns_nothing(
    operator: Member, member: Member, dora: Member
) -> None:
    case = named_case(member, operator)
    reported(case.reports.get().text, reporter=dora)
    _confirmed(case, member, operator)
    assert not Reward.objects.exists()  # the first report has no account yet
    claim(Report.objects.earliest("id"), member, at=timezone.now())
    assert (_years(member), _years(dora)) == (0, 1)


def test_the_year_waits_until_the_reporter_claims_by_receipt(
    carol: Browser, operator: Member, member: Member, dora: Member
) -> None:
    case = named_case(member, operator)
    _confirmed(case, member, operator)
    assert not Reward.objects.exists()
    made = case.reports.get()
    page = reverse("report-status", kwargs={"receipt": made.receipt})
    assert "一年会员在等您领取" in carol.get(page).content.decode()
    claim(made, dora, at=timezone.now())
    claim(made, dora, at=timezone.now())
    assert _years(dora) == 1
    assert "一年会员在等您领取" not in carol.get(page).content.decode()


def test_a_report_that_was_set_aside_is_passed_over(operator: Member, member: Member, dora: Member) -> None:
    planted = member_called("planter")
    case = named_case(member, operator, reporter=planted)
    reported(case.reports.get().text, reporter=dora)
    _confirmed(case, member, operator, set_aside=(case.reports.earliest("id").pk,))
    assert (_years(planted), _years(dora)) == (0, 1)


def test_an_operators_own_exhibit_earns_nothing(operator: Member, member: Member, dora: Member) -> None:
    case = named_case(member, operator, reporter=operator)
    reported(case.reports.get().text, reporter=dora)
    _confirmed(case, member, operator)
    assert (_years(operator), _years(dora)) == (0, 1)


def test_without_any_plan_the_ruling_waits_and_says_why(
    operator: Member, member: Member, dora: Member
) -> None:
    case = named_case(member, operator, reporter=dora)
    _heard(case, member)
    member.memberships.all().delete()
    Plan.objects.all().delete()
    numbers = [number_of(member)]
    with pytest.raises(CaseError, match="会员方案"):
        confirm(case, numbers, reasons="证据充分", by=operator, at=timezone.now())
    case.refresh_from_db()
    assert case.state == Case.State.HEARING
    Plan.objects.create(name_zh="全年会员", name_en="One year")
    confirm(case, numbers, reasons="证据充分", by=operator, at=timezone.now())
    assert _years(dora) == 1


def test_the_database_refuses_a_second_reward(operator: Member, member: Member, dora: Member) -> None:
    case = named_case(member, operator, reporter=dora)
    _confirmed(case, member, operator)
    other = reported(case.reports.get().text, reporter=member_called("fay"))
    assert other.case != case  # ruled: the same text is a new case
    with pytest.raises(IntegrityError), transaction.atomic():
        Reward.objects.create(case=case, report=other, at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Reward.objects.create(case=other.case, report=case.reports.get(), at=timezone.now())


def test_a_rival_between_the_look_and_the_write_changes_nothing(
    operator: Member, member: Member, dora: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named_case(member, operator)
    _confirmed(case, member, operator)
    made = case.reports.get()
    made.reporter = dora
    made.save(update_fields=["reporter"])

    def overtaken(row: Case) -> Report | None:
        found = next_for_reward(row)
        assert found
        Reward.objects.create(case=row, report=found, at=timezone.now())
        return found

    monkeypatch.setattr(rewarding, "next_for_reward", overtaken)
    assert reward(case, at=timezone.now()) is None
    assert Reward.objects.count() == 1
    assert _years(dora) == 0  # the rival's transaction grants the term, not this one


def test_several_clicks_at_once_give_one_trace_one_ruling_and_one_year(tmp_path: Path) -> None:
    program = Path(__file__).with_name("racing.py")
    command = [sys.executable, str(program)]
    done = subprocess.run(command, env=environment(tmp_path), check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["asked"] == ["Tracing"] * 4
    assert (result["tracings"], result["traces"]) == (1, 2)  # one of them was there before
    assert sorted(result["ruled"]) == ["CaseError"] * 3 + ["Ruling"]
    assert result["claimed"] == ["NoneType"] * 4
    assert result["rulings"] == 1
    assert result["rewards"] == 1
    assert result["years"] == 1
    assert result["chain"] is True
