"""Any document as Markdown or as a small page: title, headings, paragraphs; no script, nothing fetched.

Blank lines and indents are the file format's own business and left out; runs of white space in a page
are seen as one space.
"""

import re

from wenxing.document import Document, Paragraph, Role
from wenxing.formats import hypertext, markdown

_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ max-width: 40em; margin: 2em auto; padding: 0 1em; line-height: 1.8; font-family: serif; }}
h1 {{ text-align: center; }}
h1, h2, h3, h4, h5, h6 {{ line-height: 1.4; font-family: sans-serif; }}
p:lang(zh) {{ text-indent: 2em; margin: 0.3em 0; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""
_HAN = re.compile("[\u3400-\u9fff]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def typeset_markdown(document: Document) -> bytes:
    """Return the document's flow as a Markdown file: UTF-8, line feeds."""
    titled = bool(document.title)
    blocks = []
    for paragraph, text in _shown(document):
        marks = "#" * _level(paragraph, titled=titled)
        lines = [markdown.escaped(line.strip(), opens=True) for line in text.split("\n")]
        joined = (" " if marks else "\\\n").join(line for line in lines if line)
        blocks.append(f"{marks} {joined}" if marks else joined)
    return ("\n\n".join(blocks) + "\n").encode()


def typeset_hypertext(document: Document) -> bytes:
    """Return the document's flow as a page: UTF-8, complete by itself."""
    titled = bool(document.title)
    blocks = []
    for paragraph, text in _shown(document):
        level = _level(paragraph, titled=titled)
        tag = f"h{level}" if level else "p"
        blocks.append(f"<{tag}>{hypertext.escaped(text).replace(chr(10), '<br>')}</{tag}>")
    lang = "zh-CN" if len(_HAN.findall(document.text[:2000])) * 10 > len(document.text[:2000]) else "en"
    title = hypertext.escaped(_clean(document.title) or ("文档" if lang == "zh-CN" else "Document"))
    return _PAGE.format(lang=lang, title=title, body="\n".join(blocks)).encode()


def _shown(document: Document) -> list[tuple[Paragraph, str]]:
    """The paragraphs that show something, each with its text without indents."""
    flow = ((p, _clean(p.joined.text)) for p in document.paragraphs if p.role.in_flow)
    return [(p, text) for p, text in flow if text]


def _clean(text: str) -> str:
    lines = (line.strip() for line in _CONTROLS.sub(" ", text).split("\n"))
    return "\n".join(line for line in lines if line)


def _level(paragraph: Paragraph, *, titled: bool) -> int:
    """The level of a heading, one lower when the title has the first; 0 for other paragraphs."""
    if paragraph.role is Role.TITLE:
        return 1
    if paragraph.role is not Role.HEADING:
        return 0
    return min(max(paragraph.level, 1) + titled, 6)
