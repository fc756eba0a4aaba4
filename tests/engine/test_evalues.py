"""E-values: a mean of at most 1 for innocents, whenever one looks, and as much power as promised."""

import dataclasses
from decimal import Decimal, localcontext
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from wenxing.accusation import Evidence, Suspects, combine, e_values, log_factors
from wenxing.accusation.evalues import LARGEST
from wenxing.accusation.statistic import Scorer
from wenxing.codebook import Codebook, new_edition, new_key
from wenxing.codes.scores import BELOW, NEAREST, weigh, weigh_soft
from wenxing.profiles import COALITION, SOLO, Profile
from wenxing.simulation import Strategy, leak_of

EVERY_STRATEGY = [s for s in Strategy if s is not Strategy.SINGLE]


def codebook_for(seed: int, sites: int, profile: Profile = COALITION) -> Codebook:
    rng = np.random.default_rng(seed)
    arities = rng.choice([2, 2, 3, 4], sites).tolist()
    return Codebook(new_key(rng.bytes), new_edition(rng.bytes), profile, arities)


def leaked(seed: int, sites: int, makers: int = 2, **how: Strategy) -> Evidence:
    codebook = codebook_for(seed, sites)
    numbers = range(2**32 - makers, 2**32)
    return Evidence(
        codebook, leak_of(codebook, numbers, rng=np.random.default_rng(seed), flips=0.02, erasures=0.1, **how)
    )


def e_exactly(factor: int) -> Decimal:
    return (Decimal(factor) / BELOW.resolution).exp()


def test_every_factor_has_a_mean_of_at_most_one_exactly() -> None:
    with localcontext() as context:
        context.prec = 50
        for profile in (SOLO, COALITION):
            for arity, laws in profile.laws.items():
                table = np.array([[*law, *(0,) * (4 - arity)] for law in laws for _ in law]) / 16
                symbols = np.array([y for law in laws for y in range(len(law))], np.int8)
                weights = weigh(profile, table, symbols, BELOW)
                for pi, hits, misses in zip(weights.chance, weights.match, weights.mismatch, strict=True):
                    share = Decimal(float(pi))
                    for hit, miss in zip(hits.tolist(), misses.tolist(), strict=True):
                        mean = share * e_exactly(hit) + (1 - share) * e_exactly(miss)
                        assert 1 - Decimal("0.0005") < mean <= 1


def test_every_soft_factor_has_a_mean_of_at_most_one_exactly() -> None:
    rng = np.random.default_rng(1)
    laws = codebook_for(1, 60).probabilities
    likelihoods = np.where(laws > 0, rng.random(laws.shape), 0)
    weights = weigh_soft(COALITION, laws, likelihoods, BELOW)
    with localcontext() as context:
        context.prec = 50
        for law, weight in zip(laws.tolist(), weights, strict=True):
            for h in range(weight.shape[1]):
                mean = sum(Decimal(p) * e_exactly(int(weight[x, h])) for x, p in enumerate(law) if p)
                assert 1 - Decimal("0.0005") < mean <= 1


def test_weights_rounded_to_the_nearest_would_promise_too_much() -> None:
    table, symbols = np.array([[0.5, 0.5, 0, 0]]), np.zeros(1, np.int8)
    means = []
    for profile in (SOLO, COALITION):
        weights = weigh(profile, table, symbols, NEAREST)
        means.append((np.exp(weights.match / 16) + np.exp(weights.mismatch / 16)).max() / 2)
    assert max(means) > 1


def mean_over_every_copy(evidence: Evidence) -> float:
    """The mean e-value of an innocent, over all codewords with their probabilities."""
    codebook, total = evidence.codebook, 0.0
    scorer = Scorer([evidence], BELOW)
    (weights,) = scorer.weights
    for pattern in product([0, 1], repeat=len(weights.kind)):
        hit = np.array(pattern, bool)
        chances = weights.chance[weights.kind]
        mass = float(np.where(hit, chances, 1 - chances).prod())
        sums = np.where(hit[:, None], weights.match[weights.kind], weights.mismatch[weights.kind]).sum(axis=0)
        total += mass * float(np.exp(combine(sums[None], scorer.hypotheses))[0])
    assert codebook.edition
    return total


@pytest.mark.parametrize("attack", [Strategy.INTERLEAVE, Strategy.MINORITY])
def test_the_mean_over_every_possible_copy_is_at_most_one(attack: Strategy) -> None:
    assert 0.99 < mean_over_every_copy(leaked(2, 12, 3, attack=attack)) <= 1 + 1e-12


@pytest.mark.parametrize("attack", EVERY_STRATEGY)
def test_e_values_of_innocents_average_at_most_one(attack: Strategy) -> None:
    # Few sites: e-values of long leaks have means that no sample shows.
    evidence, crowd = [leaked(3, 9, 3, attack=attack)], 200_000
    numbers, values = e_values(evidence, Suspects.of(crowd))
    assert numbers.tolist()[:3] == [1, 2, 3]
    # Of a law with so long a tail a sample's mean may well be smaller.
    assert 0.3 < values.mean() <= 1 + 4.5 * values.std() / crowd**0.5
    for level in (0.1, 0.01, 0.001):
        assert (values >= 1 / level).mean() <= level + 4.5 * (level / crowd) ** 0.5


def largest_so_far(seed: int, crowd: range, looks: int) -> NDArray[np.float64]:
    """(n,): the largest e-value each innocent ever reaches, looked at after each new edition."""
    sums, best = np.zeros((len(crowd), len(COALITION.hypotheses)), np.int64), np.zeros(len(crowd))
    for look in range(looks):
        sums += log_factors([leaked(1000 * seed + look, 8, 2)], crowd)
        best = np.maximum(best, np.exp(combine(sums, COALITION.hypotheses)))
    return best


def test_innocents_stay_below_the_line_however_often_one_looks() -> None:
    crowd = range(1, 100_001)
    best = largest_so_far(4, crowd, 40)
    for level in (0.2, 0.05, 0.01):
        rate = (best >= 1 / level).mean()
        assert rate <= level + 4.5 * (level / len(crowd)) ** 0.5
    # Looking often is not free of charge for nothing: the line is really approached.
    assert (best >= 5).mean() > 0.02


def test_of_many_cases_the_share_that_ever_names_an_innocent_keeps_the_bound() -> None:
    runs, suspects, wrong = 100, 500, {0.2: 0, 0.05: 0}
    for run in range(runs):
        best = largest_so_far(100 + run, range(1, suspects + 1), 8).max()
        for bound in wrong:
            wrong[bound] += bool(best >= suspects / bound)
    for bound, count in wrong.items():
        assert count <= runs * bound + 3 * (runs * bound * (1 - bound)) ** 0.5


@dataclasses.dataclass(frozen=True)
class Claiming:
    """An edition whose stated laws are not those its copies are drawn by."""

    true: Codebook
    probabilities: NDArray[np.float64]

    @property
    def edition(self) -> bytes:
        return self.true.edition

    @property
    def profile(self) -> Profile:
        return self.true.profile

    def matches(self, symbols: NDArray[np.int8], recipients: range | NDArray[np.int64]) -> NDArray[np.bool_]:
        return self.true.matches(symbols, recipients)


def test_probabilities_that_are_not_the_stream_s_are_found_out() -> None:
    codebook = codebook_for(5, 40)
    stated = codebook.probabilities
    leak = np.where(stated > 0, stated, 1).argmin(axis=1).astype(np.int8)
    leak[3:] = -1
    finer = stated**1.5  # as if shares were not whole sixteenths
    finer /= finer.sum(axis=1, keepdims=True)
    crowd = Suspects.of(300_000)
    means = []
    for provider in (codebook, Claiming(codebook, finer)):
        _, values = e_values([Evidence(provider, leak)], crowd)
        means.append((values.mean() - 1) / (values.std() / len(crowd) ** 0.5))
    assert means[0] <= 4.5
    assert means[1] > 4.5


def test_a_site_counted_twice_is_found_out() -> None:
    evidence = leaked(6, 9, 1)
    once = log_factors([evidence], range(1, 200_001))
    for factors, right in ((once, True), (2 * once, False)):
        values = np.exp(combine(factors, COALITION.hypotheses))
        bounded = values.mean() <= 1 + 4.5 * values.std() / len(values) ** 0.5
        assert bounded is np.bool_(right)


def test_factors_add_up_over_editions() -> None:
    editions = [leaked(seed, 30, 2) for seed in (7, 8)]
    crowd = range(1, 3001)
    together = sum((log_factors([item], crowd) for item in editions), np.zeros((3000, 8), np.int64))
    assert np.array_equal(together, log_factors(editions, crowd))
    _, values = e_values(editions, Suspects.of(3000))
    assert np.array_equal(values, np.exp(combine(together, COALITION.hypotheses)))


def test_a_leaker_is_named_by_few_more_sites_than_by_p_values() -> None:
    codebook = Codebook(new_key(bytes), bytes(16), SOLO, [2] * 45)
    leak = codebook.codeword(77).astype(np.int8)
    crowd = Suspects.of(100_000)
    numbers, values = e_values([Evidence(codebook, leak)], crowd)
    assert numbers[values >= len(crowd) / 1e-6].tolist() == [77]
    for sites, named in ((39, [77]), (38, [])):  # 38 suffice for the p-value of one look
        leak[sites:] = -1
        _, values = e_values([Evidence(codebook, leak)], crowd)
        assert numbers[values >= len(crowd) / 1e-6].tolist() == named


def test_e_values_beyond_all_numbers_are_cut_to_a_large_one() -> None:
    codebook = Codebook(new_key(bytes), bytes(16), SOLO, [4] * 900)
    _, values = e_values([Evidence(codebook, codebook.codeword(3).astype(np.int8))], Suspects.of(4))
    assert values[2] == np.exp(LARGEST)
    assert np.isfinite(values).all()


def test_nothing_read_is_a_bet_of_one() -> None:
    codebook = codebook_for(9, 20)
    _, values = e_values([Evidence(codebook, np.full(20, -1, np.int8))], Suspects.of(5))
    assert values == pytest.approx(np.ones(5))


def test_an_edition_given_twice_is_refused() -> None:
    evidence = leaked(10, 20)
    e_values([evidence], Suspects.of(5))
    with pytest.raises(ValueError, match="counts once"):
        e_values([evidence, evidence], Suspects.of(5))
