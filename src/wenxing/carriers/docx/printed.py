"""How the runs of a Word copy are spaced that was printed to a PDF, by where its characters stand.

Only gaps between Han characters are looked at: punctuation is compressed, and Latin letters and digits are
set apart, by rules that programs do not share. In a text of Latin letters it is those within words, and what
two letters usually take is learned from the file itself: both symbols are as frequent, and cancel out. What
a run has more or less between its characters is read against the rest of its line (`stretching`).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wenxing.carriers.docx.stretching import FEWEST, Piece, Row, wider
from wenxing.carriers.docx.template import template
from wenxing.document import Document
from wenxing.formats.pdf.places import Places
from wenxing.sites import Observation, Site

_SURE = 0.98
_SAME_LINE = 0.02  # of an em by which baselines of one line may differ
_APART = 0.45  # of an em that is between characters at most
_HAN = 0.1  # of a text: with fewer it is one of Latin letters
_OFTEN = 6  # times that two letters must stand side by side
_NEAR = 0.35  # points
_JUMP = 4.0  # em that begin another line on the same baseline, as in the next column


class PrintedReader:
    """Reads the spacing sites of any master from one leaked PDF."""

    def __init__(self, places: Places) -> None:
        """Take the leak.

        Args:
            places: of the characters of its text.
        """
        self._leak = places

    def __call__(
        self, source: bytes, document: Document, sites: Sequence[Site], places: NDArray[np.int64]
    ) -> tuple[Observation, ...]:
        """What the leak shows at each site; an erasure where that is not sure.

        Args:
            source: the master's file.
            document: the master's.
            sites: of the kind `spacing`, in order.
            places: (n,), for each character of the master's text its offset in the leak's; −1 where the
                leak does not have it.
        """
        own = np.zeros(len(document.text))
        if document.format == "docx":
            own += np.array(template(source, document).spacings()) / 20
        probabilities = wider(list(self._rows(document, sites, places, own)))
        return tuple(_observed(i, probabilities.get(i)) for i in range(len(sites)))

    def _rows(
        self,
        document: Document,
        sites: Sequence[Site],
        places: NDArray[np.int64],
        own: NDArray[np.float64],
    ) -> Iterator[Row]:
        """The printed lines that the leak has of the master, in its order."""
        run = np.full(len(document.text), -1)
        for i, site in enumerate(sites):
            for span in site.spans:
                run[span.start : span.end] = i
        lines = list(self._lines(document, places))
        extra = self._extra(document.text, places, lines)
        ends = {*document.starts, len(document.text) + 1}
        for line in lines:
            gaps: dict[int, list[float]] = defaultdict(list)
            for at, after in pairwise(line):
                if run[at] == run[after] and np.isfinite(extra[at]):
                    gaps[int(run[at])].append(float(extra[at] - own[at]))
            pieces = [Piece(n, np.array(found)) for n, found in gaps.items() if len(found) >= FEWEST]
            yield Row(tuple(pieces), line[-1] + 2 in ends)

    def _extra(
        self, text: str, places: NDArray[np.int64], lines: Sequence[Sequence[int]]
    ) -> NDArray[np.float64]:
        """(n,), by offset in the master: points beyond its width from a character to the next; else NaN."""
        steps = np.full(len(text), np.nan)
        for line in lines:
            for at, after in pairwise(line):
                if after == at + 1:
                    steps[at] = self._leak.x[places[after]] - self._leak.x[places[at]]
        size = np.where(places >= 0, np.append(self._leak.size, np.nan)[places], np.nan)
        is_han = np.array(["\u3400" <= c <= "\u9fff" for c in text] + [False])
        han = is_han[:-1] & is_han[1:]
        extra = (
            np.where(han, steps - size, np.nan)
            if han.sum() > _HAN * len(text)
            else _learned(text, steps, size)
        )
        return np.where(np.abs(extra) < _APART * size, extra, np.nan)

    def _lines(self, document: Document, places: NDArray[np.int64]) -> Iterator[list[int]]:
        """Offsets in the master of the characters of each line; cells side by side share none."""
        leak, starts = self._leak, set(document.starts)
        paragraph = np.cumsum([at in starts for at in range(len(places))])
        line: list[int] = []
        for at in np.flatnonzero(places >= 0).tolist():
            if leak.page[places[at]] < 0:
                continue
            if line and not (
                paragraph[line[-1]] == paragraph[at] and self._follows(int(places[line[-1]]), int(places[at]))
            ):
                yield line
                line = []
            line.append(at)
        if line:
            yield line

    def _follows(self, before: int, at: int) -> bool:
        leak = self._leak
        em = float(leak.size[before])
        level = abs(leak.y[at] - leak.y[before]) < _SAME_LINE * em and leak.page[at] == leak.page[before]
        return bool(level and 0 < leak.x[at] - leak.x[before] < _JUMP * em)


def _learned(text: str, steps: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.float64]:
    """Steps from letter to letter, less what the same two letters take elsewhere in the file."""
    alike: dict[tuple[str, float], list[int]] = defaultdict(list)
    for at, pair in enumerate(map("".join, pairwise(text))):
        if pair.isascii() and pair.isalpha() and np.isfinite(steps[at]):
            alike[pair, round(float(size[at]), 1)].append(at)
    extra = np.full(len(text), np.nan)
    for found in alike.values():
        if len(found) >= _OFTEN:
            own = steps[found]
            near = np.abs(own - np.median(own)) < _NEAR
            extra[found] = own - own[near].mean()
    return extra


def _observed(index: int, probability: float | None) -> Observation:
    if probability is None:
        return Observation(index, None)
    sure = max(probability, 1 - probability) >= _SURE
    return Observation(index, int(probability > 0.5) if sure else None, doubtful=not sure)
