"""Who is named, who is not, and what is refused."""

import dataclasses
from fractions import Fraction
from itertools import product
from math import log

import numpy as np
import pytest
from numpy.typing import NDArray

from wenxing.accusation import Accusation, Evidence, Statistic, Suspects, accuse, sites_needed
from wenxing.codebook import Codebook, new_edition, new_key
from wenxing.profiles import COALITION, SOLO, Attack, Profile
from wenxing.simulation import catch_rate, leak_of

MIXED = [2, 2, 3, 2, 4]


def codebook_for(seed: int, sites: int, profile: Profile = SOLO, arities: list[int] = MIXED) -> Codebook:
    rng = np.random.default_rng(seed)
    return Codebook(
        new_key(rng.bytes), new_edition(rng.bytes), profile, [arities[i % len(arities)] for i in range(sites)]
    )


def whole_copy(codebook: Codebook, recipient: int) -> NDArray[np.int8]:
    return codebook.codeword(recipient).astype(np.int8)


def names(result: Accusation) -> list[int]:
    return [named.recipient for named in result.named]


@pytest.mark.parametrize("profile", [SOLO, COALITION], ids=str)
def test_a_lone_leaker_is_named_and_nobody_else(profile: Profile) -> None:
    codebook = codebook_for(1, 80, profile)
    result = accuse([Evidence(codebook, whole_copy(codebook, 4321))], Suspects.of(20_000), bound=1e-6)
    assert names(result) == [4321]
    (named,) = result.named
    assert named.hypothesis == "single"
    assert named.agreeing == result.sites_read == 80
    assert 0 < named.p_value <= 1e-6
    assert result.suspects == 20_000
    assert result.more_sites_needed is None


def test_the_p_value_of_full_agreement_is_its_probability_times_suspects_over_the_prior() -> None:
    codebook = codebook_for(2, 60, COALITION)
    leak = whole_copy(codebook, 9)
    (named,) = accuse([Evidence(codebook, leak)], Suspects.of(1000), bound=1e-3).named
    chance = np.prod(codebook.probabilities[np.arange(60), leak])
    assert named.p_value == pytest.approx(chance * 1000 / 0.5, rel=1e-12, abs=0)


def p_value_slowly(codebook: Codebook, leak: NDArray[np.int8], recipient: int) -> Fraction:
    """min over h of tail / prior, over every pattern of agreement, one site after the other."""
    from wenxing.codes.attacks import agreement

    readable = [i for i, symbol in enumerate(leak) if symbol >= 0]
    word, best = codebook.codeword(recipient), Fraction(10)
    for hypothesis in codebook.profile.hypotheses:
        weights, chances = [], []
        for i in readable:
            law = tuple(p for p in codebook.probabilities[i].tolist() if p)
            a, pi = agreement(hypothesis, law, int(leak[i]), 0.02), law[leak[i]]
            weights.append((round(16 * log(a / pi)), round(16 * log((1 - a) / (1 - pi)))))
            chances.append(Fraction(pi))
        own = sum(w[0] if word[i] == leak[i] else w[1] for i, w in zip(readable, weights, strict=True))
        tail = Fraction(0)
        for pattern in product([True, False], repeat=len(readable)):
            if sum(w[0] if hit else w[1] for hit, w in zip(pattern, weights, strict=True)) >= own:
                mass = Fraction(1)
                for hit, chance in zip(pattern, chances, strict=True):
                    mass *= chance if hit else 1 - chance
                tail += mass
        best = min(best, tail / Fraction(hypothesis.prior))
    return min(best, Fraction(1))


@pytest.mark.parametrize("profile", [SOLO, COALITION], ids=str)
def test_p_values_are_what_counting_every_pattern_gives(profile: Profile) -> None:
    rng = np.random.default_rng(3)
    codebook = codebook_for(3, 12, profile)
    leak = leak_of(codebook, [5, 6], rng=rng, erasures=0.25)
    crowd = range(1, 13)
    fast = Statistic([Evidence(codebook, leak)]).p_values(crowd)
    for recipient, p_value in zip(crowd, fast.tolist(), strict=True):
        assert p_value == pytest.approx(float(p_value_slowly(codebook, leak, recipient)), rel=1e-12, abs=0)


@pytest.mark.parametrize(("at_most", "price"), [(None, 500), (5, 1500)])
def test_the_p_value_of_a_naming_is_the_exact_one_times_suspects_over_the_share(
    at_most: int | None, price: int
) -> None:
    codebook = codebook_for(6, 80)
    evidence = Evidence(codebook, whole_copy(codebook, 70))
    (named,) = accuse([evidence], Suspects.of(500), bound=1e-6, at_most=at_most).named
    (alone,) = Statistic([evidence]).p_values(np.array([70]))
    assert named.p_value == pytest.approx(price * float(alone), rel=1e-12, abs=0)


def test_scores_of_different_editions_add_up() -> None:
    books = [codebook_for(4, 30, COALITION), codebook_for(5, 45, SOLO)]
    rng = np.random.default_rng(6)
    evidence = [Evidence(book, leak_of(book, [3, 4], rng=rng, erasures=0.2)) for book in books]
    together = Statistic(evidence).scores(np.array([1, 3, 4, 900]))
    apart = sum(Statistic([item]).scores(np.array([1, 3, 4, 900])) for item in evidence)
    assert np.array_equal(together, apart)


def test_two_half_leaks_of_different_editions_name_together_what_neither_names_alone() -> None:
    books = [codebook_for(seed, 24, SOLO, [2]) for seed in (7, 8)]
    evidence = [Evidence(book, whole_copy(book, 77)) for book in books]
    suspects = Suspects.of(10_000)
    assert [names(accuse([item], suspects, bound=1e-6)) for item in evidence] == [[], []]
    assert names(accuse(evidence, suspects, bound=1e-6)) == [77]
    assert accuse(evidence, suspects, bound=1e-6) == accuse(evidence[::-1], suspects, bound=1e-6)


def test_an_edition_given_twice_is_refused() -> None:
    codebook = codebook_for(9, 60)
    evidence = Evidence(codebook, whole_copy(codebook, 5))
    assert names(accuse([evidence], Suspects.of(100), bound=1e-3)) == [5]
    for again in (evidence, Evidence(codebook, whole_copy(codebook, 6))):
        with pytest.raises(ValueError, match="counts once"):
            accuse([evidence, again], Suspects.of(100), bound=1e-3)


@dataclasses.dataclass(frozen=True)
class Disguised:
    """An edition that pretends to be another one, to get past the refusal."""

    true: Codebook
    edition: bytes

    @property
    def profile(self) -> Profile:
        return self.true.profile

    @property
    def probabilities(self) -> NDArray[np.float64]:
        return self.true.probabilities

    def matches(self, symbols: NDArray[np.int8], recipients: range | NDArray[np.int64]) -> NDArray[np.bool_]:
        return self.true.matches(symbols, recipients)


def test_evidence_counted_thrice_would_name_innocents() -> None:
    codebook = codebook_for(10, 60, SOLO, [2])
    leak = leak_of(codebook, [30_001], rng=np.random.default_rng(10))
    suspects = Suspects.of(30_000)  # the leaker is not among them
    once = [Evidence(codebook, leak)]
    thrice = [Evidence(Disguised(codebook, bytes([copy] * 16)), leak) for copy in range(3)]
    assert names(accuse(once, suspects, bound=1e-6)) == []
    assert names(accuse(thrice, suspects, bound=1e-6)) != []


@pytest.mark.parametrize("attack", list(Attack))
def test_three_colluders_are_found_under_coalition_whatever_they_do(attack: Attack) -> None:
    codebook = codebook_for(11, 1100, COALITION, [2])
    leak = leak_of(codebook, [11, 222, 3333], rng=np.random.default_rng(11), attack=attack)
    result = accuse([Evidence(codebook, leak)], Suspects.of(5000), bound=1e-6)
    assert set(names(result)) & {11, 222, 3333}
    assert set(names(result)) <= {11, 222, 3333}


def test_the_order_of_named_recipients_is_that_of_their_numbers() -> None:
    codebook = codebook_for(12, 600, COALITION, [2])
    leak = leak_of(codebook, [9, 4], rng=np.random.default_rng(12))
    assert names(accuse([Evidence(codebook, leak)], Suspects.of(100), bound=1e-6)) == [4, 9]


def test_wrong_reads_are_tolerated() -> None:
    codebook = codebook_for(13, 110, SOLO)
    leak = leak_of(codebook, [5], rng=np.random.default_rng(13), flips=0.05, erasures=0.1)
    result = accuse([Evidence(codebook, leak)], Suspects.of(10_000), bound=1e-6)
    assert names(result) == [5]
    assert result.named[0].agreeing < result.sites_read < 110


def test_nobody_is_a_result_that_says_how_much_is_missing() -> None:
    codebook = codebook_for(14, 100, SOLO, [2])
    leak = whole_copy(codebook, 5)
    leak[20:] = -1
    result = accuse([Evidence(codebook, leak)], Suspects.of(100_000), bound=1e-6)
    assert result.named == ()
    assert result.sites_read == 20
    assert result.more_sites_needed == 38 - 20


def test_where_enough_was_read_more_sites_are_not_asked_for() -> None:
    codebook = codebook_for(15, 100, SOLO, [2])
    result = accuse([Evidence(codebook, whole_copy(codebook, 999))], Suspects.of(500), bound=1e-6)
    assert result.named == ()
    assert result.more_sites_needed is None


def test_the_result_holds_nothing_about_anybody_who_is_not_named() -> None:
    codebook = codebook_for(16, 30, SOLO, [2])
    leak = whole_copy(codebook, 31_337)
    result = accuse([Evidence(codebook, leak)], Suspects.of(40_000), bound=1e-6)
    assert result.named == ()
    stranger = accuse(
        [Evidence(codebook, leak)], Suspects.of([n for n in range(1, 40_001) if n != 31_337]), bound=1e-6
    )
    # The nearest suspect makes no difference but to the count.
    assert dataclasses.replace(stranger, suspects=40_000, thresholds=()) == dataclasses.replace(
        result, thresholds=()
    )


def test_a_verbatim_edition_and_a_fully_erased_leak_name_nobody() -> None:
    verbatim = codebook_for(17, 0)
    result = accuse([Evidence(verbatim, np.zeros(0, np.int8))], Suspects.of(1), bound=0.9)
    assert (result.named, result.sites_read) == ((), 0)
    assert result.more_sites_needed is not None
    erased = codebook_for(18, 50)
    result = accuse([Evidence(erased, np.full(50, -1, np.int8))], Suspects.of(1), bound=0.9)
    assert (result.named, result.sites_read) == ((), 0)


def test_thresholds_are_the_smallest_scores_that_name() -> None:
    codebook = codebook_for(19, 60, COALITION)
    statistic = Statistic([Evidence(codebook, whole_copy(codebook, 1))])
    result = accuse(statistic.evidence, Suspects.of(1000), bound=1e-4)
    for law, threshold in zip(statistic.laws, result.thresholds, strict=True):
        if threshold.score is None:
            assert law.tails[-1] * 1000 > 1e-4 * threshold.prior
        else:
            at, below = law.tail(np.array([threshold.score, threshold.score - 1])) * 1000 / threshold.prior
            assert at <= 1e-4 < below
    assert any(threshold.score is not None for threshold in result.thresholds)


def test_large_crowds_are_compared_in_portions_without_a_seam() -> None:
    codebook = codebook_for(20, 60)
    statistic = Statistic([Evidence(codebook, whole_copy(codebook, 1))])
    edge = statistic.portion()
    for leaker in (1, edge, edge + 1, 2 * edge):
        evidence = [Evidence(codebook, whole_copy(codebook, leaker))]
        assert names(accuse(evidence, Suspects.of(2 * edge), bound=1e-6)) == [leaker]


def test_the_same_crowd_as_a_range_or_as_numbers_gives_the_same_result() -> None:
    codebook = codebook_for(21, 60)
    evidence = [Evidence(codebook, whole_copy(codebook, 50))]
    shuffled = np.random.default_rng(1).permutation(np.arange(1, 101))
    assert accuse(evidence, Suspects.of(100), bound=1e-6) == accuse(
        evidence, Suspects.of(shuffled), bound=1e-6
    )


@pytest.mark.parametrize("bound", [0.0, 1.0, -1e-6, 2.0, float("nan")])
def test_a_bound_that_is_no_probability_is_refused(bound: float) -> None:
    codebook = codebook_for(22, 60)
    evidence = [Evidence(codebook, whole_copy(codebook, 1))]
    accuse(evidence, Suspects.of(10), bound=0.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        accuse(evidence, Suspects.of(10), bound=bound)


def test_an_accusation_without_evidence_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one edition"):
        accuse([], Suspects.of(10), bound=1e-6)


def test_readings_that_cannot_belong_to_the_edition_are_refused() -> None:
    codebook = codebook_for(23, 10, SOLO, [2])
    Evidence(codebook, np.ones(10, np.int8))
    for wrong in (np.zeros(9, np.int8), np.full(10, 2, np.int8), np.full(10, -2, np.int8)):
        with pytest.raises(ValueError, match=r"sites|symbol"):
            Evidence(codebook, wrong)


def test_editions_with_different_hypotheses_do_not_add_up() -> None:
    one, other = (
        codebook_for(24, 40),
        codebook_for(25, 40, Profile("x", SOLO.laws, hypotheses=SOLO.hypotheses[:2])),
    )
    evidence = [Evidence(book, whole_copy(book, 1)) for book in (one, other)]
    assert [names(accuse([item], Suspects.of(9), bound=1e-3)) for item in evidence] == [[1], [1]]
    with pytest.raises(ValueError, match="hypotheses"):
        accuse(evidence, Suspects.of(9), bound=1e-3)


@pytest.mark.parametrize(
    ("profile", "arities", "suspects", "published"),
    [
        (SOLO, (2,), 1000, 30),
        (SOLO, (2,), 100_000, 38),
        (COALITION, (2,), 1000, 54),
        (COALITION, (2,), 100_000, 65),
    ],
)
def test_lone_leakers_need_as_many_sites_as_was_measured(
    profile: Profile, arities: tuple[int, ...], suspects: int, published: int
) -> None:
    assert abs(sites_needed(profile, suspects, 1e-6, arities=arities) - published) <= 0.04 * published


@pytest.mark.parametrize("profile", [SOLO, COALITION], ids=str)
@pytest.mark.parametrize("arities", [(2,), (3,), (4,)], ids=str)
def test_the_stated_number_of_sites_catches_as_often_as_stated(
    profile: Profile, arities: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(26)
    for catch in (0.99, 0.5):
        needed = sites_needed(profile, 100_000, 1e-6, catch, arities=arities)
        for sites, wanted in ((needed, True), (int(0.8 * needed), False)):
            rate = catch_rate(
                profile, list(arities) * sites, suspects=100_000, bound=1e-6, rng=rng, trials=150
            )
            assert (rate >= catch - 3 * (catch * (1 - catch) / 150) ** 0.5) is wanted


def test_more_suspects_or_a_stricter_bound_need_more_sites() -> None:
    base = sites_needed(COALITION, 1000, 1e-3)
    assert base < sites_needed(COALITION, 100_000, 1e-3)
    assert base < sites_needed(COALITION, 1000, 1e-6)
    assert base > sites_needed(COALITION, 1000, 1e-3, 0.5)
    assert base > sites_needed(COALITION, 1000, 1e-3, arities=(2, 3, 4))


@pytest.mark.parametrize("wrong", [(0, 1e-6, 0.99), (10, 0.0, 0.99), (10, 1e-6, 1.0)])
def test_impossible_requirements_are_refused(wrong: tuple[int, float, float]) -> None:
    sites_needed(SOLO, 10, 1e-6, 0.99)
    with pytest.raises(ValueError, match="at least one suspect"):
        sites_needed(SOLO, *wrong)


@pytest.mark.parametrize("profile", [SOLO, COALITION], ids=str)
def test_twelve_thousand_readable_sites_are_no_obstacle(profile: Profile) -> None:
    codebook = codebook_for(27, 12_000, profile)
    leak = leak_of(codebook, [3, 30], rng=np.random.default_rng(27), flips=0.01)
    assert names(accuse([Evidence(codebook, leak)], Suspects.of(200), bound=1e-6)) == [3, 30]
