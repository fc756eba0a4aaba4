"""Two browsers in a room: what one says the other reads, at once and without a reload."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import PATIENCE, sign_in, submit, window
from web.serving import Server, environment

pytestmark = pytest.mark.e2e
Visit = Callable[..., Page]
MEMBER, REPORTER, OPERATOR = "member@example.org", "reporter@example.org", "operator@example.org"
TITLE = "在青年干部培训班开班式上的讲话"

_PLAN_ENDS = """
import django, sys; django.setup()
from datetime import timedelta
from django.utils import timezone
from wenxing_web.members.queries import member_by_email
today = timezone.localdate()
member_by_email(sys.argv[1]).memberships.update(starts_on=today - timedelta(days=9), ends_on=today)
"""
_PLAN_OPENS = """
import django, sys; django.setup()
from datetime import timedelta
from django.utils import timezone
from wenxing_web.members.queries import member_by_email
member_by_email(sys.argv[1]).memberships.update(ends_on=timezone.localdate() + timedelta(days=9))
"""

_COUNT_HELLOS = """
if (window.hellos === undefined) {
  window.hellos = 0;
  document.addEventListener("wenxing:hello", () => { window.hellos += 1; });
}
"""


def elsewhere(home: Path, program: str, argument: str) -> None:
    """Run a program in a process of its own."""
    subprocess.run([sys.executable, "-c", program, argument], env=environment(home), check=True)


def enter(page: Page, room: str = "free") -> None:
    """Open a room and wait until the page listens: it asks what it missed when it opens and when it does."""
    page.add_init_script(_COUNT_HELLOS)
    page.goto(f"/rooms/{room}/")
    until = time.monotonic() + PATIENCE / 1000
    while page.evaluate("window.hellos") < 2:
        assert time.monotonic() < until
        page.wait_for_timeout(20)
    expect(page.locator("#feed.htmx-request")).to_have_count(0)
    page.evaluate("window.here = true")  # gone after a reload


def drawn(page: Page) -> None:
    """Wait until the page has been drawn twice: by then it knows where it is scrolled to."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def say(page: Page, text: str) -> None:
    """Type and send, once what was sent before has been answered: until then the button is off."""
    expect(page.locator("#say button").first).to_be_enabled()
    page.fill("#say-text", text)
    page.keyboard.press("Control+Enter")


@pytest.fixture
def wanderer(chromium: Browser, library: Server) -> Iterator[Callable[[str], Page]]:
    """A browser that loses its network: what it says of that on its console is no fault."""
    contexts = []

    def open_browser(email: str) -> Page:
        context = window(chromium, library.port, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        sign_in(page, email)
        return page

    yield open_browser
    for context in contexts:
        context.close()


def the(page: Page, text: str):  # type: ignore[no-untyped-def]
    """The line with this text."""
    return page.locator("li.said").filter(has_text=text)


def test_a_message_appears_in_the_other_browser_and_follows_what_becomes_of_it(visitor: Visit) -> None:
    one, other = visitor(MEMBER), visitor(REPORTER, width=390)
    enter(one)
    enter(other)
    before = time.monotonic()
    say(one, "现在有人在吗？")
    expect(the(other, "现在有人在吗？")).to_be_visible()
    took = time.monotonic() - before
    expect(one.locator("#say-text")).to_have_value("")
    expect(the(one, "现在有人在吗？")).to_have_count(1)
    print(f"typed, sent, fetched and shown in {took * 1000:.0f} ms")  # noqa: T201
    the(other, "现在有人在吗？").get_by_role("link", name="回复").click()
    expect(other.locator("#attached")).to_contain_text("回复")
    say(other, "在的。<b>不是粗体</b>")
    expect(the(one, "在的。")).to_contain_text("<b>不是粗体</b>")
    expect(the(one, "在的。")).to_have_class("said to-me")
    expect(other.locator("#attached")).to_be_empty()
    the(one, "现在有人在吗？").first.get_by_role("link", name="更多").click()
    expect(one.get_by_label("改成")).to_be_focused()
    the(one, "现在有人在吗？").first.get_by_role("link", name="更多").click()
    expect(one.get_by_label("改成")).to_have_count(0)
    the(one, "现在有人在吗？").first.get_by_role("link", name="更多").click()
    one.get_by_label("改成").fill("现在有哪位在吗？")
    one.get_by_role("button", name="改好了").click()
    expect(the(other, "现在有哪位在吗？").first).to_contain_text("改过")
    expect(the(one, "改过").first.get_by_role("link", name="回复")).to_be_focused()
    expect(the(other, "现在有人在吗？")).to_have_count(0)
    the(one, "改过").first.get_by_role("link", name="更多").click()
    one.get_by_role("button", name="删除这条").click()
    expect(the(other, "这条消息已删除。").last).to_be_visible()
    expect(the(other, "现在有哪位在吗？")).to_have_count(0)
    assert one.evaluate("window.here") is True
    assert other.evaluate("window.here") is True


def test_whoever_was_away_gets_what_was_said_once_and_in_order(
    visitor: Visit, wanderer: Callable[[str], Page]
) -> None:
    one, other = visitor(MEMBER), wanderer(REPORTER)
    enter(one)
    enter(other)
    other.context.set_offline(True)
    for n in range(6):
        say(one, f"断线时的第{n}句")
        expect(the(one, f"断线时的第{n}句")).to_be_visible()
    other.context.set_offline(False)
    expect(the(other, "断线时的第5句")).to_be_visible()
    assert [the(other, f"断线时的第{n}句").count() for n in range(6)] == [1] * 6
    texts = other.locator("li.said").all_inner_texts()
    order = [text for text in texts if "断线时的" in text]
    assert [f"第{n}句" in text for n, text in enumerate(order)] == [True] * 6


def test_a_burst_of_events_is_a_request_or_two_and_none_for_the_other_room(visitor: Visit) -> None:
    page = visitor(MEMBER)
    enter(page)
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "/changes/" in r.url else None)
    tell = """rooms => { for (const room of rooms) document.dispatchEvent(
      new CustomEvent("wenxing:message.posted", { detail: { room, message: 1 } })); }"""
    with page.expect_response(lambda r: "/changes/" in r.url):
        page.evaluate(tell, ["free", "members"] * 20)
    expect(page.locator("#feed.htmx-request")).to_have_count(0)  # what waits is asked before this goes
    assert 1 <= len(asked) <= 2
    before = len(asked)
    page.evaluate(tell, ["members"] * 20)
    drawn(page)
    page.wait_for_timeout(1_000)
    assert len(asked) == before


def test_what_cannot_be_sent_stays_in_the_field(wanderer: Callable[[str], Page]) -> None:
    page = wanderer(MEMBER)
    enter(page)
    long = "字" * 2001
    say(page, long)
    expect(page.get_by_role("alert")).to_contain_text("多了 1 字")
    expect(page.locator("#say-text")).to_have_value(long)
    page.context.set_offline(True)
    say(page, "网断了也不丢")
    expect(page.get_by_role("alert")).to_contain_text("没有发出去")
    page.context.set_offline(False)
    expect(page.locator("#say-text")).to_have_value("网断了也不丢")
    page.get_by_role("button", name="发送").click()
    expect(the(page, "网断了也不丢")).to_have_count(1)
    expect(page.get_by_role("alert")).to_be_empty()


def test_when_the_plan_ends_the_members_room_closes_on_the_open_page_and_opens_again(
    visitor: Visit, home: Path
) -> None:
    page = visitor(MEMBER)
    enter(page, "members")
    page.fill("#say-text", "还没发出去的话")
    elsewhere(home, _PLAN_ENDS, MEMBER)
    expect(page.locator("#room")).to_contain_text("会员会客厅也随之关上")
    expect(page.locator("li.said")).to_have_count(0)
    expect(page.locator("#say")).to_have_count(0)
    elsewhere(home, _PLAN_OPENS, MEMBER)
    expect(page.locator("#say-text")).to_have_value("还没发出去的话")
    expect(page.locator("li.said").first).to_be_visible()


def test_a_paragraph_is_quoted_from_the_reader_and_opens_only_for_the_entitled(visitor: Visit) -> None:
    one, other = visitor(MEMBER), visitor(REPORTER)
    enter(other)
    one.goto("/library/")
    one.get_by_role("link", name=TITLE).first.click()
    one.get_by_text("给一段记笔记").click()
    one.locator("#note-paragraph").select_option(index=3)
    one.locator("aside").get_by_role("button", name="引到会客厅").click()
    words = one.locator("#attached .words").inner_text()
    assert len(words) > 5
    one.get_by_role("link", name="公共会客厅").click()
    expect(one.locator("#attached .words")).to_have_text(words)
    say(one, "这一段写得好")
    expect(the(one, "这一段写得好").locator(".words").last).to_have_text(words)
    card = the(other, "这一段写得好")
    expect(card).to_contain_text(TITLE)
    expect(card).to_contain_text("开通会员后即可阅读")
    assert words[:10] not in card.inner_text()


def test_the_newest_message_is_in_view_and_earlier_ones_come_on_demand(visitor: Visit) -> None:
    page = visitor(MEMBER)
    enter(page)
    for n in range(19):
        say(page, f"这是第{n}句")
        expect(the(page, f"这是第{n}句")).to_be_visible()
    expect(page.locator("#say button").first).to_be_enabled()
    enter(page)
    expect(the(page, "这是第18句")).to_be_in_viewport()
    operator = visitor(OPERATOR)
    enter(operator)
    for n in range(12):
        say(operator, f"运营者第{n}句")
        expect(the(operator, f"运营者第{n}句")).to_be_visible()
    expect(the(page, "运营者第11句")).to_be_in_viewport()
    page.evaluate("window.scrollTo(0, 0)")
    drawn(page)
    say(operator, "您在上面，看不到这句")
    expect(page.get_by_role("button", name="有新消息")).to_be_visible()
    page.get_by_role("button", name="有新消息").click()
    expect(the(page, "您在上面，看不到这句")).to_be_in_viewport()
    enter(page)
    expect(page.locator("li.said")).to_have_count(30)
    page.get_by_role("link", name="更早的消息").click()
    expect(page.locator("li.said").first).to_contain_text("这里是公共会客厅")
    assert page.locator("li.said").count() > 30
    the_welcome = page.locator("li.said").first
    assert "这里是公共会客厅" in the_welcome.inner_text()
    say(operator, "翻过旧的，新的照样来")
    expect(the(page, "翻过旧的，新的照样来")).to_have_count(1)


def test_a_room_works_without_any_script(chromium: Browser, library: Server) -> None:
    context = window(chromium, library.port, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    sign_in(page, MEMBER)
    page.goto("/rooms/free/")
    page.fill("#say-text", "没有脚本也能说话")
    submit(page, "发送")
    assert page.url.rpartition("#")[2].startswith("m")
    line = the(page, "没有脚本也能说话")
    expect(line).to_be_visible()
    line.get_by_role("link", name="更多").click()
    page.get_by_label("改成").fill("没有脚本也能改")
    page.get_by_role("button", name="改好了").click()
    expect(the(page, "没有脚本也能改")).to_contain_text("改过")
    the(page, "没有脚本也能改").get_by_role("link", name="更多").click()
    page.get_by_role("button", name="删除这条").click()
    expect(page.locator("li.said").last).to_contain_text("这条消息已删除。")
    context.close()
