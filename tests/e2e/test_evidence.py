"""The evidence as it is drawn: on a phone and on a desk every mark is in its picture, apart from the rest."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]

_GEOMETRY = """selector => {
  const picture = document.querySelector(selector);
  const frame = picture.closest("figure").getBoundingClientRect();
  const box = e => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; };
  const all = name => [...picture.querySelectorAll(name)].map(box);
  return {frame: [frame.left, frame.top, frame.right, frame.bottom], dots: all("circle"),
    stars: all(".star path"), line: all(".bound")[0], labels: all("text"), agrees: all(".agrees"),
    unread: all(".unread"),
    sizes: [...picture.querySelectorAll("text")].map(e => parseFloat(getComputedStyle(e).fontSize))};
}"""


@pytest.fixture(params=[390, 1280], ids=["phone", "desk"])
def traced(request: pytest.FixtureRequest, visitor: Visit) -> Page:
    """The case of the demo library, traced."""
    page = visitor("operator@example.org", width=request.param)
    page.goto("/console/cases/")
    page.locator("main a[href*='/console/cases/']").first.click()
    page.get_by_role("button", name="追溯").click()
    expect(page.locator("svg.crowd")).to_be_visible()  # on a busy machine it is under way first
    return page


def apart(first: list[float], second: list[float]) -> bool:
    """Whether two boxes (left, top, right, bottom) do not cover each other."""
    return first[2] <= second[0] or second[2] <= first[0] or first[3] <= second[1] or second[3] <= first[1]


def test_dots_line_and_named_number_stand_apart_and_inside(traced: Page) -> None:
    drawn = traced.evaluate(_GEOMETRY, "svg.crowd")
    left, top, right, bottom = drawn["frame"]
    assert len(drawn["dots"]) == 14
    assert len(drawn["stars"]) == 1
    for box in [*drawn["dots"], *drawn["stars"], *drawn["labels"]]:
        assert left - 1 <= box[0] < box[2] <= right + 1
        assert top <= box[1] < box[3] <= bottom
    assert all(dot[2] < drawn["line"][0] for dot in drawn["dots"])
    assert drawn["stars"][0][0] > drawn["line"][2]
    for at, label in enumerate(drawn["labels"]):
        assert all(apart(label, other) for other in drawn["labels"][at + 1 :])
        assert all(apart(label, dot) for dot in drawn["dots"])
    assert min(drawn["sizes"]) >= 12
    for at, dot in enumerate(drawn["dots"]):
        assert abs((dot[2] - dot[0]) - (dot[3] - dot[1])) < 0.1, "a dot is round at every width"
        assert all(apart(dot, other) for other in drawn["dots"][at + 1 :])


def test_the_strip_runs_along_the_document_and_each_state_has_its_place(traced: Page) -> None:
    drawn = traced.evaluate(_GEOMETRY, "svg.strip")
    left, _, right, _ = drawn["frame"]
    assert len(drawn["agrees"]) > 55
    assert drawn["unread"]
    assert max(b[3] for b in drawn["agrees"]) <= min(b[1] for b in drawn["unread"])
    places = [b[0] for b in drawn["agrees"]]
    assert places == sorted(places)
    assert left <= places[0]
    assert drawn["agrees"][-1][2] <= right + 2
    assert places[-1] - places[0] > 0.8 * (right - left)


def test_what_the_pictures_show_can_be_read_as_tables(traced: Page) -> None:
    for words, summary in (("14 个账号在界线左边", "数字列表"), ("的副本逐处比较", "逐处列表")):
        expect(traced.get_by_role("img", name=words)).to_have_count(1)
        shown = traced.get_by_role("table")
        before = shown.count()
        traced.get_by_text(summary).first.click()
        expect(shown).to_have_count(before + 1)
