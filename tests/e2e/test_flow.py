"""The whole flow in a browser: ingest → publish → deliver → report → trace → rule → reward."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import answered, submit
from web.making import ADVERTISEMENT, SPEECH
from web.serving import command

Visit = Callable[..., Page]
OPERATOR, MEMBER, REPORTER = "operator@example.org", "member@example.org", "reporter@example.org"


@pytest.fixture
def manuscript(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The seed document, or where it is absent a text of our own with an advertisement at its head."""
    file = tmp_path / "manuscript.txt"
    try:
        file.write_text(request.getfixturevalue("seed_text"), encoding="utf-8")
    except pytest.skip.Exception:
        file.write_text(ADVERTISEMENT + SPEECH, encoding="utf-8")
    return file


def publish(page: Page, manuscript: Path) -> str:
    """The operator takes a document from the upload to an edition; returns its address for readers."""
    page.goto("/console/ingest/")
    page.set_input_files("input[type=file]", manuscript)
    submit(page, "上传")
    offered = page.locator("input[name=remove]:checked")
    assert offered.count() >= 3, "the advertisement at the head is offered for removal"
    submit(page, "确认，去看校样")
    submit(page, "选可微调")
    submit(page, "认可全部")
    page.get_by_role("link", name="B 级").click()
    page.get_by_role("link", name="一处一处看").click()
    submit(page, "认可")
    page.goto(re.sub(r"proof/.*", "publish/", page.url))
    submit(page, "发布")
    expect(page.get_by_role("alert").first).to_contain_text("凭什么可以发布")
    page.check("input[name=right][value=own]")
    submit(page, "发布")
    page.wait_for_url("**/console/editions/*/")
    identity = page.url.rstrip("/").rsplit("/", 1)[-1]
    return f"/m/{identity}/"


def leaked_by(page: Page, address: str) -> str:
    """What a member could paste elsewhere, with a few slips: their own copy, read and downloaded."""
    page.goto("/")
    expect(page.locator(f"a[href='{address}']").first).to_be_visible()
    page.goto(address)
    text = page.locator("article.reader").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载纯文本").click()
    plain = Path(download.value.path()).read_text(encoding="utf-8")
    squeezed = "".join(plain.split())
    assert squeezed[-200:] in "".join(text.split()), "the page and the file are one copy"
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Word 文档").click()
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"
    slips = random.Random(3)
    return "".join(c for c in squeezed if slips.random() > 0.01)


def report(page: Page, text: str) -> str:
    """Somebody without an account reports a pasted text; returns the receipt."""
    page.goto("/report/")
    page.fill("textarea[name=text]", text)
    submit(page, "提交举报")
    page.wait_for_url(re.compile(r"/report/[^/]+/$"))
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def test_from_a_document_to_a_named_account_and_a_rewarded_reporter(
    visitor: Visit, home: Path, manuscript: Path
) -> None:
    operator = visitor(OPERATOR)
    address = publish(operator, manuscript)
    member = visitor(MEMBER, width=390)
    leak = leaked_by(member, address)
    member.goto("/me/")
    number = re.search(r"\d+", member.get_by_text("编号").first.inner_text())
    assert number
    own = number.group()

    stranger = visitor(width=390)
    assert stranger.request.get(address).status == 404
    receipt = report(stranger, leak)

    operator.goto("/console/cases/")
    with answered(operator):
        operator.locator("main a[href*='/console/cases/']").first.click()
    case = operator.url
    submit(operator, "追溯")
    named = operator.get_by_role("heading", name=f"编号 {own}", exact=True)
    expect(named).to_be_visible()  # on a busy machine the trace is under way first
    expect(operator.locator("main")).to_contain_text("不高于")
    expect(operator.locator("main svg").first).to_be_visible()
    assert MEMBER not in operator.content(), "a number until somebody gives a reason"
    assert operator.request.get(case).status == 200
    assert member.request.get(case).status == 404
    assert stranger.request.get(case).status == 404

    operator.get_by_text("查看是哪个账号").click()
    operator.get_by_label("理由（会记入").fill("追溯指认了这个编号，要先询问")
    submit(operator, "查看账号")
    submit(operator, "请对方说明")

    member.goto("/me/hearings/")
    with answered(member):
        member.locator("main a[href*='/me/hearings/']").first.click()
    hearing = member.url
    assert stranger.request.get(hearing, max_redirects=0).status in (302, 404)
    member.fill("textarea", "我把电脑借给过别人。")
    submit(member, "提交")

    operator.goto(case)
    expect(operator.get_by_text("我把电脑借给过别人。")).to_be_visible()
    operator.fill("textarea[name=reasons]", "证据充分，本人说明设备曾外借。")
    submit(operator, "认定")
    expect(operator.get_by_text("认定：外传的内容出自编号").first).to_be_visible()

    reporter = visitor(REPORTER)
    assert claimed(reporter, receipt)
    reporter.goto("/me/")
    before = reporter.locator("main").inner_text()
    assert "举报奖励" in before
    assert not claimed(reporter, receipt), "one year, once"
    reporter.goto("/me/")
    assert reporter.locator("main").inner_text() == before
    assert command(home, "check-ledger").returncode == 0


def claimed(page: Page, receipt: str) -> bool:
    """Put the report to the reporter's account, if the page still offers it."""
    page.goto(f"/report/{receipt}/")
    button = page.locator("form[action$='/claim/'] button")
    if not button.count():
        return False
    with answered(page):
        button.click()
    return True
