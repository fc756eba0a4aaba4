"""All suspects → the few that matter, in ranges that may run anywhere.

Scores are integers and p-values are read from one table, so it makes no difference
how suspects are divided or where a range is computed. Memory is that of a portion,
not of the crowd.
"""

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wenxing.accusation.joint import CANDIDATES
from wenxing.accusation.statistic import Recipients, Statistic
from wenxing.accusation.suspects import Suspects

RANGE = 2**16
"""Suspects that one task of an executor compares."""

_AHEAD = 64  # tasks handed out before the first result is taken


@dataclass(frozen=True, eq=False)
class Found:
    """What a search keeps.

    Attributes:
        named: ascending numbers whose p-value reaches the level.
        suspicious: numbers by p-value, the smallest first, equal ones by number; at most `CANDIDATES`.
    """

    named: NDArray[np.int64]
    suspicious: NDArray[np.int64]


def search(statistic: Statistic, suspects: Suspects, *, level: float, executor: Executor | None) -> Found:
    """Compare every suspect.

    Args:
        statistic: the evidence.
        suspects: whom to compare.
        level: p-values up to it are named.
        executor: where ranges of suspects are compared; `None`: here.
    """
    parts: Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]
    if executor is None:
        parts = (_keep(statistic, portion, level) for portion in suspects.portions(statistic.portion()))
    else:
        parts = _elsewhere(statistic, suspects, level, executor)
    numbers, p_values = np.zeros(0, np.int64), np.zeros(0)
    for more, values in parts:
        numbers, p_values = _best(np.append(numbers, more), np.append(p_values, values), level)
    return Found(np.sort(numbers[p_values <= level]), numbers[:CANDIDATES])


def _elsewhere(
    statistic: Statistic, suspects: Suspects, level: float, executor: Executor
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """The results of all ranges in order, a few of them under way at any time."""
    waiting = []
    for portion in suspects.portions(RANGE):
        waiting.append(executor.submit(_search_range, statistic, portion, level))
        if len(waiting) >= _AHEAD:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def _search_range(
    statistic: Statistic, portion: Recipients, level: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    found = search(statistic, Suspects(portion), level=level, executor=None)
    numbers = np.union1d(found.named, found.suspicious)
    return numbers, statistic.p_values(numbers)


def _keep(
    statistic: Statistic, portion: Recipients, level: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    return _best(np.asarray(portion, np.int64), statistic.p_values(portion), level)


def _best(
    numbers: NDArray[np.int64], p_values: NDArray[np.float64], level: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Those at the level and the `CANDIDATES` smallest, in the order of p-values, then numbers."""
    if len(numbers) > CANDIDATES:
        line = max(level, float(np.partition(p_values, CANDIDATES)[CANDIDATES]))
        near = p_values <= line
        numbers, p_values = numbers[near], p_values[near]
    order = np.lexsort((numbers, p_values))
    kept = order[: max(CANDIDATES, int((p_values <= level).sum()))]
    return numbers[kept], p_values[kept]
