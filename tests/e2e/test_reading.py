"""Reading in a browser: what is copied is clean, places and notes are kept, it reads well on any screen."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from e2e.conftest import answered

Visit = Callable[..., Page]
MEMBER = "member@example.org"
TITLE = "在青年干部培训班开班式上的讲话"


def _open(page: Page) -> str:
    """Open the reader at a protected material; returns its address."""
    page.goto("/library/")
    page.get_by_role("link", name=TITLE).click()
    page.wait_for_url("**/m/*/")
    return page.url


def _clipboard(page: Page) -> dict[str, str]:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("Control+c")
    read: dict[str, str] = page.evaluate(
        """async () => {
          const [item] = await navigator.clipboard.read();
          const texts = {};
          for (const type of item.types) texts[type] = await (await item.getType(type)).text();
          return texts;
        }"""
    )
    return read


def _select(page: Page, script: str) -> None:
    page.evaluate(
        """(script) => {
          const range = document.createRange();
          new Function("range", script)(range);
          const selection = getSelection();
          selection.removeAllRanges();
          selection.addRange(range);
        }""",
        script,
    )


def _select_phrase(page: Page, line: int, start: int, end: int) -> None:
    _select(
        page,
        f"""const text = document.querySelector("#p{line}").firstChild;
        range.setStart(text, {start}); range.setEnd(text, {end});""",
    )


def _file(page: Page) -> list[str]:
    """The lines of the member's own text file."""
    text = page.request.get(page.url.split("#")[0] + "download.txt").text()
    return [line.strip() for line in text.split("\n") if line.strip()]


def _unseen(text: str) -> list[str]:
    """Characters that nobody sees: controls, formats, odd spaces, variation selectors."""
    odd = ("Cc", "Cf", "Co", "Cn", "Zl", "Zp")
    seen = {"\n", "\u3000", " "}
    return [
        f"U+{ord(c):04X}"
        for c in text
        if c not in seen
        and (
            unicodedata.category(c) in (*odd, "Zs")
            or 0xFE00 <= ord(c) <= 0xFE0F
            or 0xE0100 <= ord(c) <= 0xE01EF
        )
    ]


# --- clean copies -------------------------------------------------------------------------------------


def test_what_is_pasted_is_the_text_and_nothing_else(visitor: Visit) -> None:
    page = visitor(MEMBER)
    _open(page)
    _select_phrase(page, 4, 2, 9)
    with answered(page):
        page.get_by_role("button", name="划线").click()
    page.goto(page.url.split("#")[0] + "?q=同志")
    assert page.locator("article mark").count() > 2, "highlights and hits are in what is selected"
    _select(page, 'range.selectNodeContents(document.querySelector("article"))')
    pasted = _clipboard(page)
    page.goto(page.url.split("?")[0])
    lines = _file(page)
    assert pasted["text/plain"].split("\n") == lines
    assert _unseen(pasted["text/plain"]) == []
    html = re.sub(r"^<meta[^>]*>|<!--.*?-->|</?(?:html|body)>", "", pasted["text/html"]).strip()
    assert set(re.findall(r"<([^/> ]+)", html)) <= {"p", "h1", "h2", "h3"}
    assert not re.search(r"style=|class=|id=|href=", html)
    assert re.sub(r"<[^>]+>", "", html) == "".join(lines)


def test_a_phrase_is_pasted_as_it_stands(visitor: Visit) -> None:
    page = visitor(MEMBER)
    _open(page)
    _select_phrase(page, 4, 2, 9)
    pasted = _clipboard(page)
    assert pasted["text/plain"] == page.locator("#p4").inner_text()[2:9]


def test_without_scripts_what_is_pasted_is_clean_too(visitor: Visit) -> None:
    page = visitor(MEMBER)
    _open(page)
    page.route("**/js/*.js", lambda route: route.abort())
    page.reload()
    _select(page, 'range.selectNodeContents(document.querySelector("article"))')
    text = _clipboard(page)["text/plain"]
    assert [line.strip() for line in text.split("\n") if line.strip()] == _file(page)
    assert _unseen(text) == []


# --- places and notes ---------------------------------------------------------------------------------


def test_reading_on_goes_on_where_it_stopped(visitor: Visit) -> None:
    page = visitor(MEMBER, width=390)
    address = _open(page)
    with page.expect_response("**/place/") as answer:
        page.mouse.move(195, 500)
        page.mouse.wheel(0, 1400)
    assert answer.value.status == 204
    page.goto("/")
    page.get_by_role("link", name=f"接着读《{TITLE}》").click()
    page.wait_for_url("**/m/*/#p*")
    assert page.url.startswith(address)
    number = int(page.url.rsplit("#p", 1)[1])
    assert 2 <= number <= 12
    expect(page.locator(f"#p{number}")).to_be_in_viewport()


def test_a_leap_to_the_files_at_the_end_does_not_count_as_reading(visitor: Visit) -> None:
    page = visitor(MEMBER, width=390)
    address = _open(page)
    with page.expect_response("**/place/"):
        page.mouse.move(195, 500)
        page.mouse.wheel(0, 1400)
    with page.expect_download():
        page.get_by_role("link", name="下载纯文本").click()
    page.goto("/")
    expect(page.get_by_role("link", name=f"接着读《{TITLE}》")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("上次读到")).to_be_visible()


def test_the_outline_shows_the_section_that_is_being_read(visitor: Visit) -> None:
    page = visitor(MEMBER)
    _open(page)
    links = page.locator(".outline.wide a")
    assert links.count() >= 4
    for turn in (1, 3):
        links.nth(turn).click()
        expect(page.locator(".outline.wide a[aria-current]")).to_have_count(1)
        expect(links.nth(turn)).to_have_attribute("aria-current", "true")


def test_a_phrase_is_noted_with_a_script_and_a_paragraph_without_one(visitor: Visit) -> None:
    page = visitor(MEMBER)
    address = _open(page)
    phrase = page.locator("#p4").inner_text()[3:11]
    _select_phrase(page, 4, 3, 11)
    page.get_by_role("button", name="记笔记").click()
    page.locator("#phrase-text").fill("这句可用")
    page.locator("#phrase").get_by_role("button", name="保存").click()
    page.wait_for_url("**#p4")
    expect(page.locator("article mark.own")).to_have_text(phrase)
    expect(page.get_by_role("complementary")).to_contain_text("这句可用")

    plain = visitor(MEMBER)
    plain.route("**/js/*.js", lambda route: route.abort())
    plain.goto(address)
    plain.get_by_text("给一段记笔记").click()
    plain.get_by_label("哪一段").select_option(index=5)
    plain.get_by_label("笔记（不写就是给整段做记号）").fill("整段可用")
    plain.locator("#note-text + .row button").first.click()
    plain.wait_for_url("**#p*")
    expect(plain.get_by_role("complementary")).to_contain_text("整段可用")
    expect(plain.locator("article .noted")).to_have_count(1)


def test_a_phrase_after_a_highlight_or_beyond_the_basic_plane_is_placed_right(visitor: Visit) -> None:
    page = visitor(MEMBER)
    _open(page)
    _select_phrase(page, 4, 3, 6)
    page.get_by_role("button", name="划线").click()
    page.wait_for_url("**#p4")
    whole = page.locator("#p4").inner_text()
    _select(
        page,
        """const rest = document.querySelector("#p4").lastChild;
        range.setStart(rest, 2); range.setEnd(rest, 5);""",
    )
    with answered(page):
        page.get_by_role("button", name="划线").click()
    expect(page.locator("article mark.own")).to_have_text([whole[3:6], whole[8:11]])


# --- keys, sizes, paper -------------------------------------------------------------------------------


def test_keys_move_between_sections_and_can_be_switched_off(visitor: Visit) -> None:
    page = visitor(MEMBER)
    _open(page)
    top = "() => window.scrollY"
    page.locator("article h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    below = page.evaluate(top)
    assert below > 100
    page.keyboard.press("k")
    assert page.evaluate(top) < below
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("jk")
    expect(page.locator("#find")).to_have_value("jk")
    page.get_by_label("使用这些键").uncheck()
    page.reload()
    page.evaluate("window.scrollTo(0, 0)")
    page.keyboard.press("j")
    assert page.evaluate(top) == 0


def test_the_size_changes_at_once_and_is_remembered(visitor: Visit) -> None:
    page = visitor(MEMBER)
    _open(page)
    size = "() => parseFloat(getComputedStyle(document.querySelector('article p')).fontSize)"
    normal = page.evaluate(size)
    address = page.url
    with page.expect_response("**/reading/size/"):
        page.get_by_role("button", name="大字").click()
    assert page.url == address
    large = page.evaluate(size)
    assert large > normal
    page.reload()
    assert page.evaluate(size) == large
    expect(page.get_by_role("button", name="大字")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(("width", "fewest", "most"), [(1280, 34, 38), (390, 18, 20)])
def test_a_line_is_as_long_as_is_good_to_read(visitor: Visit, width: int, fewest: int, most: int) -> None:
    page = visitor(MEMBER, width=width)
    _open(page)
    measured = page.evaluate(
        """() => {
          const p = [...document.querySelectorAll("article p")].find((p) => p.textContent.length > 120);
          const style = getComputedStyle(p);
          const size = parseFloat(style.fontSize);
          return { size, line: parseFloat(style.lineHeight) / size,
                   indent: parseFloat(style.textIndent) / size,
                   characters: Math.floor(p.clientWidth / size),
                   wide: document.documentElement.scrollWidth };
        }"""
    )
    assert 18 <= measured["size"] <= 20
    assert measured["line"] == pytest.approx(1.9, abs=0.01)
    assert measured["indent"] == pytest.approx(2, abs=0.01)
    assert fewest <= measured["characters"] <= most
    assert measured["wide"] <= width


def test_paper_has_the_text_and_the_code_on_every_sheet(visitor: Visit) -> None:
    page = visitor(MEMBER)
    _open(page)
    code = page.locator(".code code").inner_text()
    page.emulate_media(media="print")
    for hidden in (".top", ".outline", ".notes", ".reading-tools", ".foot", ".actions"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("article")).to_be_visible()
    expect(page.locator(".code")).to_contain_text(code)
    footer = page.locator(".colophon").evaluate("(e) => getComputedStyle(e).display")
    assert footer == "table-footer-group", "which a browser repeats on every sheet"


# --- for everybody ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_reading_pages_are_accessible(visitor: Visit, dark: bool, width: int) -> None:
    page = visitor(MEMBER, width=width, dark=dark)
    address = _open(page)
    _select_phrase(page, 4, 3, 11)
    page.get_by_role("button", name="记笔记").click()
    assert _violations(page) == []
    page.locator("#phrase-text").fill("这句可用")
    with answered(page):
        page.locator("#phrase").get_by_role("button", name="保存").click()
    for place in (
        f"{address}?q=同志",
        "/",
        "/library/?mine=1",
        "/me/",
        "/me/notes/",
        "/me/privacy/",
        "/plans/",
    ):
        page.goto(place)
        assert _violations(page) == [], place
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
    page.goto(f"{address}?q=同志")
    enhanced = {"runOnly": {"type": "rule", "values": ["color-contrast-enhanced"]}}
    assert _violations(page, "article", enhanced) == [], "the text being read has AAA contrast"


def test_the_front_page_is_accessible_and_checks_a_receipt(visitor: Visit) -> None:
    for width in (390, 1280):
        page = visitor(width=width)
        assert _violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("回执号").fill("no-such-receipt")
    page.get_by_role("button", name="看看进展").click()
    page.wait_for_url("**/report/?receipt=no-such-receipt")


def _violations(page: Page, context: str | None = None, options: dict[str, Any] | None = None) -> list[str]:
    found = Axe().run(page, context=context, options=options).response["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]
