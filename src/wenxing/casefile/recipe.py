"""Recipe: leaks + a case file → a report that is valid whenever one looks."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, exp, log
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from wenxing.accusation import Accusation, Evidence, Named, Suspects, e_values, is_bound, sites_needed
from wenxing.alignment import Explanation
from wenxing.casefile.entries import (
    KIND,
    Reading,
    Terms,
    leaks_record,
    moment,
    outcome_record,
    ranges_of,
)
from wenxing.casefile.readings import Branch, follow
from wenxing.casefile.records import Journal
from wenxing.codebook import Codebook, MasterKey
from wenxing.errors import CaseFileError, SuspectsError, WrongKey
from wenxing.leaks import Leak
from wenxing.master import Master
from wenxing.profiles import PROFILES
from wenxing.sealing import open_codebooks
from wenxing.sites import SiteKind
from wenxing.tracing import (
    KindShare,
    NamedRecipient,
    Outcome,
    Report,
    accounts_at_least,
    agreement_of,
    attribute,
    documents_of,
    kind_shares,
    symbols_of,
    without_bystanders,
)

_DEARER = 1.05
"""An e-value asks a lone leaker for about so many times the sites of a single test (measured 1.03–1.04)."""


@dataclass(frozen=True)
class CaseReport:
    """What a case comes to after a look at more leaks.

    Attributes:
        report: as of a single trace; its p-values are suspects / e-value and hold whenever one looks.
        looks: how many traces the case has seen, this one included.
        leaks: how many different leaks.
        new_leaks: how many of them it had not seen before.
        new_sites: how many sites this look has added.
        contradicted: sites at which some leak differs from the reading that counts.
        head: digest of the file's last record, to be kept elsewhere.
    """

    report: Report
    looks: int
    leaks: int
    new_leaks: int
    new_sites: int
    contradicted: int
    head: str

    def to_json(self, *, labels: Sequence[str] | None = None) -> dict[str, Any]:
        """The report as plain data, with `case`."""
        case = {
            "looks": self.looks,
            "leaks": self.leaks,
            "new_leaks": self.new_leaks,
            "new_sites": self.new_sites,
            "contradicted": self.contradicted,
            "head": self.head,
        }
        return {**self.report.to_json(labels=labels), "case": case}

    def sentences(self) -> tuple[str, ...]:
        """The outcome in words for people, most important first."""
        lines = list(self.report.sentences())
        lines.append(
            f"The case has seen {self.leaks} leaks in {self.looks} traces; this one added {self.new_sites} "
            "sites. The bound holds for all of them together, whenever one looks."
        )
        if self.contradicted:
            lines.append(
                f"At {self.contradicted} sites a leak differs from what was read first; the first "
                "reading counts."
            )
        return tuple(lines)


def open_case(
    path: str | Path, *, suspects: Suspects | None = None, bound: float | None = None, at: datetime
) -> "Case":
    """Open a running case file, or start one where there is none.

    Args:
        path: of the file, `.wxcase`.
        suspects: needed to start a case; for an existing one `None`, or the same as then.
        bound: likewise; a case that is started without one gets 1e-6.
        at: the time now, with its zone.

    Raises:
        CaseFileError: the file is in use, damaged, not a case file, or the bound is another one.
        SuspectsError: there are none for a new case, or they are not those of the case.
        NewerFormat: a later version made the file.
        ValueError: a bound outside [1e-100, 1).
        OSError: the file cannot be opened.
    """
    if bound is not None and not is_bound(bound):
        raise ValueError("the bound is a probability within [1e-100, 1)")
    if suspects is None and not Path(path).exists():
        raise SuspectsError("A new case needs its suspects: they are fixed when it is opened.")
    journal = Journal(Path(path), kind=KIND)
    try:
        if not journal.records:
            if suspects is None:
                raise SuspectsError("A new case needs its suspects: they are fixed when it is opened.")
            journal.append(Terms(suspects, bound or 1e-6, moment(at)).to_record())
        return Case(journal, suspects=suspects, bound=bound)
    except BaseException:
        journal.close()
        raise


class Case:
    """An open case file. Use it in a `with` block: it is locked while it is open.

    Attributes:
        terms: what is fixed.
        torn: bytes of an unfinished record that were cut off when it was opened.
    """

    def __init__(self, journal: Journal, *, suspects: Suspects | None, bound: float | None) -> None:
        """Replay the records of a journal; refuse terms that are not the case's."""
        self._journal = journal
        self.torn = journal.torn
        self.terms = Terms.of_record(journal.records[0])
        if suspects is not None and ranges_of(suspects) != ranges_of(self.terms.suspects):
            raise SuspectsError(
                f"The case was opened for other suspects ({len(self.terms.suspects)} of them), and they "
                "stay: whoever could change the list could try lists until one names."
            )
        if bound is not None and bound != self.terms.bound:
            raise CaseFileError(f"The case was opened with the bound {self.terms.bound:g}, and it stays.")
        self._branches = [Branch()]
        self._seen: set[str] = set()
        self._looks = 0
        self._named: dict[int, float] = {}
        for record in journal.records[1:]:
            self._replay(record)

    @property
    def head(self) -> str:
        """The digest of the last record."""
        return self._journal.head

    def trace(
        self,
        leaks: Sequence[bytes | str | Leak],
        *,
        key: MasterKey,
        masters: Sequence[Master],
        at: datetime,
        originals: Sequence[bytes] | None = None,
        disclosed: Collection[bytes] = (),
        progress: Callable[[int], None] | None = None,
    ) -> CaseReport:
        """Add leaks to the case and say what everything so far comes to.

        Args:
            leaks: files (txt, docx), texts, or leaks that were read before; all are read together.
            key: with which all masters, and all editions of the case, were prepared.
            masters: where these leaks may come from, each once.
            at: the time now, with its zone.
            originals: the files, one each, when `leaks` were read from them before.
            disclosed: editions whose keys were given away.
            progress: called with the number of leaks read so far.

        Raises:
            UnreadableFile, WrongKey, MasterError, DisclosedEdition: as `wenxing.trace`; nothing is recorded.
            CaseFileError: the case file is full.
            ValueError: no leak, no master, or an edition given twice.
        """
        if not leaks or not masters or len({m.edition for m in masters}) < len(masters):
            raise ValueError("a trace needs at least one leak and one master, and each edition once")
        codebooks = [open_codebooks(master, key=key) for master in masters]
        self._refuse_wrong_key(key)
        read = [Leak.of(leak) for leak in leaks]
        explanations = attribute(read, masters, disclosed=disclosed, progress=progress)
        names = [_digest(file) for file in originals or leaks]
        new = len(set(names) - self._seen)
        before = self._branches[0].sites_read
        # Written down before anybody knows what it comes to: a look cannot be taken back.
        self._write_down(names, _readings(explanations, codebooks), masters, at)
        report = self._judge(masters, explanations, key)
        self._journal.append(outcome_record(self._named, sites=report.sites_read, at=at))
        return CaseReport(
            report=report,
            looks=self._looks,
            leaks=len(self._seen),
            new_leaks=new,
            new_sites=max(0, self._branches[0].sites_read - before),
            contradicted=len(self._branches[0].contradicted),
            head=self.head,
        )

    def close(self) -> None:
        """Give the file free."""
        self._journal.close()

    def __enter__(self) -> Self:
        """The case, to be closed at the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _write_down(
        self,
        names: Sequence[str],
        readings: Sequence[Sequence[Reading]],
        masters: Sequence[Master],
        at: datetime,
    ) -> None:
        record = leaks_record(names, readings, masters=[m.edition for m in masters], at=at)
        follow(self._branches, readings)  # raises before anything is written
        self._journal.append(record)
        self._replay(record)

    def _replay(self, record: Mapping[str, Any]) -> None:
        try:
            if record["kind"] == "leaks":
                explanations = [[Reading.of_record(r) for r in e] for e in record["explanations"]]
                self._branches = follow(self._branches, explanations)
                self._seen |= set(record["leaks"])
                self._looks += 1
            elif record["kind"] == "outcome":
                # Ville's inequality is about the highest value ever reached: a naming stands.
                for line in record["named"]:
                    number, log_e = int(line["recipient"]), float(line["log_e"])
                    self._named[number] = max(log_e, self._named.get(number, log_e))
        except (KeyError, TypeError, ValueError):
            raise CaseFileError(
                "A record of the case file cannot be read: restore it from a backup."
            ) from None

    def _refuse_wrong_key(self, key: MasterKey) -> None:
        for branch in self._branches:
            for reading in branch.readings.values():
                if _codebook(reading, key).check != reading.check:
                    raise WrongKey(
                        "The case is about editions of another key; use the key it was begun with."
                    )

    def _judge(
        self, masters: Sequence[Master], explanations: Sequence[Explanation], key: MasterKey
    ) -> Report:
        evidence = [_evidence(branch, key) for branch in self._branches]
        fresh = self._name(evidence)
        for number, log_e in fresh.items():
            self._named[number] = max(log_e, self._named.get(number, log_e))
        best, crowd = self._branches[0], self.terms.suspects
        named = tuple(
            NamedRecipient(n, min(len(crowd) * exp(-self._named[n]), self.terms.bound))
            for n in sorted(self._named)
        )
        matched = bool(best.readings)
        outcome = Outcome.NAMED if named else Outcome.NOT_ENOUGH if matched else Outcome.NO_MATCH
        return Report(
            outcome=outcome,
            named=named,
            sites_read=best.sites_read,
            sites_total=best.sites_total,
            suspects=len(crowd),
            bound=self.terms.bound,
            more_sites_needed=self._more_sites(best) if outcome is Outcome.NOT_ENOUGH else None,
            explanations=len(self._branches),
            documents=documents_of(masters, explanations),
            accounts_at_least=accounts_at_least(evidence[0], [n.recipient for n in named]),
            kinds=_kinds(best),
        )

    def _name(self, evidence: Sequence[Sequence[Evidence]]) -> dict[int, float]:
        """Whoever reaches suspects / bound now, without bystanders, and the logarithm of their e-value."""
        crowd = self.terms.suspects
        numbers, total = np.zeros(0, np.int64), np.zeros(1)
        for branch, items in zip(self._branches, evidence, strict=True):
            if branch.sites_read:
                numbers, values = e_values(items, crowd)
                total = total + branch.share * values
        found = np.flatnonzero(total >= len(crowd) / self.terms.bound)
        if not found.size:
            return {}
        who = numbers[found]
        agreeing = agreement_of(evidence[0], who).sum(axis=1)
        lines = zip(who.tolist(), total[found].tolist(), agreeing.tolist(), strict=True)
        passed = tuple(Named(n, min(1.0, len(crowd) / e), agree, "case") for n, e, agree in lines)
        sites = self._branches[0].sites_read
        kept = without_bystanders(Accusation(passed, sites, len(crowd), self.terms.bound, None, ()))
        return {n.recipient: log(len(crowd)) - log(n.p_value) for n in kept}

    def _more_sites(self, branch: Branch) -> int | None:
        longest = max(branch.readings.values(), key=lambda reading: len(reading.arities))
        profile, arities = PROFILES[longest.profile], longest.arities or (2,)
        needed = ceil(
            _DEARER * sites_needed(profile, len(self.terms.suspects), self.terms.bound, arities=arities)
        )
        return needed - branch.sites_read if needed > branch.sites_read else None


def _digest(leak: bytes | str | Leak) -> str:
    content = leak.text if isinstance(leak, Leak) else leak
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def _kinds(branch: Branch) -> tuple[KindShare, ...]:
    """How much was read of each kind; empty when it was wording only."""
    read: Counter[SiteKind] = Counter()
    total: Counter[SiteKind] = Counter()
    for reading in branch.readings.values():
        total[reading.kind] += len(reading.arities)
        read[reading.kind] += int((reading.symbols >= 0).sum())
    return kind_shares(read, total)


def _readings(
    explanations: Sequence[Explanation], codebooks: Sequence[Mapping[SiteKind, Codebook]]
) -> list[list[Reading]]:
    """For each explanation what was read of each edition and kind of site."""
    return [
        [
            _reading(codebooks[i][kind], seen)
            for i, match in explanation.items()
            for kind, seen in match.by_kind.items()
        ]
        for explanation in explanations
    ]


def _reading(codebook: Codebook, observations: Sequence[Any]) -> Reading:
    return Reading(
        edition=codebook.edition,
        profile=codebook.profile.name,
        version=codebook.version,
        arities=codebook.arities,
        check=codebook.check,
        symbols=symbols_of(observations),
        kind=codebook.kind,
    )


def _codebook(reading: Reading, key: MasterKey) -> Codebook:
    profile = PROFILES[reading.profile]
    return Codebook(key, reading.edition, profile, reading.arities, reading.version, kind=reading.kind)


def _evidence(branch: Branch, key: MasterKey) -> list[Evidence]:
    return [Evidence(_codebook(r, key), r.symbols) for _, r in sorted(branch.readings.items())]
