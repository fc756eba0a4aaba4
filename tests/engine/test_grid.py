"""Characters on whole pixels: where a program rounds as is known, moved ones are read exactly."""

import random
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from wenxing.carriers.picture.grid import HAIR, Seen, rights

EM = 16.0  # points
WRONG = 0.02


def rounded(exact: NDArray[np.float64], *, chained: bool) -> NDArray[np.float64]:
    """Pixels of a line; chained as PDFium's AdjustGlyphSpace has it, written plainly."""
    shown = np.round(exact)
    for i in range(len(exact) - 1, 1, -1) if chained else ():
        if abs(exact[i] - exact[i - 1]) - abs(shown[i] - shown[i - 1]) > 0.5:
            shown[i - 1] -= 1
    return shown


def page(
    seed: int, *, scale: float = 1.3338, lines: int = 6, hair: float = HAIR, chained: bool = True
) -> tuple[Seen, dict[int, int]]:
    """A part of a page and its symbols: lines of 26 characters, every eighth a mark that is not seen."""
    rng = random.Random(seed)
    parts, symbols, start = [], {}, rng.random()
    for line in range(lines):
        pitch = EM * (1 + 0.01 * (line % 3))
        at = np.arange(26) + 27 * line
        printed = np.asarray(73.6 + pitch * np.arange(26), np.float64)
        han = np.array([i % 8 != 7 for i in range(26)])
        moved = np.array([i % 8 % 2 == 0 for i in range(26)]) & han
        by = np.zeros(26)
        for i in np.flatnonzero(moved):
            symbols[int(at[i])] = rng.randrange(2)
            by[i] = hair * EM * (1 if symbols[int(at[i])] else -1)
        shown = rounded(scale * (printed + by) + start, chained=chained)
        blur = np.random.default_rng(seed + line).normal(0, 0.05, 26)
        x = np.asarray(shown + blur - 5e-4 * printed, np.float64)
        ends = np.arange(26)
        own = Seen(
            at, np.full(26, line), x, printed, np.full(26, EM, np.float64), moved, ends == 0, ends == 25
        )
        parts.append(own.part(han))
    names = ("at", "line", "x", "printed", "size", "moved", "first", "last")
    return Seen(*(np.concatenate([getattr(part, name) for part in parts]) for name in names)), symbols


@pytest.mark.parametrize("chained", [True, False])
@pytest.mark.parametrize(("seed", "scale", "lines", "share"), [
    (1, 1.3338, 6, 0.7), (2, 1.3338, 3, 0.65), (3, 1.0004, 12, 0.28), (4, 2.0833, 6, 0.95), (5, 1.5, 22, 0.45)
])  # fmt: skip
def test_what_was_moved_is_read_and_hardly_anything_wrong(
    seed: int, scale: float, lines: int, share: float, chained: bool
) -> None:
    seen, symbols = page(seed, scale=scale, lines=lines, chained=chained)
    found = rights(seen)
    assert found is not None
    sure = {at: int(p > 0.5) for at, p in found.items() if max(p, 1 - p) >= 1 - WRONG}
    wrong = sum(symbols[at] != symbol for at, symbol in sure.items())
    assert wrong <= 0.02 * len(sure)
    assert len(sure) > share * len(symbols)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("chained", [True, False])
def test_a_page_on_which_nothing_moved_shows_nothing(seed: int, chained: bool) -> None:
    assert rights(page(seed, hair=0.0, chained=chained)[0]) is None


def test_what_does_not_stand_on_whole_pixels_or_is_too_little_is_left_to_others() -> None:
    seen, _ = page(1)
    assert rights(seen) is not None
    between = replace(seen, x=seen.x + np.random.default_rng(1).uniform(-0.5, 0.5, len(seen.x)))
    assert rights(between) is None
    assert rights(seen.part(np.arange(len(seen.at)) < 20)) is None
