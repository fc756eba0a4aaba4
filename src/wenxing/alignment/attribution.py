"""Give each part of each leak to the master it comes from, or to nobody.

Decided by the texts alone. Two editions of one text may fit a leak equally
well; then every choice among them is an `Explanation` of its own, and whoever
accuses must divide the bound among the explanations: when each of K is tested
at α/K, the chance that any of them names an innocent is at most α (Bonferroni).
Adding the readings to both editions instead would be wrong: the leaker's
symbols in the other edition are as random as an innocent's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from wenxing.alignment.chains import find_chains
from wenxing.alignment.folding import Folded, fold_lines, folded_offsets
from wenxing.alignment.target import Target, gram_hashes
from wenxing.alignment.windows import StretchReading, read_stretch, stretches
from wenxing.sites import Observation, SiteKind, merged

FOUND_LEAST = 48
"""A master is matched when a leak holds at least so many of its characters, and they are either a seventh of
the leak or include a stretch of `STRETCH_LEAST`. Texts of one kind share set phrases and whole clauses; too
generous a match accuses nobody, it only says "not enough" where "no match" would be the better answer."""

SHARE_LEAST = 1 / 7
STRETCH_LEAST = 150

MOST_EXPLANATIONS = 32

_EDIT_COST = 4  # an edit costs a fit what four equal characters earn it
_TIE = 3 * _EDIT_COST  # fits closer than three edits cannot be told apart


@dataclass(frozen=True)
class Match:
    """What all leaks together show of one target.

    Attributes:
        coverage: share of the target's flow characters that were found, 0 … 1.
        observations: of wording; one per approved site, in order.
        found: where its text stands: indexes of leaks, and (k, 2) pairs as in `StretchReading`.
        others: of other kinds that some of these leaks can carry, likewise; `observe` reads none.
    """

    coverage: float
    observations: tuple[Observation, ...]
    found: tuple[tuple[int, NDArray[np.int64]], ...] = field(default=(), compare=False, repr=False)
    others: Mapping[SiteKind, tuple[Observation, ...]] = field(default_factory=dict)

    @property
    def by_kind(self) -> dict[SiteKind, tuple[Observation, ...]]:
        """The observations of every kind that counts, wording first."""
        return {SiteKind.WORDING: self.observations, **self.others}

    @property
    def sites_read(self) -> int:
        """How many sites gave a symbol."""
        return sum(o.symbol is not None for seen in self.by_kind.values() for o in seen)

    @property
    def sites_total(self) -> int:
        """How many sites there are of the kinds that the leaks can carry."""
        return sum(map(len, self.by_kind.values()))


Explanation = Mapping[int, Match]
"""One way to attribute the leaks: index of a target → what they show of it."""


@dataclass(frozen=True)
class _Fit:
    """How one leak shows one target: `found` and `taken` as in `StretchReading`, over all stretches."""

    leak: int
    target: int
    stretches: tuple[StretchReading, ...]
    found: NDArray[np.int64]
    taken: NDArray[np.int64]

    @property
    def score(self) -> int:
        return len(self.taken) - _EDIT_COST * sum(s.edits for s in self.stretches)


def observe(leaks: Sequence[str], targets: Sequence[Target]) -> tuple[Explanation, ...]:
    """Read leaks against masters, without ever seeing a codeword.

    Args:
        leaks: the text of each; line breaks help but are not needed.
        targets: the masters to look for.

    Returns:
        The explanations that the texts cannot tell apart, at most `MOST_EXPLANATIONS`; usually one.
        An empty tuple when no target is matched.
    """
    groups: dict[frozenset[int], list[_Fit]] = {}
    for at, leak in enumerate(leaks):
        folded = fold_lines(leak)
        for group in _attribute(_fits(at, folded, targets), len(folded.text)):
            groups.setdefault(frozenset(fit.target for fit in group), []).extend(group)
    kept = _bounded(groups)
    explanations = []
    for choice in product(*(sorted(group) for group in kept)):
        fits: dict[int, list[_Fit]] = {}
        for chosen, members in zip(choice, kept, strict=True):
            fits.setdefault(chosen, []).extend(fit for fit in groups[members] if fit.target == chosen)
        explanations.append({t: _match(targets[t], fits[t]) for t in sorted(fits)})
    return tuple(explanations) if kept else ()


def _bounded(groups: Mapping[frozenset[int], list[_Fit]]) -> list[frozenset[int]]:
    """As many groups as `MOST_EXPLANATIONS` allows, those with most text first. Leaving some out is safe."""
    kept, count = [], 1
    for group in sorted(groups, key=lambda g: (-max(len(f.taken) for f in groups[g]), sorted(g))):
        if count * len(group) <= MOST_EXPLANATIONS:
            kept.append(group)
            count *= len(group)
    return kept


def _fits(at: int, leak: Folded, targets: Sequence[Target]) -> list[_Fit]:
    """Every target with something in the leak, best first."""
    grams = gram_hashes(leak.text)
    fits = []
    for index, target in enumerate(targets):
        chains = find_chains(target, grams)
        pieces = [read_stretch(target, leak, s) for chain in chains for s in stretches(target, leak, chain)]
        if pieces:
            fits.append(_fit(at, index, pieces))
    return sorted(fits, key=lambda fit: (-fit.score, fit.target))


def _fit(leak: int, target: int, pieces: Iterable[StretchReading]) -> _Fit:
    pieces = tuple(pieces)
    found = np.unique(np.concatenate([p.found for p in pieces]))
    return _Fit(leak, target, pieces, found, np.unique(np.concatenate([p.taken for p in pieces])))


def _attribute(fits: Sequence[_Fit], length: int) -> list[list[_Fit]]:
    """Groups of fits; each leak character goes to one group only, the members of a group explain the same.

    Args:
        fits: of one leak, best first.
        length: of the folded leak.
    """
    groups: list[list[_Fit]] = []
    taken = np.empty(0, dtype=np.int64)
    for fit in fits:
        rival = next((g for g in groups if _same_part(fit, g[0])), None)
        if rival is not None:
            if fit.score >= rival[0].score - _TIE:
                rival.append(fit)
            continue
        rest = [p for p in fit.stretches if _fresh_share(p.taken, taken) > 0.5]
        own = _fit(fit.leak, fit.target, rest) if rest else None
        if own is None or not _is_ours(own, length):
            continue
        groups.append([own])
        taken = np.union1d(taken, own.taken)
    return groups


def _is_ours(fit: _Fit, length: int) -> bool:
    """Whether so much of the target is found that the leak must come from it."""
    dense = [len(stretch.taken) for stretch in fit.stretches if stretch.dense]
    if sum(dense) < FOUND_LEAST:
        return False
    return sum(dense) >= SHARE_LEAST * length or max(dense) >= STRETCH_LEAST


def _same_part(fit: _Fit, other: _Fit) -> bool:
    common = len(np.intersect1d(fit.taken, other.taken, assume_unique=True))
    return common >= 0.8 * max(len(fit.taken), len(other.taken))


def _fresh_share(wanted: NDArray[np.int64], taken: NDArray[np.int64]) -> float:
    return 1 - np.isin(wanted, taken).mean() if len(wanted) else 0.0


def _match(target: Target, fits: Sequence[_Fit]) -> Match:
    """Merge all readings of a target's sites; each site counts once whatever was repeated."""
    readings: dict[int, list[Observation]] = {}
    for fit in fits:
        for piece in fit.stretches:
            for reading in piece.slots:
                readings.setdefault(reading.site, []).append(reading)
    found = len(np.unique(np.concatenate([fit.found for fit in fits])))
    observations = tuple(merged(site, readings.get(site, ())) for site in range(len(target.sites)))
    places = tuple((fit.leak, piece.pairs) for fit in fits for piece in fit.stretches)
    return Match(found / max(1, len(target.text)), observations, places)


def places(target: Target, leak: str, pairs: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], ...]:
    """Where the characters of a master's text stand in a leak.

    Args:
        target: the master.
        leak: the text of the leak.
        pairs: of this leak, as in `Match.found`.

    Returns:
        Arrays (n,): for each character of the master's text its offset in the leak's, −1 where it does not
        stand there. More than one when the leak repeats itself.
    """
    own, theirs = np.array(target.offsets), np.array(folded_offsets(leak))
    layers: list[NDArray[np.int64]] = []
    for pair in pairs:
        at = np.searchsorted(own, pair[:, 0], side="right") - 1
        there = np.searchsorted(theirs, pair[:, 1], side="right") - 1
        layer = next((known for known in layers if (known[at] < 0).all()), None)
        if layer is None:
            layer = np.full(len(target.document.text), -1, np.int64)
            layers.append(layer)
        layer[at] = there
    return tuple(layers)
