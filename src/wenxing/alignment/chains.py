"""Where in a leak stretches of a master lie: anchors, diagonals, chains.

Equal k-grams anchor the leak to the master. Anchors that follow each other on
one diagonal are a segment; segments that run on in both texts with little
disagreement are a chain (seed-chain-extend, as in read alignment: Li 2018,
minimap2, §2.1). Paragraphs in another order, two documents interleaved or a
text repeated give several chains.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from wenxing.alignment.target import GRAM, Target

MATCHED_LEAST = 24
"""A chain with fewer equal characters is a phrase that any two texts may share."""

_MAX_REPEATS = 8  # a k-gram that stands in the master more often than this anchors nothing
_MAX_SEGMENTS = 20_000  # the longest are kept; a bound on hostile leaks, not on real ones
_LOOK_BACK = 40  # how many earlier segments a segment may follow
_MAX_GAP = 300  # characters without an anchor, in either text, that end a chain


@dataclass(frozen=True, slots=True)
class Segment:
    """`length` equal characters: `start` in the master, `at` in the leak (both folded)."""

    start: int
    at: int
    length: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Segments in the order of both texts.

    Attributes:
        segments: at least one.
        matched: how many characters they cover, overlaps counted once.
    """

    segments: tuple[Segment, ...]
    matched: int


def find_chains(target: Target, leak_grams: NDArray[np.uint64]) -> list[Chain]:
    """The stretches of a leak that come from the target, best first.

    No leak character belongs to two of them by more than half of the weaker one.

    Args:
        target: the master looked for.
        leak_grams: `gram_hashes` of the folded leak.
    """
    segments = _segments(target, leak_grams)
    if not segments:
        return []
    length = len(leak_grams) + GRAM
    return list(_without_echoes(_chain(segments), length))


def _segments(target: Target, leak_grams: NDArray[np.uint64]) -> list[Segment]:
    """Runs of anchors on one diagonal, in the order of the leak."""
    hashes, positions = target.grams
    low = np.searchsorted(hashes, leak_grams, side="left")
    counts = np.searchsorted(hashes, leak_grams, side="right") - low
    counts[counts > _MAX_REPEATS] = 0
    at = np.repeat(np.arange(len(leak_grams)), counts)
    if not len(at):
        return []
    nth = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
    start = positions[np.repeat(low, counts) + nth]
    order = np.lexsort((at, at - start))
    at, start = at[order], start[order]
    new = np.flatnonzero((np.diff(at) != 1) | (np.diff(at - start) != 0)) + 1
    first = np.concatenate(([0], new))
    lengths = np.diff(np.concatenate((first, [len(at)]))) + GRAM - 1
    keep = np.argsort(-lengths, kind="stable")[:_MAX_SEGMENTS]
    found = zip(start[first[keep]].tolist(), at[first[keep]].tolist(), lengths[keep].tolist(), strict=True)
    return sorted((Segment(s, a, n) for s, a, n in found), key=lambda s: (s.at, s.start))


def _gain(before: Segment, after: Segment) -> float | None:
    """What following `before` adds to a chain that ends in `after`, or None where it may not."""
    in_master = after.start - before.start - before.length
    in_leak = after.at - before.at - before.length
    if in_leak > _MAX_GAP or in_master > _MAX_GAP or after.start <= before.start or after.at <= before.at:
        return None
    overlap = min(in_master, in_leak, 0)
    gap = max(in_master, in_leak, 0)
    fresh = after.length + overlap
    if fresh <= 0:
        return None
    return fresh - 0.02 * gap - log2(1 + abs(in_master - in_leak))


def _chain(segments: list[Segment]) -> Iterator[Chain]:
    """Chains by dynamic programme, best first; each segment is used once."""
    scores: list[float] = []
    previous: list[int] = []
    for i, segment in enumerate(segments):
        best, come_from = float(segment.length), -1
        for j in range(i - 1, max(-1, i - 1 - _LOOK_BACK), -1):
            gain = _gain(segments[j], segment)
            if gain is not None and scores[j] + gain > best:
                best, come_from = scores[j] + gain, j
        scores.append(best)
        previous.append(come_from)
    used = [False] * len(segments)
    for end in sorted(range(len(segments)), key=lambda i: -scores[i]):
        members, i = [], end
        while i >= 0 and not used[i]:
            used[i] = True
            members.append(segments[i])
            i = previous[i]
        if members and (matched := _matched(members[::-1])) >= MATCHED_LEAST:
            yield Chain(tuple(members[::-1]), matched)


def _matched(segments: list[Segment]) -> int:
    total, end = 0, 0
    for segment in segments:
        total += max(0, segment.at + segment.length - max(end, segment.at))
        end = max(end, segment.at + segment.length)
    return total


def _without_echoes(chains: Iterator[Chain], length: int) -> Iterator[Chain]:
    """Drop chains over characters that a better chain of the same master explains already.

    Args:
        chains: any order.
        length: of the folded leak.
    """
    owned = np.zeros(length, dtype=bool)
    for chain in sorted(chains, key=lambda c: -c.matched):
        taken = sum(int(owned[s.at : s.at + s.length].sum()) for s in chain.segments)
        if taken * 2 > chain.matched:
            continue
        for segment in chain.segments:
            owned[segment.at : segment.at + segment.length] = True
        yield chain
