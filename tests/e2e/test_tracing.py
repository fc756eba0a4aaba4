"""A trace that takes its time: its page turns into the outcome by itself, with and without scripts."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import sign_in, window
from web.serving import Server, environment

Visit = Callable[..., Page]
PROGRAM = Path(__file__).with_name("holding.py")
OPERATOR = "operator@example.org"


def _run(home: Path, *arguments: str) -> str:
    command = [sys.executable, str(PROGRAM), *arguments]
    done = subprocess.run(command, env=environment(home), check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def plain(chromium: Browser, library: Server) -> Iterator[Page]:
    """A browser without scripts."""
    context = window(chromium, library.port, java_script_enabled=False, locale="zh-CN")
    yield context.new_page()
    context.close()


def test_the_page_of_a_trace_turns_into_its_outcome_by_itself(
    home: Path, visitor: Visit, plain: Page
) -> None:
    case = _run(home)
    scripted = visitor(OPERATOR, width=390)
    sign_in(plain, OPERATOR)
    for page in (scripted, plain):
        page.goto(f"/console/cases/{case}/")
        page.get_by_role("link", name="看进展").click()
        expect(page.get_by_role("heading", name="正在追溯")).to_be_visible()
        expect(page.get_by_role("progressbar")).to_be_visible()
    _run(home, "release")
    for page in (scripted, plain):
        expect(page.get_by_role("heading", name="指认编号")).to_be_visible()
        expect(page).to_have_url(f"/console/cases/{case}/#traces")
