"""A changed line of a page: where its glyphs stand once the symbols of its sites are chosen."""

import re
from itertools import product

import pytest

from wenxing.carriers.pdf.glyphs import FIXED, joined
from wenxing.carriers.pdf.relining import Item, opened_line
from wenxing.formats.pdf.streams import Glyph, Show

EM, WIDTH, HAIR = 16.0, 16.0, 19.0
SHOW = Show(b"", "/F", EM, (Glyph(b"a", 0.0, 100.0, 500.0, WIDTH),), 0.0)
CODES = "abcdef"
GAPS = (0.0, 0.4, -0.2, 0.0, 1.5, 0.1)


@pytest.mark.parametrize(
    "sites",
    [(FIXED,) * 6, (0, FIXED, 1, FIXED, 2, FIXED), (FIXED, 0, 1, 2, FIXED, 3)],
    ids=["none moves", "every second moves", "neighbours move"],
)
def test_every_glyph_of_a_changed_line_stands_where_its_own_symbol_has_it(sites: tuple[int, ...]) -> None:
    places = [100.0 + sum(GAPS[: i + 1]) + i * WIDTH for i in range(len(CODES))]
    items = [Item(0, code.encode(), code, WIDTH, 0.0, i) for i, code in enumerate(CODES)]
    pieces = joined(opened_line({0: SHOW}, items, places, sites, HAIR)[0])
    assert len(pieces) <= len(set(sites)) + 1
    for symbols in product((0, 1), repeat=len(set(sites) - {FIXED})):
        written = b"".join(choice[symbols[site] if site != FIXED else 0] for site, *choice in pieces)
        signs = [0 if site == FIXED else 2 * symbols[site] - 1 for site in sites]
        wanted = [place + sign * HAIR * EM / 1000 for place, sign in zip(places, signs, strict=True)]
        assert _places(written) == pytest.approx(wanted, abs=1e-5)


def _places(written: bytes) -> list[float]:
    """Where an array of `TJ` shows its glyphs, points."""
    places, pen = [], 100.0
    for code, number in re.findall(r"([a-f])|\)(-?[0-9.]+)\(", written.decode()):
        if code:
            places.append(pen)
            pen += WIDTH
        else:
            pen -= float(number) * EM / 1000
    return places
