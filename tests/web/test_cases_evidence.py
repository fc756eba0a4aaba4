"""The pictures of a case: what they show of the named, and what they must not show of anybody else."""

import json
import re
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.urls import reverse
from django.utils import timezone

from web.browsing import Browser
from web.leaking import copy_of, member_called, named_case, reported
from web.making import SPEECH, make_material
from wenxing_web.cases.actions.trace import trace
from wenxing_web.cases.models import Case, Trace
from wenxing_web.cases.queries import traces_in
from wenxing_web.cases.queries.crowd import TALLEST, Crowd, crowd_of
from wenxing_web.cases.queries.outcome import outcome_of
from wenxing_web.members.models import Member
from wenxing_web.members.queries import number_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(alice: Browser, bob: Browser) -> Case:
    """A case in which Bob's number was named, among five accounts."""
    assert alice.member
    assert bob.member
    for name in ("dora", "emil", "fay"):
        member_called(name)
    return named_case(bob.member, alice.member)


def drawn(case: Case) -> Crowd:
    """The picture of the only trace of a case."""
    (run,) = traces_in(case)
    made = crowd_of(run)
    assert made
    return made


def made_of(counts: list[int], *, named: dict[int, float] | None = None, reached: int = 0) -> Crowd:
    """The picture of a trace that found these counts before a bound of one in a million."""
    edges = [6 - 0.5 * (len(counts) - at) for at in range(len(counts) + 1)]
    people = [{"recipient": number, "p_value": p} for number, p in (named or {}).items()]
    found = {"distribution": {"edges": edges, "counts": counts, "reached": reached}, "named": people}
    total = sum(counts) + reached + len(people)
    made = crowd_of(cast("Trace", SimpleNamespace(result=found, inputs={"suspects": total})))
    assert made
    return made


def page(browser: Browser, case: Case) -> str:
    return browser.get(reverse("console-case", args=[case.number])).content.decode()


def test_everybody_searched_is_a_dot_and_only_the_named_has_a_number(case: Case, bob: Browser) -> None:
    picture = drawn(case)
    assert bob.member
    assert picture.suspects == 5
    assert len(picture.dots) == picture.below == 4
    assert [star.number for star in picture.stars] == [number_of(bob.member)]
    assert all(dot.x < picture.line for dot in picture.dots)
    assert picture.line < picture.stars[0].x < 100


def test_what_is_kept_of_the_crowd_is_counts_without_numbers(case: Case) -> None:
    (run,) = traces_in(case)
    kept = run.result["distribution"]
    assert set(kept) == {"edges", "counts", "reached"}
    others = set(Member.objects.values_list("recipient__number", flat=True)) - {
        row["recipient"] for row in run.result["named"]
    }
    assert len(others) == 4
    recipients = re.findall(r'"recipient": (\d+)', json.dumps(run.result))
    assert recipients
    assert not others & {int(number) for number in recipients}


def test_the_page_shows_the_picture_its_table_and_what_it_means(case: Case, alice: Browser) -> None:
    shown = page(alice, case)
    drawing = shown[shown.index('class="crowd"') : shown.index("数字列表")]
    assert drawing.count("<circle") == 4
    for words in ("界线", "10⁻⁶", "说明什么", "不说明什么", "不是嫌疑", "百万分之一"):
        assert words in drawing
    assert "style=" not in shown
    table = shown[shown.index("数字列表") :]
    counted = re.findall(r'<td class="number">(\d+)</td>', table[: table.index("</table>")])
    assert sum(map(int, counted)) == 4


def test_too_little_evidence_draws_everybody_before_the_line_and_no_number(
    alice: Browser, bob: Browser
) -> None:
    assert alice.member
    assert bob.member
    leak = copy_of(bob.member, make_material(SPEECH))
    short = reported(leak[120:250]).case
    trace(short, by=alice.member, at=timezone.now())
    picture = drawn(short)
    assert (picture.stars, picture.reached) == ((), 0)
    assert len(picture.dots) == picture.suspects == 2
    shown = page(alice, short)
    assert "没有一个账号越过界线" in shown
    assert 'class="star"' not in shown


def test_the_same_trace_again_is_not_drawn_twice(case: Case, alice: Browser) -> None:
    assert alice.member
    assert page(alice, case).count('class="crowd"') == 1
    trace(case, by=alice.member, at=timezone.now())
    assert page(alice, case).count('class="crowd"') == 1


def test_a_trace_from_before_the_picture_still_has_its_page(case: Case, alice: Browser) -> None:
    (run,) = traces_in(case)
    del run.result["distribution"]
    run.save(update_fields=["result"])
    shown = page(alice, case)
    assert 'class="crowd"' not in shown
    assert 'class="strip"' in shown


def test_a_hundred_thousand_accounts_are_a_few_piles_and_a_lone_one_is_still_seen() -> None:
    picture = made_of([60_000, 27_000, 9000, 3000, 900, 90, 9, 1, *[0] * 14], named={7: 1e-20})
    assert picture.unit == 5000
    piles: dict[float, int] = {}
    for dot in picture.dots:
        piles[dot.x] = piles.get(dot.x, 0) + 1
    assert max(piles.values()) <= TALLEST
    assert len(piles) == 8
    assert sum(not dot.few for dot in picture.dots) == 12 + 5 + 1
    assert sum(row.accounts for row in picture.rows) == 100_000
    assert (picture.rows[0].most, picture.rows[0].least) == ("100,000", "10,000")
    assert picture.rows[-1].accounts == 10


@pytest.mark.parametrize("bins", range(1, 25))
def test_the_table_holds_everybody_however_many_bins_there_are(bins: int) -> None:
    picture = made_of([3] * bins)
    assert sum(row.accounts for row in picture.rows) == 3 * bins
    assert picture.rows[-1].least == "1/1,000,000"


def test_a_naming_far_away_stays_on_the_picture_and_leaves_the_crowd_its_room() -> None:
    near, far = made_of([4, 1, 0, 0], named={3: 9e-7}), made_of([4, 1, 0, 0], named={3: 1e-300, 4: 1e-9})
    assert {dot.x for dot in near.dots} == {dot.x for dot in far.dots}
    for star in (*near.stars, *far.stars):
        assert near.line <= star.x <= 95
    assert len({star.y for star in far.stars}) == 2, "two labels do not cover each other"


def test_whoever_reached_the_line_unnamed_is_drawn_beyond_it() -> None:
    picture = made_of([5, 0, 0], named={3: 1e-30}, reached=1)
    assert sum(dot.x > picture.line for dot in picture.dots) == 1


def test_twins_among_the_editions_are_told_with_the_price_they_paid(case: Case) -> None:
    (run,) = traces_in(case)
    assert "版本组合" not in "".join(outcome_of(run).sentences)
    run.result["explanations"] = 2
    assert "2 种版本组合" in "".join(outcome_of(run).sentences)


def test_a_naming_as_one_of_a_group_says_what_it_assumes_and_who_is_missing(case: Case) -> None:
    (run,) = traces_in(case)
    assert "前提" not in "".join(outcome_of(run).sentences)
    run.result["named"][0]["assumes"] = 5
    run.result["accounts_at_least"] = 3
    words = "".join(outcome_of(run).sentences)
    assert (
        f"指认编号 {run.result['named'][0]['recipient']}，前提是外传的内容至多由 5 个账号的副本拼成" in words
    )
    assert "至少出自 3 个账号的副本，其中指认了 1 个" in words


def test_enough_was_read_and_nobody_fits_alone(alice: Browser, bob: Browser) -> None:
    assert alice.member
    assert bob.member
    leak = copy_of(bob.member, make_material(SPEECH))
    run = trace(reported(leak[120:250]).case, by=alice.member, at=timezone.now())
    assert "大约还需要" in "".join(outcome_of(run).sentences)
    run.result["more_sites_needed"] = None
    words = "".join(outcome_of(run).sentences)
    assert "没有一个账号单独相符" in words
    assert "大约还需要" not in words


def test_the_pictures_are_for_operators_only(
    case: Case, alice: Browser, bob: Browser, carol: Browser
) -> None:
    address: Any = reverse("console-case", args=[case.number])
    assert alice.get(address).status_code == 200
    assert [browser.get(address).status_code for browser in (bob, carol)] == [404, 404]
