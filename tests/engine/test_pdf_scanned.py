"""A scanned PDF as a leak: its pages are read as pictures are."""

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

import wenxing
from engine.hostile_files import pdf_file
from engine.typefaces import needs_font
from wenxing.carriers import pdf as carrier
from wenxing.errors import EmptyFile
from wenxing.formats.pdf.pages import page_texts
from wenxing.leaks import opened
from wenxing.reading import bounded, read

pytest.importorskip("rapidocr")

_CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.txt"))


def _scanned(pdf: bytes, *, pages: int) -> bytes:
    """A PDF of pictures of the pages, as a scanner makes one."""
    shots = [Image.fromarray(carrier.render(pdf, page, dpi=150)) for page in range(pages)]
    out = io.BytesIO()
    shots[0].save(out, "PDF", resolution=150, save_all=True, append_images=shots[1:])
    return out.getvalue()


@needs_font
def test_a_scanned_copy_is_traced_like_a_picture() -> None:
    key = wenxing.new_key()
    text = b"\n".join(path.read_bytes() for path in _CORPUS[:2])
    master = wenxing.prepare(text, key=key, policy="verbatim")
    copy = wenxing.mark(master, key=key, recipient=77, format="pdf")
    scan = _scanned(copy, pages=2)
    with pytest.raises(EmptyFile, match="scanned"):
        read(scan)
    found = opened(scan, name="scan.pdf")
    assert len(found.leaks) == 2
    report = wenxing.trace(found.leaks, key=key, masters=[master], suspects=10_000)
    assert [named.recipient for named in report.named] == [77]
    assert report.sites_read > 100


def test_a_pdf_with_text_or_nothing_has_no_scans() -> None:
    assert bounded.scans(pdf_file(b"BT /F1 9 Tf 60 700 Td (We must learn.) Tj ET")) == ()
    assert bounded.scans(pdf_file(b"0 0 99 99 re f")) == ()
    assert bounded.scans(b"%PDF-1.7") == ()


def test_no_more_than_thirty_pages_are_read_as_pictures() -> None:
    page = Image.new("L", (300, 400), 200)
    out = io.BytesIO()
    page.save(out, "PDF", save_all=True, append_images=[page] * 34)
    assert len(page_texts(out.getvalue())) == 35
    with pikepdf.open(io.BytesIO(out.getvalue())) as pdf:
        assert len(pdf.pages) == 35
    assert len(bounded.scans(out.getvalue())) == 30
