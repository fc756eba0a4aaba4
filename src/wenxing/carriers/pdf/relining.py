"""One line of a page with other words on it, as wide as before.

A line keeps its beginning and, in a justified paragraph, its end: what the words need more or less is taken
from or given to the gaps, as a compositor does, first from the white beside Chinese punctuation. So all
copies break their lines at the same places and a page is the same page in each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wenxing.carriers.pdf.glyphs import FIXED, Piece
from wenxing.formats.pdf.lines import is_wide
from wenxing.formats.pdf.streams import Show, moved, quoted

_LOOSE = 0.13  # em that a gap beside a wide character may gain
_TIGHT = 0.05  # em that it may lose
_SPACE = (0.45, 1.9)  # of its width that a space between Latin words may have
_HALF = "，。、；：！？）】》」』”’"  # the right half of these is white
_WHITE = 0.42  # em of it that may be taken


class Reflow(Exception):
    """The line cannot take these words."""


@dataclass(frozen=True, slots=True)
class Item:
    """One glyph of a line.

    Attributes:
        part: the operator that shows it.
        code: in the font of that operator, quoted.
        character: what it shows.
        width: its own advance, points.
        extra: what is between its advance and the next glyph, points.
        at: offset of its character in the document; −1 for one that the master does not show.
    """

    part: int
    code: bytes
    character: str
    width: float
    extra: float
    at: int


@dataclass(frozen=True, slots=True)
class Room:
    """How long a line may be.

    Attributes:
        justified: whether it ends where it ended before.
        right: else the edge that it may not pass, points.
    """

    justified: bool
    right: float


def items_of(parts: Mapping[int, Show], shown: Mapping[tuple[int, int], tuple[int, str]]) -> list[Item]:
    """Return the glyphs of a line in order.

    Args:
        parts: the operators of one line, in order.
        shown: (part, glyph) → offset in the document and the character.
    """
    flat = [(number, i, glyph) for number, show in parts.items() for i, glyph in enumerate(show.glyphs)]
    items = []
    for (number, i, glyph), after in zip(flat, [*flat[1:], None], strict=True):
        at, character = shown.get((number, i), (-1, " "))
        extra = 0.0 if after is None else after[2].x - glyph.x - glyph.advance
        items.append(Item(number, quoted(glyph.code), character, glyph.advance, extra, at))
    return items


def usual_extra(items: Sequence[Item]) -> float:
    """What is between two wide characters of a line, points: the middle value."""
    extras = sorted(
        a.extra
        for a, b in pairwise(items)
        if "\u4e00" <= a.character <= "\u9fff" and "\u4e00" <= b.character <= "\u9fff"
    )
    return extras[len(extras) // 2] if extras else 0.0


def fitted(items: Sequence[Item], *, start: float, end: float, room: Room, em: float) -> list[float]:
    """Return the places of the glyphs of a changed line, points.

    Args:
        items: as they are now.
        start, end: of the line in the master.
        room: how long it may be.
        em: of its text.

    Raises:
        Reflow: they do not fit.
    """
    wanted = end if room.justified else min(room.right, start + _length(items))
    missing = wanted - start - _length(items)
    gaps = [0.0] * len(items)
    if missing < -1e-6:
        missing += _from_punctuation(items, gaps, -missing, em)
    if abs(missing) > 1e-6:
        _share(items, gaps, missing, em)
    places = [start]
    for item, gap in zip(items[:-1], gaps, strict=False):
        places.append(places[-1] + item.width + item.extra + gap)
    return places


def opened_line(
    parts: Mapping[int, Show],
    items: Sequence[Item],
    places: Sequence[float],
    sites: Sequence[int],
    hair: float,
) -> dict[int, list[Piece]]:
    """Return the operators of a changed line, all symbols open.

    Args:
        parts: as they were, in order.
        items: what they show now.
        places: of the items, points.
        sites: of the items: numbers, or `FIXED`.
        hair: how far sites are moved, thousandths of an em.
    """
    out: dict[int, list[Piece]] = {n: [_same(show.prefix + b"[(")] for n, show in parts.items()}
    pens = {n: (_origin(show), _origin(show), FIXED) for n, show in parts.items()}
    for item, place, site in zip(items, places, sites, strict=True):
        em, own = parts[item.part].em, out[item.part]
        left, right, last = pens[item.part]
        by = 0.0 if site == FIXED else hair * em / 1000
        if FIXED not in (last, site):  # neighbours that both move: a number of each
            own.append((last, _step(left, place, em), _step(right, place, em)))
            left = right = place
        pair = _step(left, place - by, em) + item.code, _step(right, place + by, em) + item.code
        own.append((last if site == FIXED else site, *pair))
        pens[item.part] = place - by + item.width, place + by + item.width, site
    return {n: [*pieces, _same(b")]TJ\n")] for n, pieces in out.items()}


def written(show: Show, items: Sequence[Item], places: Sequence[float]) -> bytes:
    """Return an operator that shows these items at these places, points, instead of its own."""
    pieces, pen = [show.prefix, b"[("], _origin(show)
    for item, place in zip(items, places, strict=True):
        pieces += (_step(pen, place, show.em), item.code)
        pen = place + item.width
    return b"".join((*pieces, b")]TJ\n"))


def _same(content: bytes) -> Piece:
    return FIXED, content, content


def _step(pen: float, place: float, em: float) -> bytes:
    """The number that brings the pen to its place, points."""
    return moved((pen - place) * 1000 / em)


def _origin(show: Show) -> float:
    """Where the operator begins, before its first number."""
    first = show.glyphs[0]
    return first.x + first.before * show.em / 1000


def _length(items: Sequence[Item]) -> float:
    return sum(item.width + item.extra for item in items) - items[-1].extra


def _from_punctuation(items: Sequence[Item], gaps: list[float], needed: float, em: float) -> float:
    """Take up to `needed` from the white beside punctuation; return how much was taken."""
    white = [
        (i, max(0.0, _WHITE * em + min(item.extra, 0.0)))
        for i, item in enumerate(items[:-1])
        if item.character in _HALF
    ]
    total = sum(own for _, own in white)
    if not total:
        return 0.0
    share = min(1.0, needed / total)
    for i, own in white:
        gaps[i] -= share * own
    return share * total


def _share(items: Sequence[Item], gaps: list[float], missing: float, em: float) -> None:
    """Give what is missing, or take what is too much, in equal shares to the gaps that may change."""
    wide = [i for i, (a, b) in enumerate(pairwise(items)) if _beside(a, b)]
    spaces = [i for i, item in enumerate(items[:-1]) if item.character == " "]
    if len(wide) >= len(items) / 4:
        each = missing / len(wide)
        if not -_TIGHT * em <= each <= _LOOSE * em:
            raise Reflow
        _add(gaps, wide, each)
        return
    if not spaces:
        raise Reflow
    each = missing / len(spaces)
    widths = [items[i].width + items[i].extra + each for i in spaces]
    usual = items[spaces[0]].width
    if not _SPACE[0] * usual <= min(widths) <= max(widths) <= _SPACE[1] * usual:
        raise Reflow
    _add(gaps, spaces, each)


def _beside(a: Item, b: Item) -> bool:
    return is_wide(a.character) or is_wide(b.character)


def _add(gaps: list[float], where: Sequence[int], each: float) -> None:
    for i in where:
        gaps[i] += each
