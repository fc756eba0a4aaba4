"""Folding removes what a leak may change freely, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from wenxing.alignment.folding import fold, fold_lines, folded_offsets


def test_widths_quotes_dashes_and_case_fold_together() -> None:
    assert fold("ＡＢＣ，（１）") == fold("abc,(1)")
    assert fold("“会议”「会议」『会议』") == fold('"会议""会议""会议"')
    assert fold("二○一——二") == fold("二○一--二")


def test_white_space_and_invisible_characters_vanish() -> None:
    assert fold("学\u3000习 \u200b活\u2060动\ufeff\r\n\t") == "学习活动"


def test_half_a_character_is_none() -> None:
    assert fold("学习\ud83d活动") == "学习活动"  # one of the two halves of an emoji, cut by a program


def test_what_disguises_or_decorates_vanishes() -> None:
    assert fold("学\u0336习\u0336活\u20dd动\u0301") == "学习活动"  # struck through, circled, accented
    assert fold("🔥学习❤️活动✅👍🏽") == "学习活动"
    assert fold("## **学习**__活动__") == "学习活动"
    assert fold("café") == fold("cafe\u0301") == "cafe"


def test_punctuation_that_may_be_a_site_stays_distinct() -> None:
    assert len({fold(mark) for mark in "、，；。："}) == 5


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_offsets_lead_to_the_same_prefix(text: str) -> None:
    offsets = folded_offsets(text)
    assert len(offsets) == len(text) + 1
    folded = fold(text)
    for i in (0, len(text) // 2, len(text)):
        assert fold(text[:i]) == folded[: offsets[i]]


@given(st.text())
def test_line_breaks_are_remembered(text: str) -> None:
    folded = fold_lines(text)
    assert folded.text == fold(text)
    assert {0, len(folded.text)} <= folded.breaks
