"""Groups: what colluders share, their weights, and the null law of both, against counting every case."""

from fractions import Fraction
from itertools import product
from math import comb, log

import numpy as np
import pytest

from wenxing.codes.attacks import agreement, sharing, transfer
from wenxing.codes.groups import SiteKind, group_law, group_weights
from wenxing.codes.nulls import Draws, NullLaw, Steps, null_law
from wenxing.profiles import FAMILY, Attack, Hypothesis

LAWS = [(0.5, 0.5), (14 / 16, 2 / 16), (11 / 16, 3 / 16, 2 / 16), (0.25, 0.25, 0.25, 0.25)]
GROUPS = [h for h in FAMILY if h.colluders >= 3]


def put_out(copies: tuple[int, ...], attack: Attack) -> dict[int, Fraction]:
    """Symbol → probability that a coalition with these copies puts it out."""
    if attack is Attack.INTERLEAVING:
        return {y: Fraction(copies.count(y), len(copies)) for y in set(copies)}
    counts = [copies.count(y) for y in set(copies)]
    wanted = max(counts) if attack is Attack.MAJORITY else min(counts)
    chosen = [y for y in set(copies) if copies.count(y) == wanted]
    return {y: Fraction(1, len(chosen)) for y in chosen}


def reading_of(copies: tuple[int, ...], attack: Attack, arity: int, noise: Fraction) -> list[Fraction]:
    """P(each symbol is read) from these copies."""
    out = put_out(copies, attack)
    return [
        sum(
            (share * (1 - noise if y == read else noise / (arity - 1)) for y, share in out.items()),
            Fraction(0),
        )
        for read in range(arity)
    ]


@pytest.mark.parametrize("law", LAWS, ids=str)
@pytest.mark.parametrize("hypothesis", [h for h in FAMILY if h.colluders <= 3], ids=lambda h: h.name)
def test_what_colluders_share_is_what_counting_every_coalition_gives(
    hypothesis: Hypothesis, law: tuple[float, ...]
) -> None:
    noise, arity, c = Fraction(1, 50), len(law), hypothesis.colluders
    joint = {(x, y): Fraction(0) for x in range(arity) for y in range(arity)}
    have = [[[Fraction(0)] * (g + 1) for g in range(1, c + 1)] for _ in range(arity)]
    for copies in product(range(arity), repeat=c):
        mass = Fraction(1)
        for x in copies:
            mass *= Fraction(law[x])
        for y, read in enumerate(reading_of(copies, hypothesis.attack, arity, noise)):
            joint[copies[0], y] += mass * read
            for g in range(1, c + 1):
                have[y][g - 1][copies[:g].count(y)] += mass * read
    rows = transfer(hypothesis, law, 0.02)
    for x in range(arity):
        expected = [joint[x, y] / Fraction(law[x]) for y in range(arity)]
        assert rows[x] == pytest.approx([float(p) for p in expected], rel=1e-12, abs=0)
    for y in range(arity):
        for g in range(1, c + 1):
            shares = have[y][g - 1]
            wanted = [float(share / sum(shares)) for share in shares]
            assert sharing(hypothesis, law, y, 0.02, g) == pytest.approx(wanted, rel=1e-12, abs=0)


@pytest.mark.parametrize("hypothesis", FAMILY, ids=lambda h: h.name)
def test_one_colluder_s_sharing_is_the_agreement_of_single_scores(hypothesis: Hypothesis) -> None:
    for law in LAWS:
        for y in range(len(law)):
            expected = agreement(hypothesis, law, y, 0.02)
            assert sharing(hypothesis, law, y, 0.02, 1)[1] == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize(("known", "new"), [(0, 2), (1, 1), (0, 3), (1, 2), (2, 1)])
def test_weights_are_log_likelihood_ratios_given_the_known(known: int, new: int) -> None:
    kind = SiteKind((10 / 16, 2 / 16, 2 / 16, 2 / 16), 2 / 16, 0.02)
    size = known + new
    for hypothesis in GROUPS:
        (weights,) = group_weights(hypothesis, [kind], known=known, new=new)
        shares = sharing(hypothesis, kind.law, 1, 0.02, size)
        # P(exactly these members match) is the same for every choice of members.
        exactly = [share / comb(size, s) for s, share in enumerate(shares)]
        for t in range(known + 1):
            given = sum(comb(new, r) * exactly[t + r] for r in range(new + 1))
            for r in range(new + 1):
                chance = kind.chance**r * (1 - kind.chance) ** (new - r)
                assert weights[t, r] == round(16 * log(exactly[t + r] / given / chance))


def tails_slowly(draws: list[Draws]) -> dict[int, Fraction]:
    law = {0: Fraction(1)}
    for draw in draws:
        for _ in range(draw.count):
            moved: dict[int, Fraction] = {}
            for value, mass in law.items():
                for step, chance in zip(draw.values, draw.chances, strict=True):
                    moved[value + step] = moved.get(value + step, Fraction(0)) + mass * Fraction(chance)
            law = moved
    total, tails = Fraction(0), {}
    for value in sorted(law, reverse=True):
        total += law[value]
        tails[value] = total
    return tails


def assert_agrees(law: NullLaw, expected: dict[int, Fraction]) -> None:
    for score, tail in expected.items():
        assert float(law.tail(np.array([score]))[0]) == pytest.approx(float(tail), rel=1e-12, abs=0)


@pytest.mark.parametrize(
    "draws",
    [
        [Draws(4, (-30, 2, 17), (0.25, 0.5, 0.25))],
        [Draws(3, (5, -9, 0, 40), (0.25, 0.25, 0.25, 0.25)), Draws(20, (7, -1), (0.125, 0.875))],
        [Draws(40, (-30, 2, 17), (0.5625, 0.375, 0.0625))],
    ],
    ids=range(3),
)
def test_draws_of_many_values_have_exact_tails(draws: list[Draws]) -> None:
    assert_agrees(null_law([], draws), tails_slowly(draws))


def test_steps_and_draws_together_have_exact_tails() -> None:
    steps, draws = [Steps(5, 0.375, 9, -2)], [Draws(4, (-30, 2, 17), (0.25, 0.5, 0.25))]
    as_draws = [Draws(5, (9, -2), (0.375, 0.625)), *draws]
    assert_agrees(null_law(steps, draws), tails_slowly(as_draws))


@pytest.mark.parametrize(("known", "new"), [(0, 2), (1, 1), (0, 3), (1, 2), (2, 1)])
def test_group_laws_are_what_counting_every_innocent_s_copy_gives(known: int, new: int) -> None:
    kinds = [SiteKind((14 / 16, 2 / 16), 2 / 16, 0.02), SiteKind((0.25,) * 4, 0.25, 0.02)]
    counts = np.array([[2, 1, 1][: known + 1], [1, 2, 1][: known + 1]])
    for hypothesis in GROUPS:
        weights = group_weights(hypothesis, kinds, known=known, new=new)
        law = {0: Fraction(1)}
        for g, t in np.argwhere(counts > 0).tolist():
            for _ in range(int(counts[g, t])):
                moved: dict[int, Fraction] = {}
                for value, mass in law.items():
                    for hits in product([0, 1], repeat=new):
                        chance = Fraction(kinds[g].chance)
                        share = chance ** sum(hits) * (1 - chance) ** (new - sum(hits))
                        at = value + int(weights[g, t, sum(hits)])
                        moved[at] = moved.get(at, Fraction(0)) + mass * share
                law = moved
        tails, total = {}, Fraction(0)
        for value in sorted(law, reverse=True):
            total += law[value]
            tails[value] = total
        assert_agrees(group_law(weights, kinds, counts), tails)
