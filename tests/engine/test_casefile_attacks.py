"""Mixed attacks on real editions: caught, not enough, and never wrong."""

import logging
import random
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from engine.made_texts import made_edition, made_key
from engine.mixed_attacks import Attack, attack, editions_of_laws
from wenxing.codebook import MasterKey
from wenxing.master import Master
from wenxing.preparing import prepare
from wenxing.tracing import Report, trace

FIGURES = logging.getLogger("figures")
SUSPECTS = 5_000


@pytest.fixture(scope="module")
def key() -> MasterKey:
    return made_key()


@pytest.fixture(scope="module")
def masters(data_dir: Path, seed_text: str, key: MasterKey) -> list[Master]:
    seed = prepare(seed_text.encode(), key=key, approve="AB", profile="coalition", edition=made_edition(499))
    return [seed, *editions_of_laws(data_dir / "laws.zip", key, count=3)]


def verdict(found: Report, made: Attack) -> str:
    numbers = {n.recipient for n in found.named}
    if numbers - made.makers:
        return "wrong"
    return "caught" if numbers else str(found.outcome)


@pytest.mark.parametrize(
    ("trials", "at_most"),
    [
        (12, None),
        pytest.param(1_000, None, marks=pytest.mark.slow),
        pytest.param(150, 5, marks=pytest.mark.slow),
    ],
)
def test_mixed_attacks_are_caught_or_not_enough_and_never_wrong(
    trials: int, at_most: int | None, key: MasterKey, masters: list[Master]
) -> None:
    rng = random.Random(trials)
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for _ in range(trials):
        made = attack(masters, key=key, suspects=SUSPECTS, rng=rng)
        found = trace([made.leak], key=key, masters=masters, suspects=SUSPECTS, at_most=at_most)
        outcome = verdict(found, made)
        inside = min(made.makers) <= SUSPECTS
        table[f"{len(made.makers)} accounts" if inside else "outsiders"][outcome] += 1
        for change in made.changes or {"as it was"}:
            table[change][outcome] += 1
        table["all"][outcome] += 1
    for row in sorted(table):
        FIGURES.info("%-12s %s", row, dict(sorted(table[row].items())))
    assert table["all"]["wrong"] == 0
    assert table["outsiders"]["caught"] == 0
    assert table["all"]["caught"] > trials / 8
