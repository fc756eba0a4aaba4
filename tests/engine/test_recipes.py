"""Preparing and marking: what an editor and a member get."""

import io
import re
from pathlib import Path

import pytest
from docx import Document as WordFile

from engine.made_texts import made_document, made_edition, made_key
from wenxing.document import Document, Paragraph, Role
from wenxing.errors import NoSites, UnknownRecipient, UnsupportedOutput, WrongKey
from wenxing.marking import commitment, mark, mark_document, plain, visible_code
from wenxing.master import Policy
from wenxing.preparing import characters_that_show, find_sites, prepare, summarise
from wenxing.reading import read
from wenxing.sites import Grade, Site, Span
from wenxing.tracing import trace

KEY = made_key()
DOCUMENT, SITES = made_document(1, 1_200)
SOURCE = DOCUMENT.text.encode()
MASTER = prepare(SOURCE, key=KEY, sites=SITES, edition=made_edition())


def material() -> bytes:
    """A text as the library holds them, written for the tests of the wording rules."""
    folder = Path(__file__).parent / "corpus"
    return b"\n".join(file.read_bytes() for file in sorted(folder.glob("*.txt"))[:3])


def word_file(*paragraphs: tuple[str, ...]) -> bytes:
    """A .docx whose paragraphs are given as their runs."""
    document = WordFile()
    for runs in paragraphs:
        paragraph = document.add_paragraph()
        for run in runs:
            paragraph.add_run(run)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def flow(document: Document) -> str:
    """The text without the page around it; a typeset copy numbers its pages."""
    return "\n".join(p.text for p in document.paragraphs if p.role.in_flow)


def test_preparing_twice_makes_two_unrelated_editions() -> None:
    again = prepare(SOURCE, key=KEY, sites=SITES)
    assert again.edition != MASTER.edition
    assert again.document == MASTER.document
    assert mark(again, key=KEY, recipient=5, format="txt") != mark(MASTER, key=KEY, recipient=5, format="txt")


def test_a_given_edition_makes_the_same_master() -> None:
    first, second = (prepare(SOURCE, key=KEY, sites=SITES, edition=bytes(range(16))) for _ in range(2))
    assert first == second


def test_sites_are_found_when_none_are_given() -> None:
    master = prepare(material(), key=KEY, approve="AB")
    assert master.sites == find_sites(master.document)
    assert len(master.approved) == len(master.sites) > 20


def test_grades_choose_what_is_approved() -> None:
    grades = {
        approve: {site.grade for site in prepare(material(), key=KEY, approve=approve).approved_sites}
        for approve in ("A", "AB", "none")
    }
    assert grades == {"A": {Grade.A}, "AB": {Grade.A, Grade.B}, "none": set()}


def test_an_editor_approves_by_number() -> None:
    master = prepare(SOURCE, key=KEY, sites=SITES, approve=[4, 2, 2])
    assert master.approved == (2, 4)
    for wrong in ([-1], [len(SITES)]):
        with pytest.raises(ValueError, match="not among"):
            prepare(SOURCE, key=KEY, sites=SITES, approve=wrong)


def test_a_text_without_sites_needs_the_policy_verbatim() -> None:
    bare = "第一条 为了规范秩序，制定本法。".encode()
    with pytest.raises(NoSites, match="verbatim"):
        prepare(bare, key=KEY, sites=())
    assert prepare(bare, key=KEY, policy="verbatim", sites=()).approved == ()


def test_a_text_with_sites_of_grade_b_only_says_so() -> None:
    graded = [Site(s.spans, s.alternatives, Grade.B, s.rule) for s in SITES]
    assert prepare(SOURCE, key=KEY, sites=graded, approve="AB").approved
    with pytest.raises(NoSites, match="approve AB"):
        prepare(SOURCE, key=KEY, sites=graded, approve="A")


def test_unknown_choices_are_refused() -> None:
    with pytest.raises(ValueError, match="policy"):
        prepare(SOURCE, key=KEY, sites=SITES, policy="loose")
    with pytest.raises(ValueError, match="profile"):
        prepare(SOURCE, key=KEY, sites=SITES, profile="duo")
    with pytest.raises(ValueError, match="approval"):
        prepare(SOURCE, key=KEY, sites=SITES, approve="C")


def test_sites_of_another_text_are_refused() -> None:
    with pytest.raises(ValueError, match="site"):
        prepare(made_document(2, 1_200)[0].text.encode(), key=KEY, sites=SITES)


def test_the_profile_follows_the_number_of_sites_unless_it_is_given() -> None:
    long_document, long_sites = made_document(3, 9_000)
    assert MASTER.profile == "solo"
    assert prepare(long_document.text.encode(), key=KEY, sites=long_sites).profile == "coalition"
    assert prepare(SOURCE, key=KEY, sites=SITES, profile="coalition").profile == "coalition"


def test_a_summary_counts_and_says_how_many_characters_name() -> None:
    summary = summarise(MASTER)
    assert summary.total == summary.approved == summary.grade_a == len(SITES)
    assert summary.characters == sum(not c.isspace() for c in DOCUMENT.text)
    few, many = summary.characters_to_name[1_000], summary.characters_to_name[100_000]
    assert few is not None and many is not None and few < many
    verbatim = summarise(prepare(SOURCE, key=KEY, sites=SITES, policy="verbatim"))
    assert set(verbatim.characters_to_name.values()) == {None}


def test_nine_in_ten_passages_of_the_stated_length_name_their_recipient() -> None:
    master = prepare(SOURCE, key=KEY, sites=SITES, profile="solo")
    length = summarise(master).characters_to_name[1_000]
    assert length is not None and length < master.document.characters
    copy, named = "".join(mark(master, key=KEY, recipient=7, format="txt").decode().split()), 0
    starts = range(0, len(copy) - length, (len(copy) - length) // 40)
    for start in starts:
        report = trace([copy[start : start + length]], key=KEY, masters=[master], suspects=1_000)
        named += [n.recipient for n in report.named] == [7]
    assert named >= 0.8 * len(starts)
    shorter = length // 2
    assert not trace([copy[:shorter]], key=KEY, masters=[master], suspects=1_000).named


def test_the_length_that_shows_sites_is_counted_where_they_stand() -> None:
    text = "甲" * 50 + "把书" * 10 + "乙" * 50
    sites = [Site((Span(50 + 2 * i, 51 + 2 * i),), ("把", "将"), Grade.A, "ba") for i in range(10)]
    document = Document((Paragraph(text),))
    # Nine in ten passages of 120 characters can only be the whole.
    assert characters_that_show(10, sites, document) > 70
    assert characters_that_show(11, sites, document) == 132
    spread = [Site((Span(12 * i, 12 * i + 1),), ("把", "将"), Grade.A, "ba") for i in range(10)]
    assert 60 <= characters_that_show(5, spread, document) <= 72


def test_a_copy_shows_one_alternative_at_every_site_and_nothing_else_differs() -> None:
    text = mark(MASTER, key=KEY, recipient=7, format="txt").decode()
    original, at, pattern = DOCUMENT.text, 0, ""
    for site in SITES:
        pattern += re.escape(original[at : site.start]) + f"({'|'.join(map(re.escape, site.alternatives))})"
        at = site.spans[0].end
    shown = re.fullmatch(pattern + re.escape(original[at:]), text)
    assert shown
    changed = sum(a != s.alternatives[0] for a, s in zip(shown.groups(), SITES, strict=True))
    assert len(SITES) / 4 < changed < len(SITES)


def test_copies_are_the_same_every_time_and_different_for_everybody() -> None:
    copies = [mark(MASTER, key=KEY, recipient=n, format="txt") for n in range(1, 30)]
    assert len(set(copies)) == len(copies)
    assert copies == [mark(MASTER, key=KEY, recipient=n, format="txt") for n in range(1, 30)]


@pytest.mark.parametrize("recipient", [1, 17, 2**32 - 1])
def test_every_format_and_the_page_carry_the_same_wording(recipient: int) -> None:
    text = mark(MASTER, key=KEY, recipient=recipient, format="txt").decode()
    assert flow(read(mark(MASTER, key=KEY, recipient=recipient, format="docx"))) == text
    assert mark_document(MASTER, key=KEY, recipient=recipient).text == text


def test_linked_places_change_together() -> None:
    text = "我们要促进发展。还要促进改革。"
    site = Site((Span(3, 5), Span(10, 12)), ("促进", "推动"), Grade.A, "linked")
    master = prepare(text.encode(), key=KEY, sites=[site])
    shown = {mark(master, key=KEY, recipient=n, format="txt").decode() for n in range(1, 20)}
    assert shown == {text, text.replace("促进", "推动")}


@pytest.mark.parametrize("recipient", [0, -1, 2**32])
def test_a_number_that_nobody_has_is_refused(recipient: int) -> None:
    assert mark(MASTER, key=KEY, recipient=1, format="txt")
    for format in ("txt", "docx"):
        with pytest.raises(UnknownRecipient):
            mark(MASTER, key=KEY, recipient=recipient, format=format)
    with pytest.raises(UnknownRecipient):
        mark_document(MASTER, key=KEY, recipient=recipient)


def test_a_format_that_copies_are_not_made_in_is_refused() -> None:
    for format in ("odt", "", "TXT", "PDF"):
        with pytest.raises(UnsupportedOutput):
            mark(MASTER, key=KEY, recipient=1, format=format)
        with pytest.raises(UnsupportedOutput):
            plain(MASTER, format=format)


def test_marking_needs_the_key_the_master_was_prepared_with() -> None:
    with pytest.raises(WrongKey):
        mark(MASTER, key=made_key(1), recipient=1, format="txt")
    with pytest.raises(WrongKey):
        commitment(MASTER, key=made_key(1))
    assert len(commitment(MASTER, key=KEY)) == 32


def test_the_plain_text_is_the_masters_own() -> None:
    assert plain(MASTER, format="txt") == SOURCE
    assert flow(read(plain(MASTER, format="docx"))) == DOCUMENT.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_verbatim_text_copy_is_the_source_to_the_character(encoding: str) -> None:
    text = DOCUMENT.text + "\n\n  尾行 \t有空格\n"
    source = text.replace("\n", "\r\n").encode(encoding)
    master = prepare(source, key=KEY, policy="verbatim", sites=())
    for recipient in (1, 2, 99):
        assert mark(master, key=KEY, recipient=recipient, format="txt").decode() == text


def test_a_site_across_runs_of_a_word_file_is_marked_and_one_that_cannot_be_is_left_out() -> None:
    source = word_file(("我们要促", "进发展。"), ("还要推", "\t", "动改革。"))
    document = read(source)
    start = document.text.index("促进")
    broken = document.text.index("推")
    sites = [
        Site((Span(start, start + 2),), ("促进", "推动"), Grade.A, "across runs"),
        Site((Span(broken, broken + 3),), ("推\t动", "促进"), Grade.A, "over a tab"),
    ]
    master = prepare(source, key=KEY, sites=sites)
    assert master.approved == (0,)
    shown = {read(mark(master, key=KEY, recipient=n, format="docx")).text for n in range(1, 20)}
    assert shown == {document.text, document.text.replace("促进", "推动")}
    with pytest.raises(NoSites):
        prepare(source, key=KEY, sites=sites[1:])


def test_a_marked_page_keeps_roles_and_paragraphs() -> None:
    master = prepare(material(), key=KEY, approve="AB")
    page = mark_document(master, key=KEY, recipient=3)
    assert [p.role for p in page.paragraphs] == [p.role for p in master.document.paragraphs]
    assert page.text == mark(master, key=KEY, recipient=3, format="txt").decode()
    assert page.text != master.document.text


def test_a_prepared_document_keeps_its_name_when_it_has_no_title() -> None:
    assert prepare("没有题目。".encode(), key=KEY, policy=Policy.VERBATIM, name="a.txt").title == "a.txt"
    titled = Document((Paragraph("题目", Role.TITLE),))
    assert titled.title == "题目"


def test_a_visible_code_is_of_one_recipient_in_one_edition() -> None:
    codes = {visible_code(MASTER, key=KEY, recipient=n) for n in range(1, 501)}
    assert len(codes) == 500
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)
    again = prepare(SOURCE, key=KEY, sites=SITES)
    assert visible_code(MASTER, key=KEY, recipient=7) == visible_code(MASTER, key=KEY, recipient=7)
    assert visible_code(again, key=KEY, recipient=7) not in codes
