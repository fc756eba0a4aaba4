"""What may be asked of copies: who has one of what, when it was sent, and how it is divided."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from django.db.models import QuerySet

from wenxing_web import engine
from wenxing_web.delivery.models import Copy, Download
from wenxing_web.ledger.models import Entry
from wenxing_web.library import queries as library
from wenxing_web.library.models import Edition
from wenxing_web.members.models import Member


def copies_of(member: Member) -> QuerySet[Copy]:
    """A member's own copies, the latest first."""
    return Copy.objects.filter(recipient__member=member).select_related("edition__material", "recipient")


def accounts_with(edition: Edition) -> int:
    """How many accounts ever opened an edition."""
    return Copy.objects.filter(edition=edition).count()


def recipients_of(editions: Collection[Edition]) -> list[int]:
    """Numbers of all accounts that opened at least one of the editions, in order."""
    numbers = Copy.objects.filter(edition__in=editions).values_list("recipient_id", flat=True)
    return sorted(set(numbers))


def deliveries_to(member: Member) -> QuerySet[Entry]:
    """The ledger's rows of everything that was ever sent to a member, in order."""
    return Entry.objects.filter(kind="copy.delivered", facts__recipient=member.recipient.number)


def downloaded_on(member: Member, day: date) -> set[int]:
    """Keys of the editions that a member has downloaded on a day; free materials are not counted."""
    taken = Download.objects.filter(recipient__member=member, day=day)
    return set(taken.values_list("edition_id", flat=True))


def wording(member: Member, edition: Edition) -> Mapping[int, str]:
    """Paragraph number → how the member's own copy reads there, without white space at its ends.

    For looking into one's own text, not for showing it: nothing is recorded. What of it is shown has to go
    through `delivery.actions`.

    Raises:
        MasterError, OSError: the master is missing or damaged.
    """
    recipient = None if edition.material.is_free else member.recipient.number
    return _kept(edition.identity, edition, recipient)


def lengths(member: Member, edition: Edition) -> dict[int, int]:
    """Paragraph number → its length in characters on a page of the member's own copy.

    No word of the copy is in it, so that nothing is recorded; what a place in a text must fit into.

    Raises:
        MasterError, OSError: the master is missing or damaged.
    """
    recipient = None if edition.material.is_free else member.recipient.number
    return {number: len(text) for number, text in _wording(edition, recipient).items()}


def forget_wordings() -> None:
    """Make copies again when they are next looked into, after a backup was restored."""
    _kept.cache_clear()


@lru_cache(maxsize=1_000)
def _kept(_identity: str, edition: Edition, recipient: int | None) -> Mapping[int, str]:
    return _wording(edition, recipient)


def _wording(edition: Edition, recipient: int | None) -> Mapping[int, str]:
    master = library.master_of(edition)
    document = master.document if recipient is None else engine.mark_document(master, recipient=recipient)
    return MappingProxyType({number: paragraph.text.strip() for number, paragraph in library.shown(document)})
