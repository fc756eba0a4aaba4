"""The board as a member sees it.

similar    what was asked or written already
planning   what an editor looks at
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet

from wenxing_web import entitlements
from wenxing_web.demand.models import Request, Vote
from wenxing_web.entitlements import Action, Denied
from wenxing_web.library.models import Edition
from wenxing_web.members.models import Member

_ROWS_A_PAGE = 20
_WAITING = (Request.State.OPEN, Request.State.TAKEN)


@dataclass(frozen=True, slots=True)
class Row:
    """A request in a list.

    Attributes:
        voted: this member wants it.
        own: this member asked for it.
        revisable: and nobody else has voted yet, so that it can be changed or taken back.
        answer: the edition that answers it, if it is on the shelves.
        locked: why this member cannot open the answer, or `None`.
    """

    request: Request
    votes: int
    voted: bool
    own: bool
    revisable: bool
    answer: Edition | None
    locked: Denied | None


def board(member: Member, *, show: str, page: str | None, today: date) -> tuple[list[Row], Page[Request]]:
    """A page of the board.

    Args:
        show: `waiting` (most votes first), `answered` or `mine` (latest first).
    """
    requests = _requests()
    if show == "mine":
        mine = Vote.objects.filter(member=member).values("request")
        requests = requests.filter(pk__in=mine).order_by("-changed_at", "-id")
    elif show == "answered":
        requests = requests.exclude(state__in=_WAITING).order_by("-changed_at", "-id")
    else:
        open_now = requests.filter(state__in=_WAITING).annotate(total=Count("votes"))
        requests = open_now.order_by("-total", "-id")
    shown = Paginator(requests, _ROWS_A_PAGE).get_page(page)
    return rows_of(member, shown.object_list, today=today), shown


def request_numbered(number: int) -> Request | None:
    """The request with this key."""
    return _requests().filter(pk=number).first()


def requests_of(keys: Collection[int]) -> QuerySet[Request]:
    """The requests with these keys."""
    return _requests().filter(pk__in=keys)


def row_of(member: Member, request: Request, *, today: date) -> Row:
    """One request as a list shows it."""
    (row,) = rows_of(member, [request], today=today)
    return row


def rows_of(member: Member, requests: Iterable[Request], *, today: date) -> list[Row]:
    """Requests as this member sees them, in their order."""
    shown = list(requests)
    mine = set(Vote.objects.filter(member=member, request__in=shown).values_list("request_id", flat=True))
    totals = _totals(shown)
    decide = entitlements.decider(member, today=today)
    there = entitlements.visible_to(member, Edition.objects.select_related("material"))
    answers = there.in_bulk([request.edition_id for request in shown if request.edition_id])
    rows = []
    for request in shown:
        answer = answers.get(request.edition_id or 0)
        decision = decide(Action.READ, answer.material) if answer else None
        own, votes, voted = request.asker_id == member.pk, totals.get(request.pk, 0), request.pk in mine
        revisable = own and request.state == Request.State.OPEN and votes - voted == 0
        locked = decision if isinstance(decision, Denied) else None
        rows.append(Row(request, votes, voted, own, revisable, answer, locked))
    return rows


def is_still_ones_own(request: Request) -> bool:
    """Nobody but the asker has voted for it, and no editor has looked at it."""
    others = Vote.objects.filter(request=request).exclude(member=request.asker)
    return request.state == Request.State.OPEN and not others.exists()


def waiting() -> QuerySet[Request]:
    """What nothing has answered yet, as an editor plans: priority, votes, age."""
    counted = _requests().filter(state__in=_WAITING).annotate(total=Count("votes"))
    return counted.order_by("-priority", "-total", "id")


def not_merged() -> QuerySet[Request]:
    """Every request that stands for itself, the latest first."""
    return _requests().exclude(state=Request.State.MERGED)


def _requests() -> QuerySet[Request]:
    return Request.objects.select_related("merged_into")


def _totals(requests: list[Request]) -> dict[int, int]:
    counted = Vote.objects.filter(request__in=requests).order_by().values("request_id")
    return {row["request_id"]: row["n"] for row in counted.annotate(n=Count("pk"))}
