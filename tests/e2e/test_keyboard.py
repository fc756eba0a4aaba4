"""The whole flow without a mouse: every step is reached with Tab, shows the focus, is taken with Enter."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import PASSWORD
from web.making import ADVERTISEMENT, SPEECH

Visit = Callable[..., Page]
FURTHEST = 250  # no page has so many stops

_FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return ["", true];
  const words = (e.labels && e.labels[0] && e.labels[0].innerText) || e.innerText
    || e.getAttribute("aria-label") || e.title || e.value || "";
  const look = getComputedStyle(e);
  const outlined = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
  return [words.trim(), outlined];
}"""


def reach(page: Page, words: str) -> None:
    """Press Tab until what has the focus is called `words`; each stop on the way must show its focus."""
    wanted = re.compile(words)
    for _ in range(FURTHEST):
        page.keyboard.press("Tab")
        name, visible = page.evaluate(_FOCUSED)
        assert visible, f"nobody sees that the focus is on {name!r} of {page.url}"
        if wanted.search(name):
            return
    pytest.fail(f"Tab does not lead to {words!r} on {page.url}")


def press(page: Page, words: str) -> None:
    """Reach a link or a button that leads to another page, and take it."""
    reach(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, field: str, text: str) -> None:
    """Reach a field and type into it."""
    reach(page, field)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def enter(visitor: Visit, email: str) -> Page:
    """Sign in by keyboard, from the front page."""
    page = visitor()
    press(page, "^登录$")
    write(page, "邮箱|电子邮件|E-mail", email)
    write(page, "密码", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return page


def test_from_a_leak_to_a_rewarded_reporter(visitor: Visit) -> None:
    member = enter(visitor, "member@example.org")
    press(member, "青年干部培训班")
    leak = "".join(member.locator("article.reader").inner_text().split())
    assert len(leak) > 1500

    stranger = visitor()
    press(stranger, "举报")
    write(stranger, "文字", leak)
    press(stranger, "^提交举报$")
    receipt = stranger.url.rstrip("/").rsplit("/", 1)[-1]

    operator = enter(visitor, "operator@example.org")
    operator.goto("/console/")
    press(operator, "^案件$")
    press(operator, r"-0002$")
    case = operator.url
    press(operator, "^追溯$")
    expect(operator.locator("svg.crowd .star")).to_have_count(1)  # on a busy machine it is under way first
    reach(operator, "数字列表")
    operator.keyboard.press("Enter")
    expect(operator.get_by_role("table", name="账号按巧合的程度计数")).to_be_visible()
    press(operator, "^请对方说明$")

    member.goto("/")
    press(member, "说明")
    write(member, "说明", "我把电脑借给过别人。")
    press(member, "^提交说明$")
    expect(member.get_by_text("我把电脑借给过别人。")).to_be_visible()

    operator.goto(case)
    write(operator, "理由", "证据充分，本人说明设备曾外借。")
    press(operator, "^认定$")
    expect(operator.get_by_text("认定：外传的内容出自编号").first).to_be_visible()

    reporter = enter(visitor, "reporter@example.org")
    reporter.goto(f"/report/{receipt}/")
    press(reporter, "归入|领取")
    reporter.goto("/me/")
    expect(reporter.locator("main")).to_contain_text("举报奖励")


def test_from_a_file_to_an_edition(visitor: Visit, tmp_path: Path) -> None:
    manuscript = tmp_path / "讲话.txt"
    manuscript.write_text(ADVERTISEMENT + SPEECH, encoding="utf-8")
    operator = enter(visitor, "operator@example.org")
    operator.on("filechooser", lambda _: None)  # long before the key: Chromium is told in its own time
    operator.goto("/console/")
    press(operator, "^进稿$")
    reach(operator, "文件|选择|稿件")
    with operator.expect_file_chooser() as chooser:
        operator.keyboard.press("Enter")
    chooser.value.set_files(manuscript)
    press(operator, "^上传$")
    press(operator, "^确认，去看校样$")
    press(operator, "发布")
    reach(operator, "自有|自己|本库|原创")
    operator.keyboard.press("Space")
    press(operator, "^发布")
    operator.wait_for_url("**/console/editions/*/")
