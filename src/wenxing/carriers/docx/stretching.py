"""Gaps between characters of printed lines → how likely each run is the wider spaced.

A program that sets both edges of a column straight widens all gaps of a line alike, by an amount that is
the line's own. So the gaps of a line only tell which of its runs are spaced otherwise than its others; a run
goes on in the next line, and hands on what it is known to be. The last line of a paragraph is mostly not
widened, and tells it outright. All of it is one chain of lines that share a run at most, and is summed
exactly, forwards and backwards. What stays undecided is near one half and is never guessed at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import comb

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

FEWEST = 2
"""Gaps of a run on one line, below which they are not looked at."""

_BESIDE = 4  # gaps on either side that tell whether they change
_FALSE = 1e-3  # the chance of taking a file without spaced runs for one with them
_USUAL = 0.1  # points by which a run is wider or narrower
_LEAST, _MOST = 0.055, 0.13  # points: as some programs round it, printed larger or smaller
_STEP, _FINEST = 0.06, 0.015  # points: of the grid of places in a file, by count of gaps; and what remains
_LOST = 0.01  # of the means are of something else
_RANGE = 1.0  # points over which the widening of lines spreads, and over which what is lost does
_GRID = 0.01  # points
_LONGEST = 10  # runs of a line
_STILL = 0.02  # points by which a line that is not widened may seem so
_LAST = (3.0, 0.3)  # before they are counted: last lines of paragraphs that are not widened, and that are
_OTHERS = (0.2, 3.0)  # likewise, of all other lines
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """The gaps of one run on one line.

    Attributes:
        run: its number; −1 for text that is in none, spaced as in the master.
        gaps: (n,), points by which they are wider than in the master, before its line was widened.
    """

    run: int
    gaps: Numbers


@dataclass(frozen=True, slots=True)
class Row:
    """A printed line.

    Attributes:
        pieces: in order of their first character, every run once.
        last: whether it is the last of its paragraph.
    """

    pieces: tuple[Piece, ...]
    last: bool

    @property
    def runs(self) -> tuple[int, ...]:
        """The runs on it, ascending."""
        return tuple(sorted(piece.run for piece in self.pieces if piece.run >= 0))


def wider(rows: Sequence[Row]) -> dict[int, float]:
    """Return how likely each run is the wider spaced, 0 … 1.

    Nothing of it knows which symbols anybody's copy has; beforehand both are as likely. Empty when the file
    does not show that its runs are spaced. Where a run ends means nothing to a file that was not made from a
    copy: gaps change there as often as within a run. By Fisher's exact test the chance that they seem to
    change more often is at most one in a thousand.

    Args:
        rows: in the order of the text; a run that goes on in another row is the last of one and the first of
            the next.
    """
    rows = [row for row in rows if 0 < len(row.runs) <= _LONGEST]
    if not rows or _chance(rows) > _FALSE:
        return {}
    level = _level(rows)
    links = [_Link.of(row, level) for row in rows]
    last = np.array([row.last for row in rows])
    still = np.zeros(len(rows))
    for _ in range(_ROUNDS):
        for kind, (yes, no) in ((last, _LAST), (~last, _OTHERS)):
            still[kind] = (yes + still[kind].sum()) / (yes + no + kind.sum())
        chain = _Chain(links, still)
        still = chain.still()
    return chain.wider()


def _level(rows: Sequence[Row]) -> float:
    """By how much runs are wider or narrower here, points: half of the middle one of the clear changes."""
    clear = [change for change in map(_change, _across(rows)) if _is_clear(change)]
    return float(np.clip(np.median(clear) / 2, _LEAST, _MOST))


def _chance(rows: Sequence[Row]) -> float:
    """How likely gaps change so much more often where a run ends than within one, were that chance."""
    across = [_is_clear(_change(gaps)) for gaps in _across(rows)]
    within = [_is_clear(_change(gaps)) for gaps in _within(rows)]
    return _fisher(sum(across), len(across), sum(within), len(within))


def _across(rows: Sequence[Row]) -> Iterator[tuple[Numbers, Numbers]]:
    """The gaps on both sides of the end of a run, within a line."""
    for row in rows:
        for a, b in pairwise(piece.gaps for piece in row.pieces if piece.run >= 0):
            if min(len(a), len(b)) >= _BESIDE:
                yield a[-_BESIDE:], b[:_BESIDE]


def _within(rows: Sequence[Row]) -> Iterator[tuple[Numbers, Numbers]]:
    """As many gaps on both sides of the middle of a run; the one in the middle is left out, as an end is."""
    for row in rows:
        for gaps in (piece.gaps for piece in row.pieces if len(piece.gaps) > 2 * _BESIDE):
            at = (len(gaps) - 2 * _BESIDE) // 2
            yield gaps[at : at + _BESIDE], gaps[at + _BESIDE + 1 :][:_BESIDE]


def _change(gaps: tuple[Numbers, Numbers]) -> float:
    return abs(_middle(gaps[0]) - _middle(gaps[1]))


def _is_clear(change: float) -> bool:
    return _USUAL < change < 3 * _USUAL


def _middle(gaps: Numbers) -> float:
    """The mean of those near the middle one: programs put the rounding of a line into a single gap."""
    middle = np.sort(gaps)[len(gaps) // 2]
    return float(gaps[np.abs(gaps - middle) < 1.2 * _USUAL].mean())


def _fisher(hits: int, of: int, others: int, of_others: int) -> float:
    """P(at least `hits` of `of`), were all hits spread over both by chance (hypergeometric)."""
    total = hits + others
    ways = sum(comb(of, k) * comb(of_others, total - k) for k in range(hits, min(of, total) + 1))
    return ways / comb(of + of_others, total)


@dataclass(frozen=True, slots=True)
class _Link:
    """What one line says of its runs.

    Attributes:
        runs: ascending.
        widened, still: (2,) * k, how likely its gaps are, by which of the runs are wider, if the line was
            widened and if it was not.
    """

    runs: tuple[int, ...]
    widened: Numbers
    still: Numbers

    @classmethod
    def of(cls, row: Row, level: float) -> "_Link":
        runs = row.runs
        wide = np.indices((2,) * len(runs)).reshape(len(runs), -1)
        own = {run: (2 * wide[at] - 1) * level for at, run in enumerate(runs)}
        none = np.zeros(wide.shape[1])
        added = np.array([own.get(piece.run, none) for piece in row.pieces])  # (p, 2 ** k)
        means = np.array([_middle(piece.gaps) for piece in row.pieces])
        counts = np.array([len(piece.gaps) for piece in row.pieces])
        low = means.min() - 2 * level
        grid = np.arange(low, min(means.max() + 2 * level, low + 3 * _RANGE), _GRID)
        shape = (2,) * len(runs)
        widened = _likely(means, counts, added, grid).sum(axis=0) * _GRID / _RANGE
        still = _likely(means, counts, added, np.linspace(-_STILL, _STILL, 5)).mean(axis=0)
        return cls(runs, widened.reshape(shape), still.reshape(shape))


def _likely(means: Numbers, counts: NDArray[np.int64], added: Numbers, grid: Numbers) -> Numbers:
    """(g, c): how likely the means are, by how far the line was widened and by what runs add to it."""
    spread = np.hypot(_FINEST, _STEP / counts)[:, None, None]
    off = means[:, None, None] - grid[None, :, None] - added[:, None, :]
    normal = np.exp(-((off / spread) ** 2) / 2) / (spread * np.sqrt(2 * np.pi))
    return np.asarray(((1 - _LOST) * normal + _LOST / _RANGE).prod(axis=0), np.float64)


class _Chain:
    """All lines, each with the likelihood that it was not widened beforehand."""

    def __init__(self, links: Sequence[_Link], still: Numbers) -> None:
        self._links, self._still = links, still
        self._tables = [(1 - s) * link.widened + s * link.still for link, s in zip(links, still, strict=True)]
        self._before = self._messages(self._tables, [link.runs for link in links])
        behind = self._messages(
            [table.transpose() for table in reversed(self._tables)],
            [link.runs[::-1] for link in reversed(links)],
        )
        self._behind = behind[::-1]

    @staticmethod
    def _messages(tables: Sequence[Numbers], runs: Sequence[tuple[int, ...]]) -> list[Numbers]:
        """(2,) a line: what those before it say of its first run; ones where that begins with it."""
        messages = [np.ones(2)]
        for table, own, after in zip(tables, runs, runs[1:], strict=False):
            given = table * messages[-1].reshape(2, *(1,) * (table.ndim - 1))
            handed = given.reshape(-1, 2).sum(axis=0)
            messages.append(handed / handed.sum() if own[-1] == after[0] else np.ones(2))
        return messages

    def _around(self, at: int) -> Numbers:
        """What all other lines say of the runs of a line."""
        edges = (1,) * (len(self._links[at].runs) - 1)
        return np.asarray(self._before[at].reshape(2, *edges) * self._behind[at].reshape(*edges, 2))

    def still(self) -> Numbers:
        """(r,): how likely each line was not widened."""
        kept = np.zeros(len(self._links))
        for at, (link, before) in enumerate(zip(self._links, self._still, strict=True)):
            around = self._around(at)
            yes = before * float((link.still * around).sum())
            kept[at] = yes / (yes + (1 - before) * float((link.widened * around).sum()))
        return kept

    def wider(self) -> dict[int, float]:
        """How likely each run is the wider spaced."""
        found: dict[int, float] = {}
        for at, (link, table) in enumerate(zip(self._links, self._tables, strict=True)):
            joint = table * self._around(at)
            for axis, run in enumerate(link.runs):
                narrow, wide = np.moveaxis(joint, axis, 0).reshape(2, -1).sum(axis=1)
                found[run] = float(wide / (narrow + wide))
        return found
