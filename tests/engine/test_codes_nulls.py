"""The null law against sums over every outcome, in fractions."""

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest

from wenxing.codes.nulls import Steps, binomial_law, null_law


def tails_slowly(steps: list[Steps]) -> dict[int, Fraction]:
    """P(S ≥ s) for every s that occurs, one chance after the other, exactly."""
    law = {0: Fraction(1)}
    for step in steps:
        chance = Fraction(step.chance)
        for _ in range(step.count):
            moved: dict[int, Fraction] = {}
            for value, mass in law.items():
                moved[value + step.hit] = moved.get(value + step.hit, Fraction(0)) + mass * chance
                moved[value + step.miss] = moved.get(value + step.miss, Fraction(0)) + mass * (1 - chance)
            law = moved
    tails, total = {}, Fraction(0)
    for value in sorted(law, reverse=True):
        total += law[value]
        tails[value] = total
    return tails


CASES = [
    [Steps(5, 0.5, 11, -52)],
    [Steps(3, 0.5, 11, -52), Steps(4, 0.125, 31, -31), Steps(5, 0.875, 2, -40)],
    [Steps(4, 0.625, -3, 5), Steps(4, 0.1875, 9, -1)],  # a match speaks against the recipient
    [Steps(6, 0.3125, 7, -2), Steps(3, 0.5, 0, 0), Steps(2, 0.25, 4, 4)],  # sites that say nothing
    [Steps(40, 0.125, 33, -5), Steps(30, 0.5, 10, -50), Steps(30, 0.875, 1, -44)],
]


@pytest.mark.parametrize("steps", CASES, ids=range(len(CASES)))
def test_tails_are_exact_to_the_last_value(steps: list[Steps]) -> None:
    law = null_law(steps)
    for score, expected in tails_slowly(steps).items():
        if expected > Fraction(1, 10**90):
            assert float(law.tail(np.array([score]))[0]) == pytest.approx(float(expected), rel=1e-12, abs=0)


def test_one_chance_after_the_other_is_the_sum_over_every_outcome() -> None:
    steps = [Steps(1, 0.5, 3, -1), Steps(1, 0.125, 8, 0), Steps(1, 0.75, -2, 1)]
    expected = sum(
        float(np.prod([s.chance if up else 1 - s.chance for s, up in zip(steps, ups, strict=True)]))
        for ups in product([True, False], repeat=3)
        if sum(s.hit if up else s.miss for s, up in zip(steps, ups, strict=True)) >= 4
    )
    assert float(tails_slowly(steps)[4]) == pytest.approx(expected, rel=1e-15, abs=0)


def test_tails_stay_exact_far_below_a_billionth_of_a_billionth() -> None:
    law = null_law([Steps(200, 0.5, 11, -52)])
    for misses in (0, 1, 20, 60):
        score = np.array([11 * (200 - misses) - 52 * misses])
        expected = Fraction(sum(comb(200, k) for k in range(misses + 1)), 2**200)
        assert float(law.tail(score)[0]) == pytest.approx(float(expected), rel=1e-12, abs=0)
    assert float(law.tail(np.array([2200]))[0]) < 1e-60


def test_tails_too_deep_for_the_programme_are_never_too_small() -> None:
    law = null_law([Steps(300, 0.125, 33, -5), Steps(300, 0.5, 11, -52)])
    top = np.array([300 * 33 + 300 * 11])
    # The truth, 2**-1200, is no floating-point number.
    assert 0 < float(law.tail(top)[0]) < 1e-90


def test_tails_never_increase_and_begin_at_one() -> None:
    for steps in CASES:
        tails = null_law(steps).tails
        assert tails[0] == pytest.approx(1, rel=1e-12, abs=0)
        assert (np.diff(tails) <= 0).all()
        assert tails.max() <= 1


def test_scores_outside_the_possible_are_certain_or_impossible() -> None:
    law = null_law([Steps(5, 0.5, 1, 0)])
    assert law.tail(np.array([-3, 0, 5, 6])).tolist() == [1.0, 1.0, 1 / 32, 0.0]


def test_without_a_readable_site_everybody_scores_zero() -> None:
    assert null_law([]).tail(np.array([0, 1])).tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("count", "chance"), [(1, 0.5), (7, 0.125), (60, 0.875), (400, 0.3125), (3000, 0.0625)]
)
def test_binomial_laws_are_exact(count: int, chance: float) -> None:
    law = binomial_law(count, chance)
    p = Fraction(chance)
    assert law.sum() == pytest.approx(1, rel=1e-12, abs=0)
    for k in {0, 1, count // 16, count // 3, count // 2, count - 1, count}:
        expected = comb(count, k) * p**k * (1 - p) ** (count - k)
        if expected > Fraction(1, 10**290):
            assert law[k] == pytest.approx(float(expected), rel=1e-11, abs=0)


def test_ten_thousand_sites_agree_with_their_moments() -> None:
    steps = [Steps(5000, 0.5, 1, -1), Steps(2500, 0.875, 2, -14), Steps(2500, 0.125, 14, -2)]
    law = null_law(steps)
    values = law.lowest + np.arange(len(law.tails))
    mass = -np.diff(np.append(law.tails, 0.0))
    mean = sum(s.count * (s.chance * s.hit + (1 - s.chance) * s.miss) for s in steps)
    variance = sum(s.count * s.chance * (1 - s.chance) * (s.hit - s.miss) ** 2 for s in steps)
    assert (mass * values).sum() == pytest.approx(mean, abs=1e-6)
    assert (mass * (values - mean) ** 2).sum() == pytest.approx(variance, rel=1e-9, abs=0)
