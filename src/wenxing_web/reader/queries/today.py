"""今日 for one member: the topics of the season, what was begun, what to read next, what is new."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from wenxing_web import entitlements
from wenxing_web.library import queries as library
from wenxing_web.library.models import Edition, Topic
from wenxing_web.members.models import Member
from wenxing_web.reader.models import Progress
from wenxing_web.reader.queries import Row, favourites_of, interests_of, rows_of

_LOOKED_AT = 24  # of the newest, to find what this member can open
_NEW_ROWS = 6
_CONTINUED = 3
_FAVOURITES = 5
_TOPIC_ROWS = 3
_ROWS_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class Season:
    """A topic of the season with the first of its materials, unread ones before the others."""

    topic: Topic
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Today:
    """What a member sees first.

    Attributes:
        following: what to go on with after what was read last.
        follows: the member follows a field or a level; what suits it stands first among what is new.
    """

    seasons: list[Season]
    begun: list[Row]
    following: Row | None
    new: list[Row]
    favourites: list[Row]
    follows: bool


def today_for(member: Member, *, today: date) -> Today:
    """What a member sees first. Nothing is hidden by what the member follows: it only comes later."""
    current = entitlements.visible_to(member, library.current())
    newest = rows_of(member, current.order_by("-published_at", "-id")[:_LOOKED_AT], today)
    open_now = [row for row in newest if row.locked is None]
    kept = current.filter(material__in=favourites_of(member))[:_FAVOURITES]
    last = Progress.objects.filter(member=member).order_by("-at").first()
    seasons = [_season(member, topic, today) for topic in library.topics_of_season(today)]
    above = {row.edition.pk for season in seasons for row in season.rows}
    others = [row for row in open_now if row.edition.pk not in above]
    return Today(
        seasons=seasons,
        begun=_begun(member, current, today),
        following=following(member, last.material_id, today=today) if last else None,
        new=sorted(others or open_now or newest, key=lambda row: not row.suits)[:_NEW_ROWS],
        favourites=rows_of(member, kept, today),
        follows=bool(interests_of(member)),
    )


def following(member: Member, material: int, *, today: date) -> Row | None:
    """What to read after a material: the next unread one of its topics, else of the stream, that is open.

    Fields and levels that the member follows come first, then what is dated last.
    """
    current = entitlements.visible_to(member, library.current()).exclude(material_id=material)
    unread = current.exclude(material__in=_opened_by(member))
    related = unread.filter(material__topics__materials=material).distinct()
    for some in (related, unread):
        rows = [row for row in rows_of(member, some[:_LOOKED_AT], today) if row.locked is None]
        if rows:
            return min(rows, key=lambda row: not row.suits)
    return None


def shelf_of(
    member: Member, topic: Topic, page: str | None, *, today: date
) -> tuple[list[Row], Page[Edition]]:
    """A page of a topic's materials, newest documents first."""
    shown = Paginator(_editions_of(member, topic), _ROWS_A_PAGE).get_page(page)
    return rows_of(member, shown.object_list, today), shown


def _season(member: Member, topic: Topic, today: date) -> Season:
    rows = rows_of(member, _editions_of(member, topic)[:_LOOKED_AT], today)
    rows.sort(key=lambda row: (row.locked is not None, row.place is not None))
    return Season(topic, rows[:_TOPIC_ROWS])


def _editions_of(member: Member, topic: Topic) -> QuerySet[Edition]:
    return entitlements.visible_to(member, library.current()).filter(material__topics=topic)


def _begun(member: Member, current: QuerySet[Edition], today: date) -> list[Row]:
    """Materials that were begun and not finished, the latest first, as far as they can be opened."""
    places = list(Progress.objects.filter(member=member, paragraph__gt=0).order_by("-at")[:_LOOKED_AT])
    order = {place.material_id: at for at, place in enumerate(places)}
    rows = rows_of(member, current.filter(material__in=list(order)), today)
    rows.sort(key=lambda row: order[row.edition.material_id])
    return [row for row in rows if row.begun and row.locked is None][:_CONTINUED]


def _opened_by(member: Member) -> "QuerySet[Progress, int]":
    return Progress.objects.filter(member=member).order_by().values_list("material_id", flat=True)
