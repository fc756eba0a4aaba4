"""Pairs and triples: who is named thanks to whom, under which assumption, and never an innocent."""

import pickle
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wenxing.accusation import Accusation, Evidence, Statistic, Suspects, accuse, spends_on_groups
from wenxing.accusation.joint import PAIR_GATE, SIMPLE_SHARE, TRIPLE_GATE, _Crowd, _Test
from wenxing.codebook import Codebook, new_edition, new_key
from wenxing.profiles import COALITION, SOLO, Attack, Profile
from wenxing.simulation import leak_of

CROWD = Suspects.of(20_000)


def codebook_for(seed: int, sites: int, profile: Profile = SOLO, arity: int = 4) -> Codebook:
    rng = np.random.default_rng(seed)
    return Codebook(new_key(rng.bytes), new_edition(rng.bytes), profile, [arity] * sites)


def leaked(
    seed: int, sites: int, makers: list[int], profile: Profile = SOLO, arity: int = 4, **how: Any
) -> Evidence:
    codebook = codebook_for(seed, sites, profile, arity)
    return Evidence(codebook, leak_of(codebook, makers, rng=np.random.default_rng(seed), **how))


def names(result: Accusation) -> list[int]:
    return [named.recipient for named in result.named]


def test_two_colluders_are_named_from_sixty_even_four_way_sites() -> None:
    caught = alone = 0
    for seed in range(5):
        evidence = [leaked(seed, 60, [7, 70])]
        result = accuse(evidence, CROWD, bound=1e-6, at_most=5)
        assert set(names(result)) <= {7, 70}
        caught += bool(result.named)
        alone += bool(accuse(evidence, CROWD, bound=1e-6).named)
    assert caught >= 4
    assert alone < caught


def test_three_colluders_are_named_from_two_documents_of_sixty() -> None:
    caught = 0
    for seed in range(10, 13):
        evidence = [leaked(seed, 60, [5, 55, 555]), leaked(seed + 100, 60, [5, 55, 555])]
        result = accuse(evidence, CROWD, bound=1e-6, at_most=5)
        assert set(names(result)) <= {5, 55, 555}
        caught += bool(result.named)
    assert caught >= 2


def test_whoever_is_named_as_one_of_a_group_says_what_it_assumes() -> None:
    evidence = [leaked(1, 70, [7, 70])]
    joint = accuse(evidence, CROWD, bound=1e-6, at_most=5)
    assert joint.assumes == 5
    grouped = [n for n in joint.named if n.group > 1]
    assert grouped
    assert {n.assumes for n in grouped} == {5}
    assert all(0 < n.p_value <= 1e-6 and n.agreeing < 70 for n in grouped)
    strict = accuse(evidence, CROWD, bound=1e-6)
    assert strict.assumes is None
    assert all((n.group, n.assumes) == (1, None) for n in strict.named)


@pytest.mark.parametrize("sites", [20, 26])
def test_a_short_leak_keeps_the_whole_bound_for_a_lone_leaker(sites: int) -> None:
    evidence = [leaked(2, sites, [9])]
    assert accuse(evidence, CROWD, bound=1e-6, at_most=5) == accuse(evidence, CROWD, bound=1e-6)
    assert names(accuse(evidence, CROWD, bound=1e-6, at_most=5)) == [9]


def test_whether_groups_are_decoded_depends_on_the_leak_alone() -> None:
    short, long = leaked(3, 25, [9]), leaked(3, 60, [9])
    for evidence, spends in ((short, False), (long, True)):
        assert spends_on_groups(Statistic([evidence]), len(CROWD), 1e-6) is spends
        strangers = Suspects.of([n for n in range(1, 20_001) if n not in {9}])
        both = [accuse([evidence], crowd, bound=1e-6, at_most=5).assumes for crowd in (CROWD, strangers)]
        assert both == [5 if spends else None] * 2


def test_a_long_leak_of_one_names_one() -> None:
    result = accuse([leaked(4, 200, [9], flips=0.02)], CROWD, bound=1e-6, at_most=5)
    assert names(result) == [9]
    assert result.named[0].assumes is None


def test_an_innocent_in_place_of_an_absent_partner_is_not_named() -> None:
    for seed in range(5, 7):
        evidence = [leaked(seed, 90, [30_001, 44])]  # one of the two is not among the suspects
        assert set(names(accuse(evidence, CROWD, bound=1e-3, at_most=5))) <= {44}


def test_a_group_has_two_members() -> None:
    evidence = [leaked(6, 60, [7, 70])]
    assert accuse(evidence, CROWD, bound=1e-6, at_most=2).assumes == 2
    for wrong in (1, 0, -3):
        with pytest.raises(ValueError, match="two members"):
            accuse(evidence, CROWD, bound=1e-6, at_most=wrong)


def test_the_shares_of_the_bound_add_up_to_it() -> None:
    assert pytest.approx(1) == SIMPLE_SHARE + 2 * PAIR_GATE + 3 * TRIPLE_GATE


def test_two_suspects_can_be_a_pair_and_one_cannot() -> None:
    evidence = [leaked(7, 60, [1, 2])]
    assert names(accuse(evidence, Suspects.of(2), bound=1e-6, at_most=5)) == [1, 2]
    accuse(evidence, Suspects.of(1), bound=1e-6, at_most=5)


def gates_of(evidence: Evidence, members: NDArray[np.int64]) -> _Test:
    statistic = Statistic([evidence])
    return _Test(_Crowd(statistic, members), statistic.hypotheses, count=len(members), bound=1e-6, at_most=5)


def table_of(
    found: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]], rows: int, columns: int
) -> NDArray[np.float64]:
    """(rows, columns): the p-values that a block found; 1 where it found none."""
    table = np.ones((rows, columns))
    table[found[0], found[1]] = found[2]
    return table


def test_blocks_of_pairs_and_triples_hold_the_p_of_each() -> None:
    members = np.array([30, 7, 12, 70, 1])
    test = gates_of(leaked(8, 60, [7, 70], COALITION), members)
    pairs = table_of(test._pair_block(0, 1.0), 5, 5)
    for j in range(5):
        for k in range(5):
            expected = test.gate((j, k), ()) if j < k else 1.0
            assert pairs[j, k] == pytest.approx(min(expected, 1.0), rel=1e-12, abs=0)
    block = [(0, 1), (1, 3)]
    triples = table_of(test._triple_block(block, 1.0), 2, 5)
    for row, (j, k) in enumerate(block):
        for third in range(5):
            together = tuple(sorted((j, k, third)))
            expected = 1.0 if third in (j, k) else test.gate(together, ())
            assert triples[row, third] == pytest.approx(min(expected, 1.0), rel=1e-12, abs=0)


def test_a_line_leaves_out_the_larger_p_and_changes_none() -> None:
    test = gates_of(leaked(8, 60, [7, 70], COALITION), np.array([30, 7, 12, 70, 1]))
    block = [(0, 1), (1, 3)]
    for made in (partial(test._pair_block, 0), partial(test._triple_block, block)):
        rows, columns, all_of_them = made(1.0)
        line = float(np.median(all_of_them))
        few = made(line)
        below = all_of_them <= line
        assert 0 < below.sum() < len(below)
        for part, whole in zip(few, (rows, columns, all_of_them), strict=True):
            assert part.tolist() == whole[below].tolist()


def test_a_naming_pays_for_every_gate_what_the_proof_asks() -> None:
    members, suspects, makers = np.array([30, 7, 12, 70, 1]), 1000, 5
    statistic = Statistic([leaked(8, 60, [7, 70], COALITION)])
    test = _Test(_Crowd(statistic, members), statistic.hypotheses, count=suspects, bound=1e30, at_most=makers)
    pairs, triples = suspects * 999 / 2, suspects * 999 * 998 / 6
    for j, k, third in [(1, 3, 0), (3, 1, 2), (0, 4, 2)]:
        pair = [makers * suspects * test.gate((j,), (k,)), pairs * test.gate(tuple(sorted((j, k))), ())]
        assert test.naming(j, (k,)) == pytest.approx(6 * max(pair), rel=1e-12, abs=0)
        two = tuple(sorted((k, third)))
        triple = [
            10 * suspects * test.gate((j,), two),
            *(makers * pairs * test.gate(tuple(sorted((j, a))), (b,)) for a, b in ((k, third), (third, k))),
            triples * test.gate(tuple(sorted((j, k, third))), ()),
        ]
        assert test.naming(j, (k, third)) == pytest.approx(9 * max(triple), rel=1e-12, abs=0)


@pytest.mark.parametrize("attack", list(Attack))
def test_gates_of_innocents_are_passed_no_more_often_than_they_say(attack: Attack) -> None:
    evidence = leaked(9, 80, [30_001, 30_002, 30_003], COALITION, attack=attack)
    members = np.concatenate([[30_001, 30_002], np.arange(1, 1501)])
    test = gates_of(evidence, members)
    given_one = np.array([test.gate((j,), (0,)) for j in range(2, 1502)])
    given_two = np.array([test.gate((j,), (0, 1)) for j in range(2, 1502)])
    pairs = table_of(test._pair_block(256, 1.0), 256, len(members) - 256)[:, 256:].ravel()  # of innocents
    couples = np.array([test.gate((j, j + 1), (0,)) for j in range(2, 1001, 2)])
    for p_values in (given_one, given_two, pairs, couples):
        for level in (0.3, 0.1, 0.03):
            count, n = int((p_values <= level).sum()), len(p_values)
            # Pairs share members: their counts spread more than independent ones.
            spread = 4.5 * (n * level) ** 0.5 * (1 if n < 2000 else 12)
            assert count <= n * level + spread
        assert (p_values <= 0.5).any()


def test_of_many_traces_the_share_that_names_an_innocent_jointly_keeps_the_bound() -> None:
    runs, bound, wrong = 60, 0.2, 0
    for run in range(runs):
        makers = [1001 + i for i in range(2 + run % 4)]
        evidence = leaked(1000 + run, 24, makers, (SOLO, COALITION)[run % 2], attack=list(Attack)[run % 3])
        result = accuse([evidence], Suspects.of(150), bound=bound, at_most=5)
        assert result.assumes == 5
        wrong += bool(result.named)
    assert wrong <= runs * bound + 3 * (runs * bound * (1 - bound)) ** 0.5


def test_any_executor_gives_the_same_result() -> None:
    evidence = [leaked(11, 60, [7, 70_000])]
    crowd = Suspects.of(140_000)
    expected = accuse(evidence, crowd, bound=1e-6, at_most=5)
    assert expected.named
    with ThreadPoolExecutor(2) as threads:
        assert accuse(evidence, crowd, bound=1e-6, at_most=5, executor=threads) == expected


def test_other_processes_compare_with_the_edition_s_own_code() -> None:
    codebook = codebook_for(12, 60)
    symbols = leak_of(codebook, [7, 70], rng=np.random.default_rng(12))
    crowd = Suspects.of(70_000)
    expected = accuse([Evidence(codebook, symbols)], crowd, bound=1e-6, at_most=5)
    assert expected.named
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        portable = [Evidence(codebook.for_workers(), symbols)]
        assert accuse(portable, crowd, bound=1e-6, at_most=5, executor=processes) == expected
        with pytest.raises(TypeError, match="never copied or pickled"):
            accuse([Evidence(codebook, symbols)], crowd, bound=1e-6, executor=processes)


class Recording(ThreadPoolExecutor):
    """Remembers what was handed to it."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.sent = pickle.dumps(args)
        return super().submit(fn, *args, **kwargs)


def test_workers_are_sent_the_edition_s_keys_and_never_the_master_key() -> None:
    secret = bytes(range(100, 132))
    codebook = Codebook(new_key(lambda _: secret), bytes(16), SOLO, [4] * 60)
    symbols = leak_of(codebook, [7], rng=np.random.default_rng(13))
    with Recording(1) as executor:
        accuse([Evidence(codebook.for_workers(), symbols)], Suspects.of(50), bound=1e-6, executor=executor)
        assert codebook.disclose().bits in executor.sent
        assert secret not in executor.sent


def test_scattered_suspects_are_divided_without_a_seam() -> None:
    evidence = [leaked(14, 60, [7, 131_073])]
    crowd = Suspects.of(np.r_[1:140_001:2, 131_070:131_080].tolist())
    expected = accuse(evidence, crowd, bound=1e-6, at_most=5)
    with ThreadPoolExecutor(2) as threads:
        assert accuse(evidence, crowd, bound=1e-6, at_most=5, executor=threads) == expected
    assert set(names(expected)) <= {7, 131_073}
    assert expected.named
