"""A new library has something to read and a case to solve; a second start changes nothing."""

import sqlite3
from pathlib import Path

import pytest
from django.utils import timezone

from web.browsing import Browser, signed_in
from web.serving import command
from wenxing_web.cases.actions.trace import trace
from wenxing_web.cases.models import Case
from wenxing_web.entitlements import Action, Denied, Reason, may
from wenxing_web.ledger.queries import verify
from wenxing_web.library.models import Edition, Material, Policy
from wenxing_web.members.models import Member
from wenxing_web.members.queries import number_of
from wenxing_web.samples import demo


def dump(home: Path) -> list[str]:
    database = sqlite3.connect(home / "wenxing.sqlite3")
    rows = list(database.iterdump())
    database.close()
    return rows


def files(home: Path) -> dict[str, bytes]:
    kept = (path for path in home.rglob("*") if path.is_file() and "sqlite3" not in path.name)
    return {str(path.relative_to(home)): path.read_bytes() for path in kept}


@pytest.mark.sqlite
def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    first = command(tmp_path, "demo")
    assert first.returncode == 0, first.stderr
    assert "operator@example.org" in first.stderr
    rows, kept = dump(tmp_path), files(tmp_path)
    second = command(tmp_path, "demo")
    assert second.stderr == first.stderr
    assert dump(tmp_path) == rows
    assert files(tmp_path) == kept
    assert command(tmp_path, "check-ledger").returncode == 0


@pytest.mark.django_db(transaction=True)
def test_the_samples_are_of_several_kinds_and_years() -> None:
    assert demo.make()
    assert Material.objects.count() >= 12
    assert Material.objects.values("kind").distinct().count() >= 6
    dates = Material.objects.order_by("dated_on").values_list("dated_on", flat=True)
    assert len({day.year for day in dates}) >= 5
    assert Material.objects.filter(is_free=True).count() == 1
    adaptable = Edition.objects.filter(policy=Policy.ADAPTABLE, sites__gte=60)
    assert adaptable.count() >= 2
    member, today = Member.objects.get(email=demo.MEMBER), timezone.localdate()
    decisions = [may(member, Action.READ, material, today=today) for material in Material.objects.all()]
    refused = [decision.reason for decision in decisions if isinstance(decision, Denied)]
    assert refused == [Reason.OLDER_THAN_PLAN] * 3
    assert verify().ok


def test_the_samples_are_long_enough_to_be_worth_reading_in_both_languages() -> None:
    texts = [(Path(demo.__file__).parent / f"{s.file}.txt").read_text(encoding="utf-8") for s in demo.SAMPLES]
    english = [text for text in texts if text.isascii()]
    assert len(english) >= 4
    assert all(900 <= len(text.split()) <= 1_800 for text in english)
    assert all(1_500 <= len("".join(text.split())) <= 3_500 for text in texts if text not in english)


@pytest.mark.django_db(transaction=True)
def test_there_are_plans_to_choose_from_and_a_code_to_redeem(carol: Browser) -> None:
    demo.make()
    assert carol.get("/plans/").content.decode().count("¥") == 3
    reporter = signed_in(Member.objects.get(email=demo.REPORTER))
    code = demo.accounts()[-1].split()[0]
    assert reporter.post("/me/redeem/", {"code": code}).status_code == 302
    assert all(
        may(Member.objects.get(email=demo.REPORTER), Action.READ, material, today=timezone.localdate())
        for material in Material.objects.all()
    )


@pytest.mark.django_db(transaction=True)
def test_tracing_the_planted_leak_names_the_demo_member() -> None:
    demo.make()
    operator, member = (Member.objects.get(email=email) for email in (demo.OPERATOR, demo.MEMBER))
    found = trace(Case.objects.get(), by=operator, at=timezone.now())
    assert found.outcome == "named"
    assert [named["recipient"] for named in found.result["named"]] == [number_of(member)]


@pytest.mark.django_db(transaction=True)
def test_a_start_that_was_cut_short_is_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(demo, "_read_and_leak", _fail)
        demo.make()
    assert not demo.accounts()
    assert demo.make()
    assert Material.objects.count() == len(demo.SAMPLES)
    assert Case.objects.count() == 1
    assert demo.accounts()


@pytest.mark.django_db(transaction=True)
def test_a_library_in_use_is_left_alone() -> None:
    Member.objects.create_superuser("owner@library.example", "correct horse")
    assert not demo.make()
    assert Member.objects.count() == 1
    assert not Material.objects.exists()
    assert not demo.accounts()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("email", [demo.OPERATOR, demo.MEMBER, demo.REPORTER])
def test_the_printed_accounts_can_sign_in(email: str, carol: Browser) -> None:
    demo.make()
    carol.post("/accounts/login/", {"login": email, "password": demo.PASSWORD})
    assert carol.get("/me/").status_code == 200


def test_known_passwords_are_not_offered_to_the_world(tmp_path: Path) -> None:
    refused = command(tmp_path, "serve", "--demo", "--host", "0.0.0.0")
    assert refused.returncode == 2
    assert "--demo" in refused.stderr
    assert not (tmp_path / "demo.done").exists()


def test_a_demo_library_is_not_opened_to_the_world_before_its_passwords_are_changed(tmp_path: Path) -> None:
    assert command(tmp_path, "demo").returncode == 0
    refused = command(tmp_path, "serve", "--host", "0.0.0.0")
    assert refused.returncode == 2
    assert "operator@example.org" in refused.stderr


@pytest.mark.django_db(transaction=True)
def test_a_changed_password_is_nobody_elses() -> None:
    demo.make()
    assert demo.open_to_anybody() == [demo.OPERATOR, demo.MEMBER, demo.REPORTER]
    operator = Member.objects.get(email=demo.OPERATOR)
    operator.set_password("correct horse")
    operator.save(update_fields=["password"])
    assert demo.open_to_anybody() == [demo.MEMBER, demo.REPORTER]


def _fail(*_args: object) -> None:
    raise RuntimeError("the power is gone")
