"""How often colluders agree with their leak: enumeration against enumeration, and against simulation."""

from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
import pytest

from wenxing.codebook import Codebook
from wenxing.codes.attacks import agreement
from wenxing.keys import new_key
from wenxing.profiles import COALITION, FAMILY, SOLO, Attack, Hypothesis
from wenxing.simulation import leak_of

LAWS = [(8, 8), (14, 2), (6, 5, 5), (11, 3, 2), (4, 4, 4, 4), (10, 2, 2, 2), (9, 4, 2, 1)]


def agreement_slowly(
    hypothesis: Hypothesis, law: tuple[Fraction, ...], symbol: int, noise: Fraction
) -> Fraction:
    """P(first colluder has y | y is read), over every ordered tuple of copies."""
    q, c = len(law), hypothesis.colluders
    having = reading = Fraction(0)
    for copies in product(range(q), repeat=c):
        chance = prod((law[x] for x in copies), start=Fraction(1))
        for leaked in set(copies):
            if hypothesis.attack is Attack.INTERLEAVING:
                chosen = Fraction(copies.count(leaked), c)
            else:
                extreme = max if hypothesis.attack is Attack.MAJORITY else min
                best = extreme(copies.count(x) for x in copies)
                tied = [x for x in set(copies) if copies.count(x) == best]
                chosen = Fraction(leaked in tied, len(tied))
            read = 1 - noise if leaked == symbol else noise / (q - 1)
            reading += chance * chosen * read
            having += chance * chosen * read * (copies[0] == symbol)
    return having / reading


@pytest.mark.parametrize("hypothesis", FAMILY, ids=lambda h: h.name)
@pytest.mark.parametrize("shares", LAWS, ids=str)
def test_agreement_is_what_counting_every_coalition_gives(
    hypothesis: Hypothesis, shares: tuple[int, ...]
) -> None:
    law = tuple(Fraction(share, 16) for share in shares)
    floats = tuple(share / 16 for share in shares)
    for symbol in range(len(shares)):
        expected = agreement_slowly(hypothesis, law, symbol, Fraction(1, 50))
        assert agreement(hypothesis, floats, symbol, 0.02) == pytest.approx(float(expected), rel=1e-12)


def test_interleaving_without_noise_agrees_as_the_formula_says() -> None:
    for colluders in (1, 2, 3, 5):
        hypothesis = Hypothesis(colluders, Attack.INTERLEAVING, 1.0)
        for pi in (1 / 8, 1 / 2, 7 / 8):
            expected = pi + (1 - pi) / colluders
            assert agreement(hypothesis, (pi, 1 - pi), 0, 0.0) == pytest.approx(expected, rel=1e-12)


def test_even_sites_are_blind_to_a_minority_of_three() -> None:
    minority = Hypothesis(3, Attack.MINORITY, 1.0)
    assert agreement(minority, (0.5, 0.5), 0, 0.02) == pytest.approx(0.5, rel=1e-12)
    assert abs(agreement(minority, (0.875, 0.125), 1, 0.02) - 0.125) > 0.1


@pytest.mark.parametrize("hypothesis", FAMILY, ids=lambda h: h.name)
def test_simulated_coalitions_agree_as_often_as_expected(hypothesis: Hypothesis) -> None:
    rng = np.random.default_rng(11)
    arities = [2] * 4000 + [3] * 4000 + [4] * 4000
    codebook = Codebook(new_key(rng.bytes), rng.bytes(16), COALITION, arities)
    makers = range(1, hypothesis.colluders + 1)
    leak = leak_of(codebook, makers, rng=rng, attack=hypothesis.attack, flips=0.1)
    laws = codebook.probabilities
    expected = [
        agreement(hypothesis, tuple(law[:arity].tolist()), symbol, 0.1)
        for law, arity, symbol in zip(laws, arities, leak.tolist(), strict=True)
    ]
    agree = codebook.matches(leak, makers).mean(axis=0)
    assert abs((agree - expected).mean()) < 4.5 * 0.5 / len(arities) ** 0.5


def test_a_simulated_leak_is_erased_and_flipped_as_often_as_asked() -> None:
    rng = np.random.default_rng(12)
    codebook = Codebook(new_key(rng.bytes), rng.bytes(16), SOLO, [2, 3, 4] * 4000)
    leak = leak_of(codebook, [77], rng=rng, flips=0.05, erasures=0.25)
    readable = leak >= 0
    assert abs(readable.mean() - 0.75) < 0.02
    assert abs((leak != codebook.codeword(77))[readable].mean() - 0.05) < 0.01
    assert np.array_equal(leak_of(codebook, [77], rng=rng), codebook.codeword(77))
