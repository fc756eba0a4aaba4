"""A file as it may be published: the text a reader sees, nothing of the people who wrote it."""

from wenxing.formats import hypertext, markdown, revisions, signatures
from wenxing.formats.encodings import encoded, faithful
from wenxing.formats.markup_files import decode
from wenxing.reading.files import read
from wenxing.reading.office import modern

_NAMED = frozenset(("viewport", "color-scheme", "description", "keywords"))


def neutral(data: bytes, *, name: str = "") -> bytes:
    """Return the file without what tells of its authors, in the format it has; an older one as .docx.

    Word: tracked changes accepted, so that nothing deleted is left in the file; comments, authors,
    editing sessions, properties of the document and links to the author's machine gone. HTML: comments,
    scripts and named properties gone. Markdown: front matter and comments gone. PDF: properties, remarks,
    attachments, scripts and earlier states gone. Plain text: as it is. The text that `read` finds stays, but
    for paragraphs that were deleted whole.

    Not guaranteed: what pictures and embedded files say of themselves, and the text itself.

    Raises:
        UnreadableFile: as `read`.
    """
    data = modern(data)
    if signatures.is_pdf(data):
        from wenxing.formats.pdf.forgetting import forgotten

        return forgotten(data)
    if data.startswith(signatures.ZIP):
        return revisions.settled(data)
    format = read(data, name=name).format
    if format == "txt":
        return data
    source = faithful(decode(data, format), data)
    cuts = _in_markdown(source.text) if format == "md" else _in_page(source.text)
    kept, at = [], 0
    for start, end, new in cuts:
        kept += [source.text[at:start], new]
        at = end
    return encoded("".join((*kept, source.text[at:])), source)


def _in_markdown(text: str) -> list[tuple[int, int, str]]:
    """A comment keeps its marks: they may be what parts two lists."""
    return [
        (0, markdown.front_matter(text), ""),
        *((start, end, "<!-- -->") for start, end in markdown.comments(text)),
    ]


def _in_page(text: str) -> list[tuple[int, int, str]]:
    cuts = []
    for token in hypertext.tokens(text):
        declares = token.kind == "comment" and text[token.start : token.start + 9].lower() == "<!doctype"
        named = token.name == "meta" and token.attributes.get("name", "").lower() not in ("", *_NAMED)
        property_ = token.name == "meta" and "property" in token.attributes
        if (token.kind == "comment" and not declares) or token.name == "script" or named or property_:
            cuts.append((token.start, token.end, ""))
    return cuts
