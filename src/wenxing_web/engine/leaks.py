"""Leaks: what they show of which editions, whom that names, and what it means."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

from django.conf import settings

import wenxing
from wenxing import Master, Observation, Report, SiteEvidence, SiteKind, SiteState
from wenxing.bundle import burned, register_of
from wenxing.explaining import Explanation
from wenxing.explaining import Findings as Figures
from wenxing.explaining import explain as explain_figures
from wenxing.leaks import Leak, opened
from wenxing.reading import recognition
from wenxing_web.engine.key import library_key

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
        leaks, key=library_key(), masters=masters, suspects=suspects, bound=bound, disclosed=given_away
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
    found = wenxing.hints(leaks, key=library_key(), masters=masters, recipients=recipients)
    return tuple((edition.hex(), number) for edition, number in found)


def _pointed(leaks: Sequence[Leak], report: Report, masters: Sequence[Master]) -> list[int]:
    """Those of the named to whom marks that are not scored point, too. Of anybody else nothing is said."""
    named = [n.recipient for n in report.named]
    recipients = {master.edition: named for master in masters}
    marks = {leak.pseudonym for leak in leaks if leak.pseudonym}
    found = (
        wenxing.whose(m, key=library_key(), masters=masters, recipients=recipients) for m in sorted(marks)
    )
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
    for strip in wenxing.evidence_of(report, recipient, key=library_key(), masters=masters):
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
