"""Decoding several recipients jointly: who is named because somebody else explains the rest.

Two colluders together explain a leak far better than each alone. A recipient j is
named as one of a pair when some k passes both gates

    p(j | X_k) ≤ a / (c · N)          and   p(j, k) ≤ 2a / N²,

and as one of a triple when some k, l pass

    p(j | X_k, X_l) ≤ b / (c(c−1)/2 · N),   p(j, k | X_l), p(j, l | X_k) ≤ 2b / (c · N²),
    p(j, k, l) ≤ 6b / N³.

Why this is safe when at most c accounts made the leak: let j be innocent. Whoever
of k, l is a colluder belongs to at most c accounts, and given their copies and the
leak j's symbols are still independent: the gate that takes exactly the colluders
among k, l as given is a true p-value of innocents, and its union over all choices
costs at most a or b. The chance of naming any innocent is at most 2a + 3b; with
`PAIR_GATE` = a and `TRIPLE_GATE` = b, in parts of the bound, and `SIMPLE_SHARE` for
naming one by one that is the bound. Looking at only the most suspicious recipients,
pairs and triples removes namings and adds none.

Each p is itself the smallest over the attacks of the family that have enough
colluders, divided by their priors; every null law is exact (`codes.groups`).
Sites that were read softly do not take part.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, log

import numpy as np
from numpy.typing import NDArray

from wenxing.accusation.statistic import Scorer
from wenxing.codes.groups import SiteKind, group_law, group_weights
from wenxing.codes.nulls import NullLaw
from wenxing.codes.scores import RESOLUTION
from wenxing.profiles import Hypothesis

CANDIDATES = 2000
"""How many of the most suspicious recipients are paired."""

_SEEDS = 640  # pairs that are extended to triples, the most suspicious ones
_LEADERS = 32  # candidates whose pairs are extended in any case: three may explain what no two do
_MARGIN = 6.0  # natural units: a likelihood ratio that far short of a gate does not pass it
_PARTNERS = 1000  # candidates they are extended by
_TRIED = 128  # pairs or triples whose other gates are computed
_ROWS = 256

_Places = NDArray[np.intp]

SIMPLE_SHARE = 1 / 3
"""The share of the bound that naming recipients one by one keeps when groups are decoded too."""

PAIR_GATE = 1 / 6
"""The share of each of the two gates of a pair."""

TRIPLE_GATE = 1 / 9
"""The share of each of the three kinds of gates of a triple."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody who is named as one of a group.

    Attributes:
        p_value: the smallest family-wise bound that would name them so.
        group: 2 or 3.
    """

    p_value: float
    group: int


def name_jointly(
    scorer: Scorer,
    candidates: NDArray[np.int64],
    already: set[int],
    *,
    count: int,
    bound: float,
    at_most: int,
) -> dict[int, Joined]:
    """Name candidates as members of pairs and triples.

    Args:
        scorer: the evidence.
        candidates: (k,) numbers, the most suspicious first.
        already: candidates who are named anyway; they may explain, and need no further naming.
        count: N, all suspects.
        bound: family-wise, of which pairs and triples spend `1 - SIMPLE_SHARE`.
        at_most: c, how many accounts may have made the leak.

    Returns:
        The newly named. Whoever passes both as one of a pair and of a triple has the smaller p-value.
    """
    crowd = _Crowd(scorer, candidates)
    if len(candidates) < 2 or not crowd.kinds or at_most < 2:
        return {}
    test = _Test(crowd, scorer.hypotheses, count=count, bound=bound, at_most=at_most)
    named: dict[int, Joined] = {}
    passing, seeds = test.pairs({i for i, n in enumerate(candidates.tolist()) if n in already})
    groups = [*passing, *test.triples(seeds)] if at_most > 2 else passing
    for group in groups:
        for member in group:
            number = int(candidates[member])
            if number in already:
                continue
            reached = test.naming(member, tuple(i for i in group if i != member))
            if reached <= min(bound, named[number].p_value if number in named else bound):
                named[number] = Joined(reached, len(group))
    return named


class _Crowd:
    """The candidates' agreement with the leak, by kind of site.

    Attributes:
        kinds: g kinds.
        counts: (g,) sites of each.
        agree: per kind, (n, sites) float32 of 0 and 1.
        single: (g, n) how many sites of the kind agree.
    """

    def __init__(self, scorer: Scorer, candidates: NDArray[np.int64]) -> None:
        order = np.argsort(candidates)
        columns: dict[SiteKind, list[NDArray[np.float32]]] = {}
        for item, weights in zip(scorer.evidence, scorer.weights, strict=True):
            if not len(weights.kind):
                continue
            agree = np.empty((len(candidates), len(weights.kind)), np.float32)
            agree[order] = item.codebook.matches(item.symbols, candidates[order])
            for g, (law, pi) in enumerate(zip(weights.laws.tolist(), weights.chance.tolist(), strict=True)):
                kind = SiteKind(tuple(p for p in law if p > 0), pi, item.codebook.profile.noise)
                columns.setdefault(kind, []).append(agree[:, weights.kind == g])
        self.kinds = tuple(columns)
        self.agree = [np.concatenate(parts, axis=1) for parts in columns.values()]
        self.counts = np.array([part.shape[1] for part in self.agree], np.int64)
        self.single = np.array([part.sum(axis=1) for part in self.agree], np.float32).reshape(
            len(self.kinds), len(candidates)
        )

    def __len__(self) -> int:
        return self.single.shape[1]

    def matching(self, members: Sequence[int]) -> list[NDArray[np.intp]]:
        """Per kind, (sites,): how many of the members agree at each site."""
        return [part[list(members)].sum(axis=0).astype(np.intp) for part in self.agree]


class _Test:
    """Gates, computed when asked for."""

    def __init__(
        self, crowd: _Crowd, family: Sequence[Hypothesis], *, count: int, bound: float, at_most: int
    ) -> None:
        self.crowd, self.count, self.bound, self.at_most = crowd, count, bound, at_most
        self.family = {
            size: [h for h in family if size <= h.colluders <= max(at_most, size)] for size in (2, 3)
        }
        self._weights: dict[tuple[int, int], list[NDArray[np.int64]]] = {}
        self._laws: dict[tuple[tuple[int, ...], int], list[NullLaw]] = {}
        self._found: dict[tuple[tuple[int, ...], tuple[int, ...]], float] = {}

    def naming(self, member: int, others: tuple[int, ...]) -> float:
        """The smallest bound at which the member is named thanks to the others: the worst of the gates."""
        everybody = tuple(sorted((member, *others)))
        share = PAIR_GATE if len(others) == 1 else TRIPLE_GATE
        worst = 0.0
        for known in reversed(range(len(others) + 1)):
            for given in combinations(sorted(others), known):
                new = tuple(i for i in everybody if i not in given)
                price = comb(self.at_most, known) * comb(self.count, len(new)) / share
                if not self._near(new, given, price):
                    return float("inf")
                worst = max(worst, self.gate(new, given) * price)
                if worst > self.bound:
                    return worst
        return worst

    def _near(self, new: tuple[int, ...], given: tuple[int, ...], price: float) -> bool:
        """Whether computing the gate is worth it. A tail is about exp(−score), seldom a hundredth of it."""
        needed = log(price / self.bound) - _MARGIN
        return any(score >= RESOLUTION * needed for score in self._scores(new, given))

    def gate(self, new: tuple[int, ...], given: tuple[int, ...]) -> float:
        """p(new | given): the smallest over the family, priors paid."""
        if (new, given) not in self._found:
            family = self._of(len(new) + len(given))
            total = sum(h.prior for h in family)
            scores = self._scores(new, given)
            tails = (
                float(law.tail(np.array([score]))[0]) * total / h.prior
                for h, law, score in zip(family, self.laws(given, len(new)), scores, strict=True)
            )
            self._found[new, given] = min(tails, default=1.0)
        return self._found[new, given]

    def laws(self, given: tuple[int, ...], new: int) -> list[NullLaw]:
        """Of the score of `new` innocents given those members, for each hypothesis."""
        if (given, new) not in self._laws:
            matching, width = self.crowd.matching(given), len(given) + 1
            counts = np.array([np.bincount(sites, minlength=width) for sites in matching])
            self._laws[given, new] = [
                group_law(weights, self.crowd.kinds, counts) for weights in self.weights(len(given), new)
            ]
        return self._laws[given, new]

    def weights(self, known: int, new: int) -> list[NDArray[np.int64]]:
        """(g, known + 1, new + 1) for each hypothesis."""
        if (known, new) not in self._weights:
            self._weights[known, new] = [
                group_weights(h, self.crowd.kinds, known=known, new=new) for h in self._of(known + new)
            ]
        return self._weights[known, new]

    def pairs(self, already: set[int]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Pairs that pass the gate of two innocents, of which one may need a naming; and the best of all."""
        level = self.bound * PAIR_GATE / max(1, comb(self.count, 2))
        j, k, p, line = np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0), 1.0
        for first in range(0, len(self.crowd), _ROWS):
            rows, columns, found = self._pair_block(first, line)
            j, k, p = np.append(j, rows + first), np.append(k, columns + first), np.append(p, found)
            line = _cut(p, _SEEDS, level)
        order = np.lexsort((k, j, p))
        best = [(int(j[at]), int(k[at])) for at in order[: max(_SEEDS, int((p <= level).sum()))]]
        passing = [pair for at, pair in zip(order, best, strict=False) if p[at] <= level]
        open_ones = [pair for pair in passing if not already.issuperset(pair)]
        seeds = dict.fromkeys([*best[:_SEEDS], *combinations(range(min(_LEADERS, len(self.crowd))), 2)])
        return open_ones[: _TRIED * 8], list(seeds)

    def triples(self, seeds: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
        """The best triples that pass the gate of three innocents."""
        if self.count < 3 or len(self.crowd) < 3 or not self._of(3):
            return []
        level = self.bound * TRIPLE_GATE / comb(self.count, 3)
        found: dict[tuple[int, int, int], float] = {}
        for first in range(0, len(seeds), _ROWS):
            block = seeds[first : first + _ROWS]
            rows, thirds, p = self._triple_block(block, level)
            # Each triple comes up to three times, as each of its pairs.
            for at in np.flatnonzero(p <= _cut(p, 3 * _TRIED, 0.0)).tolist():
                one, two, three = sorted((*block[rows[at]], int(thirds[at])))
                found[one, two, three] = float(p[at])
        return sorted(found, key=lambda group: (found[group], group))[:_TRIED]

    def _pair_block(self, first: int, line: float) -> tuple[_Places, _Places, NDArray[np.float64]]:
        """Rows, columns and the gate of two innocents, for pairs of members from `first` on; up to `line`."""
        crowd, rows, rest = self.crowd, slice(first, first + _ROWS), slice(first, None)
        both = np.stack([part[rows] @ part[rest].T for part in crowd.agree])
        nothing, each, twice = self._differences(2)
        own = each @ crowd.single
        scores = np.tensordot(twice, both, 1)
        scores += own[:, rows, None]
        scores += own[:, None, rest] + (nothing @ crowd.counts)[:, None, None]
        return _kept(self._lowest(scores, 2, line), lambda j, k: j < k)

    def _triple_block(
        self, block: list[tuple[int, int]], line: float
    ) -> tuple[_Places, _Places, NDArray[np.float64]]:
        """Places in the block, partners and the gate of three innocents, for triples; up to `line`."""
        crowd, thirds = self.crowd, slice(0, _PARTNERS)
        j, k = (np.array(side) for side in zip(*block, strict=True))
        pair = np.stack([(part[j] * part[k]).sum(axis=1) for part in crowd.agree])
        two = np.stack([(part[j] + part[k]) @ part[thirds].T for part in crowd.agree])
        three = np.stack([(part[j] * part[k]) @ part[thirds].T for part in crowd.agree])
        nothing, each, twice, thrice = self._differences(3)
        own = each @ crowd.single
        scores = np.tensordot(twice, two, 1)
        scores += np.tensordot(thrice, three, 1)
        scores += (own[:, j] + own[:, k] + twice @ pair)[:, :, None]
        scores += own[:, None, thirds] + (nothing @ crowd.counts)[:, None, None]
        return _kept(self._lowest(scores, 3, line), lambda at, third: (third != j[at]) & (third != k[at]))

    def _lowest(self, scores: NDArray[np.float32], size: int, line: float) -> NDArray[np.float64]:
        """(a, b): the gate of `size` innocents, of (h, a, b) scores, where it is at most `line`; else 2."""
        p = np.full(scores.shape[1:], 2.0)
        family = self._of(size)
        total = sum(h.prior for h in family)
        for score, h, law in zip(scores, family, self.laws((), size), strict=True):
            least = law.reach(line * h.prior / total)
            near = np.nonzero(score >= np.inf if least is None else score >= least)
            p[near] = np.minimum(p[near], law.tail(score[near].astype(np.int64)) * (total / h.prior))
        return np.where(p <= line, p, 2.0)

    def _differences(self, size: int) -> tuple[NDArray[np.float32], ...]:
        """(h, g) each: the weight of no match, and what a first, second, third one adds beyond the others."""
        weights = np.array([w[:, 0, :] for w in self.weights(0, size)], np.float32)
        return tuple(np.diff(weights, n, axis=2)[:, :, 0] for n in range(size + 1))

    def _scores(self, new: tuple[int, ...], given: tuple[int, ...]) -> list[int]:
        known, hits = self.crowd.matching(given), self.crowd.matching(new)
        return [
            sum(int(w[t, r].sum()) for w, t, r in zip(weights, known, hits, strict=True))
            for weights in self.weights(len(given), len(new))
        ]

    def _of(self, size: int) -> list[Hypothesis]:
        return self.family[size]


def _kept(
    p: NDArray[np.float64], proper: Callable[[_Places, _Places], NDArray[np.bool_]]
) -> tuple[_Places, _Places, NDArray[np.float64]]:
    """Rows, columns and values of the table's p-values, where members are `proper`: different ones, once."""
    rows, columns = np.nonzero(p <= 1.0)
    kept = proper(rows, columns)
    rows, columns = rows[kept], columns[kept]
    return rows, columns, p[rows, columns]


def _cut(p: NDArray[np.float64], wanted: int, level: float) -> float:
    """A line below which lie all that pass and the `wanted` smallest."""
    flat = p.ravel()
    if len(flat) <= wanted:
        return 1.0
    return max(level, float(np.partition(flat, wanted)[wanted]))
