"""Leaks → accusations → rates."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wenxing.accusation import Evidence, Statistic, Suspects, accuse, is_bound
from wenxing.codebook import Codebook, new_edition, new_key
from wenxing.profiles import Attack, Profile
from wenxing.simulation.strategies import Strategy, mix

ARITIES: dict[str, tuple[int, ...]] = {"2": (2,), "3": (3,), "4": (4,), "mixed": (2, 2, 2, 3, 4)}
"""What `Setting.arity` may be, and the alternatives of the sites that it stands for, in turn."""

LEVELS = (1e-1, 1e-2, 1e-3)
_INNOCENTS = 2000


@dataclass(frozen=True)
class Setting:
    """What is simulated.

    Attributes:
        profile: of the editions.
        arity: "2", "3", "4" or "mixed".
        recipients: N, suspects 1 … N.
        coalition: c, how many of them made the leak.
        attack: how they mixed their copies.
        noise: probability that a site is read as another of its alternatives.
        erase: probability that a site is not read.
        bound: family-wise.
        at_most: as for `accuse`: 2 or more decodes pairs and triples, `None` recipients one by one.
    """

    profile: Profile
    arity: str = "2"
    recipients: int = 100_000
    coalition: int = 1
    attack: Strategy = Strategy.INTERLEAVE
    noise: float = 0.0
    erase: float = 0.0
    bound: float = 1e-6
    at_most: int | None = 5

    def __post_init__(self) -> None:
        """Refuse what cannot be simulated (`ValueError`)."""
        if self.arity not in ARITIES:
            raise ValueError(f"the arity is one of {', '.join(ARITIES)}")
        if not 1 <= self.coalition <= min(self.recipients, 20):
            raise ValueError("a coalition has 1 … 20 members, all of them recipients")
        if not (0 <= self.noise < 1 and 0 <= self.erase < 1):
            raise ValueError("noise and erasures are probabilities below 1")
        if not is_bound(self.bound):
            raise ValueError("the bound is a probability within [1e-100, 1)")


@dataclass(frozen=True)
class Simulation:
    """What came of it.

    Attributes:
        setting: what was simulated.
        seed: reproduces it.
        sites: of each leak's edition.
        trials: leaks.
        caught: leaks that named at least one of their makers.
        named: makers named, over all leaks.
        false_namings: leaks that named an innocent.
        not_enough: leaks that named nobody.
        p_calibration: for each level, how often innocents' p-values reach it, over the level. The p-values
            combine several tests conservatively: below 1 is right, above 1 (beyond chance) would be wrong.
    """

    setting: Setting
    seed: int
    sites: int
    trials: int
    caught: int
    named: int
    false_namings: int
    not_enough: int
    p_calibration: dict[str, float]

    @property
    def catch_rate(self) -> float:
        """The share of leaks that named one of their makers."""
        return self.caught / self.trials

    def to_json(self) -> dict[str, Any]:
        """As plain data, `"format": 1`."""
        setting = self.setting
        return {
            "format": 1,
            "profile": setting.profile.name,
            "arity": setting.arity,
            "recipients": setting.recipients,
            "coalition": setting.coalition,
            "attack": str(setting.attack),
            "noise": setting.noise,
            "erase": setting.erase,
            "bound": setting.bound,
            "at_most": setting.at_most,
            "seed": self.seed,
            "sites": self.sites,
            "trials": self.trials,
            "catch_rate": self.catch_rate,
            "named_per_leak": self.named / self.trials,
            "false_namings": self.false_namings,
            "not_enough": self.not_enough,
            "p_calibration": self.p_calibration,
        }


def simulate(
    setting: Setting,
    *,
    sites: int,
    trials: int,
    seed: int,
    executor: Executor | None = None,
    progress: Callable[[int], object] = lambda _: None,
) -> Simulation:
    """Make leaks of new editions, accuse everybody, count.

    Args:
        setting: what to simulate.
        sites: of each edition, at least 1.
        trials: leaks, at least 1.
        seed: the same seed gives the same result.
        executor: compares ranges of suspects elsewhere; the result is the same.
        progress: called with the number of leaks done.

    Raises:
        ValueError: no sites, no trials.
    """
    if sites < 1 or trials < 1:
        raise ValueError("a simulation has at least one site and one trial")
    suspects = Suspects.of(setting.recipients)
    caught = named = wrong = nobody = 0
    reached = np.zeros(len(LEVELS))
    for trial in range(trials):
        evidence, makers = leak_for(setting, sites=sites, seed=seed, trial=trial, executor=executor)
        result = accuse([evidence], suspects, bound=setting.bound, at_most=setting.at_most, executor=executor)
        numbers = {n.recipient for n in result.named}
        caught += bool(numbers & makers)
        named += len(numbers & makers)
        wrong += bool(numbers - makers)
        nobody += not numbers
        # Numbers past the suspects are innocents of every leak.
        p_values = Statistic([evidence]).p_values(
            range(setting.recipients + 1, setting.recipients + 1 + _INNOCENTS)
        )
        reached += [(p_values <= level).sum() for level in LEVELS]
        progress(trial + 1)
    shares = reached / (trials * _INNOCENTS * np.array(LEVELS))
    calibration = {
        f"{level:g}": round(share, 4) for level, share in zip(LEVELS, shares.tolist(), strict=True)
    }
    return Simulation(setting, seed, sites, trials, caught, named, wrong, nobody, calibration)


def leak_for(
    setting: Setting, *, sites: int, seed: int, trial: int, executor: Executor | None = None
) -> tuple[Evidence, set[int]]:
    """The evidence of one leak and its makers; the same for the same seed and trial."""
    rng = np.random.default_rng([seed, trial])
    random: Callable[[int], bytes] = rng.bytes
    codebook = Codebook(
        new_key(random), new_edition(random), setting.profile, arities_of(setting.arity, sites)
    )
    makers = 1 + rng.choice(setting.recipients, setting.coalition, replace=False)
    symbols = leak_of(
        codebook,
        makers.tolist(),
        rng=rng,
        attack=setting.attack,
        flips=setting.noise,
        erasures=setting.erase,
    )
    return Evidence(codebook if executor is None else codebook.for_workers(), symbols), set(makers.tolist())


def arities_of(arity: str, sites: int) -> list[int]:
    """The alternatives of each of `sites` sites."""
    turn = ARITIES[arity]
    return [turn[site % len(turn)] for site in range(sites)]


def leak_of(
    codebook: Codebook,
    recipients: Sequence[int],
    *,
    rng: np.random.Generator,
    attack: Attack | Strategy = Strategy.INTERLEAVE,
    flips: float = 0.0,
    erasures: float = 0.0,
) -> NDArray[np.int8]:
    """(m,) int8: what a reader finds in a leak that `recipients` made together.

    Args:
        codebook: of the edition.
        recipients: whose copies are mixed; one for a lone leaker.
        rng: the randomness of the attack and of the reader.
        attack: how the coalition chooses at each site.
        flips: probability that a site is read as another of its alternatives.
        erasures: probability that a site is not read at all (−1).
    """
    copies = np.stack([codebook.codeword(recipient) for recipient in recipients])
    arities = np.array(codebook.arities, np.int64)
    strategy = Strategy.of(attack) if isinstance(attack, Attack) else attack
    symbols = mix(copies, strategy, profile=codebook.profile, arities=arities, rng=rng).astype(np.int8)
    flipped = rng.random(len(symbols)) < flips
    another = (symbols + 1 + (rng.random(len(symbols)) * (arities - 1)).astype(np.int64)) % arities
    symbols = np.where(flipped, another, symbols).astype(np.int8)
    symbols[rng.random(len(symbols)) < erasures] = -1
    return symbols


def catch_rate(
    profile: Profile,
    arities: Sequence[int],
    *,
    suspects: int,
    bound: float,
    rng: np.random.Generator,
    trials: int,
    colluders: int = 1,
    attack: Attack | Strategy = Strategy.INTERLEAVE,
    flips: float = 0.0,
) -> float:
    """The share of leaks, each of a new edition with sites of `arities`, that name one of their makers."""
    caught = 0
    random: Callable[[int], bytes] = rng.bytes
    for _ in range(trials):
        codebook = Codebook(new_key(random), new_edition(random), profile, arities)
        makers = range(1, colluders + 1)
        symbols = leak_of(codebook, makers, rng=rng, attack=attack, flips=flips)
        p_values = Statistic([Evidence(codebook, symbols)]).p_values(makers)
        caught += bool((p_values * suspects <= bound).any())
    return caught / trials
