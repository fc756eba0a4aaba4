"""Word copies whose runs are spaced: the number changes, nothing else does, and other programs keep it."""

import io
import random
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.made_texts import made_document, made_edition, made_key
from engine.word_files import W, document_xml, parts_of, publishers_file, run, word_file, zipped
from wenxing.carriers import docx as carrier
from wenxing.document import Document, Edit
from wenxing.formats import limits
from wenxing.leaks import Leak
from wenxing.marking import mark, plain, pseudonym, settings_of
from wenxing.master import Master
from wenxing.placing import spacing_spans
from wenxing.preparing import prepare
from wenxing.reading import neutral, office, read
from wenxing.sites import Setting, SiteKind, Span, spacing_sites
from wenxing.tracing import trace

KEY = made_key()
_W = f"{{{W}}}"
# ECMA-376 part 1, A.1, EG_RPrBase
_BASE = """
    rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid
    vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs
    em lang eastAsianLayout specVanish oMath rPrChange
"""
_ORDER = _BASE.split()
_FORMATS = (
    "",
    "<w:b/>",
    '<w:rStyle w:val="strong"/><w:rFonts w:hint="eastAsia"/><w:sz w:val="28"/>',
    '<w:i/><w:color w:val="FF0000"/><w:spacing w:val="-6"/><w:kern w:val="2"/><w:u w:val="single"/>',
    '<w:spacing w:val="1.5pt"/>',
    '<w:lang w:eastAsia="zh-CN"/>',
)
_LETTERS = "文行甲乙丙，。 abc&<>"
_TEXTS = st.lists(st.text(st.sampled_from(_LETTERS), min_size=1, max_size=14), min_size=1, max_size=5)

needs_office = pytest.mark.skipif(
    shutil.which(office.PROGRAM) is None, reason="LibreOffice (libreoffice-writer-nogui) is not installed"
)


def _part(data: bytes, name: str = "word/document.xml") -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def _characters(data: bytes) -> Iterator[tuple[str, list[str], int | None]]:
    """Every character of the body with its other properties and its run's own spacing, by another parser."""
    body: Any = etree.fromstring(_part(data))[0]
    for element in body.iter(f"{_W}r"):
        properties = element.find(f"{_W}rPr")
        others = [] if properties is None else [c for c in properties if c.tag != f"{_W}spacing"]
        own = None if properties is None else properties.find(f"{_W}spacing")
        value = None if own is None else own.get(f"{_W}val")
        twentieths = None if value is None else 30 if value == "1.5pt" else int(value)
        for text in element.iter(f"{_W}t", f"{_W}tab", f"{_W}br"):
            for character in text.text or "\t":
                yield character, [etree.tostring(c).decode() for c in others], twentieths


def _drawn(document: Document, draw: random.Random, share: float = 0.8) -> list[Setting]:
    spans = [span for span in spacing_spans(document, ()) if draw.random() < share]
    return [Setting(site, draw.randrange(2)) for site in spacing_sites(spans)]


@settings(max_examples=150, deadline=None)
@given(st.lists(_TEXTS, min_size=1, max_size=4), st.integers(0, 2**32), st.data())
def test_only_the_spacing_of_the_runs_changes(
    paragraphs: list[list[str]], seed: int, data: st.DataObject
) -> None:
    draw = random.Random(seed)
    body = "".join(
        "<w:p>" + "".join(run(text, draw.choice(_FORMATS)) for text in texts) + "</w:p>"
        for texts in [*paragraphs, ["这一段总是够长，", "可以调整字符的间距。"]]
    )
    source = word_file(body)
    document = read(source)
    chosen = _drawn(document, draw)
    copy = carrier.write(source, document, (), chosen)
    assert read(copy).text == document.text
    expected: list[int | None] = [None] * len(document.text)
    for setting in chosen:
        span = setting.site.spans[0]
        expected[span.start : span.end] = [(-2, 2)[setting.symbol]] * (span.end - span.start)
    flow = [e for c, e in zip(document.text, expected, strict=True) if c != "\n"]
    for old, new, added in zip(_characters(source), _characters(copy), flow, strict=False):
        assert new[:2] == old[:2]
        assert new[2] == (old[2] if added is None else (old[2] or 0) + added)
    assert len(list(_characters(copy))) == len(list(_characters(source)))
    _refuse_disorder(copy)
    for name in ("word/styles.xml", "word/media/image1.bin", "word/header1.xml"):
        assert _part(copy, name) == _part(source, name)
    assert carrier.write(source, document, (), chosen[::-1]) == copy


def _refuse_disorder(data: bytes) -> None:
    """The properties of every run stand in the order of the schema, each once."""
    for properties in etree.fromstring(_part(data)).iter(f"{_W}rPr"):
        names = [etree.QName(child).localname for child in properties]
        assert len(set(names)) == len(names)
        assert names == sorted(names, key=_ORDER.index)


def test_bytes_outside_the_spaced_runs_are_untouched() -> None:
    body = (
        "<w:p><!-- kept --><w:r><w:t>一二三四五六七八九十</w:t></w:r><w:bookmarkStart w:id='1' w:name='b'/>"
        "<w:r  w:rsidR='00AB'><w:rPr><w:b/><w:sz w:val='28'/></w:rPr><w:lastRenderedPageBreak/>"
        "<w:t>甲乙丙丁戊己庚辛</w:t><w:tab/><w:t xml:space='preserve'> 壬癸</w:t></w:r>"
        "<w:bookmarkEnd w:id='1'/></w:p>"
    )
    source = word_file(body)
    document = read(source)
    at = document.text.index("乙")
    (site,) = spacing_sites([Span(at, at + 4)])
    part = _part(carrier.write(source, document, (), [Setting(site, 1)])).decode()
    spaced = "<w:rPr><w:b/><w:spacing w:val=\"2\"/><w:sz w:val='28'/></w:rPr>"
    plain = "<w:rPr><w:b/><w:sz w:val='28'/></w:rPr>"
    expected = body.replace(
        f"{plain}<w:lastRenderedPageBreak/><w:t>甲乙丙丁戊己庚辛</w:t><w:tab/>",
        f"{plain}<w:lastRenderedPageBreak/><w:t>甲</w:t></w:r><w:r  w:rsidR='00AB'>"
        f"{spaced}<w:t>乙丙丁戊</w:t></w:r><w:r  w:rsidR='00AB'>{plain}<w:t>己庚辛</w:t><w:tab/>",
    )
    assert part == document_xml(expected)


def test_edits_and_spacings_of_one_run_go_together() -> None:
    source = word_file("<w:p>" + run("目前，各地都在认真学习，许多单位做得很好。") + "</w:p>")
    document = read(source)
    sites = spacing_sites([Span(3, 11), Span(13, 20)])
    edits = [Edit(0, 2, "当前"), Edit(12, 12, "又"), Edit(20, 21, "！")]
    for chosen in ([Setting(sites[0], 0), Setting(sites[1], 1)], [Setting(sites[1], 0)], []):
        copy = carrier.write(source, document, edits, chosen)
        assert read(copy).text.split("\n")[0] == "当前，各地都在认真学习，又许多单位做得很好！"
    assert carrier.write(source, document, edits, []) == carrier.write(source, document, edits)


@pytest.mark.parametrize(
    "odd",
    [
        "<w:r><w:rPr><w:rPrChange w:id='1' w:author='a'><w:rPr/></w:rPrChange></w:rPr><w:t>{}</w:t></w:r>",
        "<w:r><w:t>一二三四<w:x/>五六七八九十</w:t></w:r>",
        "<w:r><w:ruby><w:rubyBase><w:r><w:t>{}</w:t></w:r></w:rubyBase></w:ruby></w:r>",
        "<w:r><w:t>{}</w:t><w:pict><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>",
    ],
)
def test_runs_that_cannot_be_cut_carry_nothing(odd: str) -> None:
    body = (
        f"<w:p>{odd.format('一二三四五六七八九十')}</w:p><w:p>" + run("这一段总是够长，可以调整。") + "</w:p>"
    )
    source = word_file(body)
    master = prepare(source, key=KEY, policy="verbatim")
    texts = {master.document.text[span.start : span.end] for span in master.spacing}
    assert texts == {"这一段总是够长，可以调整。"}
    assert read(mark(master, key=KEY, recipient=3, format="docx")).text == master.document.text


def test_a_file_with_another_prefix_is_spaced_in_its_own_way() -> None:
    parts = parts_of("<w:p>" + run("这一段总是够长，可以调整。", "<w:b/>") + "</w:p>")
    xml = str(parts["word/document.xml"]).replace("w:", "n0:").replace("xmlns:w=", "xmlns:n0=")
    source = zipped({**parts, "word/document.xml": xml})
    master = prepare(source, key=KEY, policy="verbatim")
    copy = mark(master, key=KEY, recipient=3, format="docx")
    assert b"<n0:spacing n0:val=" in _part(copy)
    assert [abs(v or 0) for _, _, v in _characters(copy)] == [2] * 13


def test_spacing_is_read_against_the_masters_own_through_styles() -> None:
    parts = parts_of(
        "<w:p><w:pPr><w:pStyle w:val='wide'/></w:pPr>"
        + run("这一段的样式本来就宽，") + run("一二三四五六七八。") + "</w:p><w:p>"
        + run("这一段的文字样式本来就窄。", '<w:rStyle w:val="narrow"/>') + "</w:p>"
    )  # fmt: skip
    parts["word/styles.xml"] = str(parts["word/styles.xml"]).replace(
        "</w:styles>",
        '<w:style w:type="paragraph" w:styleId="base"><w:pPr><w:spacing w:line="360"/></w:pPr>'
        '<w:rPr><w:spacing w:val="12"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="wide"><w:basedOn w:val="base"/></w:style>'
        '<w:style w:type="character" w:styleId="narrow"><w:rPr><w:spacing w:val="-8"/></w:rPr></w:style>'
        "</w:styles>",
    )
    source = zipped(parts)
    master = prepare(source, key=KEY, policy="verbatim")
    assert len(master.spacing) == 2
    copy = mark(master, key=KEY, recipient=3, format="docx")
    assert {v for _, _, v in _characters(copy)} <= {10, 14, -10, -6}
    assert _seen(master, copy) == _symbols(master, 3)
    assert _seen(master, source) == [None, None], "the master carries no symbol at all"


def _symbols(master: Master, recipient: int) -> list[int]:
    return [s.symbol for s in settings_of(master, SiteKind.SPACING, key=KEY, recipient=recipient)]


def _seen(master: Master, leak: bytes) -> list[int | None]:
    """What the reader alone sees, given where the text stands: the same place in a leak of the same text."""
    document = read(leak)
    reader = carrier.SpacingReader(leak, document)
    places = np.arange(len(master.document.text))
    return [o.symbol for o in reader(master.source, master.document, master.spacing_sites, places)]


def test_a_run_of_two_spacings_is_in_doubt_and_rounding_is_forgiven() -> None:
    source = word_file("<w:p>" + run("一二三四五六七八九十") + "</w:p>")
    master = prepare(source, key=KEY, policy="verbatim")
    assert master.spacing == (Span(0, 10),)

    def leaked(*runs: tuple[str, int]) -> bytes:
        inside = "".join(run(text, f'<w:spacing w:val="{value}"/>') for text, value in runs)
        return word_file(f"<w:p>{inside}</w:p>")

    for value, symbol in (
        (-3, 0),
        (-2, 0),
        (-1, 0),
        (0, None),
        (1, 1),
        (2, 1),
        (3, 1),
        (4, None),
        (40, None),
    ):
        assert _seen(master, leaked(("一二三四五六七八九十", value))) == [symbol]
    mixed = leaked(("一二三四五", 2), ("六七八九十", -2))
    reader = carrier.SpacingReader(mixed, read(mixed))
    (seen,) = reader(
        master.source, master.document, master.spacing_sites, np.arange(len(master.document.text))
    )
    assert (seen.symbol, seen.doubtful) == (None, True)
    lost = np.where(np.arange(len(master.document.text)) < 4, np.arange(len(master.document.text)), -1)
    whole = leaked(("一二三四五六七八九十", 2))
    (seen,) = carrier.SpacingReader(whole, read(whole))(
        master.source, master.document, master.spacing_sites, lost
    )
    assert (seen.symbol, seen.doubtful) == (None, False), "less than half of the run is there"


def test_copies_in_the_plain_layout_keep_wrapped_lines_apart() -> None:
    wrapped = "\n".join(
        ["这是一个按固定宽度换行的文本文件，每一行都在同样的", "宽度上断开，所以它的段落要先接起来，"] * 6
    )
    master = prepare(wrapped.encode(), key=KEY, policy="verbatim")
    copy = mark(master, key=KEY, recipient=8, format="docx")
    added = {v for _, _, v in _characters(copy)}
    assert added <= {-2, 2, None}
    report = trace([copy], key=KEY, masters=[master], suspects=100)
    (share,) = [k for k in report.kinds if k.kind is SiteKind.SPACING]
    assert share.read == share.total > 0


def test_a_copys_pseudonym_is_a_property_of_the_file_and_not_in_its_text() -> None:
    document, _ = made_document(3, 600)
    master = prepare(document.text.encode(), key=KEY, policy="verbatim", edition=made_edition(3))
    copies = [mark(master, key=KEY, recipient=n, format="docx") for n in (3, 4)]
    own = pseudonym(master, key=KEY, recipient=3)
    assert carrier.read_pseudonym(copies[0]) == own != carrier.read_pseudonym(copies[1])
    assert Leak.of(copies[0]).pseudonym == own
    assert own.hex().encode() not in _part(copies[0])
    assert docx.Document(io.BytesIO(copies[0])).paragraphs
    with zipfile.ZipFile(io.BytesIO(copies[0])) as copy:
        types = etree.fromstring(copy.read("[Content_Types].xml"))
        assert "/docProps/custom.xml" in {element.get("PartName") for element in types}
        assert copy.read("_rels/.rels").count(b"custom-properties") == 1
    plain_copy = plain(master, format="docx")
    assert carrier.read_pseudonym(plain_copy) == b""
    assert carrier.read_pseudonym(neutral(copies[0])) == b"", "whoever uploads a copy uploads no mark"


@pytest.mark.parametrize("content", ["<p name='wenxing'>zz</p>", "<p name='other'>00ff</p>", "<p/>", ""])
def test_a_publishers_file_keeps_every_other_part_to_the_byte_and_says_nothing(content: str) -> None:
    parts: dict[str, str | bytes] = dict(parts_of("<w:p>" + run("这一段总是够长，可以调整。") + "</w:p>"))
    if content:
        parts["docProps/custom.xml"] = f"<Properties xmlns='x'>{content}</Properties>"
    source = zipped(parts)
    master = prepare(source, key=KEY, policy="verbatim")
    copy = mark(master, key=KEY, recipient=3, format="docx")
    with zipfile.ZipFile(io.BytesIO(copy)) as one, zipfile.ZipFile(io.BytesIO(source)) as other:
        assert one.namelist() == other.namelist()
        for name in other.namelist():
            assert (one.read(name) == other.read(name)) is (name != "word/document.xml")
    assert carrier.read_pseudonym(copy) == b""


# --- through other programs ---------------------------------------------------------------------------


def _converted(folder: Path, files: Sequence[Path], to: str) -> list[Path]:
    """The files as LibreOffice saves them, in one run of it."""
    program = shutil.which(office.PROGRAM)
    assert program is not None
    ending = to.partition(":")[0]
    made = folder / f"as-{ending}-{len(list(folder.iterdir()))}"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", to, "--outdir", str(made), *map(str, files)]
    office._run(command, folder, 4 * limits.OFFICE_SECONDS)
    return [made / file.with_suffix(f".{ending}").name for file in files]


@needs_office
@pytest.mark.parametrize("layout", ["plain", "the publisher's"])
def test_a_verbatim_word_copy_names_through_other_formats_and_back(layout: str, tmp_path: Path) -> None:
    document, _ = made_document(6, 4_000)
    source = document.text.encode() if layout == "plain" else publishers_file(document)
    master = prepare(source, key=KEY, policy="verbatim", profile="solo", edition=made_edition(6))
    (tmp_path / "copy.docx").write_bytes(mark(master, key=KEY, recipient=4_321, format="docx"))
    total = len(master.spacing)
    own = pseudonym(master, key=KEY, recipient=4_321)
    for format in ("odt", "doc"):
        saved = _converted(tmp_path, [tmp_path / "copy.docx"], format)
        (back,) = _converted(tmp_path, saved, "docx:MS Word 2007 XML")
        for leak in (saved[0].read_bytes(), back.read_bytes()):
            report = trace([leak], key=KEY, masters=[master], suspects=100_000)
            assert [n.recipient for n in report.named] == [4_321]
            assert report.sites_read >= 0.97 * total
        assert carrier.read_pseudonym(back.read_bytes()) == (own if layout == "plain" else b"")


@needs_office
def test_fifty_copies_open_and_have_the_text_of_the_master(tmp_path: Path) -> None:
    files, texts = [], []
    for n in range(50):
        document, sites = made_document(100 + n % 5, 600)
        source = document.text.encode() if n % 2 else publishers_file(document)
        policy = "verbatim" if n % 2 else "adaptable"
        master = prepare(source, key=KEY, policy=policy, sites=sites, edition=made_edition(n))
        files.append(tmp_path / f"{n}.docx")
        files[-1].write_bytes(mark(master, key=KEY, recipient=n + 1, format="docx"))
        texts.append(mark(master, key=KEY, recipient=n + 1, format="txt").decode())
        _refuse_disorder(files[-1].read_bytes())
    for saved, text in zip(_converted(tmp_path, files, "txt:Text (encoded):UTF8"), texts, strict=True):
        lines = saved.read_text(encoding="utf-8-sig").split("\n")
        assert [line for line in lines if line] == text.split("\n")
