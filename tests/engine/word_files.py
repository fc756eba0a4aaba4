"""Small Word files for tests, put together by zipfile so that our own packing is not judged by itself."""

import io
import random
import zipfile
from collections.abc import Mapping

import docx

from engine.made_texts import made_document
from wenxing.document import Document

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

TYPES = f"""{_DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/><Default Extension="bin" ContentType="x/y"/>
<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="{_TYPE}.styles+xml"/>
<Override PartName="/word/header1.xml" ContentType="{_TYPE}.header+xml"/>
<Override PartName="/word/footer1.xml" ContentType="{_TYPE}.footer+xml"/></Types>"""
PACKAGE_RELATIONS = f"""{_DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{_R}/officeDocument" Target="word/document.xml"/></Relationships>"""
RELATIONS = f"""{_DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{_R}/styles" Target="styles.xml"/>
<Relationship Id="rId2" Type="{_R}/header" Target="header1.xml"/>
<Relationship Id="rId3" Type="{_R}/footer" Target="/word/footer1.xml"/>
<Relationship Id="rId4" Type="{_R}/hyperlink" Target="https://example.org/" TargetMode="External"/>
</Relationships>"""
STYLES = f"""{_DECLARATION}<w:styles xmlns:w="{W}">
<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="t"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="h1"><w:name w:val="heading 1"/>
<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="mine"><w:name w:val="Mine"/><w:basedOn w:val="h1"/></w:style>
<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style></w:styles>"""


def document_xml(body: str, *, namespace: str = W) -> str:
    """Return a document part around the content of its body."""
    root = f'w:document xmlns:w="{namespace}" xmlns:mc="{_MC}"'
    return f"{_DECLARATION}<{root}><w:body>{body}</w:body></w:document>"


def around_xml(element: str, body: str) -> str:
    """Return a header (`hdr`) or footer (`ftr`) part."""
    return f'{_DECLARATION}<w:{element} xmlns:w="{W}">{body}</w:{element}>'


def paragraph(*texts: str, style: str = "") -> str:
    """Return a `w:p` with one run a text."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{''.join(run(text) for text in texts)}</w:p>"


def run(text: str, properties: str = "") -> str:
    """Return a `w:r` with its white space preserved."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escaped}</w:t></w:r>'


def parts_of(body: str) -> dict[str, str | bytes]:
    """Return the members of a small Word file, a picture-like binary one among them."""
    return {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": PACKAGE_RELATIONS,
        "word/document.xml": document_xml(body),
        "word/_rels/document.xml.rels": RELATIONS,
        "word/styles.xml": STYLES,
        "word/header1.xml": around_xml("hdr", paragraph("某单位办公室")),
        "word/footer1.xml": around_xml("ftr", paragraph("") + paragraph("第1页")),
        "word/media/image1.bin": bytes(range(256)) * 40,
    }


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a ZIP container with these members, deflated, dated 3 May 2021."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2021, 5, 3, 9, 30, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def word_file(body: str) -> bytes:
    """Return a Word file with this body, a header, a footer, styles and a binary member."""
    return zipped(parts_of(body))


def all_xml(data: bytes) -> str:
    """Return all XML of a Word file, one member after another."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = (name for name in archive.namelist() if name.endswith((".xml", ".rels")))
        return "\n".join(archive.read(name).decode() for name in names)


_AUTHOR = "w:author='张三秘' w:date='2024-05-03T09:30:00Z'"


def tracked_file() -> bytes:
    """Return a Word file with tracked changes, a comment, and its author's name in every usual place."""
    body = (
        f"<w:p w:rsidR='00AB12CD'><w:pPr><w:pPrChange w:id='1' {_AUTHOR}><w:pPr/></w:pPrChange></w:pPr>"
        f"{run('保留')}<w:ins w:id='2' {_AUTHOR}>{run('新增')}</w:ins>"
        f"<w:del w:id='3' {_AUTHOR}><w:r><w:delText>机密旧文</w:delText></w:r></w:del>"
        f"<w:moveFrom w:id='4' {_AUTHOR}>{run('移走')}</w:moveFrom>"
        f"<w:commentRangeStart w:id='0'/>{run('批处')}<w:commentRangeEnd w:id='0'/>"
        "<w:r><w:commentReference w:id='0'/></w:r></w:p>"
        f"<w:p><w:pPr><w:rPr><w:del w:id='5' {_AUTHOR}/></w:rPr></w:pPr>"
        f"<w:del w:id='6' {_AUTHOR}><w:r><w:delText>整段删去</w:delText></w:r></w:del></w:p>"
        f"<w:tbl><w:tr><w:trPr><w:del w:id='7' {_AUTHOR}/></w:trPr><w:tc><w:p><w:del w:id='8' {_AUTHOR}>"
        f"<w:r><w:delText>删行</w:delText></w:r></w:del></w:p></w:tc></w:tr><w:tr><w:tc>{paragraph('留行')}</w:tc></w:tr>"
        f"</w:tbl><w:tbl><w:tr><w:trPr><w:del w:id='9' {_AUTHOR}/></w:trPr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
        + paragraph("末段。")
    )
    parts = parts_of(body)
    parts["word/comments.xml"] = around_xml(
        "comments", f"<w:comment w:id='0' {_AUTHOR}>{paragraph('批注')}</w:comment>"
    )
    parts["word/settings.xml"] = around_xml(
        "settings",
        "<w:trackRevisions/><w:rsids><w:rsidRoot w:val='00AB12CD'/></w:rsids><w:zoom w:percent='90'/>",
    )
    parts["docProps/core.xml"] = (
        "<c xmlns='x'><creator>张三秘</creator><lastModifiedBy>张三秘</lastModifiedBy></c>"
    )
    parts["docProps/app.xml"] = "<Properties xmlns='y'><Company>张三秘的公司</Company></Properties>"
    parts["docProps/custom.xml"] = "<Properties xmlns='z'><p>张三秘</p></Properties>"
    parts["word/_rels/document.xml.rels"] = RELATIONS.replace(
        "</Relationships>",
        f'<Relationship Id="rId8" Type="{_R}/comments" Target="comments.xml"/>'
        f'<Relationship Id="rId9" Type="{_R}/settings" Target="settings.xml"/></Relationships>',
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships/metadata"
    parts["_rels/.rels"] = PACKAGE_RELATIONS.replace(
        "</Relationships>",
        f'<Relationship Id="r2" Type="{package}/core-properties" Target="docProps/core.xml"/>'
        f'<Relationship Id="r3" Type="{_R}/extended-properties" Target="docProps/app.xml"/>'
        f'<Relationship Id="r4" Type="{_R}/custom-properties" Target="docProps/custom.xml"/></Relationships>',
    )
    kinds = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    parts["[Content_Types].xml"] = TYPES.replace(
        "</Types>", f'<Override PartName="/word/comments.xml" ContentType="{kinds}.comments+xml"/></Types>'
    )
    return zipped(parts)


def publishers_file(document: Document) -> bytes:
    """A Word file with runs of all lengths and looks, some of them spaced by the publisher."""
    draw = random.Random(11)
    made = docx.Document()
    for paragraph in document.paragraphs:
        added, at = made.add_paragraph(), 0
        while at < len(paragraph.text):
            length = draw.choice((3, 11, 40, 200))
            one = added.add_run(paragraph.text[at : at + length])
            at += length
            one.bold = draw.choice((None, True))
            if draw.random() < 0.3:
                spacing = one._r.get_or_add_rPr().makeelement(f"{{{W}}}spacing", {f"{{{W}}}val": "10"})
                one._r.get_or_add_rPr().append(spacing)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def tables_alone(number: int, characters: int) -> bytes:
    """A Word file whose text stands in cells alone, short ones beside long ones."""
    document, _ = made_document(number, characters)
    made = docx.Document()
    table = made.add_table(rows=0, cols=3)
    for row, paragraph in enumerate(document.paragraphs, start=1):
        cells = table.add_row().cells
        cells[0].text = f"第{row}项工作要点"
        cells[1].text, cells[2].text = paragraph.text[::2], paragraph.text[1::2]
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
