"""Weights: the log-likelihood ratio, rounded once."""

from math import log

import numpy as np

from wenxing.codes.attacks import agreement
from wenxing.codes.lengths import sites_to_name
from wenxing.codes.scores import RESOLUTION, weigh
from wenxing.profiles import COALITION, SOLO

EVEN = [0.5, 0.5, 0.0, 0.0]
LEANING = [2 / 16, 14 / 16, 0.0, 0.0]
FOUR = [2 / 16, 2 / 16, 10 / 16, 2 / 16]


def test_each_readable_site_weighs_by_its_own_law_and_symbol() -> None:
    laws = np.array([EVEN, LEANING, LEANING, FOUR, EVEN, FOUR])
    symbols = np.array([0, 0, 1, 2, -1, 3], np.int8)
    weights = weigh(COALITION, laws, symbols)
    assert weights.kind.shape == (5,)
    assert weights.counts.sum() == 5
    readable = [
        (law, symbol) for law, symbol in zip(laws.tolist(), symbols.tolist(), strict=True) if symbol >= 0
    ]
    for kind, (law, symbol) in zip(weights.kind, readable, strict=True):
        present = tuple(p for p in law if p)
        pi = law[symbol]
        assert weights.chance[kind] == pi
        for h, hypothesis in enumerate(COALITION.hypotheses):
            a = agreement(hypothesis, present, present.index(pi), COALITION.noise)
            assert weights.match[kind, h] == round(RESOLUTION * log(a / pi))
            assert weights.mismatch[kind, h] == round(RESOLUTION * log((1 - a) / (1 - pi)))


def test_sites_of_one_kind_are_counted_together() -> None:
    weights = weigh(SOLO, np.array([EVEN] * 7), np.array([0, 1, 0, 1, 0, 1, -1], np.int8))
    assert weights.counts.tolist() == [6]


def test_a_leak_without_readable_sites_has_no_weights() -> None:
    weights = weigh(SOLO, np.array([EVEN] * 3), np.full(3, -1, np.int8))
    assert weights.counts.shape == (0,)
    assert weights.match.shape == (0, len(SOLO.hypotheses))


def test_the_number_of_even_sites_is_the_number_of_bits() -> None:
    even = np.array([[0.5, 0.5]])
    assert sites_to_name(even, 2.0**37.2, 0.99) == 38
    assert sites_to_name(even, 2.0**38, 0.99) == 38
    assert sites_to_name(even, 2.0**38.01, 0.99) == 39


def test_four_even_alternatives_need_half_as_many_sites() -> None:
    assert sites_to_name(np.full((1, 4), 0.25), 2.0**38, 0.99) == 19


def test_a_site_is_always_needed() -> None:
    assert sites_to_name(np.array([[0.5, 0.5]]), 1.5, 0.5) == 1
