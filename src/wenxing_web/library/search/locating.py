"""Which editions a leaked text may come from, without reading it against every one.

The text is cut into windows. Each asks the index for the paragraphs that share
most of its bigrams, and those are compared with it letter by letter. Whatever is
found this way is only a candidate: the engine aligns it and decides.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import tantivy
from rapidfuzz.fuzz import partial_ratio
from tantivy import Occur, Query

from wenxing_web.library.search.folding import fold, grams, joined, runs
from wenxing_web.library.search.index import Snapshot, snapshot
from wenxing_web.library.search.passages import place_of
from wenxing_web.library.search.retrieving import stored_text

LEAST = 24
"""Characters of a text below which it is not searched for: too little to tell where it is from."""

_WINDOW, _STEP = 100, 80  # characters
_MOST_WINDOWS = 2_000
_LOOKED_AT = 50  # paragraphs a window
_ALIKE = 55.0  # of 100, what a paragraph must be; unrelated texts come to about 35
_AT_LEAST = 20  # editions that are always offered, alike or not


def locate(texts: Iterable[str]) -> set[int] | None:
    """Keys of the editions that any of the texts may come from.

    Of a text beyond about 160,000 characters, windows are taken at equal distances.

    Returns:
        The candidates, withdrawn and superseded editions among them; `None` when the index cannot tell:
        a text is too short, or the index is not complete.
    """
    known = snapshot()
    folded = [joined(fold(text)) for text in texts]
    if not known.complete or any(len(text) < LEAST for text in folded):
        return None
    found: set[int] = set()
    for text in folded:
        found |= _candidates(known, text)
    return found


def _candidates(known: Snapshot, text: str) -> set[int]:
    alike: set[int] = set()
    anyway: Counter[int] = Counter()
    for window in _windows(text):
        for edition, likeness in _compared(known, window):
            anyway[edition] = max(anyway[edition], round(likeness))
            if likeness >= _ALIKE:
                alike.add(edition)
    return alike | {edition for edition, _likeness in anyway.most_common(_AT_LEAST)}


def _windows(text: str) -> Iterator[str]:
    step = max(_STEP, len(text) // _MOST_WINDOWS)
    for start in range(0, max(len(text) - _WINDOW + step, 1), step):
        yield text[start : start + _WINDOW]


def _compared(known: Snapshot, window: str) -> Iterator[tuple[int, float]]:
    """Edition and likeness, 0 … 100, of the paragraphs that share most with a window."""
    tokens = sorted({gram for run in runs(window) for gram in grams(run)})
    if not tokens:
        return
    terms = [
        (Occur.Should, Query.term_query(known.schema, field, token, "freq"))
        for token in tokens
        for field in ("grams", "loose")
    ]
    for _score, address in known.searcher.search(Query.boolean_query(terms), _LOOKED_AT, count=False).hits:
        document = known.searcher.doc(address)
        yield _edition_of(document), partial_ratio(window, stored_text(document))


def _edition_of(document: tantivy.Document) -> int:
    return place_of(int(document.get_first("rank") or 0)).edition
