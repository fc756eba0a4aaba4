# ruff: noqa: E501 (a case a line, or several: tables to be read across)
"""Files made to do harm, or harmed on the way: every one is read or refused in a sentence.

`cases` makes them one at a time, the same every time. A case's name says what is wrong with it.
"""

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

from engine.word_files import (
    PACKAGE_RELATIONS,
    RELATIONS,
    STYLES,
    TYPES,
    W,
    around_xml,
    document_xml,
    paragraph,
    parts_of,
    run,
    word_file,
    zipped,
)

_MIB = 1 << 20
_TEXT = "我们必须努力学习，不断提高认识。\n"
_BODY = paragraph("第一段，", "分成两个运行。") + paragraph("第二段。")
_DOCTYPE = "<!DOCTYPE html>"


@dataclass(frozen=True)
class Case:
    """One file.

    Attributes:
        kind: the folder of the case: txt, md, html, docx or pdf.
        name: what is wrong with it.
        file_name: what its sender calls it.
        data: its bytes.
    """

    kind: str
    name: str
    file_name: str
    data: bytes


_Made = Iterator[tuple[str, bytes]]


def cases() -> Iterator[Case]:
    """Yield every case. Each is made when it is asked for; some are large."""
    makers: tuple[tuple[str, Callable[[], _Made]], ...] = (
        ("txt", _texts),
        ("txt", _encodings),
        ("txt", _others_by_name),
        ("md", _markdown),
        ("html", _pages),
        ("docx", _containers),
        ("docx", _damaged),
        ("docx", _parts),
        ("docx", _markup),
        ("pdf", _portable),
        ("pdf", _portable_damaged),
    )
    for kind, maker in makers:
        for name, data in maker():
            yield Case(kind, name, f"a.{kind}", data)


def _texts() -> _Made:
    yield "empty", b""
    yield "blank lines only", b"\n" * 1000
    yield "spaces of every kind only", "\u3000\u00a0\u2003 \t\n".encode() * 100
    yield "invisible characters only", "\u200b\u200d\u2060\ufeff".encode() * 100
    yield "one NUL", b"abc\0def"
    yield "NULs only", bytes(4000)
    yield "control characters", bytes(range(1, 32)) * 100
    yield "over 20 MB", b"a" * (20 * _MIB + 1)
    yield "over two million characters", ("字" * 99 + "\n").encode() * 20_100
    yield "one line of 1.9 million characters", "字".encode() * 1_900_000
    yield "over 200,000 lines", b"a\n" * 200_001
    yield "250,000 carriage returns", b"a\r" * 250_000
    yield "combining marks", ("字" + "\u0301" * 1_000_000).encode()
    yield "right-to-left overrides", ("\u202e字" * 10_000).encode()
    yield "numbered headings without end", "一、\n".encode() * 60_000
    yield "salutations without end", "同志们同志们".encode() * 50_000
    yield "titles without end", ("关于" + "在" * 58 + "\n").encode() * 5_000
    yield "advertisements without end", "扫码加微信群免费会员资料\n".encode() * 30_000
    yield "closing marks only", "。！？；：，、".encode() * 40_000
    yield "private use characters", "\ue000\uf8ff".encode() * 10_000
    for seed in range(12):
        yield f"noise, draw {seed}", random.Random(seed).randbytes(200 + 3000 * seed)


def _encodings() -> _Made:
    for mark, name in ((b"\xef\xbb\xbf", "UTF-8"), (b"\xff\xfe", "UTF-16 LE"), (b"\xfe\xff", "UTF-16 BE"),
                       (b"\xff\xfe\0\0", "UTF-32 LE"), (b"\0\0\xfe\xff", "UTF-32 BE")):  # fmt: skip
        yield f"byte order mark of {name} alone", mark
        yield f"byte order mark of {name} before noise", mark + random.Random(5).randbytes(999)
        yield f"byte order mark of {name} before UTF-8", mark + _TEXT.encode() * 3 + b"x"
    for encoding in ("utf-8", "utf-16", "utf-16-le", "utf-32", "gb18030", "big5"):
        data = ("文" if encoding == "big5" else _TEXT).encode(encoding) * 40
        for cut in (1, 2, 3):
            yield f"{encoding}, {cut} bytes missing at the end", data[:-cut]
        yield f"{encoding}, a byte missing in the middle", data[:55] + data[56:]
    yield "overlong UTF-8", b"\xc0\xaf\xe0\x80\xaf" * 50
    yield "surrogates in UTF-8", b"\xed\xa0\x80\xed\xb0\x80" * 50
    yield "UTF-8 beyond Unicode", b"\xf4\x90\x80\x80" * 50
    yield "lone surrogates in UTF-16", b"\xff\xfe" + b"\x00\xd8" * 50
    yield "two encodings in one file", _TEXT.encode() * 5 + _TEXT.encode("gb18030") * 5
    yield "UTF-7", b"+TipnLA-" * 50
    yield "GB18030 four-byte noise", b"\x81\x30\x81\x30" * 500


def _others_by_name() -> _Made:
    starts = {
        "PDF": b"%PDF-1.7\n", "PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff\xe0", "GIF": b"GIF89a",
        "RTF": b"{\\rtf1\\ansi ", "7z": b"7z\xbc\xaf\x27\x1c", "RAR": b"Rar!\x1a\x07", "gzip": b"\x1f\x8b\x08",
        "ELF": b"\x7fELF", "Windows program": b"MZ\0\0", "database": b"SQLite format 3\0", "WebP": b"RIFF\0\0\0\0WEBP",
        "MP4": b"\0\0\0\x18ftypmp42", "XML": b"<?xml version='1.0'?><a/>", "OLE": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    }  # fmt: skip
    for name, start in starts.items():
        yield f"{name} called .txt", start + bytes(300)
    for stream in ("WordDocument", "EncryptedPackage", "Workbook", "PowerPoint Document"):
        yield f"OLE with {stream}", starts["OLE"] + bytes(504) + stream.encode("utf-16-le")


def _markdown() -> _Made:
    pieces = {
        "quotations nested": "> ", "lists nested": "- ", "open brackets": "[", "open images": "![",
        "open links": "[a](", "link ends": "](", "stars": "*a ", "alternating marks": "*_", "strong and weak": "**a *b ",
        "underscores": "_", "backticks": "`", "growing backticks": "` `` ``` ", "less-than signs": "<",
        "open comments": "<!--", "open tags": "<a b='", "ampersands": "&", "open references": "&#x", "backslashes": "\\",
        "pipes": "|", "table rows": "|a|\n", "rulers": "---\n", "headings": "# a\n", "hashes": "#", "setext lines": "a\n===\n",
        "fences": "```\n", "tildes": "~~a", "definitions": "[a]: b\n", "notes": "[^1]: 注\n", "autolinks": "<http://a ",
        "hard breaks": "a  \n", "lazy lines": "> a\nb\n", "numbered items": "1. a\n", "tabs": "\t", "indented code": "    a\n\n",
        "HTML blocks": "<div>\n\n", "entities": "&copy;", "processing": "<?a ", "declarations": "<!A ", "cdata": "<![CDATA[",
    }  # fmt: skip
    for name, piece in pieces.items():
        for count in (50, 20_000):
            yield f"{count:,} {name}", ("文字\n\n" + piece * count + "\n\n文字").encode()
    yield "a table of 1,000 columns", ("|a" * 1000 + "|\n" + "|-" * 1000 + "|\n" + "|b|\n" * 3000).encode()
    yield "front matter that never ends", ("---\na: b\n" + "c: d\n" * 50_000).encode()
    yield "front matter alone", b"---\ntitle: a\n---\n"
    yield "comments only", b"<!-- a -->\n\n" * 500
    yield "NUL in Markdown", b"# a\0b"
    yield "nesting in steps", "".join(f"{' ' * 2 * i}- a\n" for i in range(500)).encode()
    yield (
        "references to references",
        "".join(f"[{i}]: {i + 1}\n\n[{i}][{i}]\n\n" for i in range(3000)).encode(),
    )
    for seed in range(8):
        draw = random.Random(seed)
        yield (
            f"marks at random, draw {seed}",
            "".join(draw.choices("*_`[]()<>#-+|~!&\\ \n文a1.", k=20_000)).encode(),
        )


def _pages() -> _Made:
    pieces = {
        "div": "<div>", "b": "<b>", "table": "<table><tr><td>", "list items": "<ul><li>", "end tags": "</p>",
        "unclosed comments": "<!--", "unclosed tags": "<a ", "unclosed quotes": "<a b=\"", "mixed quotes": "<a b='\" c=\"'",
        "less-than signs": "<", "ampersands": "&", "references": "&#x110000;", "open references": "&#", "scripts": "<script>",
        "closed scripts": "<script></script>", "half-closed scripts": "<script></scrip", "titles": "<title>", "textareas": "<textarea>",
        "cdata": "<![CDATA[", "bogus comments": "<!x", "processing": "<?x", "templates": "<template>", "frames": "<iframe>",
        "hidden": "<div hidden>", "hidden paragraphs": "<p hidden>a", "br": "<br>", "pre": "<pre>\n", "svg": "<svg>", "ruby": "<ruby>a<rt>b",
        "forms": "<select><option>", "plaintext": "<plaintext>", "xmp": "<xmp>", "base": "<base href=x>", "headings": "<h1>",
    }  # fmt: skip
    for name, piece in pieces.items():
        for count in (20, 50_000):
            yield f"{count:,} × {name}", (f"{_DOCTYPE}<p>文字" + piece * count + "<p>文字").encode()
    yield "over a million tags", (_DOCTYPE + "<p>字" + "<b>" * 1_000_001).encode()
    yield "an attribute of 5 MB", (_DOCTYPE + "<p title='" + "a" * 5_000_000 + "'>字").encode()
    yield "200,000 attributes", (_DOCTYPE + "<p " + "a=b " * 200_000 + ">字").encode()
    yield "a tag's name of 5 MB", (_DOCTYPE + "<" + "a" * 5_000_000 + ">字").encode()
    yield "entities declared", b"<!DOCTYPE html [<!ENTITY a 'aaa'><!ENTITY b '&a;&a;'>]><p>&b;"
    yield (
        "an external entity",
        b"<!DOCTYPE html SYSTEM 'file:///etc/passwd' [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><p>&x;",
    )
    yield "a doctype alone", _DOCTYPE.encode()
    yield "scripts only", f"{_DOCTYPE}<script>alert('字')</script>".encode()
    yield "everything hidden", f"{_DOCTYPE}<body hidden><p>字".encode()
    yield "a NUL", f"{_DOCTYPE}<p>字\0字".encode()
    for said in ("utf-7", "utf-16", "gb2312", "big5", "latin1", "no-such", "x" * 900):
        yield f"says {said[:8]}, is UTF-8", f"{_DOCTYPE}<meta charset={said}><p>我们必须努力。".encode()
    yield "says UTF-8, is GB18030", f"{_DOCTYPE}<meta charset=utf-8><p>我们必须努力。".encode("gb18030")
    yield (
        "says UTF-8, is noise",
        f"{_DOCTYPE}<meta charset=utf-8><p>".encode() + random.Random(3).randbytes(3000),
    )
    yield "XHTML with many entities", b"<?xml version='1.0'?><!DOCTYPE html><html><p>" + b"&amp;lt;" * 50_000
    for seed in range(8):
        draw = random.Random(seed)
        scraps = (
            "<p>",
            "</p>",
            "<b",
            ">",
            "<!--",
            "-->",
            "'",
            '"',
            "=",
            "&",
            "字",
            " ",
            "<td>",
            "</table>",
            "<script>",
            "</script>",
        )
        yield f"scraps at random, draw {seed}", (_DOCTYPE + "".join(draw.choices(scraps, k=20_000))).encode()


def _containers() -> _Made:
    yield "an empty archive", zipped({})
    yield "an archive without a document", zipped({"a.txt": "字"})
    yield "an OpenDocument", zipped({"mimetype": "application/vnd.oasis.opendocument.text"})
    yield "5,000 members", zipped({**parts_of(_BODY), **{f"x/{i}": "" for i in range(5000)}})
    yield "a bomb in an unused part", zipped({**parts_of(_BODY), "word/media/b.bin": bytes(60 * _MIB)})
    yield "a bomb in the text", word_file(f"<w:p><w:r><w:t>{' ' * (40 * _MIB)}字</w:t></w:r></w:p>")
    yield "four bombs", zipped({**parts_of(_BODY), **{f"word/{i}.bin": bytes(63 * _MIB) for i in range(4)}})
    inner = zipped({"b": bytes(3 * _MIB)})
    yield "an archive in an archive", zipped({**parts_of(_BODY), "word/embeddings/a.zip": inner})
    for name in (
        "../evil.xml",
        "/etc/passwd",
        "C:\\evil",
        "word\\document.xml",
        "a//b",
        "a/./b",
        "\x01",
        "x" * 2000,
    ):
        yield f"a member called {name[:20]!r}", zipped({**parts_of(_BODY), name: "x"})
    out = io.BytesIO(word_file(_BODY))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("WORD/document.xml", "x")
    yield "two members that differ by case", out.getvalue()
    whole = word_file(_BODY)
    yield (
        "an encrypted member",
        whole.replace(b"PK\x01\x02\x14\x00\x14\x00\x00", b"PK\x01\x02\x14\x00\x14\x00\x01").replace(
            b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
        ),
    )
    yield "a comment of 60 KB", whole[:-2] + (60_000).to_bytes(2, "little") + b"x" * 60_000
    yield "two directories", whole + whole
    yield "bytes before the archive", b"MZ" + whole
    yield "the archive's head alone", whole[:4]
    yield "members that overlap", whole.replace(whole[-8:-2], whole[-12:-8] + b"\0\0")


def _damaged() -> _Made:
    whole = word_file(_BODY)
    for twentieth in range(1, 20):
        yield f"cut off at {5 * twentieth} %", whole[: len(whole) * twentieth // 20]
    for seed in range(24):
        draw, data = random.Random(seed), bytearray(whole)
        for _ in range(1 + seed // 3):
            data[draw.randrange(len(data))] = draw.randrange(256)
        yield f"{1 + seed // 3} bytes changed, draw {seed}", bytes(data)
    for seed in range(6):
        draw = random.Random(seed)
        end = whole.rfind(b"PK\x05\x06")
        yield f"noise in the directory, draw {seed}", whole[: end + 8] + draw.randbytes(14)


def _parts() -> _Made:
    parts = parts_of(_BODY)
    for name in parts:
        yield f"without {name}", zipped({n: c for n, c in parts.items() if n != name})
        yield f"{name} empty", zipped({**parts, name: ""})
        yield f"{name} cut off", zipped({**parts, name: parts[name][: len(parts[name]) // 2]})
        yield f"{name} noise", zipped({**parts, name: random.Random(1).randbytes(500)})
    for kind in ("spreadsheetml.sheet", "presentationml.presentation", "wordprocessingml.template"):
        yield (
            f"a {kind}",
            zipped({**parts, "[Content_Types].xml": TYPES.replace("wordprocessingml.document", kind)}),
        )
    relation = PACKAGE_RELATIONS
    for target in (
        "http://example.org/",
        "../../../etc/passwd",
        "word/document.xml#x",
        "",
        "word",
        "[Content_Types].xml",
    ):
        yield (
            f"a document at {target!r}",
            zipped({**parts, "_rels/.rels": relation.replace("word/document.xml", target)}),
        )
    for kind in ("styles", "header", "footer", "footnotes", "endnotes"):
        links = RELATIONS.replace("styles.xml", "document.xml").replace('/styles"', f'/{kind}"')
        yield f"the document as its own {kind}", zipped({**parts, "word/_rels/document.xml.rels": links})
    many = "".join(f'<Relationship Id="x{i}" Type="a/header" Target="header1.xml"/>' for i in range(20_000))
    yield (
        "20,000 relationships",
        zipped(
            {
                **parts,
                "word/_rels/document.xml.rels": RELATIONS.replace(
                    "</Relationships>", f"{many}</Relationships>"
                ),
            }
        ),
    )
    loop = STYLES.replace(
        'w:styleId="h1"><w:name w:val="heading 1"/>', 'w:styleId="h1"><w:basedOn w:val="mine"/>'
    )
    yield (
        "styles in a circle",
        zipped({**parts, "word/styles.xml": loop.replace('outlineLvl w:val="0"', 'x w:val="0"')}),
    )
    chain = "".join(
        f'<w:style w:styleId="s{i}"><w:name w:val="s"/><w:basedOn w:val="s{i + 1}"/></w:style>'
        for i in range(3000)
    )
    yield (
        "3,000 styles in a chain",
        zipped({**parts, "word/styles.xml": STYLES.replace("</w:styles>", f"{chain}</w:styles>")}),
    )
    yield (
        "notes in the wrong place",
        zipped({**parts, "word/footnotes.xml": around_xml("hdr", paragraph("注"))}),
    )


def _markup() -> _Made:
    bodies = {
        "no paragraph": "", "blank paragraphs": "<w:p/>" * 100, "not closed": "<w:p>", "crossed": "<w:p><w:r></w:p></w:r>",
        "200,001 paragraphs": "<w:p/>" * 200_001 + _BODY, "a text of 3 MB": paragraph("字" * 1_000_001 * 2),
        "nested 300 deep": "<w:sdt>" * 300 + "</w:sdt>" * 300, "nested 30,000 deep": "<w:x>" * 30_000 + "</w:x>" * 30_000,
        "tables nested 80 deep": "<w:tbl><w:tr><w:tc>" * 80 + _BODY + "</w:tc></w:tr></w:tbl>" * 80,
        "boxes nested 60 deep": "<w:p><w:r><w:pict><w:txbxContent>" * 60 + _BODY + "</w:txbxContent></w:pict></w:r></w:p>" * 60,
        "alternatives nested 60 deep": "<mc:AlternateContent><mc:Choice>" * 60 + _BODY + "</mc:Choice></mc:AlternateContent>" * 60,
        "fallbacks nested 60 deep": "<mc:AlternateContent><mc:Fallback>" * 60 + _BODY + "</mc:Fallback></mc:AlternateContent>" * 60,
        "a choice outside alternatives": f"<mc:Choice>{_BODY}</mc:Choice><mc:Fallback>{_BODY}</mc:Fallback>",
        "alternatives without a choice": f"<mc:AlternateContent>{_BODY}</mc:AlternateContent>{_BODY}",
        "a box outside a paragraph": f"<w:txbxContent>{_BODY}</w:txbxContent>{_BODY}",
        "a paragraph in a paragraph": f"<w:p>{_BODY}</w:p>{_BODY}", "a text in a text": "<w:p><w:r><w:t>a<w:t>b</w:t></w:t></w:r></w:p>",
        "a text outside a run": "<w:p><w:t>字</w:t></w:p>", "an unknown prefix": "<q:p>字</q:p>", "everything deleted": f"<w:del>{_BODY}</w:del>",
        "everything hidden": f"<w:p>{run('字', '<w:vanish/>')}</w:p>", "odd symbols": "<w:p><w:r><w:sym w:char='ZZZZ'/><w:sym w:char='D800'/></w:r></w:p>",
        "an undefined entity": "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", "a reference beyond Unicode": "<w:p><w:r><w:t>&#x110000;</w:t></w:r></w:p>",
        "cdata": "<w:p><w:r><w:t><![CDATA[字<&]]></w:t></w:r></w:p>", "100,000 runs": "<w:p>" + "<w:r><w:t>字</w:t></w:r>" * 100_000 + "</w:p>",
        "an attribute of 3 MB": f"<w:p w:x='{'a' * 3_000_000}'/>{_BODY}", "rows deleted without tables": "<w:trPr><w:del/></w:trPr>" + _BODY,
        "ends of revisions only": "<w:moveFromRangeEnd/><w:commentRangeEnd/>" + _BODY, "processing instructions": "<?x y?>" * 5000 + _BODY,
    }  # fmt: skip
    for name, body in bodies.items():
        yield name, word_file(body)
    parts = parts_of(_BODY)
    xml = document_xml(_BODY)
    heads = {
        "a document type": "<!DOCTYPE x>", "an entity": "<!DOCTYPE x [<!ENTITY a 'b'>]>",
        "an external entity": "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
        "a billion laughs": "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(
            f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>" for i in range(9)
        ) + "]>",
    }  # fmt: skip
    for name, head in heads.items():
        yield name, zipped({**parts, "word/document.xml": xml.replace("?>\n", f"?>\n{head}")})
        yield (
            f"{name}, in UTF-16",
            zipped({**parts, "word/header1.xml": f"\ufeff{head}<w:hdr xmlns:w='{W}'/>".encode("utf-16-le")}),
        )
    for encoding in ("utf-16", "GBK", "latin-1", "no-such", "utf-7"):
        yield f"says {encoding}", zipped({**parts, "word/document.xml": xml.replace("UTF-8", encoding)})
    yield (
        "UTF-16 with a mark",
        zipped({**parts, "word/document.xml": xml.replace("UTF-8", "UTF-16").encode("utf-16")}),
    )
    yield "UTF-16 cut off", zipped({**parts, "word/document.xml": xml.encode("utf-16")[:-1]})
    yield "UTF-32", zipped({**parts, "word/document.xml": xml.encode("utf-32")})
    yield (
        "bytes that are no UTF-8",
        zipped({**parts, "word/document.xml": xml.encode().replace("段".encode(), b"\xff\xfe")}),
    )


def pdf_file(contents: bytes = b"", *, pages: int = 1, **page: object) -> bytes:
    """A PDF of pages with the same contents, in a font that every reader has."""
    with pikepdf.new() as pdf:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        shared = pdf.make_indirect(pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font))))
        stream = pdf.make_stream(contents)
        for _ in range(pages):
            blank = pdf.add_blank_page(page_size=(595, 842))
            blank.obj.Contents, blank.obj.Resources = stream, shared
            for name, value in page.items():
                blank.obj["/" + name] = value
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _said(text: str = "We must work hard and learn more.") -> bytes:
    return f"BT /F1 12 Tf 60 700 Td ({text}) Tj ET".encode()


def _saved_with(pdf_bytes: bytes, **options: Any) -> bytes:
    with pikepdf.open(io.BytesIO(pdf_bytes)) as pdf:
        out = io.BytesIO()
        pdf.save(out, **options)
    return out.getvalue()


def _streamed(packed: bytes, filters: str) -> bytes:
    """A PDF, written by hand, whose only page has this packed stream."""
    head = (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font"
        b"/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
    )
    stream = (
        f"4 0 obj<</Length {len(packed)}/Filter[{filters}]>>stream\n".encode()
        + packed
        + b"\nendstream endobj\n"
    )
    return head + stream + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def _portable() -> _Made:
    yield "whole", pdf_file(_said())
    yield "no text", pdf_file(b"0 0 100 100 re f")
    yield "10,000 pages", pdf_file(_said(), pages=10_000)
    yield (
        "opens with a password",
        _saved_with(pdf_file(_said()), encryption=pikepdf.Encryption(user="a", owner="b")),
    )
    yield (
        "locked against changes only",
        _saved_with(pdf_file(_said()), encryption=pikepdf.Encryption(user="", owner="b")),
    )
    yield "a stream that unpacks to a gigabyte", _streamed(_bomb(1 << 30), "/FlateDecode")
    yield "a stream packed twice", _streamed(zlib.compress(_bomb(1 << 30), 9), "/FlateDecode/FlateDecode")
    yield "run lengths without end", _streamed(b"\x81 " * 4_000_000, "/RunLengthDecode")
    yield "a filter named 2,000 times", _streamed(zlib.compress(_said()), "/FlateDecode" * 2_000)
    yield (
        "three million characters",
        pdf_file(b"BT /F1 1 Tf 9 9 Td " + b"(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj " * 100_000 + b"ET"),
    )
    yield "100,000 saved states", pdf_file(b"q " * 100_000 + _said())
    yield "an array 100,000 deep", pdf_file(b"BT /F1 9 Tf " + b"[" * 100_000 + b"] TJ ET" + _said())
    yield "letters of no size", pdf_file(_said().replace(b"12 Tf", b"0 Tf"))
    yield "letters larger than the page", pdf_file(_said().replace(b"12 Tf", b"1e30 Tf"))
    yield "numbers that are none", pdf_file(b"BT /F1 nan Tf inf 700 Td (abc) Tj ET")
    yield "a page of no size", pdf_file(_said(), MediaBox=pikepdf.Array([0, 0, 0, 0]))
    yield "a page inside out", pdf_file(_said(), MediaBox=pikepdf.Array([595, 842, 0, 0]))
    yield "a page a kilometre wide", pdf_file(_said(), MediaBox=pikepdf.Array([0, 0, 3_000_000, 3_000_000]))
    yield "a font that is not there", pdf_file(_said().replace(b"/F1", b"/F9"))
    yield "text in white on white, over itself", pdf_file(b"1 g " + _said() * 500)
    yield "a picture of 20,000 by 20,000", _with_picture(20_000, 20_000)
    yield "a form within itself", _with_form()
    yield "another file behind it", pdf_file(_said()) + zipped({"a.txt": "x"})
    yield "a line before it", b"\n\n" + pdf_file(_said())


def _bomb(size: int) -> bytes:
    packer = zlib.compressobj(9)
    block = b" " * _MIB
    return b"".join(packer.compress(block) for _ in range(size // _MIB)) + packer.flush()


def _with_picture(width: int, height: int) -> bytes:
    with pikepdf.open(io.BytesIO(pdf_file(b"q 500 0 0 500 0 0 cm /P Do Q"))) as pdf:
        picture = pdf.make_stream(b"")
        picture.write(zlib.compress(bytes(1_000)), filter=pikepdf.Name.FlateDecode)
        picture.stream_dict.update(
            pikepdf.Dictionary(
                Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height,
                BitsPerComponent=8, ColorSpace=pikepdf.Name.DeviceGray,
            )
        )  # fmt: skip
        pdf.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=picture))
        return _saved_with_pdf(pdf)


def _with_form() -> bytes:
    with pikepdf.open(io.BytesIO(pdf_file(b"/X Do"))) as pdf:
        form = pdf.make_stream(b"/X Do " + _said())
        form.stream_dict.update(
            pikepdf.Dictionary(Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 595, 842])
        )
        resources = pdf.pages[0].obj.Resources
        resources.XObject = pikepdf.Dictionary(X=form)
        form.stream_dict.Resources = resources
        return _saved_with_pdf(pdf)


def _saved_with_pdf(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _portable_damaged() -> _Made:
    whole = pdf_file(_said())
    yield "signature alone", b"%PDF-1.7\n"
    yield "signature before noise", b"%PDF-1.7\n" + random.Random(3).randbytes(4_000)
    yield (
        "pages within themselves",
        whole.replace(b"/Type /Pages", b"/Kids [ 2 0 R ] /Type /Pages").replace(
            b"/Kids [ 3 0 R ]", b"/Kids [ 2 0 R ]"
        ),
    )
    yield "a count of pages that is a lie", re.sub(rb"/Count \d+", b"/Count 99999999", whole)
    yield "a root that is not there", re.sub(rb"/Root \d+", b"/Root 999", whole)
    yield "a table that is not there", re.sub(rb"startxref\s+\d+", b"startxref\n999999", whole)
    yield "a table before the table", whole.replace(b"trailer <<", b"trailer << /Prev 15 ")
    for cut in (0.2, 0.5, 0.8, 0.97):
        yield f"cut off at {cut}", whole[: int(cut * len(whole))]
    for seed in range(12):
        rng, data = random.Random(seed), bytearray(whole)
        for _ in range(1 + 6 * seed):
            data[rng.randrange(9, len(data))] = rng.randrange(256)
        yield f"bytes changed, draw {seed}", bytes(data)
