"""Innocents counted: a stated p must be the rate at which innocents reach it.

Every hypothesis' own tail must equal its nominal rate, at the values its integer
statistic can take; of the combined p it is demanded that it is not too small.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from wenxing.accusation import Evidence, Statistic, Suspects, accuse
from wenxing.accusation.statistic import _steps
from wenxing.codebook import Codebook, new_edition, new_key
from wenxing.codes.nulls import null_law
from wenxing.profiles import COALITION, SOLO, Attack, Profile
from wenxing.simulation import Strategy, leak_of

P_of = Callable[[int, NDArray[np.int64]], NDArray[np.float64]]
"""(hypothesis, scores) → p-values of an innocent."""

LEVELS = (1e-2, 1e-3, 1e-4)
FAR = 4.5  # standard deviations


def leak_by(
    makers: int, attack: Attack | Strategy, *, profile: Profile, seed: int, sites: tuple[int, ...] = (90, 40)
) -> Statistic:
    """The statistic of two leaked editions, partly erased and misread. Makers are the highest numbers."""
    rng = np.random.default_rng(seed)
    key, evidence = new_key(rng.bytes), []
    for count in sites:
        arities = rng.choice([2, 2, 2, 3, 4], count).tolist()
        codebook = Codebook(key, new_edition(rng.bytes), profile, arities)
        numbers = range(2**32 - makers, 2**32)
        leak = leak_of(codebook, numbers, rng=rng, attack=attack, flips=0.02, erasures=0.1)
        evidence.append(Evidence(codebook, leak))
    return Statistic(evidence)


def exact(statistic: Statistic) -> P_of:
    return lambda h, scores: statistic.laws[h].tail(scores)


def faults(
    statistic: Statistic, p_of: P_of, *, innocents: int, levels: tuple[float, ...] = LEVELS
) -> tuple[int, list[str]]:
    """How many rates were compared, and which are not what they should be."""
    family = range(len(statistic.hypotheses))
    counts = np.zeros((len(family), len(levels)))
    for portion in Suspects.of(innocents).portions(2**14):
        scores = statistic.scores(portion)
        for h in family:
            p_values = p_of(h, scores[:, h])
            counts[h] += [(p_values <= level).sum() for level in levels]
    compared, wrong = 0, []
    for h in family:
        law = statistic.laws[h]
        reachable = p_of(h, law.lowest + np.arange(len(law.tails)))
        for level, count in zip(levels, counts[h].tolist(), strict=True):
            nominal = float(reachable[reachable <= level].max(initial=0.0))
            compared += nominal > 0
            spread = (innocents * nominal * (1 - nominal)) ** 0.5
            if abs(count - innocents * nominal) > FAR * spread:
                name = statistic.hypotheses[h].name
                wrong.append(
                    f"{name}: {count:.0f} of {innocents} at {level}, {innocents * nominal:.1f} expected"
                )
    return compared, wrong


LEAKS = [
    (SOLO, 1, Attack.INTERLEAVING),
    (SOLO, 3, Attack.MINORITY),
    (COALITION, 1, Attack.INTERLEAVING),
    (COALITION, 2, Attack.INTERLEAVING),
    (COALITION, 5, Attack.MAJORITY),
]


@pytest.mark.parametrize(("profile", "makers", "attack"), LEAKS)
def test_a_million_innocents_reach_each_p_as_often_as_it_says(
    profile: Profile, makers: int, attack: Attack
) -> None:
    statistic = leak_by(makers, attack, profile=profile, seed=makers)
    compared, wrong = faults(statistic, exact(statistic), innocents=1_000_000)
    assert wrong == []
    assert compared == len(LEVELS) * len(statistic.hypotheses)


@pytest.mark.slow
@pytest.mark.parametrize(("profile", "makers", "attack"), LEAKS)
def test_twenty_million_innocents_reach_each_p_as_often_as_it_says(
    profile: Profile, makers: int, attack: Attack
) -> None:
    statistic = leak_by(makers, attack, profile=profile, seed=100 + makers)
    levels = (*LEVELS, 1e-5, 1e-6)
    compared, wrong = faults(statistic, exact(statistic), innocents=20_000_000, levels=levels)
    assert wrong == []
    assert compared == len(levels) * len(statistic.hypotheses)


@pytest.mark.slow
def test_innocents_reach_each_p_of_a_very_long_leak_as_often_as_it_says() -> None:
    statistic = leak_by(2, Attack.INTERLEAVING, profile=COALITION, seed=7, sites=(4000, 4000))
    compared, wrong = faults(statistic, exact(statistic), innocents=200_000, levels=(1e-2, 1e-3))
    assert wrong == []
    assert compared == 2 * len(statistic.hypotheses)


def test_halved_p_values_are_found_out() -> None:
    statistic = leak_by(1, Attack.INTERLEAVING, profile=COALITION, seed=1)
    right = exact(statistic)
    assert faults(statistic, right, innocents=200_000)[1] == []
    compared, wrong = faults(statistic, lambda h, scores: right(h, scores) / 2, innocents=200_000)
    at_one_percent = [fault for fault in wrong if "at 0.01," in fault]
    assert len(at_one_percent) == len(statistic.hypotheses)
    assert compared >= len(wrong) > len(at_one_percent)


@pytest.mark.slow
@pytest.mark.parametrize("attack", list(Strategy))
@pytest.mark.parametrize("profile", [SOLO, COALITION], ids=str)
def test_whatever_three_colluders_do_innocents_reach_each_p_as_often_as_it_says(
    profile: Profile, attack: Strategy
) -> None:
    statistic = leak_by(3, attack, profile=profile, seed=200)
    levels = (*LEVELS, 1e-5)
    compared, wrong = faults(statistic, exact(statistic), innocents=1_500_000, levels=levels)
    assert wrong == []
    assert compared == len(levels) * len(statistic.hypotheses)


def test_the_law_of_probabilities_that_are_not_quantised_is_found_out() -> None:
    statistic = leak_by(1, Attack.INTERLEAVING, profile=COALITION, seed=1)
    assert faults(statistic, exact(statistic), innocents=300_000)[1] == []
    laws = []
    for h in range(len(statistic.hypotheses)):
        steps = [
            replace(step, chance={11 / 16: 0.7, 3 / 16: 0.15, 2 / 16: 0.15}.get(step.chance, step.chance))
            for step in _steps(statistic.weights, h)
        ]
        laws.append(null_law(steps))
    wrong = faults(statistic, lambda h, scores: laws[h].tail(scores), innocents=300_000)[1]
    assert wrong != []


def test_a_site_counted_twice_is_found_out() -> None:
    statistic = leak_by(2, Attack.INTERLEAVING, profile=COALITION, seed=3)
    right = exact(statistic)
    assert faults(statistic, right, innocents=200_000)[1] == []
    # Every site twice in the score, once in the law.
    wrong = faults(statistic, lambda h, scores: right(h, 2 * scores), innocents=200_000)[1]
    assert wrong != []


def test_p_values_of_another_leak_are_found_out() -> None:
    statistic = leak_by(1, Attack.INTERLEAVING, profile=COALITION, seed=1)
    other = leak_by(1, Attack.INTERLEAVING, profile=COALITION, seed=2)
    assert faults(statistic, exact(other), innocents=100_000)[1] != []


@pytest.mark.parametrize(("profile", "makers", "attack"), LEAKS)
def test_combined_p_values_are_never_too_small_and_not_wasteful(
    profile: Profile, makers: int, attack: Attack
) -> None:
    statistic = leak_by(makers, attack, profile=profile, seed=50 + makers)
    innocents, counts = 300_000, np.zeros(len(LEVELS))
    for portion in Suspects.of(innocents).portions(2**14):
        p_values = statistic.p_values(portion)
        counts += [(p_values <= level).sum() for level in LEVELS]
    for level, count in zip(LEVELS, counts.tolist(), strict=True):
        assert count <= innocents * level + FAR * (innocents * level) ** 0.5
    assert counts[0] >= 0.3 * innocents * LEVELS[0]


def test_of_many_traces_the_share_that_names_an_innocent_keeps_the_bound() -> None:
    runs, bound, wrong = 400, 0.2, 0
    for run in range(runs):
        profile, makers, attack = LEAKS[run % len(LEAKS)]
        statistic = leak_by(makers, attack, profile=profile, seed=1000 + run, sites=(30, 15))
        wrong += bool(accuse(statistic.evidence, Suspects.of(2000), bound=bound).named)
    assert wrong <= runs * bound + 3 * (runs * bound * (1 - bound)) ** 0.5
    # Were nobody ever named, the check above would say nothing.
    assert wrong >= runs * bound / 8
