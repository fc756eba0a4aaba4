"""The main promise on a real document. Figures are logged: `--log-cli-level=info` shows them.

Every test has a short form for each run and the full one under `-m slow`.
"""

import logging
import random
import zipfile
from pathlib import Path

import pytest

from engine.made_texts import collapsed, made_edition, made_key, noisy
from wenxing.codebook import MasterKey
from wenxing.marking import mark
from wenxing.master import Master
from wenxing.preparing import prepare
from wenxing.reading import read
from wenxing.tracing import Outcome, Report, trace

FIGURES = logging.getLogger("figures")
SHORT = 12
CORPUS = Path(__file__).parent / "corpus"

some = pytest.mark.parametrize("trials", [SHORT, pytest.param(200, marks=pytest.mark.slow)])
many = pytest.mark.parametrize("trials", [SHORT, pytest.param(500, marks=pytest.mark.slow)])


@pytest.fixture(scope="module")
def key() -> MasterKey:
    return made_key()


@pytest.fixture(scope="module")
def master(key: MasterKey, seed_text: str) -> Master:
    return prepare(seed_text.encode(), key=key, approve="AB", edition=made_edition())


def numbers(report: Report) -> list[int]:
    return [n.recipient for n in report.named]


def retyped(text: str, rng: random.Random) -> str:
    """White space collapsed, 1 % of the characters lost and 1 % replaced, the first two lines cut."""
    return noisy(collapsed("\n".join(text.split("\n")[2:])), rng, dropped=0.01, substituted=0.01)


@some
@pytest.mark.parametrize("format", ["txt", "docx"])
def test_every_retyped_copy_names_its_recipient_and_nobody_else(
    format: str, trials: int, key: MasterKey, master: Master
) -> None:
    rng = random.Random(trials)
    read_sites = []
    for recipient in rng.sample(range(1, 100_001), trials):
        leak = retyped(read(mark(master, key=key, recipient=recipient, format=format)).text, rng)
        report = trace([leak], key=key, masters=[master], suspects=100_000, bound=1e-6)
        assert numbers(report) == [recipient]
        read_sites.append(report.sites_read)
    FIGURES.info(
        f"{format}: {trials} of {trials} named, nobody else; "
        f"{min(read_sites)}–{max(read_sites)} of {len(master.approved)} sites read"
    )


@some
def test_the_middle_1200_characters_name_or_say_not_enough(
    trials: int, key: MasterKey, seed_text: str
) -> None:
    solo = prepare(seed_text.encode(), key=key, approve="AB", profile="solo", edition=made_edition(1))
    rng = random.Random(trials)
    caught = 0
    for recipient in rng.sample(range(1, 10_001), trials):
        text = mark(solo, key=key, recipient=recipient, format="txt").decode()
        leak = text[len(text) // 2 - 600 : len(text) // 2 + 600]
        report = trace([leak], key=key, masters=[solo], suspects=10_000, bound=1e-3)
        assert numbers(report) in ([recipient], [])
        assert report.outcome in (Outcome.NAMED, Outcome.NOT_ENOUGH)
        caught += report.outcome is Outcome.NAMED
    FIGURES.info(f"middle 1,200 characters: {caught} of {trials} named, the rest not enough")
    assert caught >= 0.95 * trials


def test_the_same_leak_three_times_is_the_same_as_once(key: MasterKey, master: Master) -> None:
    rng = random.Random(4)
    leak = retyped(mark(master, key=key, recipient=4711, format="txt").decode(), rng)
    once = trace([leak], key=key, masters=[master], suspects=100_000)
    assert numbers(once) == [4711]
    assert trace([leak] * 3, key=key, masters=[master], suspects=100_000) == once


@many
def test_foreign_texts_name_nobody(trials: int, key: MasterKey, master: Master, data_dir: Path) -> None:
    outcomes = []
    for text in foreign_texts(data_dir, trials):
        report = trace([text], key=key, masters=[master], suspects=100_000)
        assert not report.named
        outcomes.append(report.outcome)
    FIGURES.info(f"{trials} foreign texts: nobody named, {outcomes.count(Outcome.NO_MATCH)} no match")
    assert outcomes.count(Outcome.NO_MATCH) >= 0.98 * trials


@many
def test_clean_copies_of_another_edition_name_nobody(
    trials: int, key: MasterKey, master: Master, seed_text: str
) -> None:
    other = prepare(seed_text.encode(), key=key, approve="AB", edition=made_edition(2))
    for recipient in random.Random(6).sample(range(1, 100_001), trials):
        copy = mark(other, key=key, recipient=recipient, format="txt")
        report = trace([copy], key=key, masters=[master], suspects=100_000)
        assert report.outcome is Outcome.NOT_ENOUGH
    FIGURES.info(f"{trials} clean copies of another edition: nobody named")


def test_a_verbatim_copy_is_the_source_and_its_leak_is_not_enough(key: MasterKey, seed_text: str) -> None:
    verbatim = prepare(seed_text.encode(), key=key, policy="verbatim")
    for recipient in (1, 2, 2**32 - 1):
        assert mark(verbatim, key=key, recipient=recipient, format="txt") == seed_text.encode()
    report = trace([seed_text], key=key, masters=[verbatim], suspects=1_000)
    assert (report.outcome, report.sites_read) == (Outcome.NOT_ENOUGH, 0)


def foreign_texts(data_dir: Path, count: int) -> list[str]:
    """Laws drawn at random, and the project's own texts of the seed's genre."""
    speeches = [file.read_text(encoding="utf-8") for file in sorted(CORPUS.glob("*.txt"))]
    with zipfile.ZipFile(data_dir / "laws.zip") as laws:
        names = sorted(n for n in laws.namelist() if n.endswith(".txt"))
        chosen = random.Random(5).sample(names, count)
        texts = speeches + [laws.read(name).decode("utf-8", "replace") for name in chosen]
    return random.Random(5).sample(texts, count)
