"""A leak as tracing sees it: its text, and readers of what else its format can carry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wenxing.carriers import background, docx, pdf
from wenxing.document import Document
from wenxing.errors import EmptyFile, FileTooLarge, MissingFont, UnknownFormat, UnreadableFile
from wenxing.formats import pictures, signatures
from wenxing.reading import bounded, modern, read
from wenxing.reading.archives import files_in
from wenxing.reading.pasted import shown
from wenxing.sites import Observation, Sighting, Site, SiteKind

if TYPE_CHECKING:
    from wenxing.carriers.picture import Reference

MOST_FILES = 200
"""The most files of an archive that `opened` takes."""


class Reader(Protocol):
    """Reads the sites of one kind from one leak, by where its text stands."""

    def __call__(
        self, source: bytes, document: Document, sites: Sequence[Site], places: NDArray[np.int64]
    ) -> Sequence[Observation]:
        """One observation a site, in order.

        Args:
            source: the file of the master.
            document: the master's.
            sites: of the edition, of this kind.
            places: (n,), for each character of the master's text its offset in the leak's; −1 where the
                leak does not have it.
        """


@dataclass(frozen=True)
class Leak:
    """One leak, read.

    Attributes:
        text: what it says; empty when there is nothing to read but its layout.
        readers: for every kind besides wording that its format can carry, the likelier first.
        sightings: sites that were found and read without the text. Given for several editions they are
            alternatives: the leak fits each of these editions equally well.
        pseudonym: what a mark says that is not scored; empty when there is none. It tells where to look,
            and is never evidence.
    """

    text: str
    readers: Mapping[SiteKind, Reader] = field(default_factory=dict)
    sightings: tuple[Sighting, ...] = ()
    pseudonym: bytes = b""

    @classmethod
    def of(cls, leak: "bytes | str | Leak", *, name: str = "") -> "Leak":
        """Read a file, or take a text as it is. A picture and a PDF are read in a process of their own.

        Args:
            leak: a file, also PNG, JPEG and WebP, a text, or a leak that was read before. A text that was
                taken from the source of a page or a program is read as its reader sees it.
            name: of the file: for messages, and for what a text may be.

        Raises:
            UnreadableFile: it is damaged, or of an unknown kind.
        """
        if isinstance(leak, Leak):
            return leak
        if isinstance(leak, str):
            return cls(shown(leak))
        if pictures.is_picture(leak):
            return _seen(leak)
        if signatures.is_pdf(leak):
            document, places = bounded.placed(leak)
            mark = next(filter(None, map(_said_by, bounded.behind(leak))), b"")
            return cls(document.text, _readers(places), pseudonym=mark)
        data = modern(leak)  # an older word processor's file keeps its spacing
        document = read(data, name=name)
        if document.format == "docx":
            reader = docx.SpacingReader(data, document)
            return cls(document.text, {SiteKind.SPACING: reader}, pseudonym=docx.read_pseudonym(data))
        return cls(shown(document.text))


def _readers(places: "pdf.Places") -> dict[SiteKind, Reader]:
    """A PDF is a copy of ours, or was printed from a Word copy."""
    return {SiteKind.GLYPH: pdf.GlyphReader(places), SiteKind.SPACING: docx.PrintedReader(places)}


def _seen(data: bytes) -> Leak:
    """A picture; where there are no words, or nothing is here to read them, its background may still tell."""
    try:
        return _picture(bounded.recognise(data))
    except (EmptyFile, UnknownFormat):
        mark = _said_by(data)
        if not mark:
            raise
        return Leak("", pseudonym=mark)


def _said_by(data: bytes) -> bytes:
    """The pseudonym in the background of a picture; empty when there is none."""
    width, height, grey = bounded.pixels(data)
    seen = background.read(Image.frombytes("L", (width, height), grey))
    return seen.message if seen else b""


def _picture(picture: pictures.Picture) -> Leak:
    from wenxing.carriers.picture import GlyphReader  # needs the extra, which has just read the picture

    seen = background.read(Image.frombytes("L", (picture.width, picture.height), picture.grey))
    reader = GlyphReader(picture, _reference)
    return Leak(picture.text, {SiteKind.GLYPH: reader}, pseudonym=seen.message if seen else b"")


@lru_cache(maxsize=4)
def _reference(source: bytes, document: Document) -> "Reference | None":
    """How a master's characters look in print; `None` when this machine has no typeface to print it in."""
    from wenxing.carriers.picture import Reference

    try:
        return Reference(source if document.format == "pdf" else pdf.typeset(document), document)
    except MissingFont:
        return None


@dataclass(frozen=True)
class Opened:
    """What a file from outside comes to.

    Attributes:
        leaks: one, or those of an archive that can be read.
        unread: labels of the files of an archive that cannot.
    """

    leaks: tuple[Leak, ...]
    unread: tuple[str, ...] = ()


def opened(data: bytes, *, name: str = "") -> Opened:
    """Read a stranger's file, or a ZIP archive of such files, each first in a process of its own.

    Raises:
        EmptyFile: an archive in which there is nothing to read.
        FileTooLarge: an archive with more than `MOST_FILES` files, besides what `Leak.of` means by it.
        UnreadableFile: as `Leak.of`.
    """
    files = files_in(data, name=name)
    if files is None:
        return Opened((_stranger(data, name),))
    leaks: list[Leak] = []
    unread: list[str] = []
    for number, (label, content) in enumerate(files, start=1):
        if number > MOST_FILES:
            raise FileTooLarge(f"The archive holds more than {MOST_FILES} files; send it in parts.")
        try:
            leaks.append(_stranger(content, label))
        except UnreadableFile:
            unread.append(label)
    if not leaks:
        raise EmptyFile("There is nothing in the archive that can be read.")
    return Opened(tuple(leaks), tuple(unread))


def _stranger(data: bytes, name: str) -> Leak:
    if not (pictures.is_picture(data) or signatures.is_pdf(data)):
        data = modern(data)
        bounded.read(data, name=name)
    return Leak.of(data, name=name)
