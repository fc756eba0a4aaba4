"""The bar at the foot of a phone: at the thumb, over nothing, gone on paper, and without a script."""

from collections.abc import Callable
from itertools import product

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import sign_in, window
from web.serving import Server

pytestmark = pytest.mark.e2e
Visit = Callable[..., Page]
MEMBER, OPERATOR = "member@example.org", "operator@example.org"
PHONE, DESK = 390, 1280
STOPS = 200  # of Tab on one page, more than any has

_HIDDEN = """() => {
  const e = document.activeElement, bar = document.querySelector(".ways");
  if (!e || e === document.body) return null;
  if (bar.contains(e)) return false;
  const box = e.getBoundingClientRect();
  return box.height > 0 && Math.min(box.bottom, box.top + 24) > bar.getBoundingClientRect().top + 1;
}"""


def covered(page: Page, address: str, *, with_room: bool = True) -> int:
    """Tab through a page; how many stops the bar hides."""
    page.goto(address)
    if not with_room:
        page.evaluate("document.documentElement.style.scrollPadding = 0")
    hidden = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(_HIDDEN)
        if stop is None:
            break
        hidden.append(stop)
    assert len(hidden) > 10, address
    return sum(hidden)


def test_the_bar_never_covers_what_has_the_focus(visitor: Visit) -> None:
    page = visitor(MEMBER, width=PHONE)
    assert covered(page, "/library/", with_room=False) > 0
    for address in ("/", "/library/", "/me/", "/me/notices/settings/", "/rooms/free/"):
        assert covered(page, address) == 0, address


def test_the_end_of_a_page_stands_above_the_bar(visitor: Visit) -> None:
    page = visitor(MEMBER, width=PHONE)
    for address in ("/", "/library/", "/demand/", "/me/"):
        page.goto(address)
        page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        foot = page.locator("footer.foot").bounding_box()
        bar = page.locator("nav.ways").bounding_box()
        assert foot
        assert bar
        assert foot["y"] + foot["height"] <= bar["y"] + 1, address
        assert bar["y"] + bar["height"] == page.viewport_size["height"]  # type: ignore[index]


def test_the_bar_is_not_printed_and_is_a_line_on_a_desk(visitor: Visit) -> None:
    page = visitor(MEMBER, width=PHONE)
    ways = page.locator("nav.ways")
    expect(ways).to_be_visible()
    page.emulate_media(media="print")
    expect(ways).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).paddingBottom") == "0px"
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": DESK, "height": 844})
    box = ways.bounding_box()
    assert box
    assert box["y"] < 60
    assert box["height"] < 60


def test_an_operators_ways_are_one_line_at_any_width_in_both_languages(visitor: Visit) -> None:
    for width, language in product((PHONE, DESK), ("zh-CN", "en-GB")):
        page = visitor(OPERATOR, width=width, language=language)
        page.goto("/console/")
        bottoms = page.evaluate(
            """() => [...document.querySelectorAll(".ways a, .ways summary")]
              .filter(e => e.checkVisibility()).map(e => Math.round(e.getBoundingClientRect().bottom))"""
        )
        assert len(bottoms) >= 5
        assert max(bottoms) - min(bottoms) <= 2, (width, language)
        assert page.locator("header.top").evaluate("e => e.offsetHeight") < 80


def test_the_further_ways_open_without_a_script(chromium: Browser, library: Server) -> None:
    context = window(
        chromium, library.port, java_script_enabled=False, locale="zh-CN",
        viewport={"width": PHONE, "height": 844},
    )  # fmt: skip
    page = context.new_page()
    sign_in(page, OPERATOR)
    page.goto("/console/")
    page.locator(".more > summary").click()
    page.locator(".more").get_by_role("link", name="订单").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("订单")
    context.close()


def test_one_signs_out_on_ones_own_page_where_the_top_has_no_room(visitor: Visit) -> None:
    page = visitor(MEMBER, width=PHONE)
    expect(page.get_by_role("button", name="退出")).to_have_count(0)
    page.locator("nav.ways").get_by_role("link", name="我的").click()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("banner").get_by_role("link", name="登录")).to_be_visible()
