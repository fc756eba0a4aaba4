"""PDF copies: a text in pages, and where every character stands on them."""

import io
import random
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.typefaces import needs_font
from wenxing.carriers import pdf as carrier
from wenxing.carriers.pdf import typesetting
from wenxing.carriers.pdf.template import Table, Template
from wenxing.document import Document, Edit, Paragraph, Role
from wenxing.errors import MissingFont
from wenxing.formats.pdf.pages import page_texts
from wenxing.placing import glyph_places
from wenxing.reading import portable as reader
from wenxing.reading import read
from wenxing.sites import Setting, Span, glyph_sites
from wenxing.wording import find

_CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.txt"))


def _said(document: Document) -> list[str]:
    """What the paragraphs of the flow say, white space aside."""
    flow = (p.joined.text for p in document.paragraphs if p.role.in_flow)
    return [text for text in ("".join(t.split()) for t in flow) if text]


def _document(*paragraphs: tuple[str, Role]) -> Document:
    return Document(tuple(Paragraph(text, role) for text, role in paragraphs))


@needs_font
@pytest.mark.parametrize("path", _CORPUS, ids=lambda path: path.stem[:2])
def test_a_text_set_in_pages_reads_as_the_same_paragraphs(path: Path) -> None:
    document = read(path.read_bytes(), name=path.name)
    assert _said(reader.read(carrier.typeset(document, code="7K3M-Q2PX"))) == _said(document)


@needs_font
def test_every_character_has_its_place_on_a_page() -> None:
    document = read(_CORPUS[0].read_bytes())
    pdf = carrier.typeset(document)
    places = carrier.places(pdf, document)
    seen = np.array([not c.isspace() for c in document.text])
    assert (places.page[seen] >= 0).all()
    assert (places.page[~seen] == -1).all()
    body = places.size[seen]
    assert set(np.round(body).astype(int)) == {16, 22}
    width, height = places.sizes[0]
    assert (places.x[seen] > 0).all() and (places.x[seen] < width).all()
    assert (places.y[seen] > 0).all() and (places.y[seen] < height).all()


@needs_font
def test_the_ink_of_a_character_is_where_its_place_says() -> None:
    document = _document(("　　口口口口口口口口", Role.BODY), ("　　。。。。口。。。。", Role.BODY))
    pdf = carrier.typeset(document)
    places, dpi = carrier.places(pdf, document), 144.0
    picture = carrier.render(pdf, 0, dpi=dpi)
    at = document.text.rindex("口")
    scale = dpi / 72
    left, base = int(places.x[at] * scale), int(places.y[at] * scale)
    box = picture[base - 28 : base + 4, left : left + 32]
    assert (box < 128).sum() > 60
    assert (picture[base - 28 : base - 14, left - 30 : left - 2] > 128).all()  # a full stop has no ink there


@needs_font
def test_text_is_data_and_never_markup() -> None:
    text = '#let x = 1 *甲* _乙_ $x$ `丙` <丁> @戊 = 己 \\ #read("/etc/passwd") // 庚 [辛] "壬" 癸。'
    document = _document((text, Role.BODY), ("= 标题", Role.TITLE), ("#panic()", Role.HEADING))
    assert _said(reader.read(carrier.typeset(document))) == _said(document)


@needs_font
def test_the_same_text_gives_the_same_bytes_and_tells_no_date() -> None:
    document = read(_CORPUS[1].read_bytes())
    first, second = (carrier.typeset(document, code="7K3M-Q2PX") for _ in range(2))
    assert first == second
    assert b"CreationDate" not in first


@needs_font
def test_odd_characters_are_set_or_left_out() -> None:
    document = _document(("甲\x00乙\ud800丙\x1b丁\u2028戊\t己", Role.BODY), ("字😀é", Role.NOTE))
    said = "".join(_said(reader.read(carrier.typeset(document))))
    assert [c for c in said if "\u4e00" <= c <= "\u9fff"] == list("甲乙丙丁戊己字")


def test_without_a_chinese_font_the_message_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "_families", lambda: frozenset({"Libertinus Serif"}))
    with pytest.raises(MissingFont, match="fonts-noto-cjk"):
        carrier.typeset(_document(("中文的正文。", Role.BODY)))


def test_an_english_text_needs_no_font_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "_families", lambda: frozenset({"Libertinus Serif"}))
    text = "A well-known text, read on seventy-five evenings. " * 30
    document = _document((text.strip(), Role.BODY), ("Another paragraph.", Role.BODY))
    read_back = reader.read(carrier.typeset(document))
    assert [p.text for p in read_back.paragraphs] == [p.text for p in document.paragraphs]


# --- marking ------------------------------------------------------------------------------------------


def _moves(document: Document, symbols: Sequence[int] = (0, 1)) -> list[Setting]:
    """Every character that may carry the code, with the symbols in turn."""
    sites = glyph_sites(glyph_places(document, ()))
    return [Setting(site, symbols[i % len(symbols)]) for i, site in enumerate(sites)]


def _read_back(pdf: bytes, source: bytes, document: Document, moves: Sequence[Setting]) -> list[int | None]:
    leak, places = reader.placed(pdf)
    assert _said(leak) == _said(document)
    at = _aligned(document.text, leak.text)
    return [o.symbol for o in carrier.GlyphReader(places)(source, document, [m.site for m in moves], at)]


def _aligned(text: str, leak: str) -> NDArray[np.int64]:
    """Offsets of a text's characters in a leak that says the same, white space aside."""
    at = np.full(len(text), -1, np.int64)
    own = [i for i, c in enumerate(text) if not c.isspace()]
    at[own] = [i for i, c in enumerate(leak) if not c.isspace()]
    return at


@needs_font
@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(_CORPUS))
def test_what_is_set_in_a_copy_is_read_back(seed: int, path: Path) -> None:
    document = read(path.read_bytes()).unwrapped.document
    rng = random.Random(seed)
    moves = [replace(m, symbol=rng.randrange(2)) for m in _moves(document)]
    seen = _read_back(carrier.typeset(document, (), moves), b"", document, moves)
    assert all(own in (None, move.symbol) for own, move in zip(seen, moves, strict=True))
    assert sum(own is not None for own in seen) > 0.85 * len(moves)  # the rest stands at ends of lines


@needs_font
def test_an_unmarked_pdf_shows_no_symbol_anywhere() -> None:
    document = read(_CORPUS[2].read_bytes()).unwrapped.document
    moves = _moves(document)
    assert set(_read_back(carrier.typeset(document), b"", document, moves)) == {None}


@needs_font
def test_a_publishers_pdf_keeps_its_text_and_its_marks_are_read_back() -> None:
    source = carrier.typeset(read(_CORPUS[3].read_bytes()))
    document = reader.read(source)
    moves = _moves(document, (1, 0, 0))
    copy = carrier.write(source, document, moves)
    seen = _read_back(copy, source, document, moves)
    assert all(own in (None, move.symbol) for own, move in zip(seen, moves, strict=True))
    assert sum(own is not None for own in seen) > 0.85 * len(moves)
    assert set(_read_back(carrier.write(source, document), source, document, moves)) == {None}


@needs_font
def test_threads_with_two_editions_of_one_pdf_get_each_their_own_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = carrier.typeset(_document(("我们要把各项工作做细做实，让群众满意。", Role.BODY)))
    document = reader.read(source)
    shared = Template(source, document)
    tables = [[[m.site for m in _moves(document)][:size] for size in (9, 8)] for _ in range(2)]
    monkeypatch.setattr(shared, "_tabled", lambda own: Table({}, np.arange(len(own)), 1.0))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def own(number: int) -> bool:
        asked = (tables[n % 2][number] for n in range(20_000))
        return all(len(shared.table(sites).which) == len(sites) for sites in asked)

    try:
        with ThreadPoolExecutor(2) as threads:
            assert all(threads.map(own, (0, 1)))
    finally:
        sys.setswitchinterval(interval)


@needs_font
def test_neighbours_stay_where_they_were() -> None:
    document = read(_CORPUS[4].read_bytes()).unwrapped.document
    moves = _moves(document)
    plain, marked = (carrier.places(carrier.typeset(document, (), m), document) for m in ((), moves))
    moved = {m.site.start for m in moves}
    off = np.hypot(marked.x - plain.x, marked.y - plain.y)
    still = [i for i, c in enumerate(document.text) if not c.isspace() and i not in moved]
    assert off[still].max() < 0.002
    assert 0.2 < np.nanmax(off) < 0.31  # 0.29 pt at 16 pt, never more


def _with(document: Document, edits: Sequence[Edit]) -> Document:
    text = document.text
    for edit in sorted(edits, key=lambda e: e.start, reverse=True):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return Document(
        tuple(replace(p, text=t) for p, t in zip(document.paragraphs, text.split("\n"), strict=True))
    )


@needs_font
@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(_CORPUS))
def test_other_words_stand_on_the_same_lines_and_the_text_is_theirs(seed: int, path: Path) -> None:
    document = read(path.read_bytes()).unwrapped.document
    rng = random.Random(seed)
    edits = [
        Edit(span.start, span.end, rng.choice(site.alternatives[1:]))
        for site in find(document)
        if rng.random() < 0.5
        for span in site.spans
    ]
    spare = "".join({c for edit in edits for c in edit.replacement})
    edited = _with(document, edits)
    copy = carrier.typeset(document, edits, code="7K3M-Q2PX", spare=spare)
    assert _said(reader.read(copy)) == _said(edited)
    typesetter = carrier.typesetter(document, spare)
    if typesetter.keeps_layout(edits):
        before, after = (
            carrier.places(carrier.typeset(document, spare=spare), document),
            carrier.places(copy, edited),
        )
        assert sorted({(p, round(y, 1)) for p, y in _lines(before)}) == sorted(_lines(after))


def _lines(places: carrier.Places) -> set[tuple[int, float]]:
    shown = places.page >= 0
    pairs = zip(places.page[shown].tolist(), places.y[shown].tolist(), strict=True)
    return {(page, round(y, 1)) for page, y in pairs}


@needs_font
def test_words_that_do_not_fit_cost_the_setting_of_the_pages_and_nothing_else() -> None:
    document = read(_CORPUS[5].read_bytes()).unwrapped.document
    at = document.text.index("。", 300)
    edits = [Edit(at, at, "这里多出来的话一行放不下，只好另排一遍")]
    moves = _moves(document)
    assert not carrier.typesetter(document).keeps_layout(edits)
    edited = _with(document, edits)
    copy = carrier.typeset(document, edits, moves, code="7K3M-Q2PX")
    assert _said(reader.read(copy)) == _said(edited)
    by = len(edits[0].replacement)
    sites = [
        replace(m.site, spans=(Span(m.site.start + by * (m.site.start >= at), m.site.start + 1),))
        for m in moves
    ]
    moved = [Setting(site, m.symbol) for site, m in zip(sites, moves, strict=True)]
    seen = _read_back(copy, b"", edited, moved)
    assert all(own in (None, move.symbol) for own, move in zip(seen, moves, strict=True))
    assert sum(own is not None for own in seen) > 0.85 * len(moves)


@needs_font
def test_a_code_of_its_own_stands_at_the_foot_of_every_page_of_a_copy() -> None:
    document = read(_CORPUS[0].read_bytes())
    for code in ("7K3M-Q2PX", "0000-0000", "WWWW-MMMM"):
        pages = page_texts(carrier.typeset(document, code=code))
        assert len(pages) > 1
        assert all(code in page.text for page in pages)
        assert all(page.x.max() < page.width - 50 for page in pages)
    assert all("0000" not in page.text for page in page_texts(carrier.typeset(document)))


@needs_font
def test_a_copy_is_one_whole_file_with_nothing_behind_its_end() -> None:
    document = read(_CORPUS[0].read_bytes())
    copy = carrier.typeset(document, (), _moves(document), code="7K3M-Q2PX")
    assert copy.count(b"%%EOF") == 1
    assert copy.count(b"startxref") == 1
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert "/Info" not in pdf.trailer or "/Author" not in pdf.trailer.Info
