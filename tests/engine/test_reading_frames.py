"""Footnotes, text boxes and tracked changes: read, marked alike everywhere, and what is published of them."""

import io
import re
import zipfile

import docx
import pytest

from engine.word_files import (
    RELATIONS,
    all_xml,
    around_xml,
    paragraph,
    parts_of,
    run,
    tracked_file,
    word_file,
    zipped,
)
from wenxing.carriers import docx as carrier
from wenxing.carriers import text
from wenxing.document import Edit, Role
from wenxing.reading import neutral, promotion, read, without

_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _box(inside: str, fallback: str | None = None) -> str:
    """A run with a text box as Word writes it: a drawing, and a picture for older readers."""
    other = inside if fallback is None else fallback
    return (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><x><w:txbxContent>"
        f"{inside}</w:txbxContent></x></w:drawing></mc:Choice><mc:Fallback><w:pict><y><w:txbxContent>"
        f"{other}</w:txbxContent></y></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def _with_notes(body: str) -> bytes:
    parts = parts_of(body)
    relation = f'<Relationship Id="rId9" Type="{_R}/footnotes" Target="footnotes.xml"/>'
    parts["word/_rels/document.xml.rels"] = RELATIONS.replace(
        "</Relationships>", f"{relation}</Relationships>"
    )
    separator = f"<w:footnote w:type='separator' w:id='-1'>{paragraph('')}</w:footnote>"
    note = f"<w:footnote w:id='1'>{paragraph(' 见附件。')}</w:footnote>"
    parts["word/footnotes.xml"] = around_xml("footnotes", separator + note)
    return zipped(parts)


def test_notes_are_read_behind_the_text_and_are_in_a_text_copy() -> None:
    source = _with_notes(paragraph("正文。") + paragraph("末段。"))
    document = read(source)
    assert [(p.text, p.role) for p in document.paragraphs[:3]] == [
        ("正文。", Role.BODY),
        ("末段。", Role.BODY),
        (" 见附件。", Role.NOTE),
    ]
    assert text.write(document).decode().endswith("末段。\n 见附件。")
    at = document.text.index("附件")
    assert " 见附录。" in read(carrier.write(source, document, [Edit(at, at + 2, "附录")])).text


def test_an_advertisement_at_the_tail_is_found_before_notes() -> None:
    body = (
        paragraph("在大会上的讲话")
        + paragraph("正文一句。") * 3
        + paragraph("扫码加微信入会员群，免费领取资料")
    )
    assert promotion(read(_with_notes(body))) == (4,)


def test_a_text_box_is_read_once_behind_its_anchor() -> None:
    body = f"<w:p>{run('锚')}{_box(paragraph('框一') + paragraph('框二'))}{run('后。')}</w:p>" + paragraph(
        "末。"
    )
    document = read(word_file(body))
    assert [(p.text, p.role) for p in document.paragraphs[:4]] == [
        ("锚后。", Role.BODY),
        ("框一", Role.CELL),
        ("框二", Role.CELL),
        ("末。", Role.BODY),
    ]


def test_a_change_in_a_text_box_is_made_in_both_of_its_forms() -> None:
    inside = paragraph("我们必须", "努力。")
    body = (
        f"<w:p>{run('我们')}{_box(inside, paragraph('我们', '必须努力。'))}{run('必须')}</w:p>"
        + paragraph("末。")
    )
    source = word_file(body)
    document = read(source)
    boxed = document.text.index("我们必须努力")
    copy = carrier.write(source, document, [Edit(boxed + 2, boxed + 5, "务必加"), Edit(2, 4, "应当")])
    assert read(copy).text.startswith("我们应当\n我们务必加力。\n末。")
    assert "必须" not in re.sub("<[^>]*>", "", all_xml(copy))
    assert all_xml(copy).count("务必") == 2


def test_a_text_box_whose_forms_differ_is_read_and_left_alone() -> None:
    source = word_file(f"<w:p>{run('锚')}{_box(paragraph('甲乙'), paragraph('甲丙'))}</w:p>")
    document = read(source)
    at = document.text.index("甲乙")
    template = carrier.template(source, document)
    assert template.accepts(0, 1)
    assert not template.accepts(at, at + 2)


def test_what_alternatives_say_in_the_line_itself_is_left_alone() -> None:
    branches = f"<mc:Choice Requires='x'>{run('甲')}</mc:Choice><mc:Fallback>{run('甲')}</mc:Fallback>"
    line = f"<mc:AlternateContent>{branches}"
    source = word_file(f"<w:p>{run('始')}{line}</mc:AlternateContent>{run('终')}</w:p>")
    document = read(source)
    template = carrier.template(source, document)
    assert document.paragraphs[0].text == "始甲终"
    assert [template.accepts(i, i + 1) for i in range(3)] == [True, False, True]


def test_removing_a_paragraph_keeps_the_text_box_it_anchors() -> None:
    source = word_file(f"<w:p>{run('锚')}{_box(paragraph('框'))}{run('后')}</w:p>" + paragraph("末。"))
    document = read(source)
    assert [p.text for p in read(without(source, document, [0])).paragraphs[:3]] == ["", "框", "末。"]
    emptied = without(source, document, [1])
    assert "框" not in all_xml(emptied)
    assert read(emptied).text.startswith("锚后\n\n末。")


def test_what_was_deleted_is_not_read() -> None:
    flow = [p.text for p in read(tracked_file()).paragraphs if p.role.in_flow]
    assert flow == ["保留新增批处", "", "", "留行", "", "末段。"]


def test_a_neutral_word_file_tells_nothing_of_people_or_of_what_they_deleted() -> None:
    source = tracked_file()
    clean = neutral(source)
    assert [p.text for p in read(clean).paragraphs if p.role.in_flow] == ["保留新增批处", "留行", "末段。"]
    content = all_xml(clean)
    for secret in (
        "张三秘",
        "机密旧文",
        "移走",
        "整段删去",
        "删行",
        "批注",
        "comment",
        "rsid",
        "w:author",
        "trackRev",
    ):
        assert secret in all_xml(source)
        assert secret not in content
    assert "w:zoom" in content
    opened = docx.Document(io.BytesIO(clean))
    assert [p.text for p in opened.paragraphs] == ["保留新增批处", "末段。"]
    assert neutral(clean) == clean


def test_a_word_file_that_remembers_nothing_keeps_its_parts() -> None:
    source = word_file(paragraph("正文", "。", style="h1") + "<!-- note --><w:p/>")
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(io.BytesIO(neutral(source))) as new:
        assert new.namelist() == old.namelist()
        assert all(new.read(n) == old.read(n) for n in old.namelist())


@pytest.mark.parametrize(
    ("name", "source", "clean"),
    [
        ("a.txt", "<!-- 留 -->\n正文", "<!-- 留 -->\n正文"),
        ("a.md", "---\nauthor: 张三\n---\n正<!-- 秘 -->文\n\n<!--\n秘\n-->\n\n```\n<!-- 码 -->\n```\n",
         "正<!-- -->文\n\n<!-- -->\n\n```\n<!-- 码 -->\n```\n"),
        ("a.html", "<!DOCTYPE html><meta charset=utf-8><meta name=Author content=张三><!-- 秘 -->"
         "<p>正文<script>1</script>",
         "<!DOCTYPE html><meta charset=utf-8><p>正文"),
    ],
)  # fmt: skip
def test_a_neutral_text_file_has_its_text_and_no_asides(name: str, source: str, clean: str) -> None:
    assert neutral(source.encode(), name=name).decode() == clean
    assert read(clean.encode(), name=name).text == read(source.encode(), name=name).text
