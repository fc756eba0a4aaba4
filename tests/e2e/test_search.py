"""Search in a browser: from today's field to the lit paragraph, narrow, and with nothing found."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from e2e.conftest import answered

pytestmark = pytest.mark.e2e

Visit = Callable[..., Page]
MEMBER = "member@example.org"


def test_from_the_field_of_today_to_the_lit_paragraph(visitor: Visit) -> None:
    page = visitor(MEMBER, width=390)
    page.get_by_label("在书库里找").fill("水渠")
    page.keyboard.press("Enter")
    page.wait_for_url("**/library/?q=*")
    passage = page.locator(".passage a").first
    expect(passage.locator("mark").first).to_have_text("水渠")
    passage.click()
    page.wait_for_url(re.compile(r"/m/[0-9a-f]{32}/.*#p\d+$"))
    paragraph = page.locator(page.url[page.url.index("#") :])
    expect(paragraph).to_be_in_viewport()
    expect(paragraph.locator("mark.hit").first).to_have_text("水渠")


def test_a_search_is_narrowed_sorted_and_widened_again(visitor: Visit) -> None:
    page = visitor(MEMBER)
    page.goto("/library/?q=群众 OR 干部")
    titles = page.locator(".found .title")
    everything = titles.count()
    assert everything > 3
    page.get_by_text("缩小范围").click()
    page.get_by_role("link", name=re.compile("^讲话")).click()
    expect(titles).to_have_count(1)
    page.get_by_role("link", name="不限类别").click()
    expect(titles).to_have_count(everything)
    with answered(page):
        page.get_by_role("link", name="最新的在前").click()
    days = [text or "" for text in page.locator(".found time").all_text_contents()]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("dark", [False, True])
def test_what_a_search_shows_is_accessible(visitor: Visit, width: int, language: str, dark: bool) -> None:
    page = visitor(MEMBER, width=width, language=language, dark=dark)
    for query in ("群众 OR 干部", "旧城", "绝无此词", "治理 AND"):
        page.goto(f"/library/?q={query}")
        for details in page.locator("main details").all():
            details.evaluate("element => { element.open = true }")
        found = Axe().run(page).response["violations"]
        assert [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]] == [], query
        assert page.evaluate("document.documentElement.scrollWidth") <= width, query


def test_what_is_not_there_can_be_asked_for(visitor: Visit) -> None:
    page = visitor(MEMBER)
    page.goto("/library/?q=绝无此词")
    expect(page.get_by_text("没有找到“绝无此词”")).to_be_visible()
    page.get_by_role("link", name="去求稿").click()
    page.wait_for_url("**/demand/?q=*")
