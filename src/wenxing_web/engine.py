"""The one door to the engine. Nothing else in the platform imports `wenxing`.

The engine's key is read here and stays here: no function returns it, and no
caller ever holds it. Sites are numbered in the order of `find_sites`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

import wenxing
from wenxing import (
    DisclosedEdition,
    Document,
    EmptyFile,
    FileTooLarge,
    Grade,
    Master,
    MasterError,
    MissingFont,
    NoSites,
    Observation,
    OutlineEntry,
    Paragraph,
    ProtectedFile,
    Report,
    Role,
    Site,
    SiteEvidence,
    SiteKind,
    SiteState,
    Span,
    UnknownFormat,
    UnreadableFile,
    WenxingError,
    preparing,
    profiles,
)
from wenxing.accusation import sites_needed
from wenxing.bundle import burned, register_of
from wenxing.explaining import Explanation
from wenxing.explaining import Findings as Figures
from wenxing.explaining import explain as explain_figures
from wenxing.leaks import Leak, opened
from wenxing.proposing import OWN, ProposalRefused, Reason, in_the_way, occurrences, propose
from wenxing.reading import bounded, recognition
from wenxing.script import simplified
from wenxing.wording import rules
from wenxing.wording.official import Sign, official_signs
from wenxing.wording.rule import Rule

__all__ = [
    "OWN",
    "DisclosedEdition",
    "Document",
    "EmptyFile",
    "Explanation",
    "FileTooLarge",
    "Grade",
    "Leak",
    "Master",
    "MasterError",
    "MissingFont",
    "NoSites",
    "OutlineEntry",
    "Paragraph",
    "ProposalRefused",
    "ProtectedFile",
    "Reason",
    "Report",
    "Role",
    "Rule",
    "Sign",
    "Site",
    "SiteKind",
    "Span",
    "UnknownFormat",
    "UnreadableFile",
    "WenxingError",
    "in_the_way",
    "occurrences",
    "official_signs",
    "propose",
    "simplified",
]

Policy = Literal["verbatim", "adaptable"]
FileFormat = Literal["txt", "docx", "pdf"]

_NOBODY = 2**32 - 1  # the last number there is; members count from 1


def ensure_key() -> bool:
    """Make the library's key if there is none. Returns whether it was made."""
    path = Path(settings.ENGINE_KEY)
    if path.exists():
        return False
    wenxing.create_key(path, passphrase=settings.WENXING_PASSPHRASE)
    return True


@lru_cache(maxsize=1)
def _key_in(path: str, passphrase: str | None) -> "wenxing.MasterKey":
    return wenxing.load_key(Path(path), passphrase=passphrase)


def _key() -> "wenxing.MasterKey":
    """The key of the library whose settings are in force; unlocking it is slow, so it is kept."""
    return _key_in(str(settings.ENGINE_KEY), settings.WENXING_PASSPHRASE)


# --- documents coming in ------------------------------------------------------------------------------


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


# --- editions -----------------------------------------------------------------------------------------


def prepare(
    source: bytes,
    document: Document,
    *,
    policy: Policy,
    approved: Collection[int],
    sites: Sequence[Site],
    title: str,
    profile: str = "auto",
) -> Master:
    """A new edition of a cleaned source. Twice the same source makes two editions.

    Args:
        document: what `read` made of the source.
        title: for people, when the document itself has none.
        approved: numbers of the sites that may be used; ignored when the policy is `verbatim`.
        sites: what `find_sites` found in the document of `source`.
        profile: of the code; `auto` chooses by the number of sites.

    Raises:
        NoSites: `adaptable` without an approved site, or without one that this file can show.
    """
    chosen = sorted(approved) if policy == "adaptable" else []
    if policy == "adaptable" and not chosen:
        raise NoSites("adaptable needs at least one approved site")
    approve = chosen or "none"
    return wenxing.prepare(
        source,
        key=_key(),
        policy=policy,
        approve=approve,
        sites=sites,
        name=title,
        document=document,
        profile=profile,
    )


def characters_to_name(master: Master) -> dict[int, int | None]:
    """Accounts → about how many characters of the edition a leak must show to name one of them.

    For a lone leaker, at a bound of one in a million. `None` when no leak can.
    """
    return wenxing.summarise(master).characters_to_name


def sites_to_name(sites: Sequence[Site], crowds: Sequence[int] = preparing.CROWDS) -> dict[int, int]:
    """Accounts → how many of these approved sites a leak must show to name one of them, as above."""
    profile = profiles.choose(len(sites))
    arities = [site.arity for site in sites]
    return {crowd: sites_needed(profile, crowd, preparing.BOUND, arities=arities) for crowd in crowds}


def characters_that_show(needed: int, sites: Sequence[Site], document: Document) -> int:
    """How many characters of a document a leak must show so that it holds so many of these sites."""
    return preparing.characters_that_show(needed, sites, document)


def load_master(data: bytes) -> Master:
    """A master from its container.

    Raises:
        MasterError: damaged, or not a master; `NewerFormat` when a later version made it.
    """
    return Master.from_bytes(data)


def commitment(master: Master) -> str:
    """A hexadecimal value that fixes the edition's secret without telling anything of it."""
    return wenxing.commitment(master, key=_key()).hex()


# --- copies -------------------------------------------------------------------------------------------


def mark(master: Master, *, recipient: int, form: FileFormat) -> bytes:
    """The file that recipient `recipient` receives. Same number, same bytes.

    Raises:
        MissingFont: a PDF, and this machine has no font for its text.
    """
    return wenxing.mark(master, key=_key(), recipient=recipient, format=form)


def mark_document(master: Master, *, recipient: int) -> Document:
    """The same wording as paragraphs, for a page."""
    return wenxing.mark_document(master, key=_key(), recipient=recipient)


def plain(master: Master, *, form: FileFormat) -> bytes:
    """The master's own text as a file, for free materials: nobody's copy.

    Raises:
        MissingFont: as `mark`.
    """
    return wenxing.plain(master, format=form)


def sample(
    source: bytes,
    document: Document,
    *,
    approved: Collection[int],
    sites: Sequence[Site],
    title: str,
    marked: bool,
) -> bytes:
    """A PDF copy that is nobody's: of an edition and under a key that nobody keeps.

    Args:
        document, sites: as of `prepare`.
        approved: numbers of the sites at which it may differ; empty: verbatim.
        marked: whether copies will carry marks; those of free materials do not.

    Raises:
        MissingFont, NoSites: as `mark` and `prepare`.
    """
    key = wenxing.new_key()
    policy: Policy = "adaptable" if approved else "verbatim"
    master = wenxing.prepare(
        source,
        key=key,
        policy=policy,
        approve=sorted(approved) or "none",
        sites=sites,
        name=title,
        document=document,
    )
    if not marked:
        return plain(master, form="pdf")
    return wenxing.mark(master, key=key, recipient=_NOBODY, format="pdf")


def pages_shown(pdf: bytes, *, most: int) -> tuple[bytes, ...]:
    """The first pages of a PDF as pictures (PNG), made in a process of its own; empty when it cannot be."""
    return bounded.shown(pdf, most=most)


def visible_code(master: Master, *, recipient: int) -> str:
    """What is printed on a copy: it stands for `recipient` in this edition only, and is no evidence."""
    return wenxing.visible_code(master, key=_key(), recipient=recipient)


def background_tile(master: Master, *, recipient: int) -> bytes:
    """A PNG for the background of a page, which says the recipient's pseudonym in this edition."""
    return wenxing.background_tile(master, key=_key(), recipient=recipient)


# --- leaks --------------------------------------------------------------------------------------------

VERSION = metadata.version("wenxing")


@dataclass(frozen=True, slots=True)
class Findings:
    """What a trace found, ready to be kept.

    Attributes:
        outcome: `named`, `not-enough` or `no-match`.
        matched: identities of the editions that the leaks show.
        result: the engine's report as plain data, with `explanations`; `distribution`: how many of all that
            were searched lie where against the bound (see `wenxing.accusation.Distribution`), or `None`;
            and `strips`: for every number named and every matched edition, what was read at each site and
            whether that number's copy reads so; of the layout only what was read, and `totals` of each kind.
    """

    outcome: str
    matched: tuple[str, ...]
    result: dict[str, Any]


def reads_pictures() -> bool:
    """Whether the extra that reads pictures is installed."""
    return recognition.is_available()


def open_leaks(content: bytes | str, *, name: str = "") -> tuple[Leak, ...]:
    """What somebody handed in, read: a text, a file of any kind that can be, or a ZIP archive of such files.

    Args:
        content: a stranger's; files are first read in a process of their own, with limits.
        name: of the file; tells Markdown from plain text, and nothing else.

    Raises:
        UnreadableFile: or one of its kinds; of an archive, when nothing in it can be read.
    """
    return (Leak.of(content),) if isinstance(content, str) else opened(content, name=name).leaks


def trace(
    leaks: Sequence[Leak], masters: Sequence[Master], *, suspects: Sequence[int], bound: float
) -> Findings:
    """Name the numbers whose copies the leaks show, or nobody. The leaks are one accusation.

    Args:
        suspects: to be chosen without looking at the leaks.
        bound: the most that the chance of naming any innocent suspect may be.

    Raises:
        DisclosedEdition: the leaks show an edition whose keys were given away in an evidence bundle.
    """
    given_away = {line.edition for line in burned(register_of(settings.ENGINE_KEY))}
    report = wenxing.trace(
        leaks, key=_key(), masters=masters, suspects=suspects, bound=bound, disclosed=given_away
    )
    strips = [strip for named in report.named for strip in _strips(report, named.recipient, masters)]
    result = {
        **report.to_json(),
        "explanations": report.explanations,
        "distribution": report.distribution and asdict(report.distribution),
        "strips": strips,
        "pointed": _pointed(leaks, report, masters),
    }
    matched = tuple(document.edition.hex() for document in report.documents if document.matched)
    return Findings(str(report.outcome), matched, result)


def hints(
    leaks: Sequence[Leak], masters: Iterable[Master], *, recipients: Mapping[bytes, Collection[int]]
) -> tuple[tuple[str, int], ...]:
    """Editions of scanned pages, and numbers to whom the background of a leak points: no naming, no evidence.

    Args:
        masters: gone through one by one, and only when a leak says a pseudonym.
        recipients: identity of an edition → the numbers that have a copy of it.
    """
    found = wenxing.hints(leaks, key=_key(), masters=masters, recipients=recipients)
    return tuple((edition.hex(), number) for edition, number in found)


def _pointed(leaks: Sequence[Leak], report: Report, masters: Sequence[Master]) -> list[int]:
    """Those of the named to whom marks that are not scored point, too. Of anybody else nothing is said."""
    named = [n.recipient for n in report.named]
    recipients = {master.edition: named for master in masters}
    marks = {leak.pseudonym for leak in leaks if leak.pseudonym}
    found = (wenxing.whose(m, key=_key(), masters=masters, recipients=recipients) for m in sorted(marks))
    return sorted({number for pairs in found for _, number in pairs}) if named else []


def explain(result: dict[str, Any], *, language: str) -> Explanation:
    """A kept result of `trace` in words: what was read, what it means, what it does not, what would help.

    Args:
        language: any code; Chinese for those that begin with `zh`, English for all others.
    """
    return explain_figures(Figures.of_json(result), language="zh" if language.startswith("zh") else "en")


def _strips(report: Report, recipient: int, masters: Sequence[Master]) -> Iterator[dict[str, Any]]:
    by_edition = {master.edition: master for master in masters}
    seen = {document.edition: document.by_kind for document in report.documents}
    for strip in wenxing.evidence_of(report, recipient, key=_key(), masters=masters):
        master = by_edition[strip.edition]
        read = seen[strip.edition]
        # Of the layout, which has thousands of sites, only what was read is kept one by one.
        sites = [
            _line(site, master, read[site.kind][site.site])
            for site in strip.sites
            if site.kind is SiteKind.WORDING or site.state is not SiteState.UNREADABLE
        ]
        yield {
            "recipient": recipient,
            "edition": strip.edition.hex(),
            "length": strip.length,
            "sites": sites,
            "totals": {str(kind): len(observations) for kind, observations in read.items()},
        }


def _line(site: SiteEvidence, master: Master, read: Observation) -> dict[str, Any]:
    own = master.sites_of(site.kind)[site.site]
    return {
        "kind": str(site.kind),
        "start": site.span.start,
        "paragraph": master.document.paragraph_at(site.span.start),
        "state": str(site.state),
        "doubtful": site.doubtful,
        "master": own.alternatives[0] if site.kind is SiteKind.WORDING else "",
        "read": "" if read.symbol is None else own.alternatives[read.symbol],
    }
