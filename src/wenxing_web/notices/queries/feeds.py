"""The stream as an Atom feed: titles, and what opens them; nothing of any text."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from wenxing_web.entitlements import Action, Denied, decider, visible_to
from wenxing_web.library.models import Edition
from wenxing_web.library.queries import current
from wenxing_web.members.models import Member
from wenxing_web.notices.models import Feed
from wenxing_web.notices.queries import language_of

_ENTRIES = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a feed; `locked` says why the reader cannot open it, and what would."""

    edition: Edition
    locked: Denied | None


@dataclass(frozen=True, slots=True)
class Stream:
    """A reader's feed.

    Attributes:
        changed: when the newest of it was published; `None` when it is empty.
        language: of the reader's letters.
    """

    entries: tuple[Entry, ...]
    changed: datetime | None
    language: str

    @property
    def etag(self) -> str:
        """Another one whenever anything that the feed says is another."""
        said = [self.language, *(f"{e.edition.pk} {e.locked}" for e in self.entries)]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def reader_of(digest: str) -> Member | None:
    """The account whose feed has this address; `None` when there is none, or the account is suspended."""
    found = Feed.objects.filter(digest=digest, member__is_active=True).select_related("member").first()
    return found.member if found else None


def feed_since(member: Member) -> datetime | None:
    """When the account made the address of its feed; `None` when it has none."""
    return Feed.objects.filter(member=member).values_list("made_at", flat=True).first()


def stream_for(reader: Member, *, today: date) -> Stream:
    """What was published last, for one reader."""
    newest = visible_to(reader, current()).order_by("-published_at", "-id")[:_ENTRIES]
    may = decider(reader, today=today)
    entries = tuple(Entry(e, _why_not(may(Action.READ, e.material))) for e in newest)
    changed = max((entry.edition.published_at for entry in entries), default=None)
    return Stream(entries, changed, language_of(reader) or settings.LANGUAGE_CODE)


def atom(stream: Stream, *, own: str) -> str:
    """The feed as XML; `own` is its address."""
    with override(stream.language):
        feed = Atom1Feed(
            title=_("%(site)s：新材料") % {"site": settings.SITE_NAME},
            link=settings.ADDRESS + reverse("library"),
            description="",
            language=get_language(),
            feed_url=own,
            feed_guid=f"{settings.ADDRESS}/",
        )
        for entry in stream.entries:
            _add(feed, entry)
        return feed.writeString("utf-8")


def _add(feed: Atom1Feed, entry: Entry) -> None:
    edition = entry.edition
    material = edition.material
    address = settings.ADDRESS + reverse("read", args=[edition.identity])
    words: Sequence[str] = [f"{material.get_kind_display()} · {material.dated_on.isoformat()}"]
    if entry.locked is not None:
        words = [*words, entry.locked.text, entry.locked.opens]
    feed.add_item(
        title=material.title,
        link=address,
        description="\n".join(words),
        unique_id=address,
        pubdate=edition.published_at,
        updateddate=edition.published_at,
        categories=[str(material.get_kind_display())],
    )


def _why_not(decision: object) -> Denied | None:
    return decision if isinstance(decision, Denied) else None
