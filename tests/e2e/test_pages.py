"""Every page of the flow in a browser: phone and desk, Chinese and English, light and dark, zoomed, at rest.

The contact sheets in docs/pictures are made by the same walk, on demand: `make pages`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from e2e.conftest import sign_in, window
from e2e.inspecting import WATCH, faults_of
from e2e.sheets import PICTURES, opened, save, save_sheet, side_by_side
from web.pages import PAGES
from web.serving import ROOT, environment, start

HEIGHT = 844
EMAIL = {
    "carol": "",
    "bob": "member@example.org",
    "alice": "operator@example.org",
    "dora": "reader1@example.org",
}
EXTRA = [("bob", "/m/{old}/"), ("bob", "/me/hearings/{hearing}/")]
PHONE, DESK = 390, 1280


@dataclass
class Furnished:
    """A running library with something on every page, and browsers to look at it."""

    chromium: Browser
    port: int
    places: dict[str, str]
    contexts: list[BrowserContext] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def open(
        self, who: str, *, width: int, language: str = "zh-CN", scheme: str = "light", scale: float = 1,
        motion: str = "no-preference",
    ) -> Page:  # fmt: skip
        """A signed-in browser window."""
        context = window(
            self.chromium,
            self.port,
            viewport={"width": width, "height": HEIGHT},
            device_scale_factor=scale,
            locale=language,
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce" if motion == "reduce" else "no-preference",
        )
        self.contexts.append(context)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.on("console", lambda m: self.said.append(f"{page.url} {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda error: self.said.append(f"{page.url} {error}"))
        if EMAIL[who]:
            sign_in(page, EMAIL[who])
        return page

    def show(self, who: str, address: str, *, width: int = 960, height: int = 720) -> Page:
        """A page as the tour shows it, with twice the pixels of its size on the picture."""
        page = self.open(who, width=width, scale=1.5)
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address.format(**self.places))
        return page

    def walk(self, open_as: Callable[[str], Page]) -> Iterator[tuple[str, Page]]:
        """Every page there is, one after the other: its label, and the window that shows it."""
        pages: dict[str, Page] = {}
        for who, address in [*PAGES, *EXTRA]:
            if who not in pages:
                pages[who] = open_as(who)
            page = pages[who]
            page.goto(address.format(**self.places))
            yield f"{EMAIL[who].partition('@')[0] or 'anybody'} {address}", page


@pytest.fixture(scope="module")
def furnished(
    chromium: Browser, demo_library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    """The demo library, its leak traced and its account asked, being served."""
    home = shutil.copytree(demo_library, tmp_path_factory.mktemp("furnished") / "home")
    program = [sys.executable, str(Path(__file__).with_name("furnishing.py"))]
    done = subprocess.run(program, env=environment(home), check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    server = start(home)
    made = Furnished(chromium, server.port, json.loads(done.stdout.splitlines()[-1]))
    yield made
    for context in made.contexts:
        context.close()
    assert server.stop() == 0, (home / "server.log").read_text()


LOOKS = [  # every pair of width, language and scheme is in the first four
    (PHONE, "zh-CN", "light"),
    (PHONE, "en-GB", "dark"),
    (DESK, "zh-CN", "dark"),
    (DESK, "en-GB", "light"),
    *(
        pytest.param(*look, marks=pytest.mark.slow)
        for look in [(PHONE, "zh-CN", "dark"), (PHONE, "en-GB", "light"), (DESK, "zh-CN", "light"),
                     (DESK, "en-GB", "dark")]
    ),
]  # fmt: skip


@pytest.mark.parametrize(("width", "language", "scheme"), LOOKS)
def test_every_page_is_accessible_legible_and_still(
    width: int, language: str, scheme: str, furnished: Furnished
) -> None:
    def open_as(who: str) -> Page:
        return furnished.open(who, width=width, language=language, scheme=scheme)

    furnished.said.clear()
    shots, faults = [], []
    for label, page in furnished.walk(open_as):
        faults += [f"{label}: {fault}" for fault in faults_of(page, phone=width == PHONE)]
        if "WENXING_WRITE_PICTURES" in os.environ:
            shots.append((label, page.screenshot()))
    if shots:
        columns, small = (10, 150) if width == PHONE else (6, 320)
        save_sheet(f"pages-{width}-{language[:2]}-{scheme}", shots, columns=columns, width=small)
    faults += [text for text in furnished.said if "Failed to load resource" not in text]
    assert faults == [], "\n" + "\n".join(faults)


def controls(page: Page) -> set[str]:
    """What can be pressed, followed or filled in, by its words; what is folded away is unfolded first."""
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("a, button, summary, input, select, textarea")]
          .filter(e => e.checkVisibility() && !e.closest(".skip") && e.type !== "hidden")
          .map(e => `${e.localName} ${e.innerText || e.getAttribute("aria-label") || e.name}`.trim())
        """
    )
    return set(found)


def test_at_twice_the_size_nothing_is_lost(furnished: Furnished) -> None:
    """200 % zoom on a desk is a window half as wide with twice the pixels."""
    plain = {
        label: controls(page)
        for label, page in furnished.walk(lambda who: furnished.open(who, width=DESK))
    }  # fmt: skip
    for label, page in furnished.walk(lambda who: furnished.open(who, width=DESK // 2, scale=2)):
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, label
        assert plain[label] - controls(page) == set(), label


def test_whoever_asked_for_less_motion_sees_none(furnished: Furnished) -> None:
    moving = """() => [...document.querySelectorAll("*")].filter(e => {
      const look = getComputedStyle(e);
      return [look.transitionDuration, look.animationDuration].some(
        times => times.split(", ").some(time => parseFloat(time) > 0));
    }).length"""
    some = furnished.open("bob", width=DESK)
    some.goto("/library/")
    assert some.evaluate(moving) > 0, "there is some motion to be spared"
    for label, page in furnished.walk(lambda who: furnished.open(who, width=DESK, motion="reduce")):
        assert page.evaluate(moving) == 0, label
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto", label


@pytest.mark.writes
def test_take_the_pictures_of_the_tour(furnished: Furnished) -> None:
    show = furnished.show
    reader = show("dora", "/m/{edition}/", width=DESK, height=960).screenshot()
    case = show("alice", "/console/cases/{case}/", height=900)
    evidence = _figures(case)
    save("first-screen", side_by_side([opened(reader), opened(evidence)], height=720), colours=48)
    save("tour-1-reading", opened(reader), colours=48)
    proof = show("alice", "/console/ingest/{draft}/proof/", height=900)
    save("tour-2-proof", opened(proof.screenshot()), colours=48)
    save("tour-3-evidence", opened(evidence), colours=48)
    hearing = show("bob", "/me/hearings/{hearing}/", width=PHONE, height=HEIGHT).screenshot()
    receipt = show("carol", "/report/{receipt}/", width=PHONE, height=HEIGHT).screenshot()
    leak = show("carol", "/report/", width=PHONE, height=HEIGHT).screenshot()
    phones = [opened(leak), opened(receipt), opened(hearing)]
    save("tour-4-report-and-hearing", side_by_side(phones, height=HEIGHT), colours=48)
    desk = show("alice", "/console/", height=640)
    save("tour-5-desk", opened(desk.screenshot()), colours=48)
    board = show("dora", "/demand/", width=PHONE, height=HEIGHT).screenshot()
    found = show("dora", "/library/?q=群众", width=PHONE, height=HEIGHT).screenshot()
    room = show("dora", "/rooms/members/", width=PHONE, height=HEIGHT).screenshot()
    phones = [opened(found), opened(board), opened(room)]
    save("tour-6-search-demand-rooms", side_by_side(phones, height=HEIGHT), colours=48)


def test_the_tour_shows_pictures_that_exist_and_are_small() -> None:
    shown = re.findall(r"\]\(pictures/(\S+?)\)", (PICTURES.parent / "tour.md").read_text("utf-8"))
    assert len(shown) == 6 + 8
    documents = [*PICTURES.parent.rglob("*.md"), ROOT / "README.md"]
    used = {
        name for file in documents for name in re.findall(r"pictures/([\w-]+\.png)", file.read_text("utf-8"))
    }
    assert {path.name for path in PICTURES.iterdir()} == used
    assert set(shown) < used
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 3_000_000


def _figures(page: Page) -> bytes:
    """The finding of the trace and the strip of the named number, from one page."""
    top = page.locator("section[aria-labelledby=traces]").bounding_box()
    strip = page.locator("svg.strip").first.bounding_box()
    assert top
    assert strip
    height = strip["y"] + strip["height"] + 60 - top["y"]
    clip = {"x": 0.0, "y": top["y"], "width": 960.0, "height": height}
    return page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]
