"""The table of backgrounds in docs/survival.md: every line has its row, and some are read again."""

import re
from pathlib import Path

import pytest

from engine.survival_backgrounds import Line, lines, run

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "survival.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| (.+?) \| (.+?) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
ROWS = {
    (copy, harm): tuple(map(int, counts)) for copy, harm, *counts in _ROW.findall(PAGE)
}  # right, wrong, none, of
_QUICK = ("whole, JPEG 40, 1 pixel per CSS pixel",)


def _name(line: Line) -> str:
    return f"{line.copy}: {line.harm}"


def _assert_as_documented(line: Line) -> None:
    if line.missing:
        pytest.skip(f"needs {line.missing}")
    right, _wrong, _none, total = ROWS[line.copy, line.harm]
    count = run(line)
    assert count.wrong == 0
    assert count.right + count.none == total
    assert count.right >= right - total // 50, "fonts differ from machine to machine"


def test_every_line_has_its_row_and_none_is_read_wrongly() -> None:
    assert {(line.copy, line.harm) for line in lines()} == set(ROWS)
    assert all(wrong == 0 for _right, wrong, _none, _total in ROWS.values())


def test_small_badly_saved_parts_are_read() -> None:
    """What is promised: 99 in 100 at 400 × 300 pixels and JPEG 60."""
    cuts = {key: row for key, row in ROWS.items() if key[1].startswith("400 × 300 pixels, JPEG 60")}
    assert len(cuts) == 6
    assert all(right >= 0.99 * total for right, _wrong, _none, total in cuts.values())


@pytest.mark.parametrize("line", [x for x in lines() if x.harm in _QUICK and not x.needs], ids=_name)
def test_a_cheap_row_is_what_happens_today(line: Line) -> None:
    _assert_as_documented(line)


@pytest.mark.slow
@pytest.mark.parametrize("line", [x for x in lines() if x.harm not in _QUICK or x.needs], ids=_name)
def test_every_other_row_is_what_happens_today(line: Line) -> None:
    _assert_as_documented(line)
