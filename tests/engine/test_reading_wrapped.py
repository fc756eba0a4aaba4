"""Texts whose lines were cut to a width: read as paragraphs, varied, copied, set and traced as such."""

import io
import random
import re
import textwrap
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from engine.made_texts import made_edition, made_key
from wenxing.carriers import docx, markup
from wenxing.document import Document, Edit, Paragraph, Role
from wenxing.marking import mark, mark_document
from wenxing.master import Master
from wenxing.preparing import prepare
from wenxing.reading import bounded, outline, read
from wenxing.tracing import trace
from wenxing.wording import find

CORPUS = Path(__file__).parent / "corpus"
ENGLISH = sorted((CORPUS / "en").rglob("*.txt"))
CHINESE = sorted((CORPUS / "holdout").glob("*.txt"))


def cut(line: str, width: int) -> str:
    """A line of Chinese, broken wherever the width says."""
    return "\n".join(line[i : i + width] for i in range(0, len(line), width))


def wrapped(text: str, width: int) -> str:
    """English with a blank line between paragraphs, Chinese with an indent."""
    lines = [line for line in text.split("\n") if line.strip()]
    if text.isascii() or re.search("[\u4e00-\u9fff]", text) is None:
        return "\n\n".join(textwrap.fill(line, width, break_on_hyphens=False) for line in lines) + "\n"
    return "\n".join(cut("　　" + line.lstrip(), width) for line in lines) + "\n"


def body(document: Document) -> list[str]:
    return [re.sub(r"\s+", "", p.text) for p in document.paragraphs if p.text.strip()]


def flow(document: Document) -> list[str]:
    return [p.text for p in document.paragraphs if p.role.in_flow]


FILES = [
    *[pytest.param(f, w, id=f"{f.stem}-{w}") for f in ENGLISH for w in (60, 72, 90)],
    *[pytest.param(f, w, id=f"{f.stem}-{w}") for f in CHINESE for w in (26, 35, 44)],
]


@pytest.mark.parametrize(("file", "width"), FILES)
def test_a_wrapped_text_has_the_paragraphs_the_title_and_the_outline_of_the_whole(
    file: Path, width: int
) -> None:
    text = file.read_text(encoding="utf-8")
    source = wrapped(text, width)
    whole, document = read(wrapped(text, 10_000).encode()), read(source.encode())
    assert not any(p.wrapped for p in whole.paragraphs)
    assert document.text == source
    assert body(document) == body(whole)
    assert re.sub(r"\s", "", document.title) == re.sub(r"\s", "", whole.title)
    assert [(e.level, e.text) for e in outline(document)] == [(e.level, e.text) for e in outline(whole)]
    for entry in outline(document):
        assert document.text[entry.offset] == entry.text[0]


@pytest.mark.parametrize(("file", "width"), FILES)
def test_a_wrapped_text_has_nearly_the_sites_of_the_whole_and_none_across_lines(
    file: Path, width: int
) -> None:
    text = file.read_text(encoding="utf-8")
    document = read(wrapped(text, width).encode())
    found = find(document)
    assert len(found) >= 0.85 * len(find(read(text.encode())))
    for site in found:
        for span in site.spans:
            assert document.text[span.start : span.end] == site.alternatives[0]
            assert "\n" not in site.alternatives[0]


RNG = random.Random(5)
VERSE = "\n".join(
    f"{a} the {b} that {c} upon the {d} of the {e},"
    for a, b, c, d, e in (
        RNG.choices(["Beneath", "Above", "Sing", "O", "wandering", "Here"], k=1)
        + RNG.choices(["wind", "nightingale", "river of silver", "old moon"], k=1)
        + RNG.choices(["falls", "whispers", "lingers and waits", "turns"], k=1)
        + RNG.choices(["shore", "garden", "edge", "sleeping houses"], k=1)
        + RNG.choices(["sea", "night", "forgotten kingdom", "year"], k=1)
        for _ in range(40)
    )
)
LIST = "\n".join(
    f"{i}. Item {'of the long inventory ' * RNG.randrange(1, 4)}kept in room {i}" for i in range(1, 40)
)
TABLE = "\n".join(
    f"{i:>4}  {RNG.randrange(10**8):>12}  {RNG.randrange(10**6):>10}  yes  no" for i in range(60)
)
LINES = "\n".join(
    "".join(RNG.choices("山水云石风雨春秋天地", k=RNG.randrange(8, 44))) + "。" for _ in range(60)
)
COUPLETS = "\n".join(
    "，".join("".join(RNG.choices("山水云石风雨春秋天地", k=7)) for _ in range(3)) + "。" for _ in range(40)
)
NAMES = "\n".join("".join(RNG.choices("山水云石风雨春秋天地", k=24)) for _ in range(40))


ENJAMBED = "\n".join(
    [
        "The river that I followed to the sea was longer than",
        "any road my father ever walked, and in the evening when",
        "the lamps were lit along the harbour wall I thought of",
        "him and of the little house, the door half open,",
    ]
    * 6
)
ENDLESS = "\n".join(["山水云石风雨，春秋天地" * 3] * 400)


@pytest.mark.parametrize(
    "text",
    [VERSE, LIST, TABLE, LINES, COUPLETS, NAMES, ENJAMBED, ENDLESS],
    ids=["verse", "list", "table", "lines", "couplets", "names", "enjambed", "endless"],
)
def test_other_texts_of_short_lines_are_read_a_line_at_a_time(text: str) -> None:
    assert any(p.wrapped for p in read(wrapped(ENGLISH[0].read_text(), 72).encode()).paragraphs)
    document = read(text.encode())
    assert [p.text for p in document.paragraphs] == text.split("\n")
    assert not any(p.wrapped for p in document.paragraphs)


def test_every_ordinary_text_of_the_corpus_is_read_a_line_at_a_time() -> None:
    files = sorted(CORPUS.rglob("*.txt"))
    assert files
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert [p.text for p in read(text.encode()).paragraphs] == text.split("\n")


def test_any_lines_come_back_to_the_character() -> None:
    rng = random.Random(11)
    pieces = ["word", "Han", "。", "，", "中文", "\n", "\n\n", " ", "　　", "- ", "1. ", "-", "\t"]
    for width in range(20, 60):
        made = "".join(rng.choices(pieces, k=300))
        text = made + "\n\n" + wrapped(ENGLISH[0].read_text(), 60) + cut("山水，云石" * 200, width)
        document = read(text.encode())
        assert document.text == text
        seen = document.unwrapped
        assert len(seen.document.paragraphs) == len(document.paragraphs)
        assert re.sub(r"\s", "", seen.document.text) == re.sub(r"\s", "", text)
        for at, original in enumerate(seen.offsets or ()):
            if at < len(seen.document.text) and not seen.document.text[at].isspace():
                assert text[original] == seen.document.text[at]
                assert seen.moved(Edit(original, original + 1, "")) == Edit(at, at + 1, "")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("the well \n  was deep", "the well was deep"),
        ("中文\n没有空格", "中文没有空格"),
        ("达到19\n0万人", "达到190万人"),
        ("in 1990\n200 men", "in 1990 200 men"),
        ("使用\nPython", "使用Python"),
        ("he said\n“no”", "he said “no”"),
        ("a well-\nknown man", "a well-known man"),
        ("a dash -\nor two", "a dash - or two"),
    ],
)
def test_a_wrap_is_seen_as_a_space_or_as_nothing(text: str, seen: str) -> None:
    assert Paragraph(text, wrapped=True).joined.text == seen
    assert Paragraph(text).joined.text == text


@pytest.mark.parametrize(("file", "width", "again"), [(ENGLISH[0], 72, 64), (CHINESE[0], 35, 28)])
def test_a_copy_keeps_its_lines_and_is_traced_when_wrapped_anew(file: Path, width: int, again: int) -> None:
    key = made_key()
    parts = ENGLISH if file in ENGLISH else CHINESE
    source = wrapped("\n".join(f.read_text(encoding="utf-8") for f in parts), width)
    master = prepare(source.encode(), key=key, approve="AB", edition=made_edition())
    copy = mark(master, key=key, recipient=77, format="txt").decode()
    assert copy != source
    assert copy.count("\n") == source.count("\n")
    joined = mark_document(master, key=key, recipient=77).unwrapped.document
    leak = wrapped(joined.text, again)
    assert leak.split("\n") != copy.split("\n")
    report = trace([leak.encode()], key=key, masters=[master], suspects=100, bound=1e-3)
    assert [named.recipient for named in report.named] == [77]


@pytest.mark.parametrize(("file", "width"), [(ENGLISH[0], 72), (CHINESE[0], 35)])
def test_a_set_copy_joins_wrapped_lines_and_reads_like_the_page(file: Path, width: int) -> None:
    key = made_key()
    source = wrapped(file.read_text(encoding="utf-8"), width).encode()
    master = prepare(source, key=key, approve="AB", edition=made_edition())
    page = mark_document(master, key=key, recipient=5).unwrapped.document
    word = mark(master, key=key, recipient=5, format="docx")
    with zipfile.ZipFile(io.BytesIO(word)) as package:
        assert b"<w:br/>" not in package.read("word/document.xml")
    assert flow(read(word)) == flow(page)
    assert b"<br>" not in mark(master, key=key, recipient=5, format="html")
    assert b"\\\n" not in mark(master, key=key, recipient=5, format="md")


def test_a_line_break_that_was_meant_stays_when_set() -> None:
    document = Document((Paragraph("one\ntwo"), Paragraph("three\nfour", Role.BODY, wrapped=True)))
    assert flow(read(docx.typeset(document))) == ["one\ntwo", "three four"]
    page = markup.typeset_hypertext(document)
    assert b"one<br>two" in page
    assert b"three four" in page


def test_a_master_of_a_wrapped_text_is_kept_and_its_format_says_so() -> None:
    key = made_key()
    source = wrapped(ENGLISH[0].read_text(encoding="utf-8"), 72).encode()
    for data, form in ((source, b'"format":2'), (ENGLISH[0].read_bytes(), b'"format":1')):
        master = prepare(data, key=key, edition=made_edition())
        assert b'"format":3' in master.sealed_bytes, "it has tables of runs"
        assert form in replace(master, spacing=(), glyphs=()).sealed_bytes
        assert (b'"wrapped"' in master.sealed_bytes) == (data == source)
        assert Master.from_bytes(master.to_bytes()) == master


def test_a_wrapped_text_is_the_same_when_read_in_a_process_of_its_own() -> None:
    source = wrapped(ENGLISH[0].read_text(encoding="utf-8"), 72).encode()
    assert bounded.read(source) == read(source)
