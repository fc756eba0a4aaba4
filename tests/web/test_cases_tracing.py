"""A trace that waits for nobody's request: asked for, under way, done or failed; once, whatever dies."""

import json
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from web.browsing import Browser
from web.leaking import copy_of, reported, traced
from web.making import SPEECH, make_material
from web.serving import environment
from wenxing_web import engine
from wenxing_web.cases.actions import CaseError
from wenxing_web.cases.actions.order_trace import await_trace, order_trace
from wenxing_web.cases.actions.report import report
from wenxing_web.cases.actions.run_traces import LEASE, run_next
from wenxing_web.cases.models import Case, Report, Trace, Tracing
from wenxing_web.ledger.models import Entry
from wenxing_web.live.models import Event
from wenxing_web.members.models import Member

pytestmark = pytest.mark.django_db
PROGRAM = Path(__file__).with_name("dying.py")


@pytest.fixture
def made(alice: Browser, bob: Browser) -> Report:
    """A report of Bob's copy."""
    assert bob.member
    return reported(copy_of(bob.member, make_material(SPEECH)))


def _post(browser: Browser, made: Report, *keys: str) -> str:
    """Press the button; returns where it leads."""
    there = reverse("console-trace", kwargs={"number": made.case.number})
    return str(browser.post(there, {"exhibit": keys or (f"{made.pk}-text",)})["Location"])


def _ordered(made: Report, browser: Browser, *keys: str) -> Tracing:
    assert browser.member
    chosen = keys or (f"{made.pk}-text",)
    return order_trace(made.case, by=browser.member, at=timezone.now(), chosen=chosen)


def _page(browser: Browser, made: Report, name: str = "console-case") -> str:
    return browser.get(reverse(name, kwargs={"number": made.case.number})).content.decode()


# --- the page -----------------------------------------------------------------------------------------


def test_a_trace_that_takes_long_is_shown_as_under_way_until_it_turns_into_the_outcome(
    alice: Browser, made: Report
) -> None:
    under_way = reverse("console-tracing", kwargs={"number": made.case.number})
    assert _post(alice, made) == under_way
    shown = alice.get(under_way).content.decode()
    assert "正在追溯" in shown
    assert '<noscript><meta http-equiv="refresh"' in shown
    assert f"wenxing:trace.ended:{made.case.number} from:document" in shown
    case = _page(alice, made)
    assert under_way in case
    assert "等结果出来" in case
    assert reverse("console-trace", kwargs={"number": made.case.number}) not in case
    assert traced() == 1
    there = reverse("console-case", kwargs={"number": made.case.number}) + "#traces"
    assert alice.get(under_way)["Location"] == there
    assert alice.get(under_way, headers={"HX-Request": "true"})["HX-Redirect"] == there
    assert "指认编号" in _page(alice, made)


def test_a_short_trace_is_done_before_the_answer(
    alice: Browser, made: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wenxing_web.console.views import cases

    def work(_seconds: float) -> None:
        run_next(clock=timezone.now)

    def while_somebody_works(asked: Tracing, *, patience: float) -> Tracing:
        assert not patience  # none beside tests
        return await_trace(asked, patience=60, pause=work)

    monkeypatch.setattr(cases, "await_trace", while_somebody_works)
    assert _post(alice, made).endswith("#traces")
    assert Trace.objects.get().outcome == "named"


def test_open_pages_of_operators_hear_that_it_has_ended(alice: Browser, made: Report) -> None:
    _post(alice, made)
    traced()
    told = Event.objects.filter(kind="trace.ended").values_list("audience", "facts")
    assert list(told) == [("staff", {"case": made.case.number})]


def test_who_waits_behind_other_cases_is_told_so(alice: Browser, made: Report) -> None:
    other = reported("另一份外传的文字" * 30)
    _ordered(made, alice)
    _post(alice, other, f"{other.pk}-text")
    assert "前面还有 1 个追溯" in _page(alice, other, "console-tracing")
    assert "马上开始" in _page(alice, made, "console-tracing")
    assert traced() == 2


def test_members_and_strangers_find_no_such_page(
    alice: Browser, bob: Browser, carol: Browser, made: Report
) -> None:
    _post(alice, made)
    there = reverse("console-tracing", kwargs={"number": made.case.number})
    assert alice.get(there).status_code == 200
    for outsider in (bob, carol):
        assert outsider.get(there).status_code == 404
    assert alice.get(reverse("console-tracing", kwargs={"number": "1999-0001"})).status_code == 404


# --- failing ------------------------------------------------------------------------------------------


def test_what_cannot_be_traced_says_why_in_the_readers_language_and_can_be_tried_again(
    alice: Browser, made: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise engine.MasterError("damaged")

    monkeypatch.setattr(engine, "trace", refuse)
    _post(alice, made)
    traced()
    assert not Trace.objects.exists()
    shown = _page(alice, made)
    assert "的追溯没有完成。" in shown
    assert "母本已经损坏" in shown
    assert "再试一次" in shown
    alice.post("/language/", {"language": "en"})
    assert "check the backup and the key" in _page(alice, made)
    alice.post("/language/", {"language": "zh-hans"})
    monkeypatch.undo()
    _post(alice, made)
    traced()
    shown = _page(alice, made)
    assert "指认编号" in shown
    assert "母本已经损坏" not in shown


def test_a_fault_of_the_program_is_told_and_ends_nothing_else(
    alice: Browser, made: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(engine, "trace", fail)
    _post(alice, made)
    assert traced() == 1
    assert "程序出错" in _page(alice, made)
    assert not Entry.objects.filter(kind="trace.run").exists()


def test_a_ruled_case_is_refused_at_once(alice: Browser, made: Report) -> None:
    Case.objects.update(state=Case.State.DISMISSED)
    with pytest.raises(CaseError, match="已经作出决定"):
        _ordered(made, alice)
    _post(alice, made)
    assert "已经作出决定" in _page(alice, made)
    assert not Tracing.objects.exists()


# --- once ---------------------------------------------------------------------------------------------


def test_two_operators_who_press_at_once_have_one_trace(alice: Browser, made: Report) -> None:
    other = Browser()
    other.member = Member.objects.create_superuser("dora@example.org", "correct horse")
    other.force_login(other.member)
    assert _post(alice, made) == _post(other, made)
    assert traced() == 1
    assert Trace.objects.count() == Entry.objects.filter(kind="trace.run").count() == 1


def test_another_choice_waits_until_the_trace_under_way_has_ended(alice: Browser, made: Report) -> None:
    more = report(text="又一段" * 50, reporter=None, at=timezone.now(), case=made.case)
    _post(alice, made)
    _post(alice, made, f"{more.pk}-text")
    assert "请等它结束" in _page(alice, made)
    assert Tracing.objects.count() == traced() == 1
    _post(alice, made, f"{more.pk}-text")
    assert traced() == 1


def test_the_database_knows_one_trace_under_way_a_case(alice: Browser, made: Report) -> None:
    _ordered(made, alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Tracing.objects.create(case=made.case, asked_at=timezone.now(), chosen=[])


def test_nobody_takes_what_another_process_holds_until_its_lease_is_over(
    alice: Browser, made: Report
) -> None:
    _ordered(made, alice)
    Tracing.objects.update(lease="another", leased_until=timezone.now() + LEASE, tries=1)
    assert not run_next(clock=timezone.now)
    assert run_next(clock=lambda: timezone.now() + LEASE + timedelta(seconds=1))
    assert Tracing.objects.get().tries == 2
    assert Trace.objects.count() == 1


def test_who_has_lost_the_lease_keeps_nothing(
    alice: Browser, made: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, rivals = engine.trace, []

    def slow(*arguments: object, **options: object) -> engine.Findings:
        monkeypatch.setattr(engine, "trace", real)
        rivals.append(run_next(clock=lambda: timezone.now() + LEASE + timedelta(seconds=1)))
        return real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "trace", slow)
    _ordered(made, alice)
    assert run_next(clock=timezone.now)
    assert rivals == [True]
    assert Trace.objects.count() == Entry.objects.filter(kind="trace.run").count() == 1
    assert Tracing.objects.get().state == Tracing.State.DONE


def test_what_ended_three_processes_is_not_given_to_a_fourth(alice: Browser, made: Report) -> None:
    _ordered(made, alice)
    Tracing.objects.update(lease="killed", leased_until=timezone.now() - LEASE, tries=3)
    assert not run_next(clock=timezone.now)
    assert "停了三次" in _page(alice, made)
    assert not Trace.objects.exists()
    _post(alice, made)
    assert traced() == 1


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_to_end_hands_its_trace_back(
    alice: Browser, made: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, begun = engine.trace, []

    def until_handed_back(*arguments: object, **options: object) -> engine.Findings:
        begun.append(True)
        for thread in threading.enumerate():
            if thread.name == "lease":
                thread.join()  # it has handed the trace back; to ask the database meanwhile would lock it
        assert not Tracing.objects.get().lease
        return real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "trace", until_handed_back)
    _ordered(made, alice)
    assert run_next(clock=timezone.now, ended=lambda: bool(begun))
    assert not Trace.objects.exists()
    monkeypatch.undo()
    assert run_next(clock=timezone.now)  # at once: no lease to wait for
    assert Trace.objects.count() == 1
    assert Tracing.objects.get().tries == 1


def test_kill_9_in_the_middle_of_a_trace_loses_nothing_and_spends_once(tmp_path: Path) -> None:
    command = [sys.executable, str(PROGRAM)]
    environ = environment(tmp_path)
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        process.kill()
    done = subprocess.run([*command, "later"], env=environ, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "ran": 1,
        "traces": 1,
        "ledger": 1,
        "tests": 1,
        "tries": 2,
        "chain": True,
    }
