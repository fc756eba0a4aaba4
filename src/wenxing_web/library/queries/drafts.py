"""Documents on their way in: the source as it came, and the text after cleaning."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from wenxing_web import engine
from wenxing_web.library.models import Draft, Policy


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of a draft's source, as the cleaning page shows it.

    Attributes:
        number: its number in the source.
        offered: it looks like a service's own advertisement.
        removed: it will be left out.
    """

    number: int
    text: str
    offered: bool
    removed: bool


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A draft's text after the chosen paragraphs were taken out.

    Attributes:
        source: the cleaned file.
        document: what it holds.
        sites: all that the rules found; a site's number is its place here.
        digest: SHA-256 of text and sites, hexadecimal. Other rules find other sites and so give another one.
        signs: what makes it look like an official text; empty for others.
    """

    source: bytes
    document: engine.Document
    sites: tuple[engine.Site, ...]
    digest: str
    signs: tuple[engine.Sign, ...]

    def of_grade(self, grade: str) -> tuple[int, ...]:
        """Numbers of the sites of a grade."""
        return tuple(number for number, site in enumerate(self.sites) if site.grade == grade)


def open_drafts() -> QuerySet[Draft]:
    """Documents on their way in, the latest first."""
    return Draft.objects.filter(edition__isnull=True).select_related("material")


def draft_numbered(number: int) -> Draft | None:
    """A draft, published or not."""
    return Draft.objects.filter(pk=number).select_related("edition", "material").first()


def unpublished(number: int) -> Draft | None:
    """A draft that may still be changed."""
    return open_drafts().filter(pk=number).first()


def source_of(draft: Draft) -> bytes:
    """The file as it was uploaded."""
    with draft.source.open("rb") as file:
        data: bytes = file.read()
    return data


def lines_of(draft: Draft) -> list[Line]:
    """The paragraphs with text of a draft's source. Before the editor decides, offered ones are removed."""
    _, document, _name = _source(draft.pk, draft.digest)
    advertising = set(engine.promotion(document))
    removed = set(draft.removed) if draft.cleaned else advertising
    return [
        Line(number, paragraph.text.strip(), number in advertising, number in removed)
        for number, paragraph in enumerate(document.paragraphs)
        if paragraph.text.strip() and paragraph.role.in_flow
    ]


def blanks_offered(draft: Draft) -> set[int]:
    """Blank paragraphs among the offered ones: the page does not show them; they go with the others."""
    _, document, _name = _source(draft.pk, draft.digest)
    return {number for number in engine.promotion(document) if not document.paragraphs[number].text.strip()}


def offered(draft: Draft) -> set[int]:
    """Paragraphs with text that the engine offers for removal."""
    return {line.number for line in lines_of(draft) if line.offered}


def paragraphs_in(draft: Draft) -> int:
    """How many paragraphs the source has, blank ones included."""
    return len(_source(draft.pk, draft.digest)[1].paragraphs)


def cleaned(draft: Draft, removed: Sequence[int] | None = None) -> Cleaned:
    """The draft's text without the removed paragraphs (the draft's own, unless others are given)."""
    chosen = draft.removed if removed is None else removed
    return _cleaned(draft.pk, draft.digest, tuple(sorted(chosen)))


def outline_of(draft: Draft) -> tuple[engine.OutlineEntry, ...]:
    """Headings and leads of the cleaned text."""
    return engine.outline(cleaned(draft).document)


def official_signs_of(draft: Draft) -> list[str]:
    """What makes the cleaned text look official, in words; empty for an ordinary text."""
    said = {
        engine.Sign.TITLE: _("标题像法规、决定或通知"),
        engine.Sign.ARTICLES: _("正文按“第×条”编号"),
        engine.Sign.NUMBER: _("有发文字号"),
        engine.Sign.COMMANDS: _("行文像法律条文"),
    }
    return [said[sign] for sign in cleaned(draft).signs]


def pages_scanned(draft: Draft) -> int:
    """How many pages a scanned PDF has; 0 for a document with text."""
    document = _source(draft.pk, draft.digest)[1]
    return len(document.paragraphs) if document.is_scan else 0


def needs_no_proof(draft: Draft) -> bool:
    """Whether the sites of a draft do not matter, because nothing will differ."""
    return bool(draft.policy == Policy.VERBATIM)


def forget_drafts() -> None:
    """Read sources again and look for sites again, after the rules or the files were changed."""
    _source.cache_clear()
    _cleaned.cache_clear()


@lru_cache(maxsize=8)
def _source(number: int, _digest: str) -> tuple[bytes, engine.Document, str]:
    """What is worked on from here: the file without anything of its authors; its text; its name."""
    draft = Draft.objects.get(pk=number)
    data = engine.neutral(source_of(draft), name=draft.name)
    return data, engine.read(data, name=draft.name), draft.name


@lru_cache(maxsize=8)
def _cleaned(number: int, digest: str, removed: tuple[int, ...]) -> Cleaned:
    data, document, name = _source(number, digest)
    if removed:
        data = engine.without(data, document, removed)
        document = engine.read(data, name=name)
    sites = engine.find_sites(document)
    return Cleaned(data, document, sites, _digest(document.text, sites), engine.official_signs(document))


def _digest(text: str, sites: tuple[engine.Site, ...]) -> str:
    places = [[[[span.start, span.end] for span in site.spans], site.alternatives] for site in sites]
    return hashlib.sha256(json.dumps([text, places]).encode()).hexdigest()
