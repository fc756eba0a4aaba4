"""Word copies: the words change, the file does not."""

import io
import zipfile
from xml.etree import ElementTree

import docx
import pytest
from docx.shared import Pt, RGBColor, Twips
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.word_files import W, document_xml, paragraph, parts_of, run, word_file, zipped
from wenxing.carriers import docx as carrier
from wenxing.carriers import text
from wenxing.document import Document, Edit, Role
from wenxing.errors import UnsupportedOutput
from wenxing.reading import outline, read

_LETTERS = "文行甲乙丙，。 　abc&<>]]\"'"
_RUNS = st.lists(st.text(st.sampled_from(_LETTERS), max_size=8), max_size=5)
_FORMATS = ("", "<w:b/>", '<w:sz w:val="28"/>', '<w:color w:val="FF0000"/>')


def _member(data: bytes, name: str = "word/document.xml") -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def _edited(source: str, edits: list[Edit]) -> str:
    for edit in sorted(edits, key=lambda e: e.start, reverse=True):
        source = source[: edit.start] + edit.replacement + source[edit.end :]
    return source


def _body(paragraphs: list[list[str]]) -> str:
    return "".join(
        "<w:p>" + "".join(run(t, _FORMATS[i % 4]) for i, t in enumerate(texts)) + "</w:p>"
        for texts in paragraphs
    )


def _draw_edits(data: st.DataObject, document: Document) -> list[Edit]:
    """Draw edits, each inside one paragraph of the flow."""
    edits = []
    for paragraph_, start in zip(document.paragraphs, document.starts, strict=True):
        if paragraph_.text and paragraph_.role.in_flow:
            bounds = st.lists(st.integers(0, len(paragraph_.text)), max_size=6, unique=True).map(sorted)
            cuts = data.draw(bounds)
            new = data.draw(st.text(st.sampled_from(_LETTERS), max_size=4))
            edits += [Edit(start + a, start + b, new) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    return edits


@settings(max_examples=150)
@given(st.lists(_RUNS, min_size=1, max_size=5), st.data())
def test_a_copy_reads_as_the_edited_text_and_all_else_is_as_it_was(
    paragraphs: list[list[str]], data: st.DataObject
) -> None:
    source = word_file(_body([*paragraphs, ["末段。"]]))
    document = read(source)
    edits = _draw_edits(data, document)
    assume(text.write(document, edits).strip())  # else nothing is left to read
    copy = carrier.write(source, document, edits)

    assert read(copy).text == _edited(document.text, edits)
    opened = docx.Document(io.BytesIO(copy))
    assert "\n".join(p.text for p in opened.paragraphs) == text.write(document, edits).decode()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(io.BytesIO(copy)) as new:
        assert new.namelist() == old.namelist()
        for name in old.namelist():
            if name not in ("word/document.xml", "word/header1.xml", "word/footer1.xml"):
                assert new.read(name) == old.read(name)
            assert _shape(new.read(name)) == _shape(old.read(name))
    assert carrier.write(source, document, edits[::-1]) == copy


def _shape(part: bytes) -> list[tuple[str, dict[str, str]]] | bytes:
    """Elements and attributes of a part without the texts; a binary member is its own shape."""
    if not part.startswith(b"<?xml"):
        return part
    return [(e.tag, e.attrib) for e in ElementTree.fromstring(part).iter()]


def test_bytes_outside_the_changed_elements_are_untouched() -> None:
    body = (
        '<w:p w:rsidR="00AB12CD"  ><w:r ><w:t>甲</w:t></w:r><!-- note --><w:bookmarkStart w:id="1"/>'
        "<w:r><w:rPr><w:i/></w:rPr><w:t >乙丙</w:t></w:r><w:r><w:t>丁 &#x4E00;</w:t></w:r></w:p>\n\n<w:p/>"
    )
    source = word_file(body)
    document = read(source)
    copy = carrier.write(source, document, [Edit(1, 2, "新")])
    assert _member(copy).decode() == document_xml(body.replace("乙丙", "新丙"))
    assert _member(carrier.write(source, document)) == _member(source)


def test_an_edit_across_runs_goes_into_the_first_and_leaves_the_others() -> None:
    source = word_file("<w:p>" + run("我们", "<w:b/>") + run("必须", "<w:i/>") + run("努力。") + "</w:p>")
    document = read(source)
    copy = carrier.write(source, document, [Edit(1, 5, "〈新〉")])
    runs = docx.Document(io.BytesIO(copy)).paragraphs[0].runs
    assert [(r.text, r.bold, r.italic) for r in runs] == [
        ("我〈新〉", True, None),
        ("", None, True),
        ("力。", None, None),
    ]


def test_several_edits_in_one_run_and_insertions_at_its_ends() -> None:
    source = word_file("<w:p>" + run("甲乙丙丁") + "<w:r><w:tab/></w:r>" + run("戊") + "</w:p>")
    document = read(source)
    edits = [Edit(0, 0, "始"), Edit(1, 2, ""), Edit(3, 4, "终"), Edit(4, 4, "后"), Edit(6, 6, "尾")]
    assert read(carrier.write(source, document, edits)).text.startswith("始甲丙终后\t戊尾\n")


def test_white_space_at_the_ends_of_a_changed_text_is_kept() -> None:
    body = "<w:p><w:r><w:t>甲乙</w:t></w:r><w:r><w:t xml:space='default'>丙</w:t></w:r></w:p>"
    source = word_file(body)
    document = read(source)
    copy = carrier.write(source, document, [Edit(0, 1, " 新"), Edit(2, 3, "丙 ")])
    assert read(copy).text.startswith(" 新乙丙 \n")
    assert _member(copy).count(b'xml:space="preserve"') == 2
    plain = carrier.write(source, document, [Edit(0, 1, "新")])
    assert b"preserve" not in _member(plain)


def test_cells_headers_and_footers_can_be_changed() -> None:
    body = paragraph("前文。") + f"<w:tbl><w:tr><w:tc>{paragraph('格子')}</w:tc></w:tr></w:tbl>"
    source = word_file(body)
    document = read(source)
    words = ("格子", "办公室", "第1页")
    edits = [Edit(at, at + len(w), f"<{w}>") for w in words if (at := document.text.index(w)) >= 0]
    assert read(carrier.write(source, document, edits)).text == _edited(document.text, edits)


@pytest.mark.parametrize("covered", [(0, 3), (1, 2), (2, 5), (4, 5), (5, 7), (6, 8)])
def test_tabs_breaks_symbols_and_paragraph_ends_are_protected(covered: tuple[int, int]) -> None:
    special = (
        "<w:r><w:t>甲</w:t><w:tab/><w:t>乙丙</w:t><w:br/><w:t>丁</w:t><w:sym w:font='x' w:char='2605'/></w:r>"
    )
    source = word_file(f"<w:p>{special}</w:p>" + paragraph("戊"))
    document = read(source)
    assert document.text.startswith("甲\t乙丙\n丁★\n戊")
    template = carrier.Template(source, document)
    assert template.accepts(2, 4)
    assert read(template.write([Edit(2, 4, "新")])).text.startswith("甲\t新\n丁★\n戊")
    assert not template.accepts(*covered)
    with pytest.raises(UnsupportedOutput, match="must keep"):
        template.write([Edit(*covered, "新")])


@pytest.mark.parametrize("replacement", ["a\nb", "\t", "\0", "\x0b", "\ufffe", "\r"])
def test_a_replacement_that_a_run_cannot_hold_is_refused(replacement: str) -> None:
    source = word_file(paragraph("甲乙"))
    document = read(source)
    carrier.write(source, document, [Edit(0, 1, "&<>]]>\u3000")])
    with pytest.raises(UnsupportedOutput, match="replacement"):
        carrier.write(source, document, [Edit(0, 1, replacement)])


def test_edits_that_overlap_or_leave_the_document_are_refused() -> None:
    source = word_file(paragraph("一二三四五"))
    document = read(source)
    carrier.write(source, document, [Edit(0, 3, "甲"), Edit(3, 5, "乙")])
    for edits in ([Edit(0, 3, "甲"), Edit(2, 5, "乙")], [Edit(0, 999, "丙")]):
        with pytest.raises(ValueError, match="overlaps another or leaves"):
            carrier.write(source, document, edits)


def test_a_document_read_from_another_file_is_refused() -> None:
    source = word_file(paragraph("甲乙"))
    carrier.write(source, read(source))
    for other in (read(word_file(paragraph("甲丙"))), read("甲乙".encode())):
        with pytest.raises(ValueError, match="not read from this file"):
            carrier.write(source, other)


def test_a_part_in_utf16_is_marked_too() -> None:
    source = zipped(parts_of("") | {"word/document.xml": document_xml(paragraph("甲乙丙")).encode("utf-16")})
    document = read(source)
    copy = carrier.write(source, document, [Edit(1, 2, "新")])
    assert read(copy).text.startswith("甲新丙\n")
    ElementTree.fromstring(_member(copy))


def test_a_file_that_python_docx_made_keeps_its_formatting() -> None:
    made = docx.Document()
    line = made.add_paragraph()
    bold = line.add_run("我们要进一步")
    bold.bold, bold.font.size = True, Pt(16)
    line.add_run("加强学习，提高本领。").font.color.rgb = RGBColor(200, 0, 0)
    made.add_picture(_picture())
    out = io.BytesIO()
    made.save(out)
    source = out.getvalue()
    document = read(source)
    copy = carrier.write(source, document, [Edit(6, 8, "强化"), Edit(11, 13, "提升")])
    opened = docx.Document(io.BytesIO(copy))
    runs = opened.paragraphs[0].runs
    assert [r.text for r in runs] == ["我们要进一步", "强化学习，提升本领。"]
    assert (runs[0].bold, runs[0].font.size, runs[1].font.color.rgb) == (True, Pt(16), RGBColor(200, 0, 0))
    assert len(opened.inline_shapes) == 1


def _picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, "PNG")
    return out


# Documents that have no .docx of their own.

_SPEECH = (
    "把工作做实\n——在年度工作会议上的讲话\n\n同志们：\n一、总体情况\n（一）主要成绩\n今年工作稳中有进。\t详见附表。\n"
    "　　自带缩进的一段。\n\n"
    "1. 具体做法\n做法很多，&<成效>明显。"
)


def test_a_typeset_document_has_the_text_and_the_roles_of_its_master() -> None:
    document = read(_SPEECH.encode())
    copy = read(carrier.typeset(document))
    flow = [p for p in copy.paragraphs if p.role.in_flow]
    assert "\n".join(p.text for p in flow) == _SPEECH
    assert [(p.role, p.level) for p in flow] == [(p.role, p.level) for p in document.paragraphs]
    assert [e.text for e in outline(copy)] == [e.text for e in outline(document)]
    assert copy.title == document.title == "把工作做实"
    assert [p.text for p in copy.paragraphs if p.role is Role.FOOTER] == ["1"]


@settings(max_examples=60)
@given(st.text(st.sampled_from(_LETTERS + "\n\n\t")).filter(lambda t: t.strip()), st.data())
def test_typeset_copies_carry_edits_as_text_copies_do(source: str, data: st.DataObject) -> None:
    document = read(source.encode())
    template = carrier.Template(*_typeset_source(document))
    edits = [e for e in _draw_edits(data, document) if template.accepts(e.start, e.end)]
    copy = carrier.typeset(document, edits)
    assert "\n".join(p.text for p in docx.Document(io.BytesIO(copy)).paragraphs) == _edited(source, edits)
    assert carrier.typeset(document, edits) == copy


def _typeset_source(document: Document) -> tuple[bytes, Document]:
    source = carrier.typeset(document)
    return source, read(source)


def test_a_typeset_document_names_nobody_and_no_moment() -> None:
    copy = carrier.typeset(read(_SPEECH.encode()))
    opened = docx.Document(io.BytesIO(copy))
    core = opened.core_properties
    assert (core.author, core.last_modified_by, core.title) == ("", "", "")
    assert core.created is not None
    assert core.created.year == 2000
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))


def test_a_typeset_document_is_set_as_an_official_text() -> None:
    opened = docx.Document(io.BytesIO(carrier.typeset(read(_SPEECH.encode()))))
    section = opened.sections[0]
    assert (section.page_width, section.page_height) == (Twips(11906), Twips(16838)), "A4"
    assert "PAGE" in section.footer.paragraphs[0]._p.xml
    styles = {p.text: p.style.name for p in opened.paragraphs if p.style}
    assert styles["把工作做实"] == "Title"
    assert styles["——在年度工作会议上的讲话"] == "Subtitle"
    assert styles["一、总体情况"] == "Heading 1"
    assert styles["1. 具体做法"] == "Heading 3"
    assert styles["做法很多，&<成效>明显。"] == "Body Text"
    assert styles["　　自带缩进的一段。"] == "Normal"
    defaults = opened.styles.element.find(f".//{{{W}}}docDefaults")
    assert defaults.find(f".//{{{W}}}rFonts").get(f"{{{W}}}eastAsia") == "仿宋"
    assert defaults.find(f".//{{{W}}}lang").get(f"{{{W}}}eastAsia") == "zh-CN"
    body = opened.styles["Normal"].paragraph_format
    assert body.line_spacing == Twips(560), "22 lines of 16 pt a page"


def test_characters_that_xml_cannot_hold_become_spaces_and_move_nothing() -> None:
    document = read("甲\x0c乙\ufffe丙\n丁戊".encode())
    copy = carrier.typeset(document, [Edit(4, 5, "新"), Edit(6, 7, "后")])
    assert read(copy).text.startswith("甲 乙 新\n后戊\n")


def test_a_word_master_can_be_typeset_too_without_its_headers() -> None:
    document = read(word_file(paragraph("甲乙") + "<w:p><w:r><w:t>丙</w:t><w:br/><w:t>丁</w:t></w:r></w:p>"))
    copy = read(carrier.typeset(document, [Edit(0, 1, "新")]))
    assert [p.text for p in copy.paragraphs] == ["新乙", "丙\n丁", "1"]


def test_the_real_document_goes_through_word_and_back(seed_text: str) -> None:
    document = read(seed_text.encode())
    edits = [Edit(m, m + 1, "〇〇") for m, c in enumerate(document.text) if c == "的"]
    assert len(edits) > 50
    expected = text.write(document, edits).decode()
    typeset = carrier.typeset(document, edits)
    assert "\n".join(p.text for p in docx.Document(io.BytesIO(typeset)).paragraphs) == expected
    source = carrier.typeset(document)
    assert text.write(read(carrier.write(source, read(source), edits))).decode() == expected
