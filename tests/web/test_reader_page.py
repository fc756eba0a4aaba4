"""A copy laid out as a page: whatever is marked and searched for, its lines stay what they are."""

import random
from datetime import UTC, datetime

import pytest

from wenxing_web.delivery.actions.deliver import Delivery, Lead, MarkedParagraph
from wenxing_web.reader.models import Note
from wenxing_web.reader.queries.page import ReadingPage, reading_page

AT = datetime(2026, 5, 4, tzinfo=UTC)


def _delivery(*texts: str, role: str = "body") -> Delivery:
    paragraphs = tuple(MarkedParagraph(3 * n + 1, text, role, 0) for n, text in enumerate(texts))
    return Delivery(None, paragraphs, "", (Lead(1, 1, "一"),))


def _note(paragraph: int, start: int | None = None, end: int | None = None, text: str = "") -> Note:
    return Note(paragraph=paragraph, start=start, end=end, text=text, made_at=AT)


def _text(page: ReadingPage) -> list[str]:
    return ["".join(piece.text for piece in line.pieces) for line in page.lines]


@pytest.mark.parametrize("seed", range(40))
def test_pieces_joined_are_the_line_and_carry_exactly_the_marks(seed: int) -> None:
    dice = random.Random(seed)
    text = "".join(dice.choice("甲乙丙a b") for _ in range(dice.randint(1, 60))).strip() or "甲"
    spans = [sorted(dice.sample(range(len(text) + 1), 2)) for _ in range(dice.randint(0, 5))]
    words = dice.choice(["", "甲", "乙丙", "a", "甲甲"])
    page = reading_page(_delivery(text), "无", [_note(1, a, b) for a, b in spans], words)
    assert _text(page) == [text]
    at = 0
    for piece in page.lines[0].pieces:
        inside = range(at, at + len(piece.text))
        assert all(piece.marked == any(a <= i < b for a, b in spans) for i in inside)
        at += len(piece.text)
    found = [piece.hit for piece in page.lines[0].pieces if piece.hit]
    assert (
        found == list(range(1, (text.count(words) if words else 0) + 1)) == [hit.number for hit in page.hits]
    )


def test_a_hit_is_found_whole_even_where_a_highlight_cuts_it() -> None:
    page = reading_page(_delivery("大家都要用心"), "无", [_note(1, 1, 4)], "都要")
    pieces = [(p.text, p.marked, p.found, p.hit) for p in page.lines[0].pieces]
    assert pieces == [
        ("大", False, False, None),
        ("家", True, False, None),
        ("都要", True, True, 1),
        ("用心", False, False, None),
    ]
    cut = reading_page(_delivery("大家都要用心"), "无", [_note(1, 1, 3)], "都要").lines[0].pieces
    assert [(p.text, p.hit) for p in cut if p.found] == [("都", 1), ("要", None)]


def test_a_note_whose_place_is_no_longer_there_breaks_nothing() -> None:
    page = reading_page(_delivery("短"), "无", [_note(1, 5, 9), _note(99, text="没有这一段")], "")
    assert _text(page) == ["短"]
    assert [written.quote for written in page.notes] == [""]


def test_long_quotes_and_surroundings_are_shortened_and_say_so() -> None:
    text = "前" * 50 + "要点" + "后" * 50
    page = reading_page(_delivery(text), "无", [_note(1)], "要点")
    (hit,) = page.hits
    assert (hit.before[0], hit.text, hit.after[-1]) == ("…", "要点", "…")
    assert page.notes[0].quote.endswith("…")
    (whole,) = reading_page(_delivery("一个要点"), "无", [], "要点").hits
    assert (whole.before, whole.after) == ("一个", "")


def test_a_search_with_very_many_hits_lists_some_and_says_so() -> None:
    page = reading_page(_delivery("的" * 1000), "无", [], "的")
    assert page.more
    assert len(page.hits) == 300
    assert not reading_page(_delivery("的" * 300), "无", [], "的").more


def test_the_title_is_the_first_line_only_when_it_is_the_materials() -> None:
    assert reading_page(_delivery("讲话", role="title"), "讲话", [], "").titled
    assert not reading_page(_delivery("讲话", role="title"), "另一个", [], "").titled


@pytest.mark.parametrize(
    ("text", "language"),
    [("关于 GDP 与 PMI 的说明", "zh-Hans"), ("On the word 文 and its uses", "en"), ("2026", "zh-Hans")],
)
def test_the_language_is_told_by_the_letters(text: str, language: str) -> None:
    assert reading_page(_delivery(text), "无", [], "").language == language
