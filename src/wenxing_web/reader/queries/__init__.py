"""What readers' lists show: editions, each with whether this visitor may open it and what they left in it.

shelf     the library's list, and what it may be narrowed to
finding   what is found in it; `results` lays it out
missed    what was not found
reading   one material
today     the page of the day, topics, what to read next
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from wenxing_web import entitlements
from wenxing_web.delivery import queries as delivery
from wenxing_web.delivery.models import Copy
from wenxing_web.entitlements import Action, Denied, Visitor
from wenxing_web.library import queries as library
from wenxing_web.library.models import Edition, Material
from wenxing_web.members.models import Member
from wenxing_web.reader.models import Favourite, Interest, Note, Progress

_ROWS_A_PAGE = 30
_NEW_ROWS = 6


@dataclass(frozen=True, slots=True)
class Row:
    """An edition in a list.

    Attributes:
        locked: why it cannot be opened, or `None`.
        favourite: it is among the member's favourites.
        place: how far the member has read it; `None` when it was never opened.
        suits: it speaks to a field or a level that the member follows.
    """

    edition: Edition
    locked: Denied | None
    favourite: bool
    place: Progress | None
    suits: bool = False

    @property
    def begun(self) -> bool:
        """Opened, and something of it is left."""
        return self.place is not None and self.place.unfinished

    @property
    def read(self) -> bool:
        """Read to the end."""
        return self.place is not None and self.place.percent > 0 and not self.place.unfinished


def published_after(member: Member, number: int, *, today: date) -> list[Row]:
    """What was published after the edition with this key, the latest first; no more than a page needs."""
    current = entitlements.visible_to(member, library.current()).filter(pk__gt=number)
    return rows_of(member, current.order_by("-id")[:_NEW_ROWS], today)


def last_published() -> int:
    """The key of the edition published last; 0 in an empty library."""
    return library.editions().order_by("-pk").values_list("pk", flat=True).first() or 0


def free() -> QuerySet[Edition]:
    """What anybody may read."""
    return library.current().filter(material__is_free=True)


def edition_for(member: Visitor, identity: str) -> Edition | None:
    """The edition at an address, if it exists for this visitor (opening it is another question)."""
    return entitlements.visible_to(member, library.editions().filter(identity=identity)).first()


def why_locked(member: Visitor, edition: Edition, *, today: date) -> Denied | None:
    """Why a visitor cannot read an edition; `None` when nothing stands in the way."""
    decision = entitlements.may(member, Action.READ, edition.material, today=today)
    return decision if isinstance(decision, Denied) else None


def newer_than(edition: Edition) -> Edition | None:
    """The edition that took this one's place, if there is one."""
    return library.newer_than(edition)


def copies(member: Member, page: str | None) -> Page[Copy]:
    """A member's own copies, the latest first."""
    return Paginator(delivery.copies_of(member), _ROWS_A_PAGE).get_page(page)


def place_in(member: Member, edition: Edition) -> Progress | None:
    """How far a member has read the material."""
    return Progress.objects.filter(member=member, material_id=edition.material_id).first()


def last_paragraph(member: Member, edition: Edition) -> int:
    """Number of the last paragraph that a page of the member's copy shows.

    Raises:
        MasterError, OSError: the master is missing or damaged.
    """
    return max(delivery.lengths(member, edition), default=0)


def is_favourite(member: Member, edition: Edition) -> bool:
    """Whether the material is among the member's favourites."""
    return Favourite.objects.filter(member=member, material_id=edition.material_id).exists()


def counts(member: Member) -> dict[str, int]:
    """How many favourites and notes a member has."""
    return {
        "favourites": Favourite.objects.filter(member=member).count(),
        "notes": Note.objects.filter(member=member).count(),
    }


def downloads_left(member: Member, today: date, edition: Edition | None = None) -> int | None:
    """How many editions a member may still download today; `None` when nothing limits them.

    With an edition: `None`, too, when it has been downloaded today, because then it is not counted again.
    """
    limit = entitlements.downloads_a_day(member, today=today)
    if limit is None:
        return None
    taken = delivery.downloaded_on(member, today)
    if edition is not None and edition.pk in taken:
        return None
    return max(0, limit - len(taken))


def visitor(user: object) -> Visitor:
    """Whoever makes a request, as the rules know them."""
    return cast(Visitor, user)


def rows_of(member: Member, editions: Iterable[Edition], today: date) -> list[Row]:
    """Editions as a list shows them, in their order."""
    shown = list(editions)
    materials = [edition.material_id for edition in shown]
    kept = set(favourites_of(member).filter(material__in=materials))
    places = {p.material_id: p for p in Progress.objects.filter(member=member, material__in=materials)}
    suit = suited(member, materials)
    decide = entitlements.decider(member, today=today)
    rows = []
    for edition in shown:
        key, decision = edition.material_id, decide(Action.READ, edition.material)
        locked = decision if isinstance(decision, Denied) else None
        rows.append(Row(edition, locked, key in kept, places.get(key), key in suit))
    return rows


def suited(member: Member, materials: Collection[int]) -> set[int]:
    """Which of these materials speak to a field or a level that the member follows."""
    mine = Interest.objects.filter(member=member).values("tag")
    return set(Material.objects.filter(pk__in=materials, tags__in=mine).values_list("pk", flat=True))


def interests_of(member: Member) -> list[int]:
    """The keys of the fields and levels that a member follows."""
    return list(Interest.objects.filter(member=member).order_by().values_list("tag_id", flat=True))


def favourites_of(member: Member) -> "QuerySet[Favourite, int]":
    """The keys of the materials among a member's favourites."""
    return Favourite.objects.filter(member=member).order_by().values_list("material_id", flat=True)
