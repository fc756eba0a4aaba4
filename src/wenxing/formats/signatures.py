"""What a file seems to be, judged by its first bytes: only to say so when it cannot be read."""

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PDF = b"%PDF-"
RTF = b"{\\rtf"
ODT = b"mimetypeapplication/vnd.oasis.opendocument.text"

_PDF_WITHIN = 1024  # bytes
_STARTS = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"BM", "a picture (BMP)"),
    (b"{\\rtf", "a rich-text (RTF) document"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3\0", "a database"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound or video file"),
)
_NEEDS_BINARY = ("a picture (BMP)", "a program", "a sound file")  # letters that a text may begin with
_MARKUP = ((b"<!doctype html", "a web page"), (b"<html", "a web page"), (b"<?xml", "an XML file"))


def is_pdf(data: bytes) -> bool:
    """Whether a file is a PDF; some programs write a line or two before its signature."""
    return PDF in data[:_PDF_WITHIN] and not data.startswith((*ZIP, OLE))


def seems_to_be(data: bytes) -> str | None:
    """Return a noun phrase such as "a PDF document", or `None` when nothing speaks against text."""
    head = data[:1024]
    for start, what in _STARTS:
        if head.startswith(start) and (what not in _NEEDS_BINARY or b"\0" in head):
            return what
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "a picture (WebP)"
    if head[4:8] == b"ftyp":
        return "a video or picture (MP4, HEIC)"
    stripped = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((what for start, what in _MARKUP if stripped.startswith(start)), None)


def ole_text(data: bytes) -> str | None:
    """Return `doc` or `wps` for an OLE container with a text that LibreOffice reads, else `None`.

    Texts of Kingsoft's WPS are Word's; those of Microsoft Works have a stream `MatOST` or `CONTENTS`.
    """
    if ole_content(data) == "a legacy Word document (.doc)":
        return "doc"
    works = any(stream.encode("utf-16-le") in data for stream in ("MatOST", "CONTENTS"))
    return "wps" if works and ole_content(data) == "a legacy Office file" else None


def ole_content(data: bytes) -> str:
    """Return what an OLE container holds: `protected`, or a noun phrase.

    Stream names are UTF-16; an encrypted .docx is an OLE container with an `EncryptedPackage`
    stream (MS-OFFCRYPTO 2.3.4.4).
    """
    kinds = (
        ("EncryptedPackage", "protected"),
        ("WordDocument", "a legacy Word document (.doc)"),
        ("Workbook", "a legacy Excel workbook (.xls)"),
        ("PowerPoint Document", "a legacy PowerPoint presentation (.ppt)"),
    )
    found = (what for stream, what in kinds if stream.encode("utf-16-le") in data)
    return next(found, "a legacy Office file")
