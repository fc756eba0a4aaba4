"""ZIP archives of leaks, and scanned PDFs: the files or pages in them, one after another.

Names are labels and never paths.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from wenxing.errors import FileTooLarge, UnreadableFile
from wenxing.formats import limits, signatures
from wenxing.formats.package import Archive
from wenxing.reading import bounded

_DOCUMENTS = {"[Content_Types].xml", "mimetype", "META-INF/manifest.xml"}


def files_in(data: bytes, *, name: str) -> Iterator[tuple[str, bytes]] | None:
    """The files of an archive with their labels; `None` when the file is none, as a Word document is not.

    A PDF whose pages are scanned is an archive of pictures: its first `limits.SCANS` pages.

    An archive in an archive is a file that cannot be read, and so is a member that is damaged, protected,
    a bomb, or has a name that could leave the archive: it has no bytes.

    Args:
        data: the whole file.
        name: what the labels begin with.

    Raises:
        FileTooLarge: when the files are taken: together they are larger than `limits.TOTAL_BYTES`.
    """
    if signatures.is_pdf(data):
        scans = bounded.scans(data)
        return (
            ((f"{name}/{number}.png", scan) for number, scan in enumerate(scans, start=1)) if scans else None
        )
    if not data.startswith(signatures.ZIP):
        return None
    try:
        package = Archive(data)
    except UnreadableFile:
        return None
    if _DOCUMENTS & set(package.names) or any(n.startswith("word/") for n in package.names):
        return None
    return _members(package, name)


def _members(package: Archive, name: str) -> Iterator[tuple[str, bytes]]:
    for forbidden in package.left_out:
        yield f"{name}/{_last_step(forbidden)}", b""
    total = 0
    for member in package.names:
        if member.endswith("/") or _hidden(member):
            continue
        label = f"{name}/{PurePosixPath(member).name}"
        try:
            content = package.read(member, limit=limits.FILE_BYTES)
        except UnreadableFile:
            yield label, b""
            continue
        total += len(content)
        if total > limits.TOTAL_BYTES:
            raise FileTooLarge("The archive unpacks to more data than is accepted; send it in parts.")
        yield label, content


def _last_step(forbidden: str) -> str:
    """What may be shown of a name that is no path to anything."""
    return "".join(c for c in re.split(r"[/\\]", forbidden)[-1] if c.isprintable())[:100]


def _hidden(member: str) -> bool:
    parts = PurePosixPath(member).parts
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)
