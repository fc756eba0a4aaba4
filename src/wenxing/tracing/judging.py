"""From readings and codes to a report: every explanation accused under its share of the bound."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from itertools import combinations, islice
from math import exp, lgamma, log, log1p

import numpy as np
from numpy.typing import NDArray

from wenxing.accusation import (
    Accusation,
    Distribution,
    Evidence,
    Named,
    Provider,
    Suspects,
    accuse,
    distribute,
)
from wenxing.accusation.joint import SIMPLE_SHARE
from wenxing.alignment import Explanation, Match
from wenxing.master import Master
from wenxing.sites import Observation, SiteKind
from wenxing.tracing.report import KindShare, NamedRecipient, Outcome, Report, TracedDocument

_MISREAD = 0.02
_RARE = 1e-3
_MOST_COMBINATIONS = 1_000


def _no_match(masters: Sequence[Master], suspects: Suspects, bound: float) -> Report:
    documents = tuple(_document(master, None) for master in masters)
    return Report(Outcome.NO_MATCH, (), 0, 0, len(suspects), bound, None, 1, documents)


def documents_of(
    masters: Sequence[Master], explanations: Sequence[Explanation]
) -> tuple[TracedDocument, ...]:
    """What is shown of each master, by the first explanation that has it."""
    shown = [next((e[i] for e in explanations if i in e), None) for i in range(len(masters))]
    return tuple(_document(master, match) for master, match in zip(masters, shown, strict=True))


def _document(master: Master, match: Match | None) -> TracedDocument:
    return TracedDocument(
        edition=master.edition,
        title=master.title,
        policy=master.policy,
        matched=match is not None,
        coverage=match.coverage if match else 0.0,
        sites_read=match.sites_read if match else 0,
        sites_total=match.sites_total if match else len(master.approved),
        observations=match.observations if match else (),
        others=match.others if match else {},
    )


def judge(
    masters: Sequence[Master],
    explanations: Sequence[Explanation],
    codes: Sequence[Mapping[SiteKind, Provider]],
    suspects: Suspects,
    bound: float,
    *,
    at_most: int | None = None,
    executor: Executor | None = None,
) -> Report:
    """Accuse by readings that were made before.

    Args:
        masters: that the leaks were read against.
        explanations: of the leaks, as `attribute` gives them; none when nothing matched.
        codes: of the masters' editions by kind, in the same order.
        suspects: whom to compare.
        bound: family-wise, within (0, 1).
        at_most: decode groups too, assuming that at most so many accounts made the leak; see `accuse`.
        executor: runs ranges of suspects elsewhere; the result is the same bit for bit.
    """
    if not explanations:
        return _no_match(masters, suspects, bound)
    return _Verdict(
        masters, explanations, codes, suspects, bound, at_most=at_most, executor=executor
    ).report()


class _Verdict:
    """Every explanation accused under its share of the bound, and what that comes to."""

    def __init__(
        self,
        masters: Sequence[Master],
        explanations: Sequence[Explanation],
        codes: Sequence[Mapping[SiteKind, Provider]],
        suspects: Suspects,
        bound: float,
        *,
        at_most: int | None,
        executor: Executor | None,
    ) -> None:
        self.masters, self.explanations = masters, explanations
        self.suspects, self.bound = suspects, bound
        # An explanation without a readable site names nobody at any bound and need not pay.
        paying = sum(any(m.sites_read for m in e.values()) for e in explanations)
        self.shares = max(1, paying)
        self.evidence = [
            [
                Evidence(codes[i][kind], symbols_of(seen))
                for i, match in explanation.items()
                for kind, seen in match.by_kind.items()
            ]
            for explanation in explanations
        ]
        self.accusations = [
            accuse(evidence, suspects, bound=bound / self.shares, at_most=at_most, executor=executor)
            for evidence in self.evidence
        ]

    def report(self) -> Report:
        named = self._named()
        chosen = self._counted()
        explanation, accusation = self.explanations[chosen], self.accusations[chosen]
        return Report(
            outcome=Outcome.NAMED if named else Outcome.NOT_ENOUGH,
            named=named,
            sites_read=accusation.sites_read,
            sites_total=sum(match.sites_total for match in explanation.values()),
            suspects=len(self.suspects),
            bound=self.bound,
            more_sites_needed=None if named else accusation.more_sites_needed,
            explanations=self.shares,
            documents=tuple(_document(m, self._match(i, explanation)) for i, m in enumerate(self.masters)),
            distribution=self._distribution(chosen, named) if accusation.sites_read else None,
            accounts_at_least=accounts_at_least(self.evidence[chosen], [n.recipient for n in named]),
            kinds=_kinds(explanation.values()),
        )

    def _distribution(self, chosen: int, named: Sequence[NamedRecipient]) -> Distribution:
        numbers = [n.recipient for n in named]
        alone = 1 if self.accusations[chosen].assumes is None else SIMPLE_SHARE
        return distribute(
            self.evidence[chosen], self.suspects, bound=self.bound, shares=self.shares / alone, named=numbers
        )

    def _named(self) -> tuple[NamedRecipient, ...]:
        """Everybody named under any explanation, with the price of the number of explanations."""
        strongest: dict[int, NamedRecipient] = {}
        for named in (n for accusation in self.accusations for n in without_bystanders(accusation)):
            line = NamedRecipient(named.recipient, self._price(named), named.assumes)
            rival = strongest.get(line.recipient, line)
            strongest[line.recipient] = min(line, rival, key=lambda n: n.p_value)
        return tuple(strongest[number] for number in sorted(strongest))

    def _price(self, named: Named) -> float:
        return min(named.p_value * self.shares, self.bound)

    def _counted(self) -> int:
        """The explanation that is reported: the one with the strongest naming, else with most sites read."""

        def strength(at: int) -> tuple[float, int]:
            accusation: Accusation = self.accusations[at]
            return (-min((n.p_value for n in accusation.named), default=1.0), accusation.sites_read)

        return max(range(len(self.accusations)), key=strength)

    def _match(self, master: int, counted: Mapping[int, Match]) -> Match | None:
        """What is shown of a master by the explanation that counted, else by any other."""
        others = (e[master] for e in self.explanations if master in e)
        return counted.get(master) or next(others, None)


def _kinds(matches: Iterable[Match]) -> tuple[KindShare, ...]:
    read: Counter[SiteKind] = Counter()
    total: Counter[SiteKind] = Counter()
    for match in matches:
        for kind, seen in match.by_kind.items():
            total[kind] += len(seen)
            read[kind] += sum(o.symbol is not None for o in seen)
    return kind_shares(read, total)


def kind_shares(read: Mapping[SiteKind, int], total: Mapping[SiteKind, int]) -> tuple[KindShare, ...]:
    """How much was read of each kind that counted; empty when it was wording only."""
    if set(total) <= {SiteKind.WORDING}:
        return ()
    return tuple(KindShare(kind, read[kind], total[kind]) for kind in SiteKind if kind in total)


def without_bystanders(accusation: Accusation) -> tuple[Named, ...]:
    """The named, without those whom the strongest of them explains away.

    When the leak shows nothing that the copy of the strongest lacks, reading errors apart, nobody else is
    needed to explain it, and whoever else passed the bound most likely did so by the chance that the bound
    allows. Those nearly as strong stay: then the leak does not tell them apart. Leaving recipients out
    keeps the bound; two accounts that mixed their copies each lack much of the leak, and both stay.
    """
    named = accusation.named
    if len(named) < 2:
        return named
    strongest = min(named, key=lambda n: n.p_value)
    lacking = accusation.sites_read - strongest.agreeing
    if _chance_of_errors(accusation.sites_read, lacking) < _RARE:
        return named
    return tuple(n for n in named if n.p_value * _RARE <= strongest.p_value)


def accounts_at_least(evidence: Sequence[Evidence], named: Sequence[int]) -> int:
    """How many accounts it takes, at least, to explain what was read, given who is named.

    The fewest of the named whose copies together show everything that was read, reading errors (2 %) apart;
    one more than all of them when even that is not enough: then somebody mixed in who is not named. 0 when
    nobody is named. It rests on the named being right and on no wording having been made up.
    """
    if not named:
        return 0
    numbers = np.array(sorted(named), np.int64)
    shown = agreement_of(evidence, numbers)
    for count in range(1, len(numbers) + 1):
        for some in islice(combinations(range(len(numbers)), count), _MOST_COMBINATIONS):
            lacking = int((~shown[list(some)].any(axis=0)).sum())
            if _chance_of_errors(shown.shape[1], lacking) >= _RARE:
                return count
    return len(numbers) + 1


def agreement_of(evidence: Sequence[Evidence], numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n, k): whether each recipient's copies agree, at the k sites read of all editions in order."""
    parts = [e.codebook.matches(np.asarray(e.symbols, np.int8), numbers) for e in evidence]
    return np.concatenate(parts, axis=1)


def _chance_of_errors(sites: int, errors: int) -> float:
    """P(at least `errors` of `sites` are misread): binomial, at the rate the reader stays well below."""
    rest = range(errors, min(sites, errors + 200) + 1)  # further terms do not count
    return sum(
        exp(
            lgamma(sites + 1)
            - lgamma(k + 1)
            - lgamma(sites - k + 1)
            + k * log(_MISREAD)
            + (sites - k) * log1p(-_MISREAD)
        )
        for k in rest
    )


def symbols_of(observations: Sequence[Observation]) -> NDArray[np.int8]:
    """(m,): the symbol read at each site, −1 for an erasure."""
    return np.array([-1 if o.symbol is None else o.symbol for o in observations], dtype=np.int8)
