"""The evidence strip: the sites of an edition along the document, as they agree with a named number's copy.

One strip a kind of sites: wording, spacing of a Word file, places of characters in a PDF.

It is drawn from what the trace kept, so that it shows today what it showed then. The engine gives it only for
numbers that it names: for anybody else it would be a ranking of innocents.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from wenxing_web.cases.models import Trace
from wenxing_web.library.models import Edition

WIDTH = 100  # per cent of the drawing

_NAMES = {
    "wording": gettext_noop("措辞"),
    "spacing": gettext_noop("字符间距"),
    "glyph": gettext_noop("字符位置"),
}
_SETTINGS = {
    "-2": gettext_noop("收窄 0.1 磅"),
    "2": gettext_noop("加宽 0.1 磅"),
    "left": gettext_noop("偏左"),
    "right": gettext_noop("偏右"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One site on the strip.

    Attributes:
        ordinal: 1 for the first mark of the strip.
        x: 0 … `WIDTH`, where in the document, to a tenth.
        paragraph: 1 for the first paragraph.
        state: `agrees`, `differs` or `unreadable`, compared with the number's copy.
        doubtful: unreadable because the leak contradicts itself there, or is as near to two wordings.
        master: what the master reads; empty for the layout.
        read: what the leak reads, or for the layout how it stands; empty when unreadable.
    """

    ordinal: int
    x: float
    paragraph: int
    state: str
    doubtful: bool
    master: str
    read: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One edition's strip for one number and one kind of sites.

    Attributes:
        kind: `wording`, `spacing` or `glyph`.
        marks: every site of the wording; of the layout those that were read.
        total: how many sites of the kind there are.
    """

    edition: Edition
    number: int
    kind: str
    marks: tuple[Mark, ...]
    total: int

    @property
    def name(self) -> str:
        """What varies, for people."""
        return gettext(_NAMES[self.kind])

    @property
    def agreeing(self) -> int:
        """Sites that read as in the number's copy."""
        return self._count("agrees")

    @property
    def differing(self) -> int:
        """Sites that read otherwise."""
        return self._count("differs")

    @property
    def unreadable(self) -> int:
        """Sites that the leak does not show, or shows in doubt."""
        return self.total - self.agreeing - self.differing

    def _count(self, state: str) -> int:
        return sum(mark.state == state for mark in self.marks)


def strips_of(trace: Trace, number: int) -> tuple[Strip, ...]:
    """A strip for every matched edition and kind that has marks; none for a number that was not named."""
    editions = {edition.identity: edition for edition in trace.editions.all()}
    strips = []
    for kept in trace.result["strips"]:
        for kind in _NAMES if kept["recipient"] == number else ():
            marks = tuple(_marks(kept, kind))
            if marks:
                total = kept.get("totals", {}).get(kind, len(marks))  # a trace kept before there were kinds
                strips.append(Strip(editions[kept["edition"]], number, kind, marks, total))
    return tuple(strips)


def _marks(strip: dict[str, Any], kind: str) -> Iterator[Mark]:
    length = max(int(strip["length"]), 1)
    sites = (site for site in strip["sites"] if site.get("kind", "wording") == kind)
    for ordinal, site in enumerate(sites, start=1):
        yield Mark(
            ordinal=ordinal,
            x=round(site["start"] / length * WIDTH, 1),
            paragraph=site["paragraph"] + 1,
            state=site["state"],
            doubtful=site["doubtful"],
            master=site["master"],
            read=site["read"] if kind == "wording" else gettext(_SETTINGS[site["read"]]),
        )
