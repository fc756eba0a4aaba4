"""PDFs as other programs write them: read, marked without a visible trace, and read back.

`pdf_files/` holds the same text as Chromium, LibreOffice, ReportLab and WeasyPrint wrote it.
"""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from wenxing.carriers import pdf as carrier
from wenxing.formats.pdf.pages import page_texts
from wenxing.placing import glyph_places
from wenxing.reading import portable, read, without
from wenxing.sites import Setting, glyph_sites

_FILES = sorted((Path(__file__).parent / "pdf_files").glob("*.pdf"))
_TEXT = (Path(__file__).parent / "pdf_files" / "text.txt").read_text(encoding="utf-8")
every_producer = pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)


def _moves(source: bytes, seed: int) -> list[Setting]:
    document = portable.read(source)
    sites = glyph_sites(glyph_places(document, ()))
    movable = carrier.template(source, document).movable(sites)
    rng = random.Random(seed)
    return [
        Setting(site, rng.randrange(2)) for site in glyph_sites(s.start for s in sites if s.start in movable)
    ]


@every_producer
def test_a_pdf_reads_as_the_paragraphs_it_was_made_from(file: Path) -> None:
    said = ["".join(p.text.split()) for p in portable.read(file.read_bytes()).paragraphs]
    assert said == ["".join(line.split()) for line in _TEXT.splitlines() if line.strip()]


@every_producer
def test_nearly_every_character_that_may_carry_the_code_can_be_moved(file: Path) -> None:
    source = file.read_bytes()
    document = portable.read(source)
    assert len(_moves(source, 0)) > 0.85 * len(glyph_places(document, ()))


@every_producer
def test_what_is_set_is_read_back_and_the_text_is_the_same_to_the_character(file: Path) -> None:
    source = file.read_bytes()
    document = portable.read(source)
    moves = _moves(source, 5)
    copy = carrier.write(source, document, moves)
    again, places = portable.placed(copy)
    assert again.text == document.text
    assert [page.text for page in page_texts(copy)] == [page.text for page in page_texts(source)]
    at = np.arange(len(document.text))
    seen = carrier.GlyphReader(places)(source, document, [m.site for m in moves], at)
    assert [o.symbol for o in seen] == [m.symbol for m in moves]


@every_producer
def test_an_unmarked_pdf_shows_no_symbol(file: Path) -> None:
    source = file.read_bytes()
    document = portable.read(source)
    sites = glyph_sites(glyph_places(document, ()))
    at = np.arange(len(document.text))
    for pdf in (source, carrier.write(source, document)):
        seen = carrier.GlyphReader(portable.placed(pdf)[1])(source, document, sites, at)
        assert {o.symbol for o in seen} == {None}


def _explained(copy: NDArray[np.float64], plain: NDArray[np.float64]) -> float:
    """The share of pixels that the plain page has in the same place, or a pixel to the left or right."""
    around = np.stack([plain, np.roll(plain, 1, axis=1), np.roll(plain, -1, axis=1)])
    low, high = around.min(axis=0) - 32, around.max(axis=0) + 32
    return float(((low <= copy) & (copy <= high)).mean())


@every_producer
def test_nothing_in_a_copy_is_further_than_a_pixel_from_where_it_was(file: Path) -> None:
    source = file.read_bytes()
    document = portable.read(source)
    copy, plain = (carrier.write(source, document, moves) for moves in (_moves(source, 6), ()))
    for page in range(len(page_texts(source))):
        one, other, untouched = (
            carrier.render(pdf, page, dpi=150).astype(float) for pdf in (source, copy, plain)
        )
        assert (one == untouched).all()
        assert (one != other).any()
        assert _explained(other, one) > 0.997
        assert _explained(np.roll(one, 3, axis=1), one) < 0.98  # three pixels would be seen


@every_producer
def test_a_copy_is_hardly_larger_than_the_file(file: Path) -> None:
    source = file.read_bytes()
    copy = carrier.write(source, portable.read(source), _moves(source, 7))
    assert len(copy) < 1.05 * len(source) + 2_000


@every_producer
def test_a_paragraph_is_taken_off_its_page_and_the_rest_stays(file: Path) -> None:
    source = file.read_bytes()
    document = read(source)
    kept = read(without(source, document, {2}))
    expected = [p.text for i, p in enumerate(document.paragraphs) if i != 2]
    assert ["".join(p.text.split()) for p in kept.paragraphs] == ["".join(t.split()) for t in expected]


def test_the_copies_of_two_recipients_differ_only_in_places() -> None:
    source = _FILES[0].read_bytes()
    document = portable.read(source)
    moves = _moves(source, 8)
    other = [replace(m, symbol=1 - m.symbol) for m in moves]
    one, two = (carrier.write(source, document, m) for m in (moves, other))
    assert one != two
    first, second = portable.placed(one)[1], portable.placed(two)[1]
    shown = first.page >= 0
    off = np.hypot(first.x - second.x, first.y - second.y)[shown]
    moved = {m.site.start for m in moves}
    still = [i for i in np.flatnonzero(first.page >= 0).tolist() if i not in moved]
    assert (off > 0.1).sum() == len(moves)
    assert np.hypot(first.x - second.x, first.y - second.y)[still].max() < 0.01
