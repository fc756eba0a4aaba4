"""The promise of the service, a test a line, in the browsers of those to whom it is made.

self-hosted, shared as it appears       test_what_an_operator_publishes_reaches_every_open_page
made after what members need            test_what_was_asked_and_voted_for_is_announced_to_whoever_voted
three years open with a subscription    test_a_code_opens_three_years_on_pages_that_are_open
for study only, not to be passed on     test_whoever_signs_up_or_downloads_is_told_that_copies_are_traceable
a year for whoever reports a reseller   test_flow.py: from a document to a rewarded reporter
a members' room and a free room         test_there_are_two_rooms_and_each_has_its_door; test_rooms.py
"""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import PASSWORD, answered, submit
from web.serving import environment

pytestmark = pytest.mark.e2e
Visit = Callable[..., Page]
OPERATOR, MEMBER, REPORTER = "operator@example.org", "member@example.org", "reporter@example.org"
PHONE = 390
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")
STREAM = "/library/fresh/"  # what an open page asks once it listens

_PUBLISH_OF_OLD = """
import django, sys; django.setup()
from datetime import timedelta
from django.utils import timezone
from web.making import make_material
from wenxing_web.library.models import Policy
for title, days in (("两年半以前的通知", 900), ("四年以前的通知", 1500)):
    text = title + "\\n请各组按时到会，材料当场发放。\\n"
    day = timezone.localdate() - timedelta(days=days)
    make_material(text, policy=Policy.VERBATIM, title=title, dated_on=day)
"""


def publish(operator: Page, file: Path, title: str, *, answers: str = "") -> float:
    """The operator takes a text from the upload to its publication.

    Args:
        answers: the request that it answers.

    Returns:
        When the button was pressed, seconds of `time.monotonic`.
    """
    file.write_text(
        f"{title}\n请各组按时到会，材料当场发放。\n会后把意见收齐，三天之内答复。\n", encoding="utf-8"
    )
    operator.goto("/console/ingest/")
    operator.set_input_files("input[type=file]", file)
    submit(operator, "上传", exact=True)
    submit(operator, "确认，去看校样", exact=True)
    operator.goto(re.sub(r"proof/.*", "publish/", operator.url))
    operator.fill("input[name=title]", title)
    operator.check("input[name=right][value=own]")
    if answers:
        operator.get_by_label(answers).check()
    pressed = time.monotonic()
    submit(operator, "发布", exact=True)
    operator.wait_for_url("**/console/editions/*/")
    return pressed


def unread(page: Page) -> int:
    """What the bell says."""
    found = re.search(r"\d+", page.locator("#bell").inner_text())
    return int(found.group()) if found else 0


def test_what_an_operator_publishes_reaches_every_open_page(visitor: Visit, tmp_path: Path) -> None:
    title = "今天下午开会的通知"
    operator, member, other = visitor(OPERATOR), visitor(MEMBER, width=PHONE), visitor(REPORTER)
    with member.expect_event("requestfinished", lambda r: STREAM in r.url):
        member.goto("/")
    own = member.context.new_page()
    own.goto("/me/notes/")
    before = unread(own)
    with other.expect_event("requestfinished", lambda r: STREAM in r.url):
        other.goto("/library/")
    pages = (member, own, other)
    for page in pages:
        page.evaluate("window.here = true")
    pressed = publish(operator, tmp_path / "notice.txt", title)
    for page in (member, other):
        expect(page.get_by_role("status").get_by_role("link", name=title)).to_be_visible()
        print(f"pressed, published, told and shown in {(time.monotonic() - pressed) * 1000:.0f} ms")  # noqa: T201
    expect(own.locator("#bell")).to_contain_text(str(before + 1))
    assert all(page.evaluate("window.here") for page in pages), "nobody had to load a page anew"
    expect(other.get_by_role("listitem").filter(has_text=title).first).to_contain_text("未开通")
    member.get_by_role("status").get_by_role("link", name=title).click()
    expect(member.locator("article.reader")).to_contain_text("请各组按时到会")


def test_what_was_asked_and_voted_for_is_announced_to_whoever_voted(visitor: Visit, tmp_path: Path) -> None:
    wish, title = "防汛值班安排怎么写", "防汛值班安排一份"
    asker, voter, operator = visitor(REPORTER), visitor(MEMBER, width=PHONE), visitor(OPERATOR)
    asker.goto("/demand/")
    asker.get_by_role("link", name="我要求稿").click()
    asker.get_by_label("想要什么材料").fill(wish)
    submit(asker, "贴出去", exact=True)
    if asker.get_by_text("先看看是不是已经有了").count():
        submit(asker, "都不是，贴出去", exact=True)
    voter.goto("/demand/")
    row = voter.get_by_role("listitem").filter(has_text=wish)
    row.get_by_role("button", name=f"附议《{wish}》").click()
    expect(row.get_by_role("button")).to_have_attribute("aria-pressed", "true")
    voter.evaluate("window.here = true")

    operator.goto("/console/planning/")
    operator.get_by_role("link", name=wish).click()
    submit(operator, "我来安排", exact=True)
    expect(row).to_contain_text("已安排")
    heard = voter.locator("#bell").inner_text()
    publish(operator, tmp_path / "answer.txt", title, answers=wish)

    expect(row).to_contain_text("已发布")
    expect(row.get_by_role("link", name=title)).to_be_visible()
    expect(voter.locator("#bell")).not_to_have_text(heard)
    assert voter.evaluate("window.here") is True
    with answered(voter):
        voter.locator("#bell").click()
    with answered(voter):
        voter.locator("main").get_by_role("link", name=wish).first.click()
    if not voter.locator("article.reader").count():
        voter.locator("main").get_by_role("link", name=title).click()
    expect(voter.locator("article.reader")).to_contain_text("三天之内答复")
    expect(asker.locator("main").get_by_role("link", name=title)).to_be_visible()


def test_a_code_opens_three_years_on_pages_that_are_open(visitor: Visit, home: Path) -> None:
    subprocess.run([sys.executable, "-c", _PUBLISH_OF_OLD], env=environment(home), check=True)
    phone, desk, operator = visitor(REPORTER, width=PHONE), visitor(REPORTER), visitor(OPERATOR)
    phone.goto("/library/")
    with phone.expect_response(lambda r: r.url.endswith("/live")):
        phone.get_by_role("link", name="两年半以前的通知").click()
    expect(phone.locator("main")).to_contain_text("开通会员后即可阅读")
    operator.goto("/console/codes/")
    operator.get_by_label("方案").select_option(label="全年会员")
    operator.get_by_label("个数").fill("1")
    submit(operator, "做好并显示", exact=True)
    code = CODE.findall(operator.locator("main").inner_text())[0]
    desk.goto("/me/redeem/")
    desk.fill("input[name=code]", code)
    submit(desk, "兑换", exact=True)
    expect(phone.locator("article.reader")).to_contain_text("请各组按时到会")
    desk.goto("/library/?q=四年以前的通知")
    locked = desk.get_by_role("listitem").filter(has_text="四年以前的通知")
    expect(locked).to_contain_text("未开通")


def test_whoever_signs_up_or_downloads_is_told_that_copies_are_traceable(visitor: Visit) -> None:
    stranger = visitor(width=PHONE)
    stranger.goto("/accounts/signup/")
    stranger.fill("input[name=email]", "newcomer@example.org")
    stranger.fill("input[name=password1]", PASSWORD)
    told = stranger.get_by_label("一旦外传，可以据此查到我的账号")
    stranger.locator("main form button[type=submit]").click()
    assert not told.evaluate("e => e.checkValidity()"), "nobody joins without having been told"
    told.check()
    submit(stranger, "注册", exact=True)
    expect(stranger.locator("nav.ways").get_by_role("link", name="我的")).to_be_visible()

    member = visitor(MEMBER, width=PHONE)
    member.goto("/library/")
    member.get_by_role("link", name="在青年干部培训班开班式上的讲话").click()
    notice = member.get_by_text("这是您的专属副本，仅供学习，请勿外传。")
    download = member.get_by_role("link", name="下载 Word 文档")
    assert notice.bounding_box()["y"] < download.bounding_box()["y"], "told before, not after"  # type: ignore[index]
    notice.get_by_role("link").click()
    expect(member.get_by_role("heading", level=1)).to_contain_text("每一份会员材料，都是您的专属副本")


def test_there_are_two_rooms_and_each_has_its_door(visitor: Visit) -> None:
    member, other = visitor(MEMBER), visitor(REPORTER, width=PHONE)
    for page in (member, other):
        page.goto("/")
        page.locator("nav.ways").get_by_role("link", name="会客厅").click()
        expect(page.locator("li.said").first).to_be_visible()
        page.get_by_role("navigation", name="会客厅").get_by_role("link", name="会员").click()
    expect(member.locator("#say")).to_be_visible()
    expect(other.locator("#say")).to_have_count(0)
    expect(other.locator("main").get_by_role("link", name="会员方案")).to_be_visible()
