"""The platform's commands, as an operator types them."""

import logging
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path
from typer.testing import CliRunner

from web.browsing import Browser
from web.serving import command, start
from wenxing_web.cli import app
from wenxing_web.members.models import Member


def _fail(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("the reason")


urlpatterns = [path("fail/", _fail)]


def run(*arguments: str, typed: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments), input=typed)
    return result.exit_code, result.output


@pytest.mark.django_db
def test_an_operator_is_made() -> None:
    status, _ = run("createoperator", "owner@library.example", typed="correct horse\ncorrect horse\n")
    assert status == 0
    owner = Member.objects.get(email="owner@library.example")
    assert owner.is_staff
    assert owner.check_password("correct horse")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["short\nshort\n", "password123\npassword123\n", "correct horse\nother horse\n"]
)
def test_an_operator_with_a_weak_or_mistyped_password_is_not_made(typed: str) -> None:
    status, said = run("createoperator", "owner@library.example", typed=typed)
    assert status != 0
    assert "Traceback" not in said
    assert not Member.objects.exists()


@pytest.mark.django_db
def test_an_address_has_one_account() -> None:
    Member.objects.create_user("owner@library.example")
    status, _ = run("createoperator", "Owner@Library.example", typed="correct horse\ncorrect horse\n")
    assert status == 2
    assert Member.objects.count() == 1


def test_the_head_of_a_ledger_can_be_kept_and_held_against_it(tmp_path: Path) -> None:
    assert command(tmp_path, "demo").returncode == 0
    head = command(tmp_path, "check-ledger").stdout.strip()
    number, digest = head.split(":")
    assert command(tmp_path, "check-ledger", "--held", head).returncode == 0
    other = command(tmp_path, "check-ledger", "--held", f"{number}:{digest[::-1]}")
    assert other.returncode == 1
    assert f"row {number}" in other.stderr


@pytest.mark.sqlite
def test_other_users_of_the_machine_read_nothing_of_a_home_made_by_hand(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert command(tmp_path, "demo").returncode == 0
    assert (tmp_path / "wenxing.sqlite3").exists()
    assert any((tmp_path / "files").rglob("*.wxm"))
    open_to_others = [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert open_to_others == []


def test_a_port_in_use_is_said_and_nothing_else_is_claimed(tmp_path: Path) -> None:
    server = start(tmp_path)
    try:
        second = command(tmp_path, "serve", "--port", str(server.port))
    finally:
        server.kill()
    assert second.returncode != 0
    assert "in use" in second.stderr
    assert "文行" not in second.stderr
    assert "Traceback" not in second.stderr


@pytest.mark.django_db
def test_an_error_of_ours_is_logged_and_shown_without_its_inside(caplog: pytest.LogCaptureFixture) -> None:
    visitor = Browser(raise_request_exception=False)
    with override_settings(ROOT_URLCONF=__name__), caplog.at_level(logging.ERROR):
        answer = visitor.get("/fail/")
    assert answer.status_code == 500
    assert "the reason" not in answer.content.decode()
    assert "ZeroDivisionError" in caplog.text
