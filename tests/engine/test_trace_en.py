"""English copies are traced as Chinese ones are. Figures are logged: `--log-cli-level=info` shows them."""

import logging
import random
import re
import textwrap
from pathlib import Path

import pytest

from engine.made_texts import made_edition, made_key, noisy
from wenxing.codebook import MasterKey
from wenxing.marking import mark
from wenxing.master import Master
from wenxing.preparing import prepare
from wenxing.tracing import Outcome, trace

FIGURES = logging.getLogger("figures")
CORPUS = Path(__file__).parent / "corpus" / "en" / "holdout"
WORDS = 1_500

some = pytest.mark.parametrize("trials", [10, pytest.param(100, marks=pytest.mark.slow)])


@pytest.fixture(scope="module")
def key() -> MasterKey:
    return made_key()


@pytest.fixture(scope="module")
def master(key: MasterKey) -> Master:
    """Texts that no rule was tuned on, one after the other; only grade A is approved."""
    texts = [file.read_text(encoding="utf-8") for file in sorted(CORPUS.glob("*.txt"))]
    return prepare("".join(texts).encode(), key=key, approve="A", edition=made_edition())


def words(text: str, start: int) -> str:
    """`WORDS` words of a text from the `start`-th on, white space as it was."""
    found = list(re.finditer(r"\S+", text))[start : start + WORDS]
    assert len(found) == WORDS
    return text[found[0].start() : found[-1].end()]


def retyped(text: str, rng: random.Random) -> str:
    """Lines broken anew, quotation marks of the other kind, 1 % of the characters lost and 1 % replaced."""
    broken = "\n".join(textwrap.fill(line, 66) for line in text.split("\n"))
    return noisy(broken.replace('"', "”").replace("'", "’"), rng, dropped=0.01, substituted=0.01)


@some
def test_fifteen_hundred_retyped_words_name_their_recipient_and_nobody_else(
    trials: int, key: MasterKey, master: Master
) -> None:
    rng = random.Random(trials)
    read = []
    for recipient in rng.sample(range(1, 100_001), trials):
        copy = mark(master, key=key, recipient=recipient, format="txt").decode()
        leak = retyped(words(copy, rng.randrange(0, 1_000)), rng)
        report = trace([leak], key=key, masters=[master], suspects=100_000, bound=1e-6)
        assert [named.recipient for named in report.named] == [recipient]
        read.append(report.sites_read)
    FIGURES.info(
        f"{trials} of {trials} named, nobody else; "
        f"{min(read)}–{max(read)} of {len(master.approved)} sites read"
    )


def test_copies_of_other_editions_and_foreign_texts_name_nobody(key: MasterKey, master: Master) -> None:
    text = master.document.text
    other = prepare(text.encode(), key=key, approve="A", edition=made_edition(2))
    for recipient in (11, 4_711):
        copy = mark(other, key=key, recipient=recipient, format="txt").decode()
        report = trace([words(copy, 300)], key=key, masters=[master], suspects=100)
        assert report.outcome is Outcome.NOT_ENOUGH
    shuffled = re.findall(r"\S+", text)
    random.Random(6).shuffle(shuffled)
    assert trace([" ".join(shuffled)], key=key, masters=[master], suspects=100).outcome is Outcome.NO_MATCH
