"""Sites read with a probability: what a reader half knows counts for what it is worth."""

from fractions import Fraction
from itertools import product
from math import log

import numpy as np
import pytest
from numpy.typing import NDArray

from wenxing.accusation import Evidence, Statistic, Suspects, accuse
from wenxing.codebook import Codebook, new_edition, new_key
from wenxing.codes.attacks import transfer
from wenxing.profiles import COALITION, SOLO, Profile


def codebook_for(seed: int, sites: int, profile: Profile = COALITION) -> Codebook:
    rng = np.random.default_rng(seed)
    arities = rng.choice([2, 3, 4], sites).tolist()
    return Codebook(new_key(rng.bytes), new_edition(rng.bytes), profile, arities)


def certain(codebook: Codebook, symbols: NDArray[np.int8]) -> NDArray[np.float64]:
    """Likelihoods that say exactly what the symbols say."""
    likelihoods = np.zeros(codebook.probabilities.shape)
    read = symbols >= 0
    likelihoods[read, symbols[read]] = 3.0
    return likelihoods


def doubtful(codebook: Codebook, recipient: int, seed: int, doubt: float) -> NDArray[np.float64]:
    """What a reader gives who sees the recipient's copy through noise and says how sure they are."""
    rng, present = np.random.default_rng(seed), codebook.probabilities > 0
    word, arities = codebook.codeword(recipient), present.sum(axis=1)
    seen = np.where(
        rng.random(len(word)) < doubt, (word + 1 + rng.integers(0, arities - 1)) % arities, word
    ).astype(np.int64)
    likelihoods = np.where(present, doubt / (arities - 1)[:, None], 0.0)
    likelihoods[np.arange(len(word)), seen] = 1 - doubt
    return likelihoods


def test_sure_likelihoods_are_symbols_and_equal_ones_are_erasures() -> None:
    codebook = codebook_for(1, 40)
    symbols = codebook.codeword(5).astype(np.int8)
    symbols[::4] = -1
    hard, soft = Evidence(codebook, symbols), Evidence(codebook, certain(codebook, symbols))
    assert np.array_equal(soft.symbols, hard.symbols)
    assert (soft.soft.size, soft.sites_read) == (0, hard.sites_read)
    silent = np.where(codebook.probabilities > 0, 0.7, 0.0)
    assert Evidence(codebook, silent).sites_read == 0
    crowd = Suspects.of(5000)
    assert accuse([soft], crowd, bound=1e-3) == accuse([hard], crowd, bound=1e-3)


def p_value_slowly(codebook: Codebook, likelihoods: NDArray[np.float64], recipient: int) -> Fraction:
    """min over h of tail / prior, over every codeword."""
    laws, word, best = codebook.probabilities.tolist(), codebook.codeword(recipient), Fraction(1)
    for hypothesis in codebook.profile.hypotheses:
        tables = []
        for law, seen in zip(laws, likelihoods.tolist(), strict=True):
            chances = tuple(p for p in law if p)
            rows = transfer(hypothesis, chances, codebook.profile.noise)
            given = [sum(p * like for p, like in zip(row, seen, strict=False)) for row in rows]
            whole = sum(p * like for p, like in zip(chances, given, strict=True))
            tables.append(
                [(Fraction(p), round(16 * log(g / whole))) for p, g in zip(chances, given, strict=True)]
            )
        own = sum(table[int(x)][1] for table, x in zip(tables, word, strict=True))
        tail = Fraction(0)
        for pattern in product(*tables):
            if sum(weight for _, weight in pattern) >= own:
                mass = Fraction(1)
                for chance, _ in pattern:
                    mass *= chance
                tail += mass
        best = min(best, tail / Fraction(hypothesis.prior))
    return best


@pytest.mark.parametrize("profile", [SOLO, COALITION], ids=str)
def test_p_values_of_soft_readings_are_what_counting_every_copy_gives(profile: Profile) -> None:
    codebook = codebook_for(2, 6, profile)
    likelihoods = doubtful(codebook, 3, 2, 0.2)
    fast = Statistic([Evidence(codebook, likelihoods)]).p_values(range(1, 6))
    for recipient, p_value in zip(range(1, 6), fast.tolist(), strict=True):
        assert p_value == pytest.approx(
            float(p_value_slowly(codebook, likelihoods, recipient)), rel=1e-12, abs=0
        )


def test_innocents_reach_each_p_of_a_soft_leak_as_often_as_it_says() -> None:
    codebook = codebook_for(3, 90)
    statistic = Statistic([Evidence(codebook, doubtful(codebook, 2**32 - 1, 3, 0.15))])
    innocents, levels = 200_000, (1e-1, 1e-2, 1e-3)
    counts = np.zeros((8, 3))
    for portion in Suspects.of(innocents).portions(2**14):
        tails = statistic.tails(statistic.scores(portion))
        counts += np.stack([(tails <= level).sum(axis=0) for level in levels], axis=1)
    for h, law in enumerate(statistic.laws):
        for level, count in zip(levels, counts[h].tolist(), strict=True):
            nominal = float(law.tails[law.tails <= level].max())
            assert abs(count - innocents * nominal) <= 4.5 * (innocents * nominal) ** 0.5


def test_a_doubtful_reader_names_where_erasing_every_doubt_does_not() -> None:
    codebook = codebook_for(4, 90, SOLO)
    likelihoods = doubtful(codebook, 77, 4, 0.15)
    crowd = Suspects.of(20_000)
    soft = accuse([Evidence(codebook, likelihoods)], crowd, bound=1e-6)
    assert [n.recipient for n in soft.named] == [77]
    assert soft.sites_read == 90
    erased = accuse([Evidence(codebook, np.full(90, -1, np.int8))], crowd, bound=1e-6)
    assert erased.named == ()


def test_sure_and_soft_sites_of_several_editions_add_up() -> None:
    one, other = codebook_for(5, 50, SOLO), codebook_for(6, 60, SOLO)
    mixed = certain(one, one.codeword(9).astype(np.int8))
    mixed[:20] = doubtful(one, 9, 5, 0.1)[:20]
    items = [Evidence(one, mixed), Evidence(other, other.codeword(9).astype(np.int8))]
    crowd = np.array([4, 9, 800])
    apart = sum((Statistic([item]).scores(crowd) for item in items), np.zeros((3, 8), np.int64))
    assert np.array_equal(Statistic(items).scores(crowd), apart)
    assert [n.recipient for n in accuse(items, Suspects.of(1000), bound=1e-6, at_most=5).named] == [9]


def test_likelihoods_that_cannot_be_are_refused() -> None:
    codebook = Codebook(new_key(bytes), bytes(16), SOLO, [2, 3])
    good = np.array([[0.5, 0.1, 0, 0], [0.2, 0.2, 0.9, 0]])
    assert Evidence(codebook, good).sites_read == 2
    for at, wrong in (((0, 0), -0.1), ((0, 0), np.nan), ((1, 1), np.inf), ((0, 2), 0.5)):
        bad = good.copy()
        bad[at] = wrong
        with pytest.raises(ValueError, match=r"likelihood|symbol"):
            Evidence(codebook, bad)
    with pytest.raises(ValueError, match="sites"):
        Evidence(codebook, good[:1])
