"""Which of the paragraphs that match come first: BM25 over bigrams, and newer before older.

Everything is counted in the texts at hand, which are the reader's own: numbers
taken from the index would count what other copies read.

S. Robertson, H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), eq. 3.15.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log

from wenxing_web.library.search.folding import grams, is_han, runs
from wenxing_web.library.search.language import Term

_K1, _B = 1.2, 0.75
_IN_A_WORD = 2.0  # a bigram inside a word that was asked for, beside one across two of them
_NEWNESS = 0.5  # what a document of today gains
_FADES_IN = 3 * 365.25  # days until the gain is down to 1/e


@dataclass(frozen=True, slots=True)
class Scored:
    """What is scored: a folded text and the day of its document."""

    text: str
    day: date


def scores(terms: Iterable[Term], texts: Sequence[Scored], *, today: date) -> list[float]:
    """A score for each text, larger for better ones. They mean something beside each other only."""
    weights = _weights(terms)
    if not texts:
        return []
    counts = [[one.text.count(gram) for gram in weights] for one in texts]
    rarity = [_rarity(sum(bool(row[at]) for row in counts), len(texts)) for at in range(len(weights))]
    usual = sum(len(one.text) for one in texts) / len(texts) or 1.0
    found = []
    for one, row in zip(texts, counts, strict=True):
        norm = _K1 * (1 - _B + _B * len(one.text) / usual)
        words = zip(row, rarity, weights.values(), strict=True)
        score = sum(weight * rare * n * (_K1 + 1) / (n + norm) for n, rare, weight in words if n)
        found.append(score * _newness(one.day, today))
    return found


def _weights(terms: Iterable[Term]) -> dict[str, float]:
    """Gram → its weight. A single Han character stands for itself."""
    weights: dict[str, float] = {}
    for term in terms:
        inside = {gram for needle in term.needles for run in runs(needle) for gram in grams(run) or [run]}
        across = set(grams(term.run)) if is_han(term.run) else set()
        for gram in across | inside:
            weights[gram] = max(weights.get(gram, 0.0), _IN_A_WORD if gram in inside else 1.0)
    return dict(sorted(weights.items()))


def _rarity(having: int, of: int) -> float:
    return log(1 + (of - having + 0.5) / (having + 0.5))


def _newness(day: date, today: date) -> float:
    return 1 + _NEWNESS * exp(-max((today - day).days, 0) / _FADES_IN)
