"""How many readable sites it takes to name a lone leaker.

A lone leaker's copy agrees with the leak at every site, so their p-value is the
probability of that: the product of the sites' π over the prior. They are named
once the sum of log2(1/π) reaches log2(N / (bound · prior)). The sum's law follows
from the laws of the sites by a programme over the number of sites.
"""

from collections import defaultdict
from functools import lru_cache
from math import ceil, floor, log2

import numpy as np
from numpy.typing import NDArray

_STEPS_PER_BIT = 256


def sites_to_name(laws: NDArray[np.float64], odds: float, catch: float) -> int:
    """The smallest number of readable sites at which a lone leaker is named with probability `catch`.

    Args:
        laws: (r, q) site laws that occur equally often; 0 for alternatives a site does not have.
        odds: N / (bound · prior), above 1.
        catch: within (0, 1).

    Returns:
        At least 1. Sites are taken as independent draws from `laws`, and as read without error.
    """
    steps: defaultdict[int, float] = defaultdict(float)
    total = laws.shape[0]
    for pi in laws[laws > 0].ravel().tolist():
        # Rounded down: a site never counts for more than it tells.
        steps[floor(_STEPS_PER_BIT * log2(1 / pi))] += pi
    law = tuple((size, mass / total) for size, mass in sorted(steps.items()))
    return _reach(law, ceil(_STEPS_PER_BIT * log2(odds)), catch)


@lru_cache(maxsize=256)
def _reach(law: tuple[tuple[int, float], ...], goal: int, catch: float) -> int:
    """How many independent steps bring the sum to `goal` with probability `catch`."""
    short = np.zeros(max(goal, 1))  # the law of sums that have not arrived
    short[0] = 1.0
    sites = 0
    while sites == 0 or short.sum() > 1 - catch:
        moved = np.zeros_like(short)
        for size, mass in law:
            moved[size:] += mass * short[: len(short) - size] if size < len(short) else 0.0
        short = moved
        sites += 1
    return sites
