"""What a page may cost: queries and bytes, page by page, as docs/pages.md says.

To write the table anew after a deliberate change: make pages
"""

import re
import statistics
import time
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from web.browsing import Browser
from web.making import make_material
from web.pages import PAGES, furnish
from web.serving import ROOT
from wenxing_web.cases.actions.report import report
from wenxing_web.library.models import Policy

pytestmark = pytest.mark.django_db
DOCUMENT = ROOT / "docs" / "pages.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end -->\n"
WHO = {"carol": "anybody", "bob": "member", "alice": "operator"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one page took: database queries, bytes of HTML, milliseconds on the machine at hand."""

    queries: int
    size: int
    milliseconds: float


def cost(browser: Browser, address: str) -> Cost:
    """Open a page, warm, and count."""
    browser.get(address)
    with CaptureQueriesContext(connection) as captured:
        size = len(browser.get(address).content)
    queries = len(captured)  # the next request clears the log
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        browser.get(address)
        times.append(time.perf_counter() - begun)
    return Cost(queries, size, statistics.median(times) * 1000)


def written() -> dict[tuple[str, str], tuple[int, int]]:
    """(who, page) → the queries and bytes that it may cost, from the document."""
    rows = re.findall(
        r"^\| `(.+?)` \| (\w+) \| \d+ \| (\d+) \| [\d.]+ \| (\d+) \|", DOCUMENT.read_text("utf-8"), re.M
    )
    return {(who, page): (int(queries), int(size) * 1000) for page, who, queries, size in rows}


@pytest.fixture
def places(alice: Browser) -> dict[str, str]:
    """Something on every page."""
    return furnish(alice)


@pytest.mark.parametrize(("who", "address"), PAGES)
def test_a_page_costs_no_more_than_is_written(
    who: str, address: str, places: dict[str, str], request: pytest.FixtureRequest
) -> None:
    queries, size = written()[WHO[who], address]
    taken = cost(request.getfixturevalue(who), address.format(**places))
    assert taken.queries <= queries
    assert taken.size <= size


def test_every_page_has_a_row_and_every_row_a_page() -> None:
    assert set(written()) == {(WHO[who], page) for who, page in PAGES}


@pytest.mark.parametrize(
    ("who", "address"),
    [("carol", "/"), ("bob", "/"), ("bob", "/library/"), ("bob", "/me/copies/"), ("alice", "/console/"),
     ("alice", "/console/editions/"), ("alice", "/console/cases/")],
)  # fmt: skip
def test_a_fuller_library_asks_the_database_no_more_often(
    who: str, address: str, places: dict[str, str], request: pytest.FixtureRequest
) -> None:
    browser: Browser = request.getfixturevalue(who)
    _add(browser, 3)
    few = cost(browser, address)
    _add(browser, 6)
    many = cost(browser, address)
    assert many.size > few.size or address in ("/console/", "/")
    assert many.queries == few.queries


def _add(browser: Browser, count: int) -> None:
    """So many more materials, all of them opened by `browser`, and so many more cases."""
    now = timezone.now()
    for at in range(count):
        text = f"通知{now:%H%M%S%f}第{at}号\n请各组按时到会，材料当场发放，会后收回。\n"
        day = timezone.localdate() - timedelta(days=at)
        edition = make_material(text, policy=Policy.VERBATIM, title=text.partition("\n")[0], dated_on=day)
        report(text="", link=f"https://market.example/{now:%f}{at}", reporter=None, at=now)
        assert browser.get(f"/m/{edition.identity}/").status_code in (200, 404)


@pytest.mark.writes
def test_write_the_table(
    places: dict[str, str], alice: Browser, bob: Browser, carol: Browser, db: None
) -> None:
    browsers = {"alice": alice, "bob": bob, "carol": carol}
    lines = [
        "| page | who | queries | at most | kB | at most | ms |",
        "|-|-|-:|-:|-:|-:|-:|",
    ]
    for who, page in PAGES:
        taken = cost(browsers[who], page.format(**places))
        allowed = (ceil(taken.queries * 1.15) + 1, ceil(taken.size / 1000 * 1.2) + 1)
        lines.append(
            f"| `{page}` | {WHO[who]} | {taken.queries} | {allowed[0]} | {taken.size / 1000:.1f} "
            f"| {allowed[1]} | {taken.milliseconds:.0f} |"
        )
    text = DOCUMENT.read_text("utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    DOCUMENT.write_text(before + BEGIN + "\n".join(lines) + "\n" + END + after, "utf-8")
    assert set(written()) == {(WHO[who], page) for who, page in PAGES}
