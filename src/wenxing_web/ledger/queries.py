"""What may be asked of the ledger: its head, what is new, and whether it is whole."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from wenxing_web.ledger.models import Entry

GENESIS = "0" * 64  # stands before the first row
_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Head:
    """The last row: its number (0 when the ledger is empty) and its digest."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of reading the whole ledger.

    Attributes:
        ok: every row follows from the one before it.
        entries: how many rows were found right before the first wrong one, or all of them.
        broken_at: the number the first wrong or missing row should have; `None` when `ok`.
    """

    ok: bool
    entries: int
    broken_at: int | None


def head() -> Head:
    """The last row. Whoever keeps it elsewhere can prove later that nothing before it was changed."""
    last = Entry.objects.order_by("-id").values_list("id", "digest").first()
    return Head(*last) if last else Head(0, GENESIS)


def since(number: int) -> QuerySet[Entry]:
    """The rows after row `number`, in order."""
    return Entry.objects.filter(id__gt=number).order_by("id")


def digest_of(number: int, at: datetime, kind: str, facts: Mapping[str, Any], *, before: str) -> str:
    """SHA-256 over the digest before (32 bytes) and the canonical JSON of a row, in hexadecimal.

    Canonical: one array `[number, at, kind, facts]`, keys sorted, no spaces, UTF-8; `at` in UTC with
    microseconds. The layout never changes: old rows must verify for ever.
    """
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    row = json.dumps(
        [number, moment, kind, dict(facts)],
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(bytes.fromhex(before) + row.encode()).hexdigest()


def verify(*, held: Head | None = None) -> Verdict:
    """Read every row and check that numbers and digests form one chain from the beginning.

    Args:
        held: a head that was kept elsewhere. Only with it is it noticed when rows were cut off at the end
            or when the whole chain was computed anew.
    """
    before, count = GENESIS, 0
    for number, at, kind, facts, stated_before, digest in _rows():
        right = digest_of(number, at, kind, facts, before=before)
        if number != count + 1 or stated_before != before or digest != right:
            return Verdict(ok=False, entries=count, broken_at=count + 1)
        before, count = digest, number
        if held and held.number == number and held.digest != digest:
            return Verdict(ok=False, entries=count - 1, broken_at=count)
    if held and held.number > count:
        return Verdict(ok=False, entries=count, broken_at=count + 1)
    return Verdict(ok=True, entries=count, broken_at=None)


def commitments(*, until: int | None = None) -> list[tuple[str, str, str]]:
    """Edition, commitment to its code and SHA-256 of its master, as recorded at publication, in order.

    Args:
        until: the last row to look at; all of them by default. Rows from before masters were recorded have an
            empty last field.
    """
    rows = Entry.objects.filter(kind="edition.published").order_by("id")
    if until is not None:
        rows = rows.filter(id__lte=until)
    facts = rows.values_list("facts", flat=True)
    return [(f["edition"], f["commitment"], f.get("master", "")) for f in facts]


def commitments_digest(*, until: int | None = None) -> tuple[int, str]:
    """How many commitments there are, and SHA-256 over them, one line each."""
    lines = [f"{edition} {commitment} {master}\n" for edition, commitment, master in commitments(until=until)]
    return len(lines), hashlib.sha256("".join(lines).encode("ascii")).hexdigest()


def _rows() -> Iterator[tuple[int, datetime, str, dict[str, Any], str, str]]:
    columns = ("id", "at", "kind", "facts", "before", "digest")
    return Entry.objects.order_by("id").values_list(*columns).iterator(chunk_size=_ROWS_AT_ONCE)
