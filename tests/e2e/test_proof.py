"""A proof in a browser: how many keys and clicks 4,000 characters take, and that none of them is lost."""

import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import sign_in, submit, window
from web.serving import Server

Visit = Callable[..., Page]
OPERATOR = "operator@example.org"
CORPUS = Path(__file__).parent.parent / "engine" / "corpus"
SPEECHES = ("01", "06", "11", "18")  # together a little over 4,000 characters

DOUBTFUL_A, DOUBTFUL_B = 0.06, 0.35  # what an editor may want to leave out, by grade


@dataclass
class Editor:
    """Somebody at a proof who counts what they do."""

    page: Page
    keys: int = 0
    clicks: int = 0
    rejected: set[str] = field(default_factory=set)

    def press(self, key: str) -> None:
        """Press one key."""
        self.page.keyboard.press(key)
        self.keys += 1

    def click(self, selector: str) -> None:
        """Click one thing."""
        self.page.locator(selector).first.click()
        self.clicks += 1

    def settle(self) -> None:
        """Wait until everything that was decided has come back; that takes no hand."""
        expect(self.page.locator("#proof[aria-busy=true]")).to_have_count(0)


@pytest.fixture
def manuscript(tmp_path: Path) -> Path:
    """Four texts of the corpus in one document."""
    files = sorted(file for file in CORPUS.glob("*.txt") if file.name[:2] in SPEECHES)
    file = tmp_path / "manuscript.txt"
    file.write_text("\n".join(text.read_text(encoding="utf-8").strip() for text in files), encoding="utf-8")
    return file


@pytest.fixture(params=["corpus", "seed"])
def long_text(request: pytest.FixtureRequest, manuscript: Path) -> Path:
    """4,000 characters: our own, and a document that the rules were not written for."""
    if request.param == "seed":
        manuscript.write_text(request.getfixturevalue("seed_text"), encoding="utf-8")
    return manuscript


def to_proof(page: Page, manuscript: Path) -> str:
    """Upload, clean, choose that wording may vary; the address of the proof."""
    page.goto("/console/ingest/")
    page.set_input_files("input[type=file]", manuscript)
    for name in ("上传", "确认，去看校样", "选可微调"):
        submit(page, name)
    return re.sub(r"[?#].*", "", page.url)


def states(page: Page, address: str) -> dict[str, tuple[str, str]]:
    """Site → grade and state, as a fresh page of the server says."""
    found: dict[str, tuple[str, str]] = {}
    for grade in ("A", "B"):
        page.goto(f"{address}?show={grade}")
        found |= {site: (grade, state) for site, state in rows_of(page)}
    return found


def rows_of(page: Page) -> list[tuple[str, str]]:
    """The sites on the page, in order: what they are called and their states."""
    rows = page.locator(".site").evaluate_all("rows => rows.map(row => [row.id, row.dataset.state])")
    return [(site, state) for site, state in rows]


def test_a_proof_of_4000_characters_by_keyboard_and_mouse(
    visitor: Visit, long_text: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = visitor(OPERATOR)
    address = to_proof(page, long_text)
    before = states(page, address)
    dice = random.Random(31)
    doubtful = {
        site
        for site, (grade, _state) in sorted(before.items())
        if dice.random() < (DOUBTFUL_A if grade == "A" else DOUBTFUL_B)
    }
    page.goto(address)
    editor = Editor(page)
    editor.press("A")  # everything that a skim is enough for
    editor.settle()
    editor.click("a[href*='view=text']")  # read the document through, clicking what does not read well
    editor.settle()
    for site in sorted(doubtful):
        if before[site][0] == "A":
            editor.click(f"[id='{site.replace('site', 'at')}-0']")
    editor.click("a[href*='view=rules']")
    editor.click("a[href*='show=open']")
    editor.settle()
    rows = [site for site, _state in rows_of(page)]
    editor.press("j")
    for row in rows:  # faster than anybody reads: keys that come while others are under way must count
        expect(page.locator(f"#{row}")).to_be_focused()
        editor.press("n" if row in doubtful else "y")
    editor.settle()

    after = states(page, address)
    assert {site for site, (_grade, state) in after.items() if state == "approved"} == set(after) - doubtful
    assert all(after[site][1] == "rejected" for site in doubtful)
    count = len(after)
    a = sum(grade == "A" for grade, _state in after.values())
    page.goto(address)
    gauge = page.locator(".gauge").first.inner_text()
    said = (
        f"\nproof: {count} sites ({a} A, {count - a} B), {len(doubtful)} of them doubtful: "
        f"{editor.keys} keys and {editor.clicks} clicks. {gauge}\n"
    )
    with capsys.disabled():
        sys.stdout.write(said)
    assert editor.keys + editor.clicks <= (count - a) + len(doubtful) + 6


def test_keys_walk_decide_undo_and_can_be_turned_off(visitor: Visit, manuscript: Path) -> None:
    page = visitor(OPERATOR)
    to_proof(page, manuscript)
    editor = Editor(page)
    rows = page.locator(".site")
    for key in ("j", "j", "ArrowDown", "k"):
        editor.press(key)
    expect(rows.nth(1)).to_be_focused()
    editor.press("y")
    editor.press("n")
    editor.press(" ")
    expect(rows.nth(4)).to_be_focused()
    for at, state in ((1, "approved"), (2, "rejected"), (3, "approved")):
        expect(rows.nth(at)).to_have_attribute("data-state", state)
    for at in (3, 2, 1):
        editor.press("u")
        expect(rows.nth(at)).to_have_attribute("data-state", "open")
        expect(rows.nth(at)).to_be_focused()
    group = page.locator(".group").first
    page.locator(".site").first.focus()
    editor.press("Y")
    expect(group.locator(".site[data-state=approved]")).to_have_count(group.locator(".site").count())
    editor.press("?")
    expect(page.locator("#keys")).to_have_attribute("open", "")
    page.get_by_label("使用这些按键").uncheck()
    rows.nth(1).focus()
    editor.press("n")
    editor.press("u")
    editor.settle()
    expect(rows.nth(1)).to_have_attribute("data-state", "approved")


def test_a_selected_phrase_becomes_an_own_site_without_a_new_page(visitor: Visit, manuscript: Path) -> None:
    page = visitor(OPERATOR)
    address = to_proof(page, manuscript)
    page.goto(f"{address}?view=text")
    page.evaluate("window.mine = true")
    chosen = page.evaluate(
        """() => {  // the second occurrence of two characters that no site has
          const texts = [...document.querySelectorAll("#running p:not(.heading)")]
            .flatMap((p) => [...p.childNodes].filter((node) => node.nodeType === 3));
          for (const node of texts) {
            const at = node.data.search(/同志们/);
            const earlier = texts.slice(0, texts.indexOf(node)).some((t) => t.data.includes("同志们"));
            if (at >= 0 && earlier) {
              const range = document.createRange();
              range.setStart(node, at); range.setEnd(node, at + 3);
              getSelection().removeAllRanges(); getSelection().addRange(range);
              return node.data.slice(at, at + 3);
            }
          }
        }"""
    )
    assert chosen == "同志们"
    expect(page.locator("#id_phrase")).to_have_value("同志们")
    which = int(page.locator("#id_which").input_value())
    assert which > 1
    page.fill("#id_other1", "同志们")
    page.get_by_role("button", name="加上这一处").click()
    expect(page.locator("#own .errorlist")).to_contain_text("互不相同")
    page.fill("#id_other1", "各位同志")
    page.get_by_role("button", name="加上这一处").click()
    place = page.locator(".place[data-state=approved]")
    expect(place).to_have_count(1)
    expect(place).to_contain_text("同志们／各位同志")
    assert page.evaluate("window.mine"), "the page was not loaded again"
    page.get_by_role("button", name="撤回上一步").click()
    expect(place).to_have_count(0)


@pytest.fixture
def plain(chromium: Browser, library: Server) -> Iterator[Page]:
    """A browser on a phone that runs no script, signed in as the operator."""
    context = window(
        chromium,
        library.port,
        viewport={"width": 390, "height": 844},
        locale="zh-CN",
        java_script_enabled=False,
    )
    page = context.new_page()
    sign_in(page, OPERATOR)
    yield page
    context.close()


def test_everything_works_without_a_script(plain: Page, manuscript: Path) -> None:
    address = to_proof(plain, manuscript)
    submit(plain, "认可全部")
    first = plain.locator(".site").first
    name = first.get_attribute("id")
    first.get_by_role("button", name="不用").click()
    expect(plain).to_have_url(re.compile(f"#{name}$"))
    expect(plain.locator(f"#{name}")).to_have_attribute("data-state", "rejected")
    plain.get_by_role("button", name="撤回上一步").click()
    expect(plain.locator(f"#{name}")).to_have_attribute("data-state", "approved")
    plain.get_by_role("link", name="在正文里看").click()
    place = plain.locator(".place[data-state=open]").first
    name = place.get_attribute("id")
    place.click()
    expect(plain.locator(f"#{name}")).to_have_attribute("data-state", "approved")
    plain.fill("#id_phrase", "同志们")
    plain.fill("#id_other1", "各位同志")
    plain.get_by_role("button", name="加上这一处").click()
    expect(plain.locator(".place", has_text="各位同志")).to_have_count(1)
    plain.goto(f"{address}preview/")
    expect(plain.locator(".pairs mark").first).to_be_visible()
