"""Simulated leaks: strategies do what they say, results repeat, rates are what theory says."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from wenxing.accusation import Evidence, Statistic, decide, sites_needed
from wenxing.codebook import Codebook, new_key
from wenxing.profiles import COALITION, SOLO, Attack
from wenxing.simulation import (
    Setting,
    Strategy,
    information,
    leak_of,
    length_needed,
    simulate,
    worst_choice,
)
from wenxing.simulation.strategies import _choices, mix

FEW = Setting(SOLO, arity="4", recipients=300, bound=1e-3)


def mixed(
    strategy: Strategy, copies: list[list[int]], times: int = 4000
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """(columns, 4): how often each symbol is put out for columns of copies."""
    wide = np.repeat(np.array(copies, np.uint8), times, axis=1)
    arities = np.full(wide.shape[1], 4 if wide.max() > 1 else 2)
    rng = np.random.default_rng(1)
    out = mix(wide, strategy, profile=COALITION, arities=arities, rng=rng).reshape(-1, times)
    return np.stack([(out == symbol).mean(axis=1) for symbol in range(4)], axis=1)


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (Strategy.SINGLE, [0, 1, 0, 0]),
        (Strategy.INTERLEAVE, [0, 0.75, 0, 0.25]),
        (Strategy.MAJORITY, [0, 1, 0, 0]),
        (Strategy.MINORITY, [0, 0, 0, 1]),
        (Strategy.COIN, [0, 0.5, 0, 0.5]),
        (Strategy.ALL_0, [0, 1, 0, 0]),
        (Strategy.ALL_1, [0, 0, 0, 1]),
        (Strategy.PREFER_ORIGINAL, [0, 0.75, 0, 0.25]),
    ],
)
def test_each_strategy_puts_out_what_it_says(strategy: Strategy, expected: list[float]) -> None:
    assert mixed(strategy, [[1], [3], [1], [1]])[0] == pytest.approx(expected, abs=0.04)


def test_the_original_is_preferred_wherever_a_copy_shows_it() -> None:
    assert mixed(Strategy.PREFER_ORIGINAL, [[0, 2], [3, 3], [3, 2]])[:, 0].tolist() == [1, 0]


@pytest.mark.parametrize("strategy", list(Strategy))
def test_no_strategy_puts_out_what_no_copy_shows(strategy: Strategy) -> None:
    codebook = Codebook(new_key(bytes), bytes(16), COALITION, [2, 3, 4] * 60)
    copies = np.stack([codebook.codeword(n) for n in (1, 2, 3)])
    leak = leak_of(codebook, [1, 2, 3], rng=np.random.default_rng(2), attack=strategy)
    assert (copies == leak).any(axis=0).all()


@pytest.mark.parametrize("attack", list(Attack))
def test_hypotheses_attacks_are_strategies(attack: Attack) -> None:
    codebook = Codebook(new_key(bytes), bytes(16), COALITION, [2, 3, 4] * 60)
    leaks = [
        leak_of(codebook, [1, 2, 3], rng=np.random.default_rng(3), attack=how)
        for how in (attack, Strategy.of(attack))
    ]
    assert np.array_equal(leaks[0], leaks[1])


def information_slowly(law: tuple[float, ...], colluders: int, strategy: Strategy) -> float:
    """I(X; Y) from every way the copies may be."""
    joint = np.zeros((len(law), len(law)))
    for copies in product(range(len(law)), repeat=colluders):
        counts = tuple(copies.count(y) for y in range(len(law)))
        joint[copies[0]] += np.prod([law[x] for x in copies]) * np.array(_choices(strategy)(counts))
    outer = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    return float((joint[joint > 0] * np.log2(joint[joint > 0] / outer[joint > 0])).sum())


@pytest.mark.parametrize(
    "strategy", [Strategy.INTERLEAVE, Strategy.MAJORITY, Strategy.MINORITY, Strategy.COIN]
)
def test_information_is_what_counting_every_coalition_gives(strategy: Strategy) -> None:
    for law in ((0.5, 0.5), (14 / 16, 2 / 16), (10 / 16, 2 / 16, 2 / 16, 2 / 16)):
        expected = information_slowly(law, 3, strategy)
        assert information(law, 3, _choices(strategy)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("colluders", [2, 3, 4, 5])
def test_the_worst_mixing_of_two_way_sites_tells_less_than_any_other(colluders: int) -> None:
    worst = worst_choice(COALITION, 2, colluders)
    assert isinstance(worst, tuple)
    assert (worst[0], worst[-1]) == (0.0, 1.0)
    laws = [tuple(share / 16 for share in law) for law in COALITION.laws[2]]

    def told(table: tuple[float, ...]) -> float:
        return sum(information(law, colluders, lambda k: (1 - table[k[1]], table[k[1]])) for law in laws)

    for strategy in (Strategy.INTERLEAVE, Strategy.MAJORITY, Strategy.MINORITY, Strategy.COIN):
        table = tuple(_choices(strategy)((colluders - k, k))[1] for k in range(colluders + 1))
        assert told(worst) <= told(table) + 1e-6


def test_the_same_seed_gives_the_same_result_and_another_seed_another() -> None:
    setting = replace(FEW, coalition=2, noise=0.05, erase=0.1)
    one, same, other = (simulate(setting, sites=40, trials=6, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one.p_calibration != other.p_calibration


def test_a_long_leak_is_always_caught_and_a_short_one_never() -> None:
    long, short = (simulate(FEW, sites=sites, trials=8, seed=3) for sites in (40, 4))
    assert (long.caught, long.not_enough, long.false_namings, long.catch_rate) == (8, 0, 0, 1.0)
    assert (short.caught, short.not_enough, short.catch_rate) == (0, 8, 0.0)


def test_p_values_of_simulated_innocents_are_not_too_small() -> None:
    found = simulate(replace(FEW, coalition=3), sites=60, trials=12, seed=4).p_calibration
    assert list(found) == ["0.1", "0.01", "0.001"]
    assert 0.2 < found["0.1"] < 1.05
    assert found["0.01"] < 1.3


def test_a_result_is_plain_data() -> None:
    data = simulate(FEW, sites=40, trials=2, seed=5).to_json()
    assert data["format"] == 1
    wanted = {"trials", "catch_rate", "false_namings", "not_enough", "sites", "p_calibration", "seed"}
    assert wanted <= set(data)
    assert data["attack"] == "interleave"


def test_a_simulation_on_an_executor_is_the_same() -> None:
    setting = replace(FEW, coalition=2)
    with ThreadPoolExecutor(2) as executor:
        assert simulate(setting, sites=40, trials=3, seed=6, executor=executor) == simulate(
            setting, sites=40, trials=3, seed=6
        )


def test_progress_counts_the_leaks() -> None:
    seen: list[int] = []
    simulate(FEW, sites=10, trials=3, seed=7, progress=seen.append)
    assert seen == [1, 2, 3]


def test_the_length_found_for_lone_leakers_is_the_exact_one() -> None:
    exact = sites_needed(SOLO, 100_000, 1e-6)
    found = length_needed(Setting(SOLO, arity="2"), longest=60, trials=10, seed=8)
    assert (found.sites, found.error, found.median) == (exact, 0.0, float(exact))
    leaning = length_needed(Setting(COALITION, arity="2"), longest=110, trials=60, seed=8)
    assert leaning.sites is not None
    assert abs(leaning.sites - sites_needed(COALITION, 100_000, 1e-6)) <= 3 * leaning.error + 1


def test_pairs_are_named_from_much_shorter_leaks() -> None:
    setting = Setting(SOLO, arity="4", coalition=2, at_most=None)
    alone = length_needed(setting, longest=200, trials=16, seed=9)
    joint = length_needed(replace(setting, at_most=5), longest=200, trials=16, seed=9, shortest=20)
    assert alone.sites is not None
    assert joint.sites is not None
    assert joint.sites <= 60 + 2 * joint.error
    assert joint.sites < 0.75 * alone.sites


def test_a_length_beyond_the_longest_is_none() -> None:
    assert length_needed(Setting(SOLO), longest=30, trials=2, seed=10).sites is None


def test_deciding_about_makers_alone_is_what_searching_everybody_gives() -> None:
    codebook = Codebook(new_key(bytes), bytes(16), SOLO, [4] * 60)
    leak = leak_of(codebook, [7, 70], rng=np.random.default_rng(11))
    statistic = Statistic([Evidence(codebook, leak)])
    makers = decide(statistic, np.array([7, 70]), count=5000, bound=1e-6, at_most=5)
    everybody = decide(statistic, np.arange(1, 5001), count=5000, bound=1e-6, at_most=5)
    assert makers == everybody != ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"arity": "5"},
        {"coalition": 0},
        {"coalition": 301},
        {"noise": 1.0},
        {"erase": -0.1},
        {"bound": 0.0},
    ],
    ids=str,
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"arity|coalition|probabilit"):
        replace(FEW, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(("sites", "trials"), [(0, 1), (1, 0)])
def test_nothing_to_simulate_is_refused(sites: int, trials: int) -> None:
    simulate(FEW, sites=1, trials=1, seed=1)
    with pytest.raises(ValueError, match="at least one"):
        simulate(FEW, sites=sites, trials=trials, seed=1)
