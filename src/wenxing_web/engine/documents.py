"""Documents coming in, and where their wording may vary. Sites are numbered in the order of `find_sites`."""

from collections.abc import Collection
from functools import lru_cache

import wenxing
from wenxing import Document, OutlineEntry, Site
from wenxing.reading import bounded
from wenxing.wording import rules
from wenxing.wording.rule import Rule


def read(data: bytes, *, name: str = "") -> Document:
    """A file that was taken in before, as a document: txt, md, html, docx, pdf, or what LibreOffice reads.

    A scanned PDF has no text: its pages are blank paragraphs, and `is_scan` says so.

    Args:
        name: what its sender called it; tells Markdown from plain text, and nothing else.

    Raises:
        UnreadableFile: or one of its kinds.
    """
    return wenxing.publishable(data, name=name)


def read_upload(data: bytes, *, name: str = "") -> Document:
    """The same for a file that has just come from outside: in a process of its own, with limits.

    Raises:
        UnreadableFile: or one of its kinds; `FileTooLarge` also when it takes too long or too much memory.
    """
    return bounded.publishable(data, name=name)


def modern(data: bytes) -> bytes:
    """A file of an older word processor (.doc, .wps, .rtf, .odt) as a .docx, any other as it is.

    Raises:
        UnreadableFile: or one of its kinds; `UnknownFormat` when LibreOffice is missing.
    """
    return wenxing.modern(data)


def neutral(data: bytes, *, name: str = "") -> bytes:
    """A file as it may be published: tracked changes accepted, nothing left of the people who wrote it.

    Raises:
        UnreadableFile: as `read_upload`, in a process of its own as well.
    """
    return bounded.neutral(data, name=name)


def outline(document: Document) -> tuple[OutlineEntry, ...]:
    """Headings and inline leads (一是…), in reading order."""
    return tuple(wenxing.outline(document))


def promotion(document: Document) -> tuple[int, ...]:
    """Numbers of the paragraphs at the head and tail that look like a service's own advertisement."""
    return tuple(wenxing.promotion(document))


def without(data: bytes, document: Document, paragraphs: Collection[int]) -> bytes:
    """The file with some of its paragraphs removed; the bytes as they are when there are none."""
    return wenxing.without(data, document, paragraphs) if paragraphs else data


def find_sites(document: Document) -> tuple[Site, ...]:
    """All places whose wording may vary, ordered by where they stand."""
    return tuple(wenxing.find_sites(document))


def rule_named(name: str) -> Rule | None:
    """The rule that found a site; `None` for an editor's own, or when the rule is gone."""
    return _rules().get(name)


@lru_cache(maxsize=1)
def _rules() -> dict[str, Rule]:
    return {rule.name: rule for rule in rules()}
