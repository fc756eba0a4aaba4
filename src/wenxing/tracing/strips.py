"""The evidence strip: where, along a document, the leaks agree with a named recipient's copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from wenxing.codebook import MasterKey
from wenxing.master import Master
from wenxing.sealing import open_codebooks
from wenxing.sites import SiteKind, Span
from wenxing.tracing.report import Report, TracedDocument


class SiteState(StrEnum):
    """Whether what the leaks show at a site is what a recipient's copy shows there."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class SiteEvidence:
    """One site of the evidence strip.

    Attributes:
        site: its index among the edition's sites of its kind.
        span: where it stands in the master's text (its first place, when linked).
        state: compared with the named recipient.
        doubtful: unreadable because places contradict each other or two alternatives are as near.
        kind: of the site.
    """

    site: int
    span: Span
    state: SiteState
    doubtful: bool
    kind: SiteKind = SiteKind.WORDING


@dataclass(frozen=True)
class DocumentEvidence:
    """The evidence strip of one matched master.

    Attributes:
        edition: of the master.
        length: characters of the master's text, to place the sites along it.
        sites: kind by kind, wording first, each in order.
    """

    edition: bytes
    length: int
    sites: tuple[SiteEvidence, ...]


def evidence_of(
    report: Report, recipient: int, *, key: MasterKey, masters: Sequence[Master]
) -> tuple[DocumentEvidence, ...]:
    """Where, along each matched document, the leaks agree with a named recipient's copy.

    Args:
        report: that names the recipient.
        recipient: one of `report.named`. For anybody else there is nothing to show: how near an innocent
            comes is chance and says nothing.
        key, masters: as given to `trace`.

    Raises:
        ValueError: the report does not name this recipient, or the masters are not those of the report.
    """
    if recipient not in {named.recipient for named in report.named}:
        raise ValueError("evidence exists only for a recipient whom the report names")
    if [m.edition for m in masters] != [d.edition for d in report.documents]:
        raise ValueError("the masters are not those of the report")
    pairs = zip(masters, report.documents, strict=True)
    return tuple(_strip(m, d, recipient, key=key) for m, d in pairs if d.matched)


def _strip(master: Master, document: TracedDocument, recipient: int, *, key: MasterKey) -> DocumentEvidence:
    codes = open_codebooks(master, key=key, kinds=document.others)
    sites = []
    for kind, observations in document.by_kind.items():
        codeword = codes[kind].codeword(recipient)
        for site, seen, own in zip(master.sites_of(kind), observations, codeword, strict=True):
            state = SiteState.UNREADABLE
            if seen.symbol is not None:
                state = SiteState.AGREES if seen.symbol == own else SiteState.DIFFERS
            sites.append(SiteEvidence(seen.site, site.spans[0], state, seen.doubtful, kind))
    return DocumentEvidence(master.edition, len(master.document.text), tuple(sites))
