"""Scanned PDFs as materials: copies say a pseudonym in their pages, and nothing else."""

import io
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

import wenxing
from engine import harms
from engine.command_line import Run, assert_refused
from engine.hostile_files import pdf_file
from engine.made_texts import made_key
from engine.scanned_files import black_and_white, page, scan, turned
from wenxing.carriers import background
from wenxing.errors import EmptyFile, FileTooLarge, UnknownFormat, UnreadableFile, UnsupportedOutput
from wenxing.formats import limits
from wenxing.formats.pdf import scans
from wenxing.formats.pdf.pages import page_texts, render
from wenxing.leaks import Leak, opened
from wenxing.reading import bounded, publishable

KEY = made_key()
_SAID = b"abcdef"
_CELLS = background.cells(_SAID)


def _edition(data: bytes) -> wenxing.Master:
    return wenxing.prepare(data, key=KEY, policy="verbatim")


def _shot(pdf: bytes, *, dpi: float = 96, number: int = 0) -> Image.Image:
    return Image.fromarray(render(pdf, number, dpi=dpi))


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _said(picture: Image.Image) -> bytes | None:
    found = background.read(picture)
    return None if found is None else found.message


def _pictures(pdf: bytes) -> list[Image.Image]:
    """What a program takes out of the file."""
    with pikepdf.open(io.BytesIO(pdf)) as made:
        found = [image for own in made.pages for image in own.get_images().values()]
        return [
            pikepdf.PdfImage(image).as_pil_image()
            for image in found
            if isinstance(image, pikepdf.Stream) and "/ColorSpace" in image
        ]


def _without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without the extra `ocr`."""

    def missing(_data: bytes) -> None:
        raise UnknownFormat("nothing reads words here")

    monkeypatch.setattr(bounded, "recognise", missing)


def test_the_command_line_takes_a_scan_as_it_is_and_says_what_it_is_worth(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("scan.pdf").write_bytes(scan(page(1), page(2)))
    assert run("keygen", "key").code == 0
    assert_refused(run("prepare", "scan.pdf", "--key", "key", "-o", "m.wxm"), "scanned", "verbatim")
    assert not Path("m.wxm").exists()
    done = run("prepare", "scan.pdf", "--key", "key", "-o", "m.wxm", "--policy", "verbatim", "--json")
    assert done.code == 0
    assert "2 scanned pages" in done.err
    assert "not a naming" in done.err
    assert "OCR" in done.err
    assert json.loads(done.out)["scanned"] == 2
    assert_refused(run("mark", "m.wxm", "--key", "key", "--recipient", "7", "-o", "copy.docx"), ".pdf only")
    assert run("mark", "m.wxm", "--key", "key", "--recipient", "7", "-o", "copy.pdf").code == 0
    Path("shot.png").write_bytes(_png(_shot(Path("copy.pdf").read_bytes(), number=1)))
    _without_words(monkeypatch)
    for leak in ("shot.png", "copy.pdf"):
        traced = run("trace", leak, "--key", "key", "--master", "m.wxm", "--recipients", "50", "--json")
        assert traced.code == 3, "a hint names nobody"
        assert "recipient 7" in traced.err
        assert "no evidence" in traced.err
        report = json.loads(traced.out)
        assert (report["named"], report["hints"]) == ([], [7])
    other = run("trace", "shot.png", "--key", "key", "--master", "m.wxm", "--recipients", "6", "--json")
    assert "hints" not in json.loads(other.out)


def test_a_copy_is_the_same_every_time_and_another_for_everybody() -> None:
    master = _edition(scan())
    assert (master.kinds, master.document.is_scan, master.document.text) == (("wording",), True, "")
    assert wenxing.Master.from_bytes(master.to_bytes()) == master
    first, again, other = (
        wenxing.mark(master, key=KEY, recipient=number, format="pdf") for number in (1, 1, 2)
    )
    assert first == again != other
    assert wenxing.plain(master, format="pdf") == master.source
    assert page_texts(first)[0].text == "", "no text that a reader would take for the document's"
    for form in ("txt", "docx", "md", "html"):
        with pytest.raises(UnsupportedOutput):
            wenxing.mark(master, key=KEY, recipient=1, format=form)
    own = wenxing.pseudonym(master, key=KEY, recipient=1)
    assert _said(_shot(first)) == own
    everybody = {master.edition: range(1, 100)}
    assert wenxing.hints([Leak("", pseudonym=own)], key=KEY, masters=[master], recipients=everybody) == (
        (master.edition, 1),
    )
    assert wenxing.hints([Leak("")], key=KEY, masters=[master], recipients=everybody) == ()
    written = wenxing.prepare(b"We must learn.", key=KEY, policy="verbatim", edition=master.edition)
    assert wenxing.hints([Leak("", pseudonym=own)], key=KEY, masters=[written], recipients=everybody) == ()


@pytest.mark.parametrize("kind", ["grey", "coloured", "coarse", "black and white", "turned", "two on a page"])
def test_every_kind_of_scan_says_it_on_the_screen_and_in_a_bad_crop(kind: str) -> None:
    makers: dict[str, Callable[[], bytes]] = {
        "grey": scan,
        "coloured": lambda: scan(Image.merge("RGB", (page(), page(), page().point(lambda v: v * 9 // 10)))),
        "coarse": lambda: scan(quality=40),
        "black and white": lambda: scan(black_and_white(page())),
        "turned": lambda: turned(scan(), 90),
        "two on a page": lambda: _two_on_a_page(scan()),
    }
    made = makers[kind]()
    copy = scans.marked(made, _CELLS, "7K3M-Q2PX")
    assert len(copy) < 1.25 * len(made) + 20_000
    for dpi in (72, 96):
        shown, plain = (np.asarray(_shot(pdf, dpi=dpi), np.int16) for pdf in (copy, made))
        assert abs(shown - plain)[: -int(dpi * 0.6)].mean() < 2.5, "the scan is as it was"
        assert _said(Image.fromarray(shown.astype(np.uint8))) == _SAID
    small = harms.jpeg(60)(harms.window(400, 300)(np.asarray(_shot(copy))))
    assert _said(Image.fromarray(small)) == _SAID


def test_the_pictures_of_a_copy_have_it_themselves() -> None:
    copy = scans.marked(scan(), _CELLS, "")
    (taken,) = _pictures(copy)
    assert taken.size == page().size
    assert _said(taken) == _SAID
    with pikepdf.open(io.BytesIO(copy)) as made, pikepdf.open(io.BytesIO(scan())) as before:
        assert made.pages[0].Contents.read_bytes() == before.pages[0].Contents.read_bytes()


def test_a_scan_that_nobody_marked_says_nothing() -> None:
    assert _said(_shot(scan())) is None


def test_the_code_can_be_seen_at_the_foot() -> None:
    with_code, without = (
        np.asarray(_shot(scans.marked(scan(), _CELLS, code), dpi=150), np.int16) for code in ("7K3M-Q2PX", "")
    )
    rows, columns = np.nonzero(abs(with_code - without) > 60)
    assert 0.95 < rows.mean() / len(with_code) < 0.99
    assert 0.48 < columns.mean() / with_code.shape[1] < 0.52


def test_a_stamp_or_a_layer_of_words_on_a_leaked_scan_does_not_hide_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _without_words(monkeypatch)
    copy = scans.marked(scan(), _CELLS, "7K3M-Q2PX")
    for words, leaks in ((b"WeChat abc 123", 1), (b"What somebody had recognised. " * 20, 1)):
        found = opened(_with_words(copy, words), name="leak.pdf").leaks
        assert len(found) == leaks
        assert [leak.pseudonym for leak in found] == [_SAID]


def test_what_is_no_scan_is_none() -> None:
    assert publishable(scan()).is_scan
    assert not publishable(pdf_file(b"BT /F1 9 Tf 60 700 Td (We must learn.) Tj ET")).is_scan
    with pytest.raises(EmptyFile):
        publishable(pdf_file(b"0 0 99 99 re f"))


def test_a_scan_with_too_many_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    few = scan(page(), page())
    assert len(bounded.publishable(few).paragraphs) == 2
    monkeypatch.setattr(limits, "SCAN_PAGES", 1)
    with pytest.raises(FileTooLarge, match="2 scanned pages"):
        publishable(few)


def test_a_picture_too_large_to_be_drawn_into_gets_a_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SCAN_PIXELS", page().width * page().height)
    copy = scans.marked(scan(page(1), page(2)), _CELLS, "")
    one, two, *_ = _pictures(copy)
    assert (_said(one), _said(two)) == (_SAID, None)
    assert _said(_shot(copy, number=1)) == _SAID


@pytest.mark.parametrize("harm", ["cut", "noise", "lies", "a bomb", "CMYK"])
def test_hostile_pictures_are_a_layer_or_a_refusal(harm: str) -> None:
    data = _harmed(harm)
    try:
        document = bounded.publishable(data)
    except UnreadableFile:
        return
    assert document.is_scan
    copy = scans.marked(data, _CELLS, "7K3M-Q2PX")
    assert _said(_shot(copy)) in (_SAID, None)


def _harmed(harm: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(scan())) as made:
        (own,) = made.pages[0].get_images().values()
        data = own.read_raw_bytes()
        if harm == "cut":
            own.write(data[: len(data) // 2], filter=pikepdf.Name.DCTDecode)
        if harm == "noise":
            own.write(bytes(range(256)) * 40, filter=pikepdf.Name.DCTDecode)
        if harm == "lies":
            own.Width, own.Height = 60_000, 60_000
        if harm == "a bomb":
            own.write(zlib.compress(bytes(200 * limits.MIB)), filter=pikepdf.Name.FlateDecode)
        if harm == "CMYK":
            jpeg = io.BytesIO()
            page().convert("CMYK").save(jpeg, "JPEG")
            own.write(jpeg.getvalue(), filter=pikepdf.Name.DCTDecode)
            own.ColorSpace = pikepdf.Name.DeviceCMYK
        made.save(out, compress_streams=False)
    return out.getvalue()


def _with_words(pdf: bytes, words: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as made:
        own = made.pages[0]
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        name = own.add_resource(font, pikepdf.Name.Font)
        own.contents_add(f"BT 3 Tr {name} 5 Tf 40 400 Td ({words.decode()}) Tj ET".encode())
        made.save(out)
    return out.getvalue()


def _two_on_a_page(pdf: bytes) -> bytes:
    """The upper and the lower half of a page as pictures of their own, as some scanners save them."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as made:
        own = made.pages[0]
        (name,) = own.get_images()
        half = "q 595.2 0 0 420.96 0 {} cm {} Do Q "
        own.Contents = made.make_stream("".join(half.format(bottom, name) for bottom in (0, 420.96)).encode())
        made.save(out)
    return out.getvalue()
