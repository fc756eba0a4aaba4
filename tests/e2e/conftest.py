"""A real server with the demo library, and real browsers.

Chromium is Debian's. Without it these tests are skipped, which `.ci/run` counts as a failure.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Response, expect, sync_playwright

from web.serving import Server, environment, start

PASSWORD = "wenxing-demo"

PATIENCE = 180_000  # milliseconds; what comes live comes at once, but machines are shared

expect.set_options(timeout=PATIENCE)

# Keys and editions as everywhere in the tests: the same every time.
_DEMO = """
import random
from wenxing import keys
for draw in (keys.new_key, keys.new_edition, keys.create_key):
    draw.__defaults__ = (random.Random(3).randbytes,)
from wenxing_web.cli import app
app(["demo"])
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, shared by the tests of a module: while it runs, nothing else can run an event loop."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder as `make run` leaves it. Copy it; do not use it."""
    home = tmp_path_factory.mktemp("demo")
    made = subprocess.run(
        [sys.executable, "-c", _DEMO], env=environment(home), check=False, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    return home


@pytest.fixture
def home(demo_library: Path, tmp_path: Path) -> Path:
    """The demo library's home, the test's own."""
    return shutil.copytree(demo_library, tmp_path / "home")


@pytest.fixture
def library(home: Path) -> Iterator[Server]:
    """The demo library, being served."""
    server = start(home)
    yield server
    assert server.stop() == 0, (home / "server.log").read_text()


def window(chromium: Browser, port: int, **options: Any) -> BrowserContext:
    """A browser of somebody's own, at the library of this port."""
    context = chromium.new_context(base_url=f"http://127.0.0.1:{port}", **options)
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def visitor(chromium: Browser, library: Server) -> Iterator[Callable[..., Page]]:
    """Open the library in a browser of one's own; whatever the page's console says fails the test."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def open_browser(
        email: str = "", *, width: int = 1280, language: str = "zh-CN", dark: bool = False
    ) -> Page:
        context = window(
            chromium,
            library.port,
            viewport={"width": width, "height": 844},
            locale=language,
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto("/")
        if email:
            sign_in(page, email)
        return page

    yield open_browser
    for context in contexts:
        context.close()
    # A refused form answers 4xx, which Chromium reports; that is the page's business, not an error.
    assert [text for text in said if "Failed to load resource" not in text] == []


_PIECE = ("hx-request", "x-wenxing-part")  # what else a page sends is said quietly


@contextmanager
def answered(page: Page) -> Iterator[None]:
    """Wait for what a press inside leads to: the page that answers, or the piece of a page."""

    shown: list[str] = []

    def ends(answer: Response) -> bool:
        asked = answer.request
        piece = asked.method == "POST" and not asked.headers.keys().isdisjoint(_PIECE)
        return answer.status // 100 != 3 and (asked.is_navigation_request() or piece)

    def note(frame: Frame) -> None:
        shown.append(frame.url.partition("#")[0])

    page.on("framenavigated", note)
    with page.expect_response(ends) as answer:
        yield
    answer.value.finished()
    if answer.value.request.is_navigation_request():
        while answer.value.url.partition("#")[0] not in shown:  # the page before may still be there
            page.wait_for_event("framenavigated")
    page.remove_listener("framenavigated", note)
    page.wait_for_load_state()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def submit(page: Page, name: str, *, exact: bool = False) -> None:
    """Press a button by its words and wait for the answer."""
    with answered(page):
        page.get_by_role("button", name=name, exact=exact).first.click()


def sign_in(page: Page, email: str) -> None:
    """Sign in through the page."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    with answered(page):
        page.click("main form button")
