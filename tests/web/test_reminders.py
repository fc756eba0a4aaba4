"""Reminders: said once at 30, 7 and 1 days, never twice, never lost."""

import smtplib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.core import mail

from web.posting import post
from web.serving import command
from wenxing_web.billing.actions.remind import remind
from wenxing_web.members.actions.grant import grant
from wenxing_web.members.models import Member, Membership, Plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shanghai")]
LAST = date(2027, 3, 31)


@pytest.fixture
def dora(plan: Plan) -> Member:
    """A member until the last of March."""
    member = Member.objects.create_user("dora@example.org")
    member.memberships.create(plan=plan, starts_on=date(2026, 4, 1), ends_on=LAST + timedelta(days=1))
    return member


def run(days_before: int) -> tuple[int, int]:
    """A day's work: letters sent, and letters to be tried again."""
    return work(LAST - timedelta(days=days_before))


def work(today: date) -> tuple[int, int]:
    at = datetime.combine(today, time(1), UTC)
    remind(today=today, at=at)
    done = post(at)
    return done.sent, done.failed


def test_a_year_of_daily_runs_says_it_three_times(dora: Member) -> None:
    heard = [days for days in range(400, -30, -1) if run(days) == (1, 0)]
    assert heard == [30, 7, 1]
    assert [message.to for message in mail.outbox] == [["dora@example.org"]] * 3


def test_the_message_names_the_last_day_in_both_languages(dora: Member) -> None:
    run(30)
    body = str(mail.outbox[0].body)
    assert body.count("2027-03-31") == 2
    assert "会员期" in body
    assert "notes" in body
    assert "/plans/" in body


def test_running_again_the_same_day_says_nothing(dora: Member) -> None:
    assert [run(7), run(7), run(6)] == [(1, 0), (0, 0), (0, 0)]


def test_after_days_without_a_run_only_the_nearest_is_said(dora: Member) -> None:
    assert [run(3), run(1), run(0)] == [(1, 0), (1, 0), (0, 0)]


def test_who_has_renewed_hears_nothing_until_the_new_end(dora: Member, plan: Plan) -> None:
    run(30)
    grant(dora, plan, origin=Membership.Origin.ORDER, today=LAST - timedelta(days=20), months=12)
    assert [run(20), run(7), run(1)] == [(1, 0), (0, 0), (0, 0)]  # that it was opened
    assert work(date(2028, 3, 1)) == (1, 0)


def test_who_renews_before_the_letter_goes_out_does_not_get_it(dora: Member, plan: Plan) -> None:
    remind(today=LAST - timedelta(days=7), at=datetime(2027, 3, 24, tzinfo=UTC))
    grant(dora, plan, origin=Membership.Origin.ORDER, today=LAST - timedelta(days=7), months=12)
    assert run(7) == (1, 0)
    assert "2027-04-01" in str(mail.outbox[0].body)  # what was opened, and nothing about an end
    assert "2027-03-31" not in str(mail.outbox[0].body)


def test_operators_and_suspended_accounts_hear_nothing(dora: Member) -> None:
    for change in ({"is_active": False}, {"is_active": True, "is_staff": True}):
        Member.objects.update(**change)
        assert run(7) == (0, 0)
    Member.objects.update(is_staff=False)
    assert run(7) == (1, 0)


@pytest.mark.parametrize("fault", [ConnectionRefusedError, TimeoutError, smtplib.SMTPServerDisconnected])
def test_while_the_mail_server_is_down_nothing_is_lost(
    dora: Member, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    def down(*_arguments: object) -> None:
        raise fault("no server")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", down)
        assert run(7) == (0, 1)
    assert run(6) == (1, 0)
    assert len(mail.outbox) == 1


def test_the_command_runs_in_a_new_library(tmp_path: Path) -> None:
    assert command(tmp_path, "migrate").returncode == 0
    done = command(tmp_path, "remind")
    assert done.returncode == 0
    assert "0 sent" in done.stderr
