"""What an editor plans by: what is asked for, and how that compares with what was published."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from wenxing_web.demand.models import Request, Vote
from wenxing_web.demand.queries import waiting
from wenxing_web.library import queries as library
from wenxing_web.library.models import Kind

_YEAR = timedelta(days=365)
_LEFT, _WIDTH = 90, 420  # where bars begin, and the longest of them, in the picture's units
HEIGHT = 44  # of a pair of bars


@dataclass(frozen=True, slots=True)
class Balance:
    """One kind of material: who wants it, and what there is.

    Attributes:
        wanted: votes for requests that wait.
        published: materials of the last year.
        wanted_width, published_width: of the bars; the longest of all is `_WIDTH`.
        y: where the pair stands in the picture.
    """

    label: str
    wanted: int
    published: int
    wanted_width: int
    published_width: int
    y: int

    @property
    def wanted_end(self) -> int:
        """Where the number beside the bar begins."""
        return _LEFT + self.wanted_width + 6

    @property
    def published_end(self) -> int:
        """Likewise."""
        return _LEFT + self.published_width + 6


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that waits, with the days since it was made."""

    request: Request
    votes: int
    days: int


def asked(*, today: date) -> list[Asked]:
    """What waits: those of more priority first, then of more votes, then the oldest."""
    counted = dict(
        Vote.objects.filter(request__in=waiting()).order_by().values_list("request").annotate(n=Count("pk"))
    )
    return [
        Asked(request, counted.get(request.pk, 0), (today - request.made_at.date()).days)
        for request in waiting().select_related("editor")
    ]


def balance(*, today: date) -> list[Balance]:
    """Demand against supply, a line each kind; kinds that nobody wants and that have nothing are left out."""
    wanted = Counter(
        Vote.objects.filter(request__in=waiting()).order_by().values_list("request__kind", flat=True)
    )
    since = library.current().filter(material__dated_on__gt=today - _YEAR)
    published = Counter(since.order_by().values_list("material__kind", flat=True))
    kinds = [kind for kind in Kind if wanted[kind] or published[kind]]
    most = max([*wanted.values(), *published.values(), 1])
    return [
        Balance(
            label=str(kind.label),
            wanted=wanted[kind],
            published=published[kind],
            wanted_width=round(_WIDTH * wanted[kind] / most),
            published_width=round(_WIDTH * published[kind] / most),
            y=at * HEIGHT,
        )
        for at, kind in enumerate(kinds)
    ]
