"""Plain-text copies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.word_files import paragraph, word_file
from wenxing.carriers import text
from wenxing.document import Edit
from wenxing.reading import read

_LETTERS = "文行甲乙丙，。 \t\u3000abcXYZ&<>\n\r"


@given(
    st.text(st.sampled_from(_LETTERS)).filter(lambda t: t.strip()),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_copy_without_edits_is_the_source_to_the_character(source: str, encoding: str) -> None:
    document = read(source.encode(encoding))
    assert document.text == source.replace("\r\n", "\n").replace("\r", "\n")
    copy = text.write(document)
    assert copy == document.text.encode()
    assert read(copy) == document


def test_a_text_that_begins_with_a_mark_of_its_own_keeps_it() -> None:
    document = read("\ufeff\ufeff甲".encode())
    assert document.text == "\ufeff甲"
    assert read(text.write(document)).text == document.text


@given(st.data())
def test_edits_are_made_and_nothing_else(data: st.DataObject) -> None:
    document = read("第一段有些字。\n\n第二段也有些字，供人修改。\n".encode())
    cuts = data.draw(st.lists(st.integers(0, len(document.text)), max_size=8, unique=True).map(sorted))
    new = data.draw(st.text(st.sampled_from("新字词")))
    edits = [Edit(a, b, new) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    expected = document.text
    for edit in reversed(edits):
        expected = expected[: edit.start] + edit.replacement + expected[edit.end :]
    assert text.write(document, edits[::-1]).decode() == expected


def test_headers_and_footers_stay_out_of_a_text() -> None:
    document = read(word_file(paragraph("正文一。") + paragraph("正文二。")))
    edits = [Edit(2, 3, "贰"), Edit(len(document.text) - 2, len(document.text), "末页")]
    assert text.write(document).decode() == "正文一。\n正文二。"
    assert text.write(document, edits).decode() == "正文贰。\n正文二。"


def test_edits_that_overlap_or_leave_the_text_are_refused() -> None:
    document = read("一二三四五".encode())
    assert text.write(document, [Edit(3, 5, "乙"), Edit(0, 3, "甲")]).decode() == "甲乙"
    for edits in (
        [Edit(0, 3, "甲"), Edit(2, 5, "乙")],
        [Edit(4, 6, "丙")],
        [Edit(-1, 1, "丁")],
        [Edit(3, 2, "")],
    ):
        with pytest.raises(ValueError, match="overlaps another or leaves the text"):
            text.write(document, edits)
