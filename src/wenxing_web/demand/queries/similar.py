"""Was it asked for, or written, already? Requests by two-character pieces, materials by the search."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from wenxing_web.demand.models import Request
from wenxing_web.demand.queries import Row, not_merged, rows_of
from wenxing_web.members.models import Member
from wenxing_web.reader.queries.finding import Found
from wenxing_web.reader.queries.finding import similar as similar_materials

_SHOWN = 5
_LOOKED_AT = 2000  # of the newest
_ENOUGH = 0.34  # of the shorter one's pieces stand in the other, too


@dataclass(frozen=True, slots=True)
class Similar:
    """What is there already."""

    requests: list[Row]
    materials: list[Found]

    def __bool__(self) -> bool:
        return bool(self.requests or self.materials)


def similar(member: Member, title: str, text: str, *, today: date) -> Similar:
    """What resembles a request that is about to be made, the closest first."""
    wanted = _pieces(f"{title}\n{text}")
    asked = not_merged()[:_LOOKED_AT]
    close = _closest(wanted, asked, [request.title for request in asked])
    return Similar(
        requests=rows_of(member, close, today=today),
        materials=similar_materials(f"{title}\n{text}", member, today=today),
    )


def _closest(wanted: set[str], items: Iterable[Request], titles: Sequence[str]) -> list[Request]:
    close = []
    for item, title in zip(items, titles, strict=True):
        pieces = _pieces(title)
        share = len(wanted & pieces) / max(1, min(len(wanted), len(pieces)))
        if share >= _ENOUGH:
            close.append((share, item))
    close.sort(key=lambda found: -found[0])
    return [item for _share, item in close[:_SHOWN]]


def _pieces(text: str) -> set[str]:
    """Every two characters that follow each other, of letters and Han only; Latin in lower case."""
    kept = "".join(c if c.isalnum() else " " for c in text.lower())
    return {a + b for word in kept.split() for a, b in pairwise(word)}
