"""Markdown and HTML copies: the words change, the file does not; and any document as either."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wenxing import mark, new_key, prepare
from wenxing.carriers import markup
from wenxing.document import Document, Edit, Paragraph, Role
from wenxing.errors import UnsupportedOutput
from wenxing.reading import read

_WORDS = "文行甲乙，。abc x*_`&<>[]()#-+1.|~\\\"'!"
_TEXT = st.text(st.sampled_from(_WORDS), min_size=1, max_size=12)
_MD_PARTS = st.lists(
    st.one_of(
        _TEXT,
        _TEXT.map(lambda t: f"**{t}**"),
        _TEXT.map(lambda t: f"[{t}](https://example.org/)"),
        st.sampled_from(
            ["&amp;", "&#x6587;", "\n", "  \n", "`码`", "\n\n", "\n\n- ", "\n\n> ", "\n\n## ", "<br>"]
        ),
    ),
    min_size=1,
    max_size=12,
).map("".join)
_HTML_SCRAPS = (
    *(
        "&amp;",
        "&lt",
        "&nbsp;",
        "&#25991;",
        "\r\n",
        "  ",
        "<b>",
        "</b>",
        "<p>",
        "</p>",
        "<br>",
        "<td>",
        "<li>",
    ),
    *("<!-- x -->", "<script>甲</script>", "<h2>", "</h2>", "<a title='>'>", "<pre>", "</pre>", "&", "<"),
)
_HTML_PARTS = st.lists(st.one_of(_TEXT, st.sampled_from(_HTML_SCRAPS)), min_size=1, max_size=14).map("".join)


def _edited(text: str, edits: list[Edit]) -> str:
    for edit in sorted(edits, key=lambda e: e.start, reverse=True):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text


def _drawn(
    data: st.DataObject, source: bytes, document: Document, *, new: st.SearchStrategy[str]
) -> list[Edit]:
    """Draw edits that the carrier accepts, one at most in a paragraph."""
    template, edits = markup.template(source, document), []
    for paragraph, start in zip(document.paragraphs, document.starts, strict=True):
        if paragraph.text:
            a, b = sorted(data.draw(st.tuples(*[st.integers(0, len(paragraph.text))] * 2)))
            replacement = data.draw(new)
            if a < b and template.accepts(start + a, start + b, replacement):
                edits.append(Edit(start + a, start + b, replacement))
    return edits


@settings(max_examples=400, deadline=None)
@given(_MD_PARTS, st.data())
def test_a_markdown_copy_reads_as_the_edited_text(parts: str, data: st.DataObject) -> None:
    source = f"# 题\n\n{parts}\n\n末段。\n"
    document = read(source.encode(), name="x.md")
    new = st.text(st.sampled_from("文行甲乙abc*_`&<>[]#-|~\\1. "), max_size=4)
    edits = _drawn(data, source.encode(), document, new=new)
    copy = markup.write(source.encode(), document, edits)
    assert read(copy, name="x.md").text == _edited(document.text, edits)


@settings(max_examples=400, deadline=None)
@given(_HTML_PARTS, st.data())
def test_an_html_copy_reads_as_the_edited_text(parts: str, data: st.DataObject) -> None:
    source = f"<!DOCTYPE html><title>t</title><body><p>首段{parts}<p>末段。"
    document = read(source.encode())
    edits = _drawn(
        data, source.encode(), document, new=st.text(st.sampled_from("文行甲乙&<>;a "), max_size=4)
    )
    copy = markup.write(source.encode(), document, edits)
    assert read(copy).text == _edited(document.text, edits)
    assert markup.write(source.encode(), document) == source.encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_all_but_the_site_stays_byte_for_byte_in_any_encoding(encoding: str) -> None:
    page = "<!DOCTYPE html>\r\n<meta charset=gb2312><!-- 注 --><P CLASS=x>我们<B>必须</B>努力。\r\n<script>甲"
    source = page.encode(encoding)
    document = read(source)
    at = document.text.index("必须")
    copy = markup.write(source, document, [Edit(at, at + 2, "务必")])
    assert copy == page.replace("必须", "务必").encode(encoding)


def test_what_the_encoding_lacks_becomes_a_reference() -> None:
    source = b"<!DOCTYPE html><meta charset=latin1><p>caf\xe9 must"
    document = read(source)
    copy = markup.write(source, document, [Edit(5, 9, "文")])
    assert read(copy).text == "café 文"
    assert copy == source.replace(b"must", b"&#25991;")


def test_an_edit_across_tags_goes_into_the_first_in_html_and_is_refused_in_markdown() -> None:
    page, note = b"<!DOCTYPE html><p>a<b>bc</b>de", b"# t\n\na**bc**de fg"
    document = read(page)
    assert markup.write(page, document, [Edit(0, 4, "X")]) == b"<!DOCTYPE html><p>X<b></b>e"
    document = read(note, name="n.md")
    at = document.text.index("fg")
    assert markup.template(note, document).accepts(at, at + 2)
    for start, end in ((2, 6), (3, 5), (2, 3), (5, 6)):
        assert not markup.template(note, document).accepts(start, end)
        with pytest.raises(UnsupportedOutput):
            markup.write(note, document, [Edit(start, end, "X")])


_PLAIN = st.lists(
    st.tuples(
        st.text(st.sampled_from(_WORDS + "\n"), max_size=20),
        st.sampled_from([(Role.BODY, 0), (Role.HEADING, 1), (Role.HEADING, 3), (Role.CELL, 0)]),
    ),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(_PLAIN)
def test_any_document_set_as_either_reads_back(paragraphs: list[tuple[str, tuple[Role, int]]]) -> None:
    made = [Paragraph(text, role, level) for text, (role, level) in paragraphs]
    document = Document((Paragraph("标题", Role.TITLE), *made, Paragraph("末段。")))
    for data, name in (
        (markup.typeset_markdown(document), "x.md"),
        (markup.typeset_hypertext(document), "x.html"),
    ):
        assert _flat(read(data, name=name)) == _flat(document)


def _flat(document: Document) -> list[str]:
    return [flat for p in document.paragraphs if p.role.in_flow and (flat := re.sub(r"\s+", "", p.text))]


def test_a_page_is_complete_by_itself_and_fetches_nothing() -> None:
    page = markup.typeset_hypertext(Document((Paragraph("题", Role.TITLE), Paragraph("<script>正文。"))))
    text = page.decode()
    assert text.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert "<script" not in text
    assert "http" not in text
    assert 'lang="en"' in markup.typeset_hypertext(Document((Paragraph("Plain words."),))).decode()


@pytest.mark.parametrize("name", ["a.md", "a.html", "a.txt"])
def test_a_master_of_any_text_format_is_marked_in_every_format(name: str, seed_text: str) -> None:
    paragraphs = [line.strip() for line in seed_text.splitlines()[20:60] if line.strip()]
    texts = {
        "a.txt": "\n".join(paragraphs),
        "a.md": "\n\n".join(paragraphs),
        "a.html": "<!DOCTYPE html>" + "".join(f"<p>{p}</p>\n" for p in paragraphs),
    }
    key = new_key()
    master = prepare(texts[name].encode(), key=key, name=name)
    assert len(master.approved) > 20
    copies = {f: mark(master, key=key, recipient=7, format=f) for f in ("txt", "md", "html", "docx")}
    read_back = {f: _flat(read(copy, name=f"x.{f}")) for f, copy in copies.items()}
    assert all(texts == read_back["txt"] for texts in read_back.values())
    assert read_back["txt"] != _flat(master.document)
