"""How all suspects lie against the bound, as counts: enough to draw, too little to rank anybody by.

Whoever reads a report wants to see how far a naming stands from what chance does
to everybody else. A list of the nearest innocents would be an accusation; a
histogram that has forgotten who is who is not. No number leaves this module.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import ceil, log10

import numpy as np
from numpy.typing import NDArray

from wenxing.accusation.statistic import Evidence, Statistic
from wenxing.accusation.suspects import Suspects

STEP = 0.5
"""Width of a bin, in powers of ten."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """A histogram of −log10(p · N · shares) over the suspects that are not named.

    The place x of a suspect says: were everybody innocent, at most 10^−x suspects are expected at x or
    beyond. Below 0 that is more than one suspect, hence nothing remarkable.

    Attributes:
        edges: k + 1 of them, ascending in steps of `STEP`; the last is the line of the bound, −log10(bound).
        counts: k of them, how many suspects lie between consecutive edges, short of the line.
        reached: how many lie on the line or beyond by their own p and were still not named.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    reached: int


def distribute(
    evidence: Sequence[Evidence],
    suspects: Suspects,
    *,
    bound: float,
    shares: float = 1,
    named: Collection[int] = (),
) -> Distribution:
    """Count the suspects by how remarkable their agreement is.

    Args:
        evidence: one per edition, at least one; as given to `accuse`.
        suspects: everybody who was compared.
        bound: family-wise, within (0, 1).
        shares: what each p pays: 1 over the part of the bound that naming one by one may spend.
        named: numbers to leave out: they are shown by name.

    Raises:
        ValueError: a bound outside (0, 1), no evidence, or an edition given twice.
    """
    if not 0 < bound < 1:
        raise ValueError("the bound is a probability between 0 and 1")
    statistic = Statistic(evidence)
    line, price = -log10(bound), len(suspects) * shares
    bins = max(1, ceil((line + log10(price)) / STEP))
    counts, reached = np.zeros(bins, np.int64), 0
    shown = np.array(sorted(named), np.int64)
    for portion in suspects.portions(statistic.portion()):
        paid = statistic.p_values(portion)[~np.isin(np.asarray(portion, np.int64), shown)] * price
        below = paid[paid > bound]
        reached += len(paid) - len(below)
        counts += np.bincount(_bins(below, line=line, bins=bins), minlength=bins)
    edges = tuple(line - STEP * (bins - at) for at in range(bins + 1))
    return Distribution(edges, tuple(counts.tolist()), reached)


def _bins(paid: NDArray[np.float64], *, line: float, bins: int) -> NDArray[np.int64]:
    """(n,): the bin of each p that is short of the line; 0 holds those with p = 1."""
    short = np.ceil((line + np.log10(paid)) / STEP).astype(np.int64)
    return np.clip(bins - short, 0, bins - 1)
