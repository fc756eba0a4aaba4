"""Choosing the reader by what the bytes are, whatever the name says."""

from collections.abc import Collection
from pathlib import PurePosixPath

from wenxing.document import Document
from wenxing.errors import EmptyFile, FileTooLarge, ProtectedFile, ScannedFile, UnknownFormat
from wenxing.formats import limits, signatures
from wenxing.reading import marked_up, office, plain, word

_PAGES = (b"<!doctype html", b"<html")
_NAMED = {".md": "md", ".markdown": "md", ".htm": "html", ".html": "html", ".xhtml": "html"}


def read(data: bytes, *, name: str = "") -> Document:
    """Read a plain text, a Markdown file, a page (HTML), a Word document (.docx) or a PDF.

    Files of older word processors are read as the .docx that LibreOffice makes of them (`office`).

    The bytes decide; among texts, which look alike, a page is known by how it begins, and the ending of
    the name tells Markdown and parts of pages. Plain text: one paragraph a line, or the
    lines of one where they were cut to a width (`Paragraph.wrapped`); `Document.text` is the
    decoded file to the character, save that a byte order mark is dropped and CRLF and CR become line
    feeds. Word: one paragraph per `w:p` of the body, tables and text boxes included, then those of
    footnotes, endnotes, headers and footers that hold text. Markdown and HTML: one paragraph a block with
    text; front matter, comments and what a browser does not show are no text. PDF: lines joined to
    paragraphs, without page numbers and running heads.

    Args:
        data: the whole file.
        name: its name: for messages, and for what a text may be.

    Raises:
        EmptyFile: there is no text in it; `ScannedFile` when there are pictures of pages.
        FileTooLarge: over one of `formats.limits`.
        ProtectedFile: it opens only with a password.
        UnknownFormat: another kind of file; the message names it.
        UnreadableFile: damaged, or built to deceive.
    """
    subject = name.replace("\\", "/").rpartition("/")[2] or "The file"
    if not data:
        raise EmptyFile(f"{subject} is empty.")
    if len(data) > limits.FILE_BYTES:
        megabytes = limits.FILE_BYTES // limits.MIB
        raise FileTooLarge(f"{subject} is larger than the {megabytes} MB that are accepted.")
    data = office.modern(data)
    if signatures.is_pdf(data):
        from wenxing.reading import portable  # with libraries that other files do not need

        document = portable.read(data)
    else:
        document = word.read(data) if data.startswith(signatures.ZIP) else _read_text(data, subject)
    if not document.characters:
        raise EmptyFile(f"{subject} holds no text.")
    if len(document.text) > limits.CHARACTERS:
        raise FileTooLarge(f"{subject} has more than the {limits.CHARACTERS:,} characters that are accepted.")
    return document


def publishable(data: bytes, *, name: str = "") -> Document:
    """Read a file that is to be published: as `read`; a scanned PDF as pages without text.

    Raises:
        EmptyFile, FileTooLarge, ProtectedFile, UnknownFormat, UnreadableFile: as `read`.
    """
    try:
        return read(data, name=name)
    except ScannedFile:
        from wenxing.reading import portable

        return portable.read_scan(data)


def without(data: bytes, document: Document, paragraphs: Collection[int]) -> bytes:
    """Return the file with some paragraphs removed; it can be read again.

    A plain text comes back as UTF-8 with line feeds. In a Word document a paragraph that must stay for
    the file to be valid (the last of a table cell, a header's, one that ends a section) is only emptied.
    In a PDF their place stays blank.

    Args:
        data: the file.
        document: what `read` made of it.
        paragraphs: indexes into `document.paragraphs`; empty returns the file's text unchanged.

    Raises:
        EmptyFile: nothing would be left.
        IndexError: there is no such paragraph.
        UnreadableFile: `data` cannot be read any more.
    """
    drop = frozenset(paragraphs)
    if drop and not 0 <= min(drop) <= max(drop) < len(document.paragraphs):
        raise IndexError("a paragraph to remove is not in the document")
    kept = [p for i, p in enumerate(document.paragraphs) if i not in drop and p.role.in_flow]
    if not any(p.text.strip() for p in kept):
        raise EmptyFile("Nothing would be left of the text.")
    if document.format in ("md", "html"):
        return marked_up.without(data, document.format, [document.paragraphs[i].source.index for i in drop])
    if document.format == "docx":
        return word.without(data, [document.paragraphs[i].source for i in sorted(drop)])
    if document.format == "pdf":
        from wenxing.reading import portable

        return portable.without(data, document, drop)
    return plain.encoded("\n".join(p.text for p in kept))


def _read_text(data: bytes, subject: str) -> Document:
    named = _NAMED.get(PurePosixPath(subject).suffix.lower())
    head = _ascii_of(data[:2048])
    if head.startswith(_PAGES) or (head.startswith(b"<?xml") and b"<html" in head):
        return marked_up.read(data, named or "html")
    _refuse_other_kinds(data, subject)
    return marked_up.read(data, named) if named else plain.read(data)


def _ascii_of(head: bytes) -> bytes:
    """The first bytes of a text without byte order mark and the zeros of UTF-16, lower case."""
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"").lstrip().lower()


def _refuse_other_kinds(data: bytes, subject: str) -> None:
    if data.startswith(signatures.OLE):
        what = signatures.ole_content(data)
        if what == "protected":
            raise ProtectedFile(f"{subject} is protected by a password; remove the password and try again.")
        raise UnknownFormat(f"{subject} is {what}; save it as a Word document (.docx) and try again.")
    other = signatures.seems_to_be(data)
    if other:
        raise UnknownFormat(
            f"{subject} is {other}; save it as a Word document (.docx) or plain text and try again."
        )
