"""Lay out messages for one viewer. A card with a paragraph of a material is a delivery of that paragraph:
it is made from the viewer's own copy, recorded before it is shown, and stored nowhere.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _

from wenxing_web import entitlements
from wenxing_web.delivery.actions.deliver import Damaged, Form, Undeliverable, deliver
from wenxing_web.entitlements import Action, Denied
from wenxing_web.library.models import Edition
from wenxing_web.members.models import Member
from wenxing_web.rooms.models import Mention, Message

_SNIPPET = 60  # characters shown of what is answered
_CARD = 280  # characters shown of a quoted paragraph
_TRAILING = ".,;:!?'\")]}"
_LINK = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters of a message.

    Attributes:
        href: where it leads, `http` or `https`; empty for plain text.
        calls: it is somebody's name.
    """

    text: str
    href: str = ""
    calls: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A quoted paragraph as one viewer sees it.

    Attributes:
        edition: `None` when it is withdrawn: for the viewer it does not exist any more.
        text: of the viewer's own copy; empty when they may not read it, or its master is damaged.
        locked: why not, and what would open it.
    """

    edition: Edition | None
    paragraph: int
    text: str = ""
    locked: Denied | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a message answers: its number, who said it, and how it begins."""

    number: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A message as one viewer sees it.

    Attributes:
        name: of its author; with the code where others are called the same.
        mine: the viewer wrote it.
        to_me: it calls the viewer, or answers them.
    """

    message: Message
    name: str
    mine: bool
    to_me: bool
    pieces: tuple[Piece, ...]
    answered: Answered | None
    card: Card | None

    @property
    def by_operator(self) -> bool:
        """Whether an operator wrote it."""
        return self.message.author is not None and self.message.author.is_staff


def show(member: Member, messages: Sequence[Message], *, at: datetime) -> list[Line]:
    """The messages as this member sees them. When this returns, the deliveries of cards are recorded."""
    if not messages:
        return []
    same = _same_names(messages)
    cards = _cards(member, messages, at)
    calls: dict[int, list[Mention]] = {}
    for mention in Mention.objects.filter(message__in=messages):
        calls.setdefault(mention.message_id, []).append(mention)
    return [
        Line(
            message=message,
            name=name_of(message.author, same),
            mine=message.author_id == member.pk,
            to_me=_is_to(member, message, calls.get(message.pk, [])),
            pieces=tuple(_pieces(message.text, [m.name for m in calls.get(message.pk, [])])),
            answered=_answered(message.reply_to, same),
            card=cards.get(message.pk),
        )
        for message in messages
    ]


def card_of(member: Member, edition: Edition, paragraph: int, *, at: datetime) -> Card:
    """A single card, for whoever is about to quote; a delivery like any other."""
    return _of_edition(member, edition, {paragraph}, at)[paragraph]


def name_of(author: Member | None, same: frozenset[str] = frozenset()) -> str:
    """How somebody is called in a room: their name, or that they are a member and the code of their voice.

    Args:
        same: names that several accounts have; the code tells them apart.
    """
    if author is None:
        return _("已注销的账号")
    code = author.voice.code if hasattr(author, "voice") else ""
    if not author.nickname:
        return _("会员 %(code)s") % {"code": code}
    return f"{author.nickname} · {code}" if author.nickname in same else author.nickname


def _same_names(messages: Sequence[Message]) -> frozenset[str]:
    """Names on the page that more than one account goes by in the rooms."""
    answered = [message.reply_to for message in messages if message.reply_to]
    names = {m.author.nickname for m in [*messages, *answered] if m.author and m.author.nickname}
    if not names:
        return frozenset()
    known = Member.objects.filter(voice__isnull=False, nickname__in=names).values_list("nickname", flat=True)
    return frozenset(name for name, count in Counter(known).items() if count > 1)


def _is_to(member: Member, message: Message, calls: Sequence[Mention]) -> bool:
    if message.author_id == member.pk:
        return False
    answers = message.reply_to is not None and message.reply_to.author_id == member.pk
    return answers or any(mention.member_id == member.pk for mention in calls)


def _answered(message: Message | None, same: frozenset[str]) -> Answered | None:
    if message is None:
        return None
    text = " ".join(message.text.split())
    if message.deleted_at is not None:
        text = _("（已删除）")
    elif not text:
        text = _("（引用了一段材料）")
    return Answered(message.pk, name_of(message.author, same), _short(text, _SNIPPET))


def _pieces(text: str, names: Sequence[str]) -> Iterator[Piece]:
    """The text cut at links and at names that are called; joined, it is the text."""
    called = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pattern = rf"(?P<link>{_LINK.pattern})" + (f"|[@＠](?:{called})" if called else "")
    done = 0
    for match in re.finditer(pattern, text, re.IGNORECASE):
        found = match[0].rstrip(_TRAILING) if match["link"] else match[0]
        if match["link"] and not _is_address(found):
            continue
        if match.start() > done:
            yield Piece(text[done : match.start()])
        yield Piece(found, href=found) if match["link"] else Piece(found, calls=True)
        done = match.start() + len(found)
    if done < len(text):
        yield Piece(text[done:])


def _is_address(found: str) -> bool:
    """A plain address of a host: without a name before an @, which would pass for the host."""
    try:
        parts = urlsplit(found)
    except ValueError:
        return False
    return bool(parts.hostname) and "@" not in parts.netloc


def _cards(member: Member, messages: Sequence[Message], at: datetime) -> dict[int, Card]:
    """The card of every message that quotes and is not deleted; one delivery an edition."""
    quoting = [m for m in messages if m.paragraph is not None and m.deleted_at is None]
    wanted: dict[Edition | None, set[int]] = {}
    for message in quoting:
        wanted.setdefault(message.edition, set()).add(message.paragraph or 0)
    cards = {edition: _of_edition(member, edition, numbers, at) for edition, numbers in wanted.items()}
    return {message.pk: cards[message.edition][message.paragraph or 0] for message in quoting}


def _of_edition(member: Member, edition: Edition | None, numbers: set[int], at: datetime) -> dict[int, Card]:
    if edition is None or edition.withdrawn_at is not None:
        return {number: Card(None, number) for number in numbers}
    decision = entitlements.may(member, Action.READ, edition.material, today=timezone.localdate(at))
    if isinstance(decision, Denied):
        return {number: Card(edition, number, locked=decision) for number in numbers}
    try:
        content = deliver(member, edition, form=Form.PAGE, at=at, only=numbers).content
    except Undeliverable:  # withdrawn this very moment
        return {number: Card(None, number) for number in numbers}
    except Damaged:
        return {number: Card(edition, number) for number in numbers}
    assert not isinstance(content, bytes), "a page was asked for"
    texts = {paragraph.number: _short(paragraph.text.strip(), _CARD) for paragraph in content}
    return {number: Card(edition, number, text=texts.get(number, "")) for number in numbers}


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
