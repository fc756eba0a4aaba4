"""The picture of a trace: everybody who was searched as dots without labels, against the line of the bound.

A dot's place says how many accounts are expected there or beyond if all are innocent: 10^−place of them.
The engine hands over counts, not accounts, so the picture cannot tell, and nobody can find out, who a dot is.
Only those who are named have a number in it. Beyond the line the scale is another one: a naming may lie
thirty powers of ten away, and the crowd would be a stain at the edge.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

from wenxing_web.cases.models import Trace

TALLEST = 16  # dots on top of each other
_PITCH = 7  # pixels from dot to dot
_ROW = 22  # pixels from one named number to the next
_LINE_WHEN_NAMED, _LINE_WHEN_NOT = 62.0, 86.0  # per cent of the width
_EDGE = 6.0  # per cent within which a centred label of the axis would reach over the edge of a phone
_LEFT, _RIGHT = 2.0, 95.0
_TICKS = 4  # about so many before the line
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Dot:
    """`Crowd.unit` accounts, or fewer when `few`. x in per cent, y in pixels from the top."""

    x: float
    y: int
    few: bool


@dataclass(frozen=True, slots=True)
class Star:
    """A named number; `before` says that its label stands to the left of it."""

    number: int
    x: float
    y: int
    before: bool
    chance: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A label of the axis."""

    x: float
    label: str

    @property
    def anchor(self) -> str:
        """Which part of the label stands at `x`: near an edge the label stays inside the picture."""
        if self.x < _EDGE:
            return "start"
        return "end" if self.x > 100 - _EDGE else "middle"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: how many accounts lie where chance is expected to put `most` … `least`."""

    most: str
    least: str
    accounts: int


@dataclass(frozen=True, slots=True)
class Crowd:
    """The picture, and the same numbers as a table.

    Attributes:
        suspects: how many accounts were searched.
        below: how many of them lie short of the line.
        reached: how many lie beyond it and are still not named, as the strongest explains all there is.
        unit: how many accounts a dot stands for.
        line: where the bound is drawn, per cent.
        line_label: the bound as a power of ten.
        floor: where the axis is drawn, pixels.
    """

    suspects: int
    below: int
    reached: int
    unit: int
    dots: tuple[Dot, ...]
    stars: tuple[Star, ...]
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]
    line: float
    line_label: str
    floor: int

    @property
    def height(self) -> int:
        """Pixels, with room for the labels of the axis."""
        return self.floor + 26

    @property
    def tick_end(self) -> int:
        """Where the small strokes of the axis end."""
        return self.floor + 5

    @property
    def label_at(self) -> int:
        """The baseline of the axis' labels."""
        return self.floor + 20


def crowd_of(trace: Trace) -> Crowd | None:
    """The picture of a trace; `None` when nothing was compared, or the trace is older than the picture."""
    kept = trace.result.get("distribution")
    if not kept:
        return None
    named = {
        int(row["recipient"]): -log10(max(float(row["p_value"]), 1e-300)) for row in trace.result["named"]
    }
    edges, counts = kept["edges"], kept["counts"]
    scale = _Scale(edges[0], edges[-1], max(named.values(), default=None))
    unit = _unit(max(counts))
    tall = max(-(-count // unit) for count in counts)
    ground = 30 + max(tall * _PITCH, len(named) * _ROW, 60)
    middles = [(low + high) / 2 for low, high in pairwise(edges)]
    dots = [d for at, n in zip(middles, counts, strict=True) for d in _pile(scale.x(at), n, unit, ground)]
    dots += _pile(scale.line + 2, int(kept["reached"]), unit, ground)
    return Crowd(
        suspects=int(trace.inputs["suspects"]),
        below=sum(counts),
        reached=int(kept["reached"]),
        unit=unit,
        dots=tuple(dots),
        stars=tuple(_stars(named, scale, ground)),
        ticks=tuple(_ticks(scale)),
        rows=tuple(_rows(edges, counts)),
        line=scale.line,
        line_label=_power(-edges[-1]),
        floor=ground,
    )


class _Scale:
    """Places → per cent of the width; the part beyond the line has a scale of its own."""

    def __init__(self, lowest: float, bound: float, furthest: float | None) -> None:
        self.lowest, self.bound = lowest, bound
        self.furthest = max(furthest, bound + 1) if furthest is not None else bound
        self.line = _LINE_WHEN_NOT if furthest is None else _LINE_WHEN_NAMED

    def x(self, place: float) -> float:
        if place <= self.bound:
            share = (place - self.lowest) / (self.bound - self.lowest)
            return round(_LEFT + share * (self.line - _LEFT), 2)
        share = (place - self.bound) / (self.furthest - self.bound)
        return round(self.line + share * (_RIGHT - self.line), 2)


def _unit(most: int) -> int:
    """1, 2, 5, 10, 20 … so that the tallest pile has at most `TALLEST` dots."""
    return next(unit for unit in _one_two_five() if most <= unit * TALLEST)


def _one_two_five() -> Iterator[int]:
    decade = 1
    while True:
        yield from (decade, 2 * decade, 5 * decade)
        decade *= 10


def _pile(x: float, count: int, unit: int, ground: int) -> Iterator[Dot]:
    """A dot for every whole unit, and a hollow one for what is left."""
    whole, rest = divmod(count, unit)
    for at in range(whole + (rest > 0)):
        yield Dot(x, ground - 5 - at * _PITCH, few=at == whole)


def _stars(named: dict[int, float], scale: _Scale, ground: int) -> Iterator[Star]:
    for at, (number, place) in enumerate(sorted(named.items())):
        x = scale.x(place)
        yield Star(number, x, ground - 12 - at * _ROW, x > (scale.line + _RIGHT) / 2, _power(-place))


def _ticks(scale: _Scale) -> Iterator[Tick]:
    step = max(1, ceil((scale.bound - scale.lowest) / _TICKS))
    place = floor(scale.bound) - step
    while place >= scale.lowest:
        yield Tick(scale.x(place), _power(-place))
        place -= step
    beyond = floor(scale.furthest)
    if beyond >= scale.bound + 1:
        yield Tick(scale.x(beyond), _power(-beyond))


def _rows(edges: Sequence[float], counts: Sequence[int]) -> Iterator[Row]:
    """Two bins a row, counted back from the line, without the empty ones."""
    step = edges[1] - edges[0]
    for start in range(-(len(counts) % 2), len(counts), 2):
        accounts = sum(counts[max(start, 0) : start + 2])
        if accounts:
            low = edges[-1] - (len(counts) - start) * step
            yield Row(_expected(low), _expected(low + 2 * step), accounts)


def _expected(place: float) -> str:
    """How many accounts are expected at a place or beyond: 1,000 or 1/1,000."""
    whole = round(place)
    return f"{10**-whole:,}" if whole <= 0 else f"1/{10**whole:,}"


def _power(exponent: float) -> str:
    """10⁻⁶."""
    return f"10{str(ceil(exponent)).translate(_SUPERSCRIPT)}"
