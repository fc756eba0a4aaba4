"""ZIP archives of leaks, and scanned PDFs: the files or pages in them, one after another.

Names are labels and never paths.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from wenxing.errors import FileTooLarge, UnreadableFile
from wenxing.formats import limits, signatures
from wenxing.formats.package import Package
from wenxing.reading import bounded

_DOCUMENTS = {"[Content_Types].xml", "mimetype", "META-INF/manifest.xml"}


def files_in(data: bytes, *, name: str) -> Iterator[tuple[str, bytes]] | None:
    """The files of an archive with their labels; `None` when the file is none, as a Word document is not.

    A PDF whose pages are scanned is an archive of pictures: its first `limits.SCANS` pages.

    An archive in an archive is a file that cannot be read, and so is a member that is damaged, protected or
    a bomb: it has no bytes.

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
        package = Package(data)
    except UnreadableFile:
        return None
    if _DOCUMENTS & set(package.names) or any(n.startswith("word/") for n in package.names):
        return None
    return _members(package, name)


def _members(package: Package, name: str) -> Iterator[tuple[str, bytes]]:
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


def _hidden(member: str) -> bool:
    parts = PurePosixPath(member).parts
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)
