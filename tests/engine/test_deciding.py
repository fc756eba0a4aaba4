"""Offsets become symbols only where they are sure, and not at all where there is nothing to see."""

import numpy as np
import pytest

from engine.picture_files import needs_ocr

pytestmark = needs_ocr


@pytest.mark.parametrize("spread", [0.004, 0.007, 0.009])
def test_flips_are_rarer_than_the_rate_promised_and_erasures_take_their_place(spread: float) -> None:
    from wenxing.carriers.picture.deciding import OFFSET, WRONG, decide

    rng = np.random.default_rng(11)
    read = wrong = 0
    for _ in range(100):
        truth = rng.integers(0, 2, 150)
        values = np.where(truth, OFFSET, -OFFSET) + rng.normal(0, spread, 150)
        found = decide(dict(enumerate(values.tolist())))
        read += len(found)
        wrong += sum(found[i] != truth[i] for i in found)
    assert read > 0.6 * 100 * 150
    assert wrong < WRONG * read


@pytest.mark.parametrize("spread", [0.001, 0.004, 0.01, 0.02, 0.04])
def test_noise_about_zero_is_not_read(spread: float) -> None:
    from wenxing.carriers.picture.deciding import decide

    rng = np.random.default_rng(12)
    read = [len(decide(dict(enumerate(rng.normal(0, spread, 120).tolist())))) > 0 for _ in range(200)]
    assert sum(read) <= 4


def test_too_few_offsets_are_not_read() -> None:
    from wenxing.carriers.picture.deciding import OFFSET, decide

    marked = {i: OFFSET * (-1) ** i for i in range(8)}
    assert decide(marked) == {i: int(i % 2 == 0) for i in range(8)}
    assert decide(dict(list(marked.items())[:7])) == {}
    assert decide({}) == {}
