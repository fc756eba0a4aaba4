"""Any txt or docx in: what comes out, and what is refused with one clear sentence."""

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from engine.word_files import (
    STRICT,
    TYPES,
    W,
    document_xml,
    paragraph,
    parts_of,
    run,
    word_file,
    zipped,
)
from wenxing.document import Role
from wenxing.errors import EmptyFile, FileTooLarge, ProtectedFile, UnknownFormat, UnreadableFile
from wenxing.formats import limits
from wenxing.reading import office, read, without

_BODY = paragraph("第一段，", "分成两个运行。") + paragraph("第二段。")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


def _texts(data: bytes) -> list[str]:
    return [p.text for p in read(data).paragraphs if p.role.in_flow]


def test_a_text_is_a_paragraph_a_line_and_its_text_is_the_source() -> None:
    document = read("甲\r\n\r\n乙\r丙\n".encode())
    assert document.text == "甲\n\n乙\n丙\n"
    assert [p.text for p in document.paragraphs] == ["甲", "", "乙", "丙", ""]
    assert [document.text[p.source.index :][: len(p.text)] for p in document.paragraphs] == [
        p.text for p in document.paragraphs
    ]
    assert document.format == "txt"


def test_the_real_document_is_read_to_the_character(seed_text: str) -> None:
    assert read(seed_text.encode()).text == seed_text
    assert read(seed_text.replace("\n", "\r\n").encode("gb18030")).text == seed_text


def test_a_word_file_gives_body_paragraphs_then_header_and_footer() -> None:
    document = read(word_file(_BODY))
    assert [(p.text, p.role) for p in document.paragraphs] == [
        ("第一段，分成两个运行。", Role.BODY),
        ("第二段。", Role.BODY),
        ("某单位办公室", Role.HEADER),
        ("第1页", Role.FOOTER),
    ]
    assert [p.source.part for p in document.paragraphs[1:]] == [
        "word/document.xml",
        "word/header1.xml",
        "word/footer1.xml",
    ]
    assert document.format == "docx"


def test_strict_and_utf16_word_files_are_read() -> None:
    for content in (document_xml(_BODY, namespace=STRICT), document_xml(_BODY).encode("utf-16")):
        assert _texts(zipped(parts_of("") | {"word/document.xml": content})) == [
            "第一段，分成两个运行。",
            "第二段。",
        ]


def test_a_file_that_python_docx_made_reads_as_python_docx_reads_it() -> None:
    made = docx.Document()
    made.add_heading("总体要求", 1)
    made.add_paragraph("甲\t乙\n丙 ").add_run("粗体").bold = True
    made.add_table(2, 2).cell(0, 1).text = "格"
    made.add_paragraph("末段")
    out = io.BytesIO()
    made.save(out)
    document = read(out.getvalue())
    assert [p.text for p in document.paragraphs if p.role is not Role.CELL] == [
        p.text for p in made.paragraphs
    ]
    assert [p.text for p in document.paragraphs if p.role is Role.CELL] == ["", "格", "", ""]


def test_what_is_not_text_on_the_page_is_passed_over() -> None:
    box = f"<w:drawing><w:txbxContent>{paragraph('框中字')}</w:txbxContent></w:drawing>"
    shown = run("现", "<w:vanish w:val='0'/>")
    body = (
        "<w:p><w:pPr><w:tabs><w:tab w:val='left' w:pos='9'/></w:tabs></w:pPr>"
        f"<w:ins w:id='1' w:author='x'>{run('增')}</w:ins>"
        f"<w:del w:id='2' w:author='x'>{run('旧')}<w:r><w:delText>删</w:delText></w:r></w:del>"
        f"<w:r><w:fldChar w:fldCharType='begin'/><w:instrText> REF x </w:instrText></w:r>{run('域')}"
        f"<w:hyperlink>{run('链')}</w:hyperlink><w:smartTag>{run('签')}</w:smartTag>"
        f"<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{run('控')}</w:sdtContent></w:sdt>"
        f"<w:r>{box}</w:r>{run('藏', '<w:vanish/>')}{shown}"
        "<mc:AlternateContent><mc:Choice Requires='x'>" + run("甲") + "</mc:Choice><mc:Choice Requires='y'>"
        f"{run('乙')}</mc:Choice><mc:Fallback>{run('丙')}</mc:Fallback></mc:AlternateContent>"
        "<w:r><w:tab/><w:t>尾</w:t><w:noBreakHyphen/><w:br w:type='page'/><w:br/>"
        "<w:sym w:font='x' w:char='2605'/></w:r></w:p>" + paragraph("后")
    )
    document = read(word_file(body))
    assert [p.text for p in document.paragraphs[:3]] == ["增域链签控现甲\t尾-\n★", "框中字", "后"]
    assert [p.source.index for p in document.paragraphs[:3]] == [0, 1, 2]


def test_tables_and_content_controls_are_read_in_order_and_nested() -> None:
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('内')}</w:tc></w:tr></w:tbl>"
    body = (
        paragraph("前")
        + f"<w:tbl><w:tr><w:tc>{paragraph('左')}{inner}{paragraph('')}</w:tc>"
        + f"<w:tc>{paragraph('右')}</w:tc></w:tr></w:tbl>"
        + f"<w:sdt><w:sdtContent>{paragraph('中')}</w:sdtContent></w:sdt>"
        + "<w:p/>"
    )
    document = read(word_file(body))
    assert [(p.text, p.role) for p in document.paragraphs if p.role.in_flow] == [
        ("前", Role.BODY),
        ("左", Role.CELL),
        ("内", Role.CELL),
        ("", Role.CELL),
        ("右", Role.CELL),
        ("中", Role.BODY),
        ("", Role.BODY),
    ]


def test_white_space_counts_only_where_the_file_says_so() -> None:
    body = (
        "<w:p><w:r><w:t> 甲\n</w:t></w:r><w:r><w:t xml:space='preserve'> 乙 </w:t></w:r></w:p>"
        "<w:p><w:r><w:t>a&amp;b&#x4E00;<![CDATA[<c>]]></w:t></w:r></w:p>"
    )
    assert _texts(word_file(body)) == ["甲 乙 ", "a&b一<c>"]


def test_styles_give_roles_and_levels() -> None:
    body = (
        paragraph("工作报告", style="t")
        + paragraph("目录一…1", style="TOC1")
        + paragraph("总体情况", style="h1")
        + paragraph("继承的标题", style="mine")
        + "<w:p><w:pPr><w:outlineLvl w:val='2'/></w:pPr>" + run("自带级别") + "</w:p>"
        + "<w:p><w:pPr><w:pStyle w:val='h1'/><w:outlineLvl w:val='9'/></w:pPr>" + run("降为正文。") + "</w:p>"
        + paragraph("（一）加强领导")
    )  # fmt: skip
    document = read(word_file(body))
    assert [(p.role, p.level) for p in document.paragraphs if p.role.in_flow] == [
        (Role.TITLE, 0),
        (Role.HEADING, 0),
        (Role.HEADING, 1),
        (Role.HEADING, 1),
        (Role.HEADING, 3),
        (Role.BODY, 0),
        (Role.HEADING, 1),
    ]
    assert document.title == "工作报告"


def test_a_lone_highest_heading_at_the_head_is_the_title() -> None:
    body = paragraph("年度总结", style="h1") + paragraph("一、情况") + paragraph("正文在此。")
    assert read(word_file(body)).title == ""
    lower = "<w:p><w:pPr><w:outlineLvl w:val='1'/></w:pPr>"
    other = body.replace(paragraph("一、情况"), paragraph("一、情况").replace("<w:p>", lower))
    assert read(word_file(other)).title == "年度总结"


# What is refused. Each case has its twin above or beside it that is read.


def _without_part(name: str) -> bytes:
    return zipped({k: v for k, v in parts_of(_BODY).items() if k != name})


def _with_part(name: str, content: str | bytes) -> bytes:
    return zipped(parts_of(_BODY) | {name: content})


def _declares(entity: str) -> str:
    doctype = f"<!DOCTYPE x [{entity}]>"
    content = document_xml(paragraph("&e;")).replace("&amp;e;", "&e;")
    return content.replace("<w:document", f"{doctype}<w:document", 1)


_EXTERNAL = _declares('<!ENTITY e SYSTEM "file:///etc/hostname">')
_ODD_FILES: dict[str, tuple[Callable[[], bytes], type[Exception], str]] = {
    "nothing": (lambda: b"", EmptyFile, "empty"),
    "blank text": (" \n\u3000\n".encode, EmptyFile, "no text"),
    "blank docx": (lambda: word_file(paragraph(" ")), EmptyFile, "no text"),
    "too many bytes": (lambda: b"a" * (limits.FILE_BYTES + 1), FileTooLarge, "20 MB"),
    "50 MB": (lambda: bytes(50 * limits.MIB), FileTooLarge, "20 MB"),
    "too many characters": (lambda: b"a" * (limits.CHARACTERS + 1), FileTooLarge, "characters"),
    "too many lines": (lambda: b"a\n" * limits.PARAGRAPHS, FileTooLarge, "paragraphs"),
    "too many w:p": (lambda: word_file("<w:p/>" * (limits.PARAGRAPHS + 1)), FileTooLarge, "paragraphs"),
    "too deep": (lambda: word_file("<w:sdt>" * 300 + "</w:sdt>" * 300), FileTooLarge, "nested"),
    "damaged pdf": (lambda: b"%PDF-1.7\n1 0 obj", UnreadableFile, "damaged"),
    "png": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(30), UnknownFormat, "picture"),
    "jpeg": (lambda: b"\xff\xd8\xff\xe0" + bytes(30), UnknownFormat, "picture"),
    "program": (lambda: b"MZ" + bytes(80), UnknownFormat, "program"),
    "rtf": (lambda: b"{\\rtf1\\ansi hello}", UnknownFormat, "RTF"),
    "picture in XML": (lambda: b"\n<?xml version='1.0'?><svg/>", UnknownFormat, "XML"),
    "noise": (lambda: random.Random(1).randbytes(4000), UnknownFormat, "not text"),
    "legacy doc": (lambda: _OLE + "WordDocument".encode("utf-16-le"), UnknownFormat, r"legacy Word.*\.docx"),
    "legacy xls": (lambda: _OLE + "Workbook".encode("utf-16-le"), UnknownFormat, "Excel"),
    "locked docx": (lambda: _OLE + "EncryptedPackage".encode("utf-16-le"), ProtectedFile, "password"),
    "zip": (lambda: zipped({"a.txt": "文"}), UnknownFormat, "ZIP"),
    "odt": (lambda: zipped({"mimetype": "x"}), UnknownFormat, "OpenDocument"),
    "xlsx": (
        lambda: _with_part(
            "[Content_Types].xml", TYPES.replace("wordprocessingml.document", "spreadsheetml.sheet")
        ),
        UnknownFormat,
        "Excel",
    ),
    "docm": (
        lambda: _with_part(
            "[Content_Types].xml", TYPES.replace("openxmlformats-officedocument.wordprocessingml", "ms-word")
        ),
        UnknownFormat,
        "macros",
    ),
    "no document part": (lambda: _without_part("word/document.xml"), UnreadableFile, "no text part"),
    "no relationships": (lambda: _without_part("_rels/.rels"), UnreadableFile, "no text part"),
    "external entity": (lambda: _with_part("word/document.xml", _EXTERNAL), UnreadableFile, "document type"),
    "entity bomb": (
        lambda: _with_part("word/document.xml", _declares('<!ENTITY e "eeee">')),
        UnreadableFile,
        "document type",
    ),
    "doctype elsewhere": (
        lambda: _with_part("customXml/item1.xml", '<!DOCTYPE a SYSTEM "http://example.org/"><a/>'),
        UnreadableFile,
        "document type",
    ),
    "doctype in UTF-16": (
        lambda: _with_part("customXml/item1.xml", "<!DOCTYPE a><a/>".encode("utf-16")),
        UnreadableFile,
        "document type",
    ),
    "broken XML": (lambda: word_file("<w:p>"), UnreadableFile, "damaged"),
    "GBK XML": (
        lambda: _with_part("word/document.xml", document_xml(_BODY).replace("UTF-8", "ISO-8859-1")),
        UnreadableFile,
        "encoding",
    ),
    "truncated docx": (lambda: word_file(_BODY)[:-200], UnreadableFile, "damaged"),
    "bomb in a picture": (
        lambda: _with_part("word/media/x.bin", bytes(9 * limits.MIB)),
        FileTooLarge,
        "unpacks",
    ),
    "bomb in the text": (
        lambda: _with_part("word/document.xml", document_xml("<!--" + " " * 9 * limits.MIB + "-->")),
        FileTooLarge,
        "unpacks",
    ),
    "odd names": (lambda: _with_part("../../etc/passwd", b"x"), UnreadableFile, "forbidden name"),
    "same name": (lambda: _with_part("word/DOCUMENT.xml", b"<a/>"), UnreadableFile, "same name"),
}


@pytest.mark.parametrize("case", _ODD_FILES)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PARAGRAPHS", 1000)
    monkeypatch.setattr(office, "PROGRAM", "a program that is not installed")
    assert _texts(word_file(_BODY))
    make, error, message = _ODD_FILES[case]
    with pytest.raises(error, match=message) as caught:
        read(make(), name="C:\\upload\\文件.txt")
    said = str(caught.value)
    assert said.endswith(".")
    assert "\n" not in said
    assert "第一段" not in said
    assert "upload" not in said


def test_the_name_only_helps_the_message() -> None:
    assert read(word_file(_BODY), name="a.txt").format == "docx"
    assert read("文。".encode(), name="a.docx").format == "txt"
    with pytest.raises(EmptyFile, match=r"^讲话\.txt is empty"):
        read(b"", name="讲话.txt")


def test_reading_leaves_nothing_open_and_follows_no_link(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("机密")
    entity = _declares(f'<!ENTITY e SYSTEM "{secret.as_uri()}">')
    with pytest.raises(UnreadableFile) as caught:
        read(_with_part("word/document.xml", entity))
    assert "机密" not in str(caught.value)


def test_paragraphs_are_removed_from_a_text() -> None:
    data = "广告\r\n标题\r\n\r\n正文。".encode("gb18030")
    document = read(data)
    assert without(data, document, [0, 2]) == "标题\n正文。".encode()
    assert without(data, document, []) == document.text.encode()
    with pytest.raises(EmptyFile):
        without(data, document, range(4))
    with pytest.raises(IndexError):
        without(data, document, [4])


def test_paragraphs_are_removed_from_a_word_file_and_nothing_else() -> None:
    section = "<w:p><w:pPr><w:sectPr/></w:pPr>" + run("分节") + "</w:p>"
    body = (
        paragraph("广告一", " 续")
        + "<w:p/>"
        + paragraph("标题")
        + f"<w:tbl><w:tr><w:tc>{paragraph('格')}</w:tc></w:tr></w:tbl>"
        + section
        + paragraph("正文。")
    )
    data = word_file(body)
    document = read(data)
    kept = without(data, document, [0, 1, 3, 4, 6])
    assert [p.text for p in read(kept).paragraphs] == ["标题", "", "", "正文。", "第1页"]
    with zipfile.ZipFile(io.BytesIO(kept)) as archive:
        content = archive.read("word/document.xml").decode()
        assert content == document_xml(body).replace(paragraph("广告一", " 续") + "<w:p/>", "").replace(
            ">格<", "><"
        ).replace(">分节<", "><")
        assert W in archive.read("word/header1.xml").decode()
    docx.Document(io.BytesIO(kept))


def test_the_real_document_loses_its_header_and_keeps_its_title(seed_text: str) -> None:
    document = read(seed_text.encode())
    title = next(i for i, p in enumerate(document.paragraphs) if p.role is Role.TITLE)
    kept = read(without(seed_text.encode(), document, range(title)))
    assert kept.title == document.title
    assert kept.text == document.text[document.starts[title] :]


def test_a_file_damaged_anywhere_is_read_or_refused_but_never_breaks_the_reader() -> None:
    draw = random.Random(2)
    parts = {name: part.encode() if isinstance(part, str) else part for name, part in parts_of(_BODY).items()}
    markup = [name for name in parts if name.endswith(("xml", "rels"))]
    outcomes = set()
    for _ in range(400):
        name = draw.choice(markup)
        part = bytearray(parts[name])
        at, start = draw.randrange(len(part)), draw.randrange(len(part))
        part[at : at + draw.choice((0, 1, 9))] = part[start : start + draw.randrange(40)]
        try:
            outcomes.add(read(zipped({**parts, name: bytes(part)})).format)
        except UnreadableFile:
            outcomes.add("refused")
    assert outcomes == {"docx", "refused"}
