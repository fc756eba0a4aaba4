"""The reader of glyph sites in a picture that tracing asks, one edition at a time."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wenxing.carriers.picture import grid
from wenxing.carriers.picture.deciding import WRONG, decide
from wenxing.carriers.picture.fitting import fit
from wenxing.carriers.picture.lines import row_of, steps_of
from wenxing.carriers.picture.reference import Reference
from wenxing.document import Document
from wenxing.formats.pictures import Line, Picture
from wenxing.sites import BETWEEN, Observation, Site

_FEWEST = 4  # characters of a line that must be known
_ONE_SIDED = 0.006  # em by which offsets against one side may scatter
_EDGE = 0.08  # of a line's height: nearer to the edge of the picture it is taken to be cut


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a character was found.

    Attributes:
        line: of the picture.
        index: as the how many-th of the line.
        further: how much further on than it should, em.
        x: pixels from the left.
    """

    line: int
    index: int
    further: float
    x: float


class GlyphReader:
    """Reads the glyph sites of any master from one picture."""

    def __init__(self, picture: Picture, reference: Callable[[bytes, Document], Reference | None]) -> None:
        """Take the picture.

        Args:
            picture: as it was recognised.
            reference: makes the reference of a master from its file and its document, if it can.
        """
        self._lines = picture.lines
        self._length = len(picture.text)
        self._grey = np.frombuffer(picture.grey, np.uint8).reshape(picture.height, picture.width)
        self._reference = reference

    def __call__(
        self, source: bytes, document: Document, sites: Sequence[Site], places: NDArray[np.int64]
    ) -> tuple[Observation, ...]:
        """What the picture shows at each site; an erasure where that is not seen, or not sure.

        Args:
            source: the master's file.
            document: the master's.
            sites: of the kind `glyph`, in order.
            places: (n,), for each character of the master's text its offset in the picture's; −1 where the
                picture does not have it.
        """
        at = {site.start: index for index, site in enumerate(sites)}
        seen = [start for start in at if places[start] >= 0]
        reference = self._reference(source, document) if seen else None
        if reference is None:
            return tuple(Observation(index, None) for index in range(len(sites)))
        standing = self._standing(document, reference, places)
        if sites[0].rule == BETWEEN:
            offsets = {at[start]: _between(start, standing, at) for start in seen}
            symbols = decide({index: offset for index, offset in offsets.items() if offset is not None})
        else:
            symbols = {at[start]: symbol for start, symbol in _beside(standing, at, reference).items()}
        return tuple(Observation(index, symbols.get(index)) for index in range(len(sites)))

    def _standing(
        self, document: Document, reference: Reference, places: NDArray[np.int64]
    ) -> dict[int, _Standing]:
        """Where every character of the master stands that is seen in the picture."""
        own = np.full(self._length, -1, np.int64)
        shown = np.flatnonzero(places >= 0)
        own[places[shown]] = shown
        standing = {}
        for number, line in enumerate(self._lines):
            masters = own[line.start : line.start + len(line.text)]
            for index, further, x in self._found(line, masters, document.text, reference):
                standing[int(masters[index])] = _Standing(number, index, further, x)
        return standing

    def _found(
        self, line: Line, masters: NDArray[np.int64], text: str, reference: Reference
    ) -> list[tuple[int, float, float]]:
        """The characters of a line that were found, by their index, and how much further on they stand."""
        if self._is_cut(line):
            return []
        known = np.array([at >= 0 and reference.page[at] >= 0 and _is_han(text[at]) for at in masters])
        if known.sum() < _FEWEST:
            return []
        widths = [0.5 if c.isascii() else 1.0 for c in line.text]
        steps = steps_of(widths, _gaps(masters, reference))
        cells = reference.cells([int(at) if k else -1 for at, k in zip(masters, known, strict=True)])
        fitted = fit(self._grey, row_of(line, steps, widths[-1]), cells, known)
        if fitted is None:
            return []
        return [(int(i), float(fitted.further[i]), float(fitted.x[i])) for i in np.flatnonzero(fitted.found)]

    def _is_cut(self, line: Line) -> bool:
        """Whether a line touches the upper or lower edge of the picture: what is left of it may mislead."""
        high, low = min(y for _, y in line.corners), max(y for _, y in line.corners)
        edge = _EDGE * (low - high)
        return high < edge or low > len(self._grey) - edge


def _gaps(masters: NDArray[np.int64], reference: Reference) -> list[float | None]:
    """Em from each character of a line to the next, as the master's own pages have them.

    Only when the line is one of theirs, or part of one: a line that breaks elsewhere is spaced in its own
    way, and then all Han characters are an em apart alike.
    """
    none: list[float | None] = [None] * (len(masters) - 1)
    seen = masters[masters >= 0]
    if not all(reference.follows(int(before), int(at)) for before, at in pairwise(seen) if at == before + 1):
        return none
    gaps = none
    for i, (before, at) in enumerate(pairwise(masters)):
        if before >= 0 and at == before + 1:
            gap = float((reference.x[at] - reference.x[before]) / reference.size[at])
            gaps[i] = gap if 0.3 < gap < 2 else None
    return gaps


def _between(start: int, standing: dict[int, _Standing], sites: dict[int, int]) -> float | None:
    """How much further to the right a site stands than its neighbours on both sides would have it, em."""
    own = standing.get(start)
    if own is None:
        return None
    left, right = (_side(start, step, own, standing, sites) for step in (-1, 1))
    if not left or not right:
        return None
    # As many on both sides, so that wider or closer spacing of the whole line cancels out.
    weights = [0.6, 0.4] if len(left) == len(right) == 2 else [1.0]
    between = sum(w * (a + b) / 2 for w, a, b in zip(weights, left, right, strict=False))
    return own.further - between


def _side(
    start: int, step: int, own: _Standing, standing: dict[int, _Standing], sites: dict[int, int]
) -> list[float]:
    """How much further on the neighbours on one side stand: the next, and the one after it."""
    near = []
    for distance in (step, 2 * step):
        other = standing.get(start + distance)
        if start + distance in sites or other is None:
            break
        if other.line != own.line or other.index - own.index != distance:
            break
        near.append(other.further)
    return near


def _beside(standing: dict[int, _Standing], sites: dict[int, int], reference: Reference) -> dict[int, int]:
    """The symbols of a table whose characters share those that they are read against, by their offsets."""
    still = {start: _still(start, standing, sites) for start in sites if start in standing}
    rights = grid.rights(_seen(standing, sites, reference))
    if rights is not None:
        sure = {start: p for start, p in rights.items() if still[start] and max(p, 1 - p) >= 1 - WRONG}
        return {start: int(p > 0.5) for start, p in sure.items()}
    symbols: dict[int, int] = {}
    # Against one side alone, what a program rounded and another resized looks as if it was moved.
    for sides, widest in ((1, _ONE_SIDED), (2, float("inf"))):
        offsets = {
            start: standing[start].further - sum(near) / sides
            for start, near in still.items()
            if len(near) == sides
        }
        symbols |= decide(offsets, widest=widest)
    return symbols


def _still(start: int, standing: dict[int, _Standing], sites: dict[int, int]) -> list[float]:
    """How much further on those beside a character stand that were not moved, on either side."""
    return [near[0] for step in (-1, 1) if (near := _side(start, step, standing[start], standing, sites))]


def _seen(standing: dict[int, _Standing], sites: dict[int, int], reference: Reference) -> grid.Seen:
    """The characters of those lines of the picture that are lines of the master's pages."""
    by_line: dict[int, list[int]] = defaultdict(list)
    for at in sorted(standing):
        by_line[standing[at].line].append(at)
    lines = [line for line in by_line.values() if reference.are_level(line)]
    places = sorted(at for line in lines for at in line)
    return grid.Seen(
        at=np.array(places, np.int64),
        line=np.array([standing[at].line for at in places], np.int64),
        x=np.array([standing[at].x for at in places], np.float64),
        printed=reference.x[places] - reference.size[places] / 2,
        size=reference.size[places],
        moved=np.array([at in sites for at in places], np.bool_),
        first=np.array([not reference.follows(at - 1, at) for at in places], np.bool_),
        last=np.array([not reference.follows(at, at + 1) for at in places], np.bool_),
    )


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"
