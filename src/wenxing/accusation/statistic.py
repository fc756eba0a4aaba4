"""Evidence → one integer score per recipient and hypothesis → exact p-values."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from wenxing.codes.nulls import Draws, NullLaw, Steps, null_law
from wenxing.codes.scores import NEAREST, Unit, Weights, weigh, weigh_soft
from wenxing.profiles import Hypothesis, Profile

Recipients = range | NDArray[np.int64]

_EXACT_IN_FLOAT32 = 2**24


class Provider(Protocol):
    """What the accusation needs to know of an edition's code; `Codebook` and `WorkerCode` are such."""

    @property
    def edition(self) -> bytes:
        """The edition's identity."""

    @property
    def profile(self) -> Profile:
        """Hypotheses and reader noise."""

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """(m, 4): the exact law of each site, 0 for alternatives it does not have."""

    def matches(self, symbols: NDArray[np.int8], recipients: Recipients) -> NDArray[np.bool_]:
        """(n, k): who agrees with the leak at the k readable sites, in order."""


@runtime_checkable
class Tallying(Protocol):
    """A provider that counts agreements by kind of site faster than one by one."""

    def tallies(
        self, symbols: NDArray[np.int8], kind: NDArray[np.intp], recipients: Recipients
    ) -> NDArray[np.int64]:
        """(n, g): `matches` summed over the sites of each kind."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What leaks show of one edition's sites of one kind, everything merged: each site once.

    A site may be read softly. Then, instead of a symbol, it has the likelihood of each: P(what the reader
    saw | the leak shows it), to any factor per site. A row with one positive entry is a reading; a row
    of zeros or of equal entries says nothing and is an erasure.

    Attributes:
        codebook: the code of these sites.
        symbols: (m,) int8, the alternative read at each site, −1 for an erasure or a soft reading. Given
            as (m, 4) likelihoods, they are split into `symbols`, `soft` and `likelihoods`.
        soft: (s,) the sites read softly, ascending.
        likelihoods: (s, 4), of those sites.
    """

    codebook: Provider
    symbols: NDArray[Any]
    soft: NDArray[np.intp] = field(init=False)
    likelihoods: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        """Refuse readings that cannot belong to the edition (`ValueError`)."""
        laws = self.codebook.probabilities
        given = np.asarray(self.symbols)
        soft, likelihoods = np.zeros(0, np.intp), np.zeros((0, laws.shape[1]))
        if given.ndim == 2:
            symbols, soft, likelihoods = _split(given.astype(np.float64), laws)
        else:
            symbols = given
        if symbols.shape != (len(laws),):
            raise ValueError(f"the edition has {len(laws)} sites, the reading {symbols.shape}")
        if not np.all((symbols >= -1) & (symbols < (laws > 0).sum(axis=1))):
            raise ValueError("a symbol was read that its site does not have")
        object.__setattr__(self, "symbols", symbols.astype(np.int8))
        object.__setattr__(self, "soft", soft)
        object.__setattr__(self, "likelihoods", likelihoods)

    @property
    def sites_read(self) -> int:
        """How many sites are not erased."""
        return int((self.symbols >= 0).sum()) + len(self.soft)


class Scorer:
    """Integer weights of a body of evidence, and what recipients score by them.

    Attributes:
        evidence: one per edition.
        hypotheses: the family, h of them.
        weights: of the sites that were read, per edition.
        soft_weights: (s, 4, h), of those that were read softly, per edition.
    """

    def __init__(self, evidence: Sequence[Evidence], unit: Unit) -> None:
        """Weigh the evidence; refusals as for `Statistic`."""
        if not evidence:
            raise ValueError("an accusation needs evidence of at least one edition")
        # A provider without a kind is of wording, as all were once.
        codes = [(item.codebook.edition, getattr(item.codebook, "kind", "wording")) for item in evidence]
        if len(set(codes)) < len(codes):
            raise ValueError("an edition is given twice: merge its readings, evidence counts once")
        families = {item.codebook.profile.hypotheses for item in evidence}
        if len(families) > 1:
            raise ValueError("the editions' profiles differ in their hypotheses")
        self.evidence = tuple(evidence)
        self.hypotheses: tuple[Hypothesis, ...] = families.pop()
        self.weights: list[Weights] = []
        self.soft_weights: list[NDArray[np.int64]] = []
        for item in evidence:
            laws, profile = item.codebook.probabilities, item.codebook.profile
            self.weights.append(weigh(profile, laws, item.symbols, unit))
            self.soft_weights.append(weigh_soft(profile, laws[item.soft], item.likelihoods, unit))

    @property
    def sites_read(self) -> int:
        """Readable sites of all editions."""
        return sum(item.sites_read for item in self.evidence)

    def scores(self, recipients: Recipients) -> NDArray[np.int64]:
        """(n, h): the sum of each recipient's weights under each hypothesis. Memory grows with n · sites."""
        total = np.zeros((len(recipients), len(self.hypotheses)), np.int64)
        for item, weights, soft in zip(self.evidence, self.weights, self.soft_weights, strict=True):
            gain = weights.match - weights.mismatch
            # Whole numbers below 2**53: floating point adds them exactly, and several times as fast.
            counts = _tallies(item, weights.kind, len(gain), recipients)
            total += (counts.astype(np.float64) @ gain.astype(np.float64)).astype(np.int64)
            total += weights.counts @ weights.mismatch
            for symbols, weight in _alternatives(item, soft):
                total += _add_up(item.codebook.matches(symbols, recipients), weight)
        return total

    def portion(self) -> int:
        """How many recipients to score at a time, so that memory stays near 64 MB."""
        sites = max(len(item.symbols) for item in self.evidence)
        return max(64, min(2**14, 2**26 // (4 * sites + 512)))


class Statistic(Scorer):
    """The test that a body of evidence defines.

    Attributes:
        laws: h null laws.
    """

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        """Weigh the evidence and compute its null laws.

        Raises:
            ValueError: no evidence, an edition twice (its sites would count twice), or editions whose
                profiles disagree about the hypotheses.
        """
        super().__init__(evidence, NEAREST)
        self.laws: tuple[NullLaw, ...] = tuple(
            null_law(_steps(self.weights, h), _draws(self, h)) for h in range(len(self.hypotheses))
        )

    def tails(self, scores: NDArray[np.int64]) -> NDArray[np.float64]:
        """(n, h): P(an innocent scores at least as much), for each hypothesis' own statistic."""
        columns = [law.tail(scores[:, h]) for h, law in enumerate(self.laws)]
        return np.column_stack(columns)

    def p_values(self, recipients: Recipients) -> NDArray[np.float64]:
        """(n,): the combined p of each recipient, at most 1. For one suspect: not yet family-wise."""
        priors = np.array([hypothesis.prior for hypothesis in self.hypotheses])
        combined: NDArray[np.float64] = (self.tails(self.scores(recipients)) / priors).min(axis=1)
        return np.minimum(combined, 1.0)


def _split(
    likelihoods: NDArray[np.float64], laws: NDArray[np.float64]
) -> tuple[NDArray[np.int8], NDArray[np.intp], NDArray[np.float64]]:
    """Likelihoods as readings, erasures and soft sites."""
    if likelihoods.shape != laws.shape:
        raise ValueError(f"the edition has {len(laws)} sites, the reading {likelihoods.shape}")
    if not np.isfinite(likelihoods).all() or (likelihoods < 0).any():
        raise ValueError("a likelihood is a finite number from 0 on")
    present = laws > 0
    if (likelihoods[~present] > 0).any():
        raise ValueError("a symbol was read that its site does not have")
    largest = likelihoods.max(axis=1, initial=0.0)
    silent = ((likelihoods == largest[:, None]) | ~present).all(axis=1)
    sure = ((likelihoods > 0).sum(axis=1) == 1) & ~silent
    soft = np.flatnonzero(~sure & ~silent)
    symbols = np.where(sure, likelihoods.argmax(axis=1), -1).astype(np.int8)
    return symbols, soft, likelihoods[soft] / largest[soft, None]


def _tallies(item: Evidence, kind: NDArray[np.intp], kinds: int, recipients: Recipients) -> NDArray[np.int64]:
    if isinstance(item.codebook, Tallying):
        return item.codebook.tallies(item.symbols, kind, recipients)
    return _add_up(item.codebook.matches(item.symbols, recipients), np.eye(kinds, dtype=np.int64)[kind])


def _add_up(agree: NDArray[np.bool_], weight: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n, h): the weights, (k, h), of the sites at which each recipient agrees."""
    # Integers in floating point add up exactly in any order while they are small enough.
    small = np.abs(weight).sum(axis=0).max(initial=0) < _EXACT_IN_FLOAT32
    kind = np.float32 if small else np.float64
    total: NDArray[np.int64] = (agree.astype(kind) @ weight.astype(kind)).astype(np.int64)
    return total


def _alternatives(
    item: Evidence, weights: NDArray[np.int64]
) -> list[tuple[NDArray[np.int8], NDArray[np.int64]]]:
    """For each alternative: soft sites that have it as a reading of it, and its weights (s, h) there."""
    present = item.codebook.probabilities[item.soft] > 0
    asked = []
    for alternative in range(present.shape[1] if len(item.soft) else 0):
        have = present[:, alternative]
        symbols = np.full(len(item.symbols), -1, np.int8)
        symbols[item.soft[have]] = alternative
        asked.append((symbols, weights[have, alternative]))
    return asked


def _steps(weights: Sequence[Weights], hypothesis: int) -> list[Steps]:
    """The chances of all editions under one hypothesis, equal ones added up."""
    counts: Counter[tuple[float, int, int]] = Counter()
    for edition in weights:
        hits, misses = edition.match[:, hypothesis].tolist(), edition.mismatch[:, hypothesis].tolist()
        for chance, hit, miss, count in zip(
            edition.chance.tolist(), hits, misses, edition.counts.tolist(), strict=True
        ):
            counts[chance, hit, miss] += count
    return [Steps(count, *kind) for kind, count in sorted(counts.items())]


def _draws(scorer: Scorer, hypothesis: int) -> list[Draws]:
    """One draw per soft site: the weight of whatever alternative an innocent's copy shows."""
    counts: Counter[tuple[tuple[int, float], ...]] = Counter()
    for item, weights in zip(scorer.evidence, scorer.soft_weights, strict=True):
        for law, weight in zip(item.codebook.probabilities[item.soft], weights, strict=True):
            pairs = zip(weight[:, hypothesis].tolist(), law.tolist(), strict=True)
            counts[tuple(sorted((value, chance) for value, chance in pairs if chance > 0))] += 1
    return [
        Draws(count, tuple(value for value, _ in pairs), tuple(chance for _, chance in pairs))
        for pairs, count in sorted(counts.items())
    ]
