"""Sites and observations: what the code writes and what a reader gives back.

A site is one symbol of the code, whatever carries it. Every kind of site is set
and read through the same two shapes: a carrier writes `symbols[i]` at site `i`,
and a reader returns an `Observation` of site `i`. The code and the accusation
know nothing else about carriers.

Each kind of an edition has a table of its own, with its own numbering and its own
code: "site n" always means the n-th of its kind.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from wenxing.document import Edit, Unwrapped


class SiteKind(StrEnum):
    """What varies at a site."""

    WORDING = "wording"  # one of several wordings; survives retyping, OCR, photographs
    GLYPH = "glyph"  # horizontal offset of a character in a PDF
    SPACING = "spacing"  # character spacing of a docx run


class Grade(StrEnum):
    """How much attention a site needs before it may be used.

    A: approved in a batch with a skim. B: read one by one.
    """

    A = "A"
    B = "B"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of character offsets into `Document.text`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Site:
    """A place with 2–4 alternatives; one symbol of the code.

    Attributes:
        kind: what varies.
        spans: where, in order, not overlapping; more than one when repeats are linked, that is,
            must change together.
        alternatives: 2–4 different choices. For wording they are the texts themselves, the first
            being what the master reads at every span; for other kinds they are names of settings,
            none of which need be the master's own.
        grade: how much attention it needs.
        rule: name of the rule that found it.
    """

    spans: tuple[Span, ...]
    alternatives: tuple[str, ...]
    grade: Grade
    rule: str
    kind: SiteKind = SiteKind.WORDING

    @property
    def arity(self) -> int:
        """The number of alternatives."""
        return len(self.alternatives)

    @property
    def start(self) -> int:
        """Offset of the first span; sites of an edition are ordered by it."""
        return self.spans[0].start


SPACING_SETTINGS = ("-2", "2")
"""Character spacing of a run, added to what the master has there, in twentieths of a point.

Neither is the master's own, so that they lie as far apart as they may.
"""

GLYPH_SETTINGS = ("left", "right")
"""Where a character stands against where those beside it would have it."""

BETWEEN, BESIDE = "glyph-offset", "glyph-beside"
"""Rules of a table of moved characters, by what each is read against.

BETWEEN: two on both sides that stay, so at most every third is moved. BESIDE: whatever of its run of Han
characters stays, on one side or both, so every second may be moved, the first and the last of a run too.
"""

HAIRS = {BETWEEN: 18.0, BESIDE: 19.0}
"""By rule: how far a character is moved, thousandths of an em. 19 is 0.30 pt at 16 pt."""


def spacing_sites(spans: Iterable[Span]) -> tuple[Site, ...]:
    """The sites of a table of runs."""
    return tuple(Site((span,), SPACING_SETTINGS, Grade.A, "run-spacing", SiteKind.SPACING) for span in spans)


def glyph_sites(places: Iterable[int], rule: str = BESIDE) -> tuple[Site, ...]:
    """The sites of a table of single characters, given by their offsets and the rule of the table."""
    return tuple(Site((Span(at, at + 1),), GLYPH_SETTINGS, Grade.A, rule, SiteKind.GLYPH) for at in places)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a copy shows at a site that is not wording: what a carrier is given to write.

    Attributes:
        site: whatever its kind; a carrier disregards kinds that it does not carry.
        symbol: index of the alternative.
    """

    site: Site
    symbol: int

    def moved(self, unwrapped: Unwrapped) -> "Setting":
        """A setting of a wrapped text as one of the text without wrapping."""
        if unwrapped.offsets is None:
            return self
        edits = [unwrapped.moved(Edit(span.start, span.end, "")) for span in self.site.spans]
        spans = tuple(Span(edit.start, edit.end) for edit in edits)
        return Setting(replace(self.site, spans=spans), self.symbol)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One place of a leak that shows a site, read without its text: what a reader of pictures gives.

    Attributes:
        edition: 16 bytes.
        kind: whose table the number is of.
        site: index of the site in that table.
        symbol: index of the alternative that was read, or `None` for an erasure.
        reliability: the reader's estimate of the probability that the symbol is right, 0 … 1.
    """

    edition: bytes
    kind: SiteKind
    site: int
    symbol: int | None
    reliability: float = 1.0


@dataclass(frozen=True, slots=True)
class Observation:
    """What a leak shows at one site.

    Attributes:
        site: index of the site in the edition's table of its kind; for wording, among the approved sites.
        symbol: index of the alternative that was read, or `None` for an erasure.
        doubtful: the places that were read contradict each other, or the choice was close;
            then `symbol` is `None` and the reason is worth showing.
    """

    site: int
    symbol: int | None
    doubtful: bool = False


def merged(site: int, readings: Iterable[Observation]) -> Observation:
    """One observation from all places that show a site: they agree, or it is an erasure in doubt."""
    readings = tuple(readings)
    symbols = {r.symbol for r in readings if r.symbol is not None}
    if len(symbols) == 1:
        return Observation(site, symbols.pop())
    return Observation(site, None, doubtful=len(symbols) > 1 or any(r.doubtful for r in readings))
