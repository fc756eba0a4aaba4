"""Write one row of the ledger, in the same transaction as what it tells of."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from wenxing_web.ledger.models import Entry, LedgerError
from wenxing_web.ledger.queries import digest_of, head

Scalar = int | str | bool | None
Fact = Scalar | list[int] | list[str]
Facts = Mapping[str, Fact]

_KIND = re.compile(r"[a-z]+(\.[a-z-]+)+")
_IDENTIFIER = re.compile(r"[A-Za-z0-9._:/-]{0,80}")
_CHAIN_LOCK = 0x57454E58  # PostgreSQL lets readers pass one another: one writer at a time, please


def record(kind: str, facts: Facts, *, at: datetime) -> Entry:
    """Append a row to the chain.

    The row is acknowledged when the surrounding transaction commits, together with the business write or
    not at all. Facts are numbers and identifiers of accounts' numbers, editions, cases: whatever looks like
    prose, an address or a name is refused, because a row can never be deleted.

    Args:
        kind: what happened, `thing.happened`, such as `copy.delivered`.
        facts: what it happened to.
        at: when; aware of its time zone.

    Raises:
        LedgerError: outside a transaction, or for facts that do not belong here.
    """
    if not transaction.get_connection().in_atomic_block:
        raise LedgerError("record() belongs inside the transaction of what it records")
    if not _KIND.fullmatch(kind) or timezone.is_naive(at):
        raise LedgerError("a row needs a kind like thing.happened and a moment with its time zone")
    for name, value in facts.items():
        _check(name, value)
    _wait_for_our_turn()
    last = head()
    number = last.number + 1
    digest = digest_of(number, at, kind, facts, before=last.digest)
    entry = Entry(id=number, at=at, kind=kind, facts=dict(facts), before=last.digest, digest=digest)
    entry.save()
    return entry


def _check(name: str, value: Fact) -> None:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and not _IDENTIFIER.fullmatch(item):
            raise LedgerError(f"fact {name!r}: the ledger holds identifiers, not text")
        if not isinstance(item, (int, str, type(None))):
            raise LedgerError(f"fact {name!r}: the ledger holds numbers and identifiers only")


def _wait_for_our_turn() -> None:
    """SQLite's IMMEDIATE transactions already exclude each other."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
