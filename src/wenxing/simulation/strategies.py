"""How a coalition mixes its copies, and which way of mixing tells least.

Colluders see their own copies and nothing of the secret laws. At each site they put
out a symbol that some copy shows (the marking assumption); a strategy says which.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import lru_cache
from math import log2

import numpy as np
from numpy.typing import NDArray

from wenxing.codes.attacks import coalitions
from wenxing.profiles import SHARES, Attack, Profile


class Strategy(StrEnum):
    """What colluders do at each site.

    SINGLE: one of them leaks, alone. INTERLEAVE: a copy drawn at random. MAJORITY, MINORITY: the symbol most,
    or fewest, copies show; ties at random. ALL_0, ALL_1: the first, or last, alternative whenever some copy
    shows it. COIN: one of the symbols shown, each equally likely. PREFER_ORIGINAL: the master's own wording
    whenever some copy shows it, else a copy drawn at random. WORST: what tells a decoder that looks at one
    recipient least about the coalition, among all symmetric ways of mixing two-way sites, and among
    INTERLEAVE, MAJORITY, MINORITY and COIN where there are more alternatives.
    """

    SINGLE = "single"
    INTERLEAVE = "interleave"
    MAJORITY = "majority"
    MINORITY = "minority"
    ALL_0 = "all-0"
    ALL_1 = "all-1"
    COIN = "coin"
    PREFER_ORIGINAL = "prefer-original"
    WORST = "worst"

    @classmethod
    def of(cls, attack: Attack) -> "Strategy":
        """The strategy that a hypothesis' attack stands for."""
        return cls.INTERLEAVE if attack is Attack.INTERLEAVING else cls(str(attack))


Choice = Callable[[tuple[int, ...]], Sequence[float]]
"""How many copies show each symbol → the probability that each is put out."""

_COMPARED = (Strategy.INTERLEAVE, Strategy.MAJORITY, Strategy.MINORITY, Strategy.COIN)


def mix(
    copies: NDArray[np.uint8],
    strategy: Strategy,
    *,
    profile: Profile,
    arities: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """(m,): the symbol that the coalition puts out at each site; only symbols that some copy shows.

    Args:
        copies: (c, m) codewords.
        strategy: of the coalition.
        profile: for WORST, which knows the profile (it is no secret) but not the laws of the sites.
        arities: (m,) alternatives per site.
        rng: the coalition's dice.
    """
    if strategy is Strategy.SINGLE:
        alone: NDArray[np.uint8] = copies[0]
        return alone
    if strategy is not Strategy.WORST:
        return _mix(copies, strategy, rng)
    mixed: NDArray[np.uint8] = copies[0].copy()
    for arity in np.unique(arities).tolist():
        at = np.flatnonzero(arities == arity)
        worst = worst_choice(profile, arity, len(copies))
        if isinstance(worst, Strategy):
            mixed[at] = _mix(copies[:, at], worst, rng)
        else:
            mixed[at] = rng.random(len(at)) < np.array(worst)[copies[:, at].sum(axis=0)]
    return mixed


@lru_cache(maxsize=64)
def worst_choice(profile: Profile, arity: int, colluders: int) -> Strategy | tuple[float, ...]:
    """What minimises the information about one colluder at a site of `arity` alternatives.

    Returns:
        For two-way sites P(the second alternative | k copies show it) for k = 0 … c; else a strategy.
    """
    laws = [tuple(share / SHARES for share in law) for law in profile.laws[arity]]

    def told(choice: Choice) -> float:
        return sum(information(law, colluders, choice) for law in laws)

    if arity > 2:
        return min(_COMPARED, key=lambda strategy: told(_choices(strategy)))
    free = [k / colluders for k in range(1, (colluders + 1) // 2)]

    def table(free: Sequence[float]) -> tuple[float, ...]:
        low = (0.0, *free)
        middle = () if colluders % 2 else (0.5,)
        return (*low, *middle, *(1 - p for p in reversed(low)))

    def told_by(free: Sequence[float]) -> float:
        shares = table(free)
        return told(lambda counts: (1 - shares[counts[1]], shares[counts[1]]))

    # The information is convex in the channel: one coordinate after the other arrives.
    for step in (0.25, 0.1, 0.03, 0.01, 0.01):
        for at in range(len(free)):
            tried = np.clip(free[at] + step * np.arange(-4, 5), 0, 1).tolist()
            free[at] = min(tried, key=lambda p: told_by([*free[:at], p, *free[at + 1 :]]))
    return table(free)


def information(law: tuple[float, ...], colluders: int, choice: Choice) -> float:
    """Bits that the symbol put out tells about one colluder's symbol, the law being known."""
    joint = np.zeros((len(law), len(law)))
    for counts, probability in coalitions(law, colluders):
        joint += probability * np.outer(np.array(counts) / colluders, choice(counts))
    outer = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    cells = zip(joint.ravel().tolist(), outer.ravel().tolist(), strict=True)
    return sum(p * log2(p / q) for p, q in cells if p > 0)


def _choices(strategy: Strategy) -> Choice:
    def choice(counts: tuple[int, ...]) -> list[float]:
        present = [count for count in counts if count]
        if strategy is Strategy.INTERLEAVE:
            weights = [float(count) for count in counts]
        elif strategy is Strategy.COIN:
            weights = [float(count > 0) for count in counts]
        else:
            wanted = max(present) if strategy is Strategy.MAJORITY else min(present)
            weights = [float(count == wanted) for count in counts]
        return [weight / sum(weights) for weight in weights]

    return choice


def _mix(copies: NDArray[np.uint8], strategy: Strategy, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw a copy per site, with lots that make some copies never or equally often drawn."""
    chosen: NDArray[np.uint8]
    lots = rng.random(copies.shape)
    shown = (copies[:, None] == copies[None]).sum(axis=1)
    match strategy:
        case Strategy.MAJORITY:
            lots[shown != shown.max(axis=0)] = -1.0
        case Strategy.MINORITY:
            lots[shown != shown.min(axis=0)] = -1.0
        case Strategy.COIN:
            # A symbol's best lot of n has the law u**n: the root makes symbols equally likely.
            lots = lots**shown
        case Strategy.ALL_0:
            chosen = copies.min(axis=0)
            return chosen
        case Strategy.ALL_1:
            chosen = copies.max(axis=0)
            return chosen
        case Strategy.PREFER_ORIGINAL:
            lots[copies == 0] += 1.0
        case _:
            pass
    chosen = np.take_along_axis(copies, lots.argmax(axis=0)[None], axis=0)[0]
    return chosen
