"""Read the sites of one stretch of a leak.

Repeatedly: first against the master's own wordings, then against the wordings
that were read, so that a site's neighbours disturb it no more. A site is read
between two anchors, runs of equal characters left and right of it. When what
stands between them is exactly one of the wordings, that one is read; when noise
reaches into the window, the nearest wording is read if no other is as near;
otherwise the site is an erasure. A wrong symbol costs as much evidence as half
a dozen erasures, so doubt erases.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from wenxing.alignment.chains import Chain
from wenxing.alignment.folding import Folded
from wenxing.alignment.target import Reference, Slot, Target, refer
from wenxing.sites import Observation

_ANCHOR = 3  # equal characters in a row that hold an alignment in place
_REACH = 8  # how far from a site an anchor may be
_MARGIN = 24  # characters read beyond a chain's ends
_STRETCH = 1_500  # longer chains are cut where both texts agree; alignment costs the square of the length
_DROPS_MOST = 0.025  # rate of lost characters above which nothing is read that may be the rest of another
_PASSES = 4  # two settle nearly everything; sites that crowd each other may take one more
_SENTENCE_ENDS = "。!?;:"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Half-open ranges of the target and of the leak, folded, that answer to each other."""

    start: int
    end: int
    at: int
    until: int


@dataclass(frozen=True)
class StretchReading:
    """What one stretch shows.

    Attributes:
        slots: one reading per slot that the stretch spans, erasures included.
        found: offsets in the target's folded text that the leak holds, wordings of read slots included.
        taken: offsets in the folded leak that are explained so.
        edits: how many characters are wrong between the first anchor and the last.
        reach: how many characters there are from the first anchor to the last, in the shorter text.
        pairs: (k, 2), offsets in both folded texts of fixed characters that are equal, ascending.
    """

    slots: tuple[Observation, ...]
    found: NDArray[np.int64]
    taken: NDArray[np.int64]
    edits: int
    reach: int
    pairs: NDArray[np.int64]

    @property
    def dense(self) -> bool:
        """Whether the texts agree here, rather than share a phrase now and then."""
        return 2 * len(self.taken) >= self.reach


def stretches(target: Target, leak: Folded, chain: Chain) -> Iterator[Stretch]:
    """Cut a chain into stretches short enough to align, at places where both texts agree for a while."""
    first, last = chain.segments[0], chain.segments[-1]
    start, at = max(0, first.start - _MARGIN), max(0, first.at - _MARGIN)
    for segment in chain.segments:
        if segment.start + segment.length - start < _STRETCH:
            continue
        cut = _cut(target, segment.start, segment.start + segment.length)
        if cut is None or cut <= start or segment.at + cut - segment.start <= at:
            continue
        yield Stretch(start, cut, at, segment.at + cut - segment.start)
        start, at = cut, segment.at + cut - segment.start
    end = min(len(target.text), last.start + last.length + _MARGIN)
    yield Stretch(start, end, at, min(len(leak.text), last.at + last.length + _MARGIN))


def _cut(target: Target, start: int, end: int) -> int | None:
    """A place in `start:end` with room for an anchor on both sides and no slot near, or None."""
    room = 2 * _ANCHOR
    for cut in range(start + room, end - room + 1):
        i = bisect_left(target.slots, cut - room, key=lambda s: s.end)
        if i == len(target.slots) or target.slots[i].start > cut + room:
            return cut
    return None


def read_stretch(target: Target, leak: Folded, stretch: Stretch) -> StretchReading:
    """Align a stretch and read every slot that lies whole within it."""
    choices: list[int] = []
    for _ in range(_PASSES):
        window = _Window(target, leak, stretch, refer(target, stretch.start, stretch.end, choices=choices))
        readings = window.read()
        read = [r.symbol or 0 for r in readings]
        if read == (choices or [0] * len(read)):
            break
        choices = read
    return window.sum_up(readings)


@dataclass(frozen=True, slots=True)
class _Run:
    """`reference[start:end]` equals the leak from `at` on."""

    start: int
    end: int
    at: int


class _Window:
    """One alignment of a reference with its part of the leak."""

    def __init__(self, target: Target, leak: Folded, stretch: Stretch, reference: Reference) -> None:
        self.target, self.leak, self.stretch, self.reference = target, leak, stretch, reference
        opcodes = Levenshtein.opcodes(reference.text, leak.text[stretch.at : stretch.until])
        self.changes = [o for o in opcodes if o.tag != "equal"]
        self.runs = [
            _Run(o.src_start, o.src_end, stretch.at + o.dest_start)
            for o in opcodes
            if o.tag == "equal" and o.src_end - o.src_start >= _ANCHOR
        ]
        self.starts = [run.start for run in self.runs]
        self.ends = [run.end for run in self.runs]
        self.loses_many = self._drop_rate() > _DROPS_MOST
        self.slot_edits = 0

    def _drop_rate(self) -> float:
        """The share of the reference's characters that the leak lost, between the first run and the last."""
        if not self.runs:
            return 1.0
        low, high = self.runs[0].start, self.runs[-1].end
        lost = sum(
            max(0, (o.src_end - o.src_start) - (o.dest_end - o.dest_start))
            for o in self.changes
            if low <= o.src_start and o.src_end <= high and o.src_end - o.src_start <= 3
        )
        return lost / max(1, high - low)

    def read(self) -> list[Observation]:
        """One reading per slot of the reference."""
        self.slot_edits = 0
        pairs = zip(self.reference.slots, self.reference.places, strict=True)
        return [self._read_slot(slot, start, end) for slot, (start, end) in pairs]

    def _read_slot(self, slot: Slot, start: int, end: int) -> Observation:
        left, right = self._left_anchor(start), self._right_anchor(end)
        if left is not None and right is not None:
            return self._read_between(slot, (start, end), left, right)
        symbol = None
        if right is not None and self._opens(self.target.text, self.target.breaks, slot.start):
            symbol = self._read_at_opening(slot, end, right)
        elif left is not None and slot.end in self.target.breaks:
            symbol = self._read_at_line_end(slot, start, left)
        return Observation(slot.site, symbol)

    def _left_anchor(self, start: int) -> tuple[int, int] | None:
        """The place (reference, leak) nearest before `start` up to which an anchor holds."""
        for i in range(bisect_right(self.starts, start) - 1, -1, -1):
            run = self.runs[i]
            edge = min(run.end, start)
            if start - edge > _REACH:
                return None
            if edge - run.start >= _ANCHOR:
                return edge, run.at + edge - run.start
        return None

    def _right_anchor(self, end: int) -> tuple[int, int] | None:
        """The place (reference, leak) nearest after `end` from which an anchor holds."""
        for i in range(bisect_left(self.ends, end), len(self.runs)):
            run = self.runs[i]
            edge = max(run.start, end)
            if edge - end > _REACH:
                return None
            if run.end - edge >= _ANCHOR:
                return edge, run.at + edge - run.start
        return None

    def _read_between(
        self, slot: Slot, place: tuple[int, int], left: tuple[int, int], right: tuple[int, int]
    ) -> Observation:
        before = self.reference.text[left[0] : place[0]]
        after = self.reference.text[place[1] : right[0]]
        shown = self.leak.text[left[1] : right[1]]
        symbol, edits, doubtful = _decide(slot.wordings, before, after, shown)
        self.slot_edits += edits
        if symbol is not None and self.loses_many and _may_be_remains(slot.wordings, symbol):
            return Observation(slot.site, None, doubtful=True)
        return Observation(slot.site, symbol, doubtful=doubtful)

    def _read_at_opening(self, slot: Slot, end: int, right: tuple[int, int]) -> int | None:
        """A wording that opens a sentence, where the leak has other text, or none, before the sentence."""
        if right[0] != end:
            return None
        fits = []
        for symbol, wording in enumerate(slot.wordings):
            start = right[1] - len(wording)
            if start < 0 or self.leak.text[start : right[1]] != wording:
                continue
            if self._opens(self.leak.text, self.leak.breaks, start):
                fits.append(symbol)
        return fits[0] if len(fits) == 1 else None

    def _read_at_line_end(self, slot: Slot, start: int, left: tuple[int, int]) -> int | None:
        """A wording that closes a paragraph, where the leak has a line break, or nothing, after it."""
        if left[0] != start:
            return None
        fits = [
            symbol
            for symbol, wording in enumerate(slot.wordings)
            if self.leak.text[left[1] : left[1] + len(wording)] == wording
            and left[1] + len(wording) in self.leak.breaks
        ]
        return fits[0] if len(fits) == 1 else None

    @staticmethod
    def _opens(text: str, breaks: frozenset[int], at: int) -> bool:
        """Whether a sentence or a paragraph begins there."""
        return at in breaks or text[at - 1] in _SENTENCE_ENDS

    def sum_up(self, readings: Sequence[Observation]) -> StretchReading:
        """The readings together with how much of both texts they explain."""
        origins = [self.reference.origin[run.start : run.end] for run in self.runs]
        origins += [
            np.arange(slot.start, slot.end)
            for slot, reading in zip(self.reference.slots, readings, strict=True)
            if reading.symbol is not None
        ]
        found = np.unique(np.concatenate(origins)) if origins else np.empty(0, dtype=np.int64)
        taken = [np.arange(run.at, run.at + run.end - run.start) for run in self.runs]
        at = np.concatenate(taken) if taken else np.empty(0, dtype=np.int64)
        fixed = np.concatenate(origins[: len(taken)]) if taken else at
        pairs = np.column_stack((fixed, at))
        return StretchReading(
            tuple(readings),
            found[found >= 0],
            at,
            self.slot_edits + self._edits_outside_slots(),
            self._reach(),
            pairs[fixed >= 0],
        )

    def _reach(self) -> int:
        if not self.runs:
            return 0
        first, last = self.runs[0], self.runs[-1]
        return min(last.end - first.start, last.at + last.end - last.start - first.at)

    def _edits_outside_slots(self) -> int:
        """Characters wrong in the fixed text, between the first run and the last."""
        if not self.runs:
            return 0
        low, high = self.runs[0].start, self.runs[-1].end
        opens = [start for start, _ in self.reference.places]
        total = 0
        for change in self.changes:
            if change.src_start < low or change.src_end > high:
                continue
            i = bisect_right(opens, change.src_end) - 1
            if i >= 0 and self.reference.places[i][1] >= change.src_start:
                continue
            total += max(change.src_end - change.src_start, change.dest_end - change.dest_start)
        return total


def _decide(wordings: Sequence[str], before: str, after: str, shown: str) -> tuple[int | None, int, bool]:
    """Which wording stands between two anchors.

    Args:
        wordings: the alternatives.
        before, after: what the reference has between the left anchor and the site, and after it.
        shown: what the leak has between the anchors.

    Returns:
        The symbol or None; how far the nearest wording is; whether two were equally near.
    """
    distances = [Levenshtein.distance(before + wording + after, shown) for wording in wordings]
    nearest = min(distances)
    if distances.count(nearest) > 1:
        return None, nearest, nearest <= 1
    symbol = distances.index(nearest)
    kept = len(before) + len(wordings[symbol]) + len(after) - nearest
    if nearest and (nearest > 1 + (len(before) + len(after)) // 3 or kept < 1):
        return None, nearest, False
    return symbol, nearest, False


def _may_be_remains(wordings: Sequence[str], symbol: int) -> bool:
    """Whether another wording, with one character lost, reads as this one."""
    read = wordings[symbol]
    return any(
        len(other) == len(read) + 1 and any(other[:i] + other[i + 1 :] == read for i in range(len(other)))
        for other in wordings
    )
