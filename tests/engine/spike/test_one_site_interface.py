"""Spacing and glyph sites are set and read through the same `Site` and `Observation` as wording."""

import io
import random
from collections.abc import Callable

import docx
import pypdfium2

from engine.spike import glyph_offset, run_spacing
from wenxing.document import Document
from wenxing.reading import read
from wenxing.sites import SiteKind, Span

_LINES = (
    "各单位要认真组织学习，把会议精神传达到每一名职工。",
    "坚持从实际出发，多听取群众的意见和建议，不搞形式。",
    "对查找出来的问题建立台账，明确责任人和完成的时限。",
    "年底前要对照清单逐项检查，完成的销号，没完成的说明原因。",
)


def _word_file() -> bytes:
    made = docx.Document()
    for line in _LINES:
        paragraph = made.add_paragraph()
        for at in range(0, len(line), 9):
            paragraph.add_run(line[at : at + 9])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _by_search(master: Document, leaked: Document) -> Callable[[Span], Span | None]:
    """What alignment does in the product, good enough for a leak that is a piece of the text."""

    def where(span: Span) -> Span | None:
        text = master.text[span.start : span.end]
        at = leaked.text.find(text)
        return None if at < 0 else Span(at, at + len(text))

    return where


def test_run_spacing_is_set_and_read_back_through_another_program() -> None:
    source = _word_file()
    master = read(source)
    sites = run_spacing.find(source, master)
    assert len(sites) >= 8
    assert {site.kind for site in sites} == {SiteKind.SPACING}
    draw = random.Random(4)
    symbols = [draw.randrange(site.arity) for site in sites]
    copy = run_spacing.write(source, master, list(zip(sites, symbols, strict=True)))
    assert read(copy).text == master.text, "not one character changes"

    saved = io.BytesIO()
    opened = docx.Document(io.BytesIO(copy))
    opened.element.body.remove(opened.paragraphs[0]._p)  # another program cuts the first paragraph
    opened.save(saved)
    leak = saved.getvalue()
    leaked = read(leak)
    seen = run_spacing.observe(leak, leaked, sites, _by_search(master, leaked))

    cut = [i for i, site in enumerate(sites) if site.start < len(_LINES[0])]
    assert [o.symbol for o in seen] == [None if i in cut else s for i, s in enumerate(symbols)]
    assert not any(o.doubtful for o in seen)
    unmarked = run_spacing.observe(source, master, sites, _by_search(master, master))
    assert {o.symbol for o in unmarked} == {None}, "the master carries no symbol at all"


def test_a_span_with_two_spacings_is_a_doubtful_erasure() -> None:
    source = _word_file()
    master = read(source)
    sites = run_spacing.find(source, master)
    first = sites[0]
    halves = (Span(first.start, first.start + 9), sites[1].spans[0])
    linked = (type(first)(halves, first.alternatives, first.grade, first.rule, first.kind),)
    copy = run_spacing.write(source, master, [(sites[0], 0), (sites[1], 1)])
    (seen,) = run_spacing.observe(copy, read(copy), linked, lambda span: span)
    assert (seen.symbol, seen.doubtful) == (None, True)


def test_glyph_offsets_are_set_and_read_and_noise_becomes_erasures() -> None:
    document = read("\n".join(_LINES).encode())
    sites = glyph_offset.find(document)
    assert len(sites) >= 30
    assert {site.kind for site in sites} == {SiteKind.GLYPH}
    draw = random.Random(9)
    symbols = [draw.randrange(site.arity) for site in sites]
    source = glyph_offset.typeset(document)
    copy = glyph_offset.write(source, document, list(zip(sites, symbols, strict=True)))
    assert _extracted(copy) == _extracted(source) == "".join(_LINES)

    offsets = glyph_offset.measure(copy)
    seen = glyph_offset.observe(offsets, sites, lambda span: span)
    assert [o.symbol for o in seen] == symbols

    wrong = bare_wrong = erased = total = 0
    for _ in range(40):
        noisy = [None if o is None else o + draw.gauss(0, 0.5 * glyph_offset.DELTA) for o in offsets]
        for site, symbol, o in zip(
            sites, symbols, glyph_offset.observe(noisy, sites, lambda s: s), strict=True
        ):
            around = [n for n in noisy[site.start - 1 : site.start + 2] if n is not None]
            total += 1
            bare_wrong += int(around[1] > (around[0] + around[2]) / 2) != symbol
            erased += o.symbol is None
            wrong += o.symbol is not None and o.symbol != symbol
            assert o.doubtful == (o.symbol is None)
    assert bare_wrong / total > 0.04, "so noisy that a reader without erasures errs (4.9 %; with them 0.6 %)"
    assert wrong / (total - erased) < 0.5 * bare_wrong / total
    assert erased / total < 0.35


def _extracted(pdf: bytes) -> str:
    page = pypdfium2.PdfDocument(pdf)[0]
    return "".join(page.get_textpage().get_text_range().split())
