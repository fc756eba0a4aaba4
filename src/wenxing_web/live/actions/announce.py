"""Tell open pages that something happened, in the transaction in which it happens."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from wenxing_web.live import waking
from wenxing_web.live.models import Event

Audience = str
"""`all` (anybody signed in), `staff`, `room:members`, `room:free` or `member:<pk>`."""

EVERYBODY, STAFF = "all", "staff"

_KIND = re.compile(r"[a-z]+\.[a-z]+")
_AUDIENCE = re.compile(r"all|staff|room:members|room:free|member:[1-9][0-9]{0,18}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9._:/?=#-]{0,200}")
_OUTBOX_LOCK = 0x4C495645  # PostgreSQL lets rows commit out of order: one announcement at a time, please


class LiveError(Exception):
    """An announcement that must not go out."""


def announce(kind: str, audience: Audience, facts: Mapping[str, int | str], *, at: datetime) -> Event:
    """Put an event into the outbox. It goes out when the surrounding transaction commits, or never.

    A page receives the event's kind and facts; it fetches what it shows as usual, so that an event gives
    nothing away. Facts are numbers, identifiers and addresses of pages; whatever looks like text is refused.

    Args:
        kind: what happened, `thing.happened`, such as `edition.published`.
        audience: who hears it.
        at: when; aware of its time zone.

    Raises:
        LiveError: outside a transaction, for an unknown audience, or for facts that do not belong here.
    """
    if not transaction.get_connection().in_atomic_block:
        raise LiveError("announce() belongs inside the transaction of what it announces")
    if not _KIND.fullmatch(kind) or timezone.is_naive(at):
        raise LiveError("an event needs a kind like thing.happened and a moment with its time zone")
    if not _AUDIENCE.fullmatch(audience):
        raise LiveError(f"nobody is called {audience!r}")
    for name, value in facts.items():
        if not isinstance(value, int) and not (isinstance(value, str) and _IDENTIFIER.fullmatch(value)):
            raise LiveError(f"fact {name!r}: an event holds numbers, identifiers and addresses, not text")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_OUTBOX_LOCK])
    made = Event.objects.create(kind=kind, audience=audience, facts=dict(facts), at=at)
    transaction.on_commit(waking.wake)
    return made


def to_member(pk: int) -> Audience:
    """The audience of one account."""
    return f"member:{pk}"
