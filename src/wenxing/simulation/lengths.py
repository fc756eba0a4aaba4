"""How many readable sites name somebody in 99 of 100 leaks.

Each trial makes one long leak and finds, by halving, after how many of its sites a
maker is first named among N suspects. No innocent has to be scored: they enter the
thresholds only. The 99th percentile of these lengths is estimated by their mean
plus 2.33 standard deviations, which is steadier than the second largest of 200.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wenxing.accusation import Evidence, Statistic, decide
from wenxing.simulation.trials import Setting, leak_for

_QUANTILE = 2.326


@dataclass(frozen=True)
class Length:
    """How long leaks of a setting must be.

    Attributes:
        sites: read, for a catch rate of 99 %; `None` when a leak of the longest tried named nobody.
        error: one standard error of `sites`.
        median: sites that name somebody in every other leak.
        trials: leaks.
    """

    sites: int | None
    error: float
    median: float
    trials: int


def length_needed(
    setting: Setting,
    *,
    longest: int,
    trials: int,
    seed: int,
    shortest: int = 1,
    progress: Callable[[int], object] = lambda _: None,
) -> Length:
    """How many sites (before erasures) a leak of `setting` needs.

    Args:
        setting: what leaks; groups are decoded when it has `at_most`.
        longest: sites of the leaks made; more than the answer, or the answer is `None`.
        trials: leaks, at least 2.
        seed: the same seed gives the same result.
        shortest: a length known to name nobody, to save time.
        progress: called with the number of leaks done.

    Raises:
        ValueError: fewer than two trials, or lengths out of order.
    """
    if trials < 2 or not 1 <= shortest <= longest:
        raise ValueError("a length needs two trials and a longest leak beyond the shortest")
    lengths = np.zeros(trials)
    for trial in range(trials):
        first = _first_naming(setting, shortest, longest, seed=seed, trial=trial)
        if first is None:
            return Length(None, float("nan"), float("nan"), trials)
        lengths[trial] = first
        progress(trial + 1)
    spread = float(lengths.std(ddof=1))
    return Length(
        sites=int(np.ceil(lengths.mean() + _QUANTILE * spread)),
        error=spread * float(np.sqrt((1 + _QUANTILE**2 / 2) / trials)),
        median=float(np.median(lengths)),
        trials=trials,
    )


def _first_naming(setting: Setting, shortest: int, longest: int, *, seed: int, trial: int) -> int | None:
    """The number of sites after which a maker is named, by halving to within a percent."""
    whole, makers = leak_for(setting, sites=longest, seed=seed, trial=trial)
    numbers = np.array(sorted(makers), np.int64)

    def named(sites: int) -> bool:
        symbols = whole.symbols.copy()
        symbols[sites:] = -1
        statistic = Statistic([Evidence(whole.codebook, symbols)])
        found = decide(
            statistic, numbers, count=setting.recipients, bound=setting.bound, at_most=setting.at_most
        )
        return bool(found)

    if not named(longest):
        return None
    while longest - shortest > max(1, longest // 100):
        middle = (shortest + longest) // 2
        if named(middle):
            longest = middle
        else:
            shortest = middle
    return longest
