"""What a trace comes to, as data and in words. It says nothing about anybody who is not named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from wenxing.accusation import Distribution
from wenxing.master import Policy
from wenxing.sites import Observation, SiteKind

FORMAT = 1
"""Format of the report's JSON object."""


class Outcome(StrEnum):
    """NAMED: somebody is. NOT_ENOUGH: the text is ours, the evidence too little. NO_MATCH: not our text."""

    NAMED = "named"
    NOT_ENOUGH = "not-enough"
    NO_MATCH = "no-match"


@dataclass(frozen=True, slots=True)
class NamedRecipient:
    """A recipient whom chance cannot explain.

    Attributes:
        recipient: the number.
        p_value: the family-wise bound actually reached; at most the report's bound.
        assumes: the naming holds if at most so many accounts made the leak; `None`: whoever made it.
    """

    recipient: int
    p_value: float
    assumes: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain data; `assumes` only where something is assumed."""
        line: dict[str, Any] = {"recipient": self.recipient, "p_value": self.p_value}
        return line if self.assumes is None else {**line, "assumes": self.assumes}


@dataclass(frozen=True, slots=True)
class KindShare:
    """What one kind of sites adds to a report.

    Attributes:
        kind: of the sites.
        read: how many could be read.
        total: how many there are in the editions found.
    """

    kind: SiteKind
    read: int
    total: int


@dataclass(frozen=True)
class TracedDocument:
    """What the leaks show of one master.

    Attributes:
        edition: of the master.
        title: of the master.
        policy: of the master.
        matched: whether the leaks hold a part of it. Editions that fit a part equally are all matched.
        coverage: share of its flow characters that were found, 0 … 1.
        sites_read: how many sites gave a symbol, of the kinds that the leaks can carry.
        sites_total: how many sites of these kinds it has.
        observations: of wording; one per approved site, in order; empty unless matched.
        others: of the other kinds that the leaks can carry, likewise.
    """

    edition: bytes
    title: str
    policy: Policy
    matched: bool
    coverage: float
    sites_read: int
    sites_total: int
    observations: tuple[Observation, ...]
    others: Mapping[SiteKind, tuple[Observation, ...]] = field(default_factory=dict)

    @property
    def by_kind(self) -> dict[SiteKind, tuple[Observation, ...]]:
        """The observations of every kind, wording first."""
        return {SiteKind.WORDING: self.observations, **self.others}


@dataclass(frozen=True)
class Report:
    """The result of a trace. It says nothing about anybody who is not named.

    Attributes:
        outcome: what it comes to.
        named: ascending by number.
        sites_read: readable sites that counted, of all kinds.
        sites_total: sites of the masters whose readings counted, of the kinds that the leaks can carry: a
            pasted text has wording only.
        suspects: how many recipients were compared.
        bound: family-wise: were all suspects innocent, the chance of naming any is at most this.
        more_sites_needed: about how many more sites would name a lone leaker; `None` unless not-enough, and
            when so many were read that a lone leaker would have been named.
        explanations: how many attributions of the leaks to editions shared the bound; 1 but for twins.
        documents: one per master, in the order given.
        distribution: how all suspects but the named lie against the bound, in counts that say nothing of
            who they are; `None` when no site was read.
        accounts_at_least: how many accounts it takes, at least, to explain the leaks, given who is named; 0
            when nobody is.
        kinds: the share of each kind in `sites_read` and `sites_total`; empty when it was wording only.
    """

    outcome: Outcome
    named: tuple[NamedRecipient, ...]
    sites_read: int
    sites_total: int
    suspects: int
    bound: float
    more_sites_needed: int | None
    explanations: int
    documents: tuple[TracedDocument, ...]
    distribution: Distribution | None = None
    accounts_at_least: int = 0
    kinds: tuple[KindShare, ...] = ()

    def to_json(self, *, labels: Sequence[str] | None = None) -> dict[str, Any]:
        """The report as plain data, `"format": 1`; `kinds` only where more than wording counted.

        Args:
            labels: what to call each master; by default its edition in hexadecimal.
        """
        names = [d.edition.hex() for d in self.documents] if labels is None else labels
        return {
            "format": FORMAT,
            "outcome": str(self.outcome),
            "named": [n.to_json() for n in self.named],
            "sites_read": self.sites_read,
            "sites_total": self.sites_total,
            "suspects": self.suspects,
            "bound": self.bound,
            "more_sites_needed": self.more_sites_needed,
            "accounts_at_least": self.accounts_at_least,
            **(
                {"kinds": {str(k.kind): {"read": k.read, "total": k.total} for k in self.kinds}}
                if self.kinds
                else {}
            ),
            "documents": [
                {
                    "master": name,
                    "matched": document.matched,
                    "coverage": round(document.coverage, 4),
                    "sites_read": document.sites_read,
                }
                for name, document in zip(names, self.documents, strict=True)
            ],
        }

    def sentences(self) -> tuple[str, ...]:
        """The outcome in words for people, most important first."""
        return tuple(_sentences(self))


def _sentences(report: Report) -> list[str]:
    if report.outcome is Outcome.NO_MATCH:
        return ["No match: the text is not from any of the masters given."]
    lines = []
    if report.named:
        numbers = ", ".join(str(n.recipient) for n in report.named)
        reached = max(n.p_value for n in report.named)
        lines.append(f"Named: {'recipient' if len(report.named) == 1 else 'recipients'} {numbers}.")
        if report.kinds:
            shares = ", ".join(f"{k.read} of {k.total} by {k.kind}" for k in report.kinds if k.total)
            lines.append(f"Read: {shares}.")
        lines.append(
            f"{_accounts(report.suspects)} searched. Were every account searched innocent, the chance of "
            f"naming any of them would be at most {reached:.1e}."
        )
        assumed = [n for n in report.named if n.assumes is not None]
        if assumed:
            lines.append(
                f"The naming of {', '.join(str(n.recipient) for n in assumed)} assumes that at most "
                f"{assumed[0].assumes} accounts made the leak."
            )
        if report.accounts_at_least > len(report.named):
            lines.append(
                f"At least {report.accounts_at_least} accounts made this leak, {len(report.named)} of them "
                "named: it shows wordings that no named copy has."
            )
    else:
        lines.append(_not_enough(report))
    if report.explanations > 1:
        lines.append(
            f"The text fits {report.explanations} choices among the editions equally well; "
            "they shared the bound."
        )
    return lines


def _accounts(count: int) -> str:
    return "1 account was" if count == 1 else f"{count} accounts were"


def _not_enough(report: Report) -> str:
    if report.sites_total == 0:
        return "Not enough evidence: the text is ours, and all copies of it have the same wording."
    read = f"Not enough evidence: {report.sites_read} of {report.sites_total} sites could be read"
    if report.kinds:
        read += f" ({', '.join(f'{k.kind} {k.read} of {k.total}' for k in report.kinds if k.total)})"
    if report.more_sites_needed is None:
        return (
            f"{read}, enough to name a lone leaker, and none of the {report.suspects} accounts searched fits "
            "alone. The leak may come from an account outside the list, or be mixed from several copies."
        )
    return (
        f"{read}; about {report.more_sites_needed} more would be needed to name one of "
        f"{report.suspects} accounts."
    )
