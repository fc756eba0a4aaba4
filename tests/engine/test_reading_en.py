"""Titles, headings and outlines of English texts. All texts are made up."""

import pytest

from wenxing.document import Role
from wenxing.reading import outline, read

PROSE = "The wells were dug by hand, and the men who dug them were paid by the day until the work was done."


def test_numbered_headings_make_an_outline_in_their_order() -> None:
    lines = [
        "A Handbook of Wells: What the Clerk of the Council Counted",
        PROSE,
        "Chapter 1 Digging",
        PROSE,
        "I. Water",
        PROSE,
        "1. The ring of stones and the wooden frame that carried it",
        PROSE,
        "1.1 Frames",
        PROSE,
        "1.1.2 Oak",
        PROSE,
        "(a) Tools",
        PROSE,
    ]
    document = read("\n".join(lines).encode())
    assert document.title == lines[0]
    assert [p.text for p in document.paragraphs if p.role is Role.HEADING] == lines[2::2]
    assert [(entry.level, entry.text) for entry in outline(document)] == list(enumerate(lines[2::2], start=1))


@pytest.mark.parametrize(
    "line",
    ["Chapter 1 is about digging.", "1. The wells were dug by hand.", "3.5 million came", "a) it was late"],
)
def test_sentences_and_figures_are_no_headings(line: str) -> None:
    assert read(f"Wells\n{PROSE}\n1. Tools\n{PROSE}".encode()).paragraphs[2].role is Role.HEADING
    assert read(f"Wells\n{PROSE}\n{line}\n{PROSE}".encode()).paragraphs[2].role is Role.BODY


def test_a_short_sentence_at_the_head_is_no_title() -> None:
    assert read(f"The wells of the town\n{PROSE}".encode()).title == "The wells of the town"
    assert read(f"The wells are deep.\n{PROSE}".encode()).title == ""
