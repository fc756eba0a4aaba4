"""The library's list, and what it and a search may be narrowed to."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator

from wenxing_web import entitlements
from wenxing_web.library import queries as library
from wenxing_web.library.models import Edition, Kind, Topic
from wenxing_web.members.models import Member
from wenxing_web.reader.queries import Row, favourites_of, rows_of
from wenxing_web.reader.queries.finding import Narrowing

_ROWS_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list is narrowed to.

    Attributes:
        favourites: the member's favourites only.
    """

    year: int | None
    kind: str
    topic: Topic | None
    favourites: bool


def narrowed(*, year: int | None, kind: str, topic: int | None, favourites: bool) -> Narrowed:
    """What was asked for, as far as there is such a thing."""
    found = library.topic_numbered(topic) if topic else None
    return Narrowed(year, kind if kind in Kind.values else "", found, favourites)


def shelf(
    member: Member, narrowed: Narrowed, *, page: str | None, today: date
) -> tuple[list[Row], Page[Edition]]:
    """A page of the library, newest documents first; favourites also when they cannot be opened."""
    editions = entitlements.visible_to(member, library.current())
    if narrowed.kind:
        editions = editions.filter(material__kind=narrowed.kind)
    if narrowed.year:
        editions = editions.filter(material__dated_on__year=narrowed.year)
    if narrowed.topic:
        editions = editions.filter(material__topics=narrowed.topic)
    if narrowed.favourites:
        editions = editions.filter(material__in=favourites_of(member))
    shown = Paginator(editions, _ROWS_A_PAGE).get_page(page)
    return rows_of(member, shown.object_list, today), shown


def narrowing(member: Member, narrowed: Narrowed) -> Narrowing:
    """The same for a search."""
    materials: set[int] | None = None
    if narrowed.topic:
        materials = set(narrowed.topic.materials.order_by().values_list("pk", flat=True))
    if narrowed.favourites:
        kept = set(favourites_of(member))
        materials = kept if materials is None else materials & kept
    return Narrowing(narrowed.year, narrowed.kind, materials)


def kinds() -> list[tuple[str, str]]:
    """The kinds of material that a list can be narrowed to."""
    return [(value, str(label)) for value, label in Kind.choices]


def topics() -> list[Topic]:
    """The topics that have something on the shelves, the latest first."""
    return list(library.topics_on_the_shelves())
