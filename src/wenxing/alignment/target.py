"""A master as alignment sees it: fixed text, and between it the places that vary.

A target knows its wordings, never anybody's codeword.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wenxing.alignment.folding import fold, folded_offsets
from wenxing.document import Document
from wenxing.sites import Site, SiteKind

GRAM = 6
"""Length of the k-grams that anchor an alignment. At 10 % errors half of them survive; six Chinese characters
are rarely the same in two unrelated texts, and when they are the chains sort it out."""

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def gram_hashes(text: str) -> NDArray[np.uint64]:
    """A 64-bit hash of every k-gram of a folded text, in order; empty when the text is shorter than one."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < GRAM:
        return np.empty(0, dtype=np.uint64)
    count = len(codes) - GRAM + 1
    hashes = np.zeros(count, dtype=np.uint64)
    for i in range(GRAM):
        hashes = (hashes + codes[i : i + count]) * _MULTIPLIER
        hashes ^= hashes >> np.uint64(29)
    return hashes


@dataclass(frozen=True, slots=True)
class Slot:
    """One span of one wording site, in folded offsets of the master's text.

    Attributes:
        site: the site's index among the approved sites.
        start, end: where the master's own wording stands.
        wordings: every alternative, folded; the first is the master's.
    """

    site: int
    start: int
    end: int
    wordings: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """A master to look for: its document and its approved sites, in order of their starts.

    Only the flow takes part; headers and footers are of the page, not of the text.
    """

    document: Document
    sites: tuple[Site, ...]

    @cached_property
    def flow(self) -> str:
        """The part of `document.text` that is looked for: the paragraphs of the flow come first in it."""
        return "\n".join(p.text for p in self.document.paragraphs if p.role.in_flow)

    @cached_property
    def text(self) -> str:
        """The flow, folded."""
        return fold(self.flow)

    @cached_property
    def breaks(self) -> frozenset[int]:
        """Folded offsets at which a paragraph begins or ends."""
        offsets = self.offsets
        starts = [0, *(i + 1 for i, c in enumerate(self.flow) if c == "\n"), len(self.flow)]
        return frozenset(offsets[i] for i in starts)

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Every span of every wording site, in the order of the text."""
        offsets, length = self.offsets, len(self.flow)
        slots = [
            Slot(index, offsets[span.start], offsets[span.end], tuple(fold(a) for a in site.alternatives))
            for index, site in enumerate(self.sites)
            if site.kind is SiteKind.WORDING
            for span in site.spans
            if span.end <= length
        ]
        return tuple(sorted(slots, key=lambda slot: slot.start))

    @cached_property
    def grams(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Hashes of the k-grams, sorted, and the position of each."""
        hashes = gram_hashes(self.text)
        order = np.argsort(hashes, kind="stable")
        return hashes[order], order

    @cached_property
    def offsets(self) -> list[int]:
        """For each offset of the flow, its end included, the offset in the folded text."""
        return folded_offsets(self.flow)


@dataclass(frozen=True)
class Reference:
    """A stretch of a target's text with a wording filled in at every slot.

    Attributes:
        text: the stretch, folded.
        slots: the slots that lie whole within it.
        places: for each of these, where its wording stands in `text`.
        origin: `(len(text),)`, for each character the offset in the target's own text; −1 inside a wording.
    """

    text: str
    slots: tuple[Slot, ...]
    places: tuple[tuple[int, int], ...]
    origin: NDArray[np.int64]


def refer(target: Target, start: int, end: int, *, choices: Sequence[int] = ()) -> Reference:
    """The stretch `start:end` of a target with `choices[i]` at the i-th slot in it (else its own)."""
    first = bisect_left(target.slots, start, key=lambda s: s.start)
    slots = []
    for slot in target.slots[first:]:
        if slot.end > end:
            break
        slots.append(slot)
    pieces, origins, places, at, length = [], [], [], start, 0
    for i, slot in enumerate(slots):
        wording = slot.wordings[choices[i] if choices else 0]
        pieces += [target.text[at : slot.start], wording]
        origins += [np.arange(at, slot.start), np.full(len(wording), -1)]
        opens = length + slot.start - at
        length = opens + len(wording)
        places.append((opens, length))
        at = slot.end
    pieces.append(target.text[at:end])
    origins.append(np.arange(at, end))
    return Reference("".join(pieces), tuple(slots), tuple(places), np.concatenate(origins))
