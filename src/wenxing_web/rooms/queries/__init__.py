"""What rooms are asked: their messages by page, what has changed, and who may do what with a message."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from wenxing_web import entitlements
from wenxing_web.live import queries as live
from wenxing_web.members.models import Member
from wenxing_web.rooms.models import NAMES, Message, Room, Voice

ON_A_PAGE = 30
_AFTER = 10  # messages shown after the one that was asked for
_PINNED = 3
_CHANGES = 100  # more than that and a page is fetched anew
_FARTHEST = 2**62


@dataclass(frozen=True, slots=True)
class Cursor:
    """What an open page shows of a room.

    Attributes:
        since: the last live event whose change it has.
        first, last: the numbers of the oldest and the newest message on it; 0 when there is none.
        posted: how many messages the room had.
    """

    since: int
    first: int
    last: int
    posted: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A page of a room's history.

    Attributes:
        messages: in the order in which they were said.
        older: where the page before it ends; `None` on the first.
        newest: nothing was said after the last of them.
    """

    messages: tuple[Message, ...]
    older: int | None
    newest: bool
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Changes:
    """What an open page lacks.

    Attributes:
        replaced: shown there already, and different now.
        new: to be added at its end.
        many: too many to be told one by one; then the others are empty.
    """

    replaced: tuple[Message, ...]
    new: tuple[Message, ...]
    cursor: Cursor
    many: bool = False


def names() -> list[tuple[str, str]]:
    """Both rooms: key and name."""
    return [(key, str(name)) for key, name in NAMES.items()]


def room_called(key: entitlements.Room) -> Room:
    """The room, with its settings; its row is made the first time."""
    return Room.objects.get_or_create(key=key.value)[0]


def stretch(room: Room, *, before: int | None = None, around: int | None = None) -> Stretch:
    """A page of a room's messages: the newest, those before a number, or those around one.

    A page is found by the number of a message and never by counting, so that it stays what it is while
    others speak.
    """
    since = live.last()  # before the messages: what comes between is told twice, not never
    if around is not None:
        following = _in(room).filter(pk__gt=min(around, _FARTHEST)).order_by("pk")
        before = next(iter(following.values_list("pk", flat=True)[_AFTER : _AFTER + 1]), None)
    found = _in(room) if before is None else _in(room).filter(pk__lt=min(before, _FARTHEST))
    latest = list(found.order_by("-pk")[: ON_A_PAGE + 1])
    shown = tuple(reversed(latest[:ON_A_PAGE]))
    first, last = (shown[0].pk, shown[-1].pk) if shown else (0, 0)
    return Stretch(
        messages=shown,
        older=first if len(latest) > ON_A_PAGE else None,
        newest=before is None or not Message.objects.filter(room=room.key, pk__gt=last).exists(),
        cursor=Cursor(since, first, last, room.posted),
    )


def changes(room: Room, known: Cursor) -> Changes:
    """What has happened in the part of a room that a page shows, and after it.

    An answer shows how the message that it answers begins, so it changes with it.
    """
    since = live.last()
    different = Q(change__gt=known.since) | Q(reply_to__change__gt=known.since)
    found = _in(room).filter(different, pk__gte=known.first)
    messages = list(found.order_by("pk")[: _CHANGES + 1])
    if len(messages) > _CHANGES:
        return Changes((), (), known, many=True)
    new = tuple(message for message in messages if message.pk > known.last)
    replaced = tuple(message for message in messages if message.pk <= known.last)
    last = new[-1].pk if new else known.last
    first = known.first or (new[0].pk if new else 0)
    return Changes(replaced, new, Cursor(since, first, last, room.posted))


def pinned(room: Room) -> Sequence[Message]:
    """What operators keep at the top, the latest first."""
    pins = _in(room).filter(pinned_at__isnull=False, deleted_at__isnull=True)
    return list(pins.order_by("-pinned_at", "-pk")[:_PINNED])


def message_in(room: Room, number: int) -> Message | None:
    """A message of this room; one of another room is not found."""
    return _in(room).filter(pk=min(number, _FARTHEST)).first()


def own_message(member: Member, room: Room, number: int) -> Message | None:
    """A message that this member may change: their own, and not deleted."""
    own = _in(room).filter(author=member, deleted_at__isnull=True)
    return own.filter(pk=min(number, _FARTHEST)).first()


def addressed(number: int) -> list[Member]:
    """Whom a message speaks to, for telling them: whom it answers and whom it calls, not its author.

    Whether each of them may enter its room today is another question.
    """
    message = Message.objects.filter(pk=number).select_related("reply_to__author", "author").first()
    if message is None or message.deleted_at is not None:
        return []
    told = {mention.member for mention in message.mentions.select_related("member")}
    if message.reply_to is not None and message.reply_to.author is not None:
        told.add(message.reply_to.author)
    return sorted((member for member in told if member != message.author), key=lambda member: member.pk)


def voice_of(member: Member) -> Voice | None:
    """The account's voice, once it has spoken."""
    return Voice.objects.filter(member=member).first()


def _in(room: Room) -> QuerySet[Message]:
    return Message.objects.filter(room=room.key).select_related(
        "room",
        "author__voice",
        "reply_to__author__voice",
        "edition__material",
    )
