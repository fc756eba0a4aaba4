"""Fix, outside this machine, what the ledger says so far."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from wenxing_web.ledger.actions.record import Facts, record
from wenxing_web.ledger.queries import Head, commitments_digest, head

KIND, FORMAT = "wenxing stamp", 1


@dataclass(frozen=True, slots=True)
class Stamp:
    """A stamp that was kept.

    Attributes:
        statement: the file that says what was stamped.
        answer: the authority's answer to it, beside it.
        head: the last row that it covers.
    """

    statement: Path
    answer: Path
    head: Head


def folder() -> Path:
    """Where stamps are kept, in the home folder."""
    place = Path(settings.HOME) / "stamps"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def stamp(accounts: bytes, *, ask: Callable[[bytes], bytes], at: datetime) -> Stamp:
    """Have the ledger's head, all commitments and the number → account table stamped.

    The table itself is kept beside the stamp, mode 0600: without it the digest could prove nothing once an
    account has changed. A stamp is recorded in the ledger, so that the next one covers it.

    Args:
        accounts: the table, one account a line.
        ask: has bytes stamped by an authority and gives back its checked answer.
        at: the time now, aware of its time zone.

    Raises:
        Exception: whatever `ask` raises; then nothing is kept.
    """
    last = head()
    content = statement(last, accounts)
    answer = ask(content)
    place = folder()
    name = f"{last.number:09d}"
    written = place / f"{name}.json"
    _write(place / f"{name}.accounts", accounts)
    _write(place / f"{name}.tsr", answer)
    _write(written, content)
    with transaction.atomic():
        facts: Facts = {"row": last.number, "statement": _sha256(content), "answer": _sha256(answer)}
        record("ledger.stamped", facts, at=at)
    return Stamp(written, place / f"{name}.tsr", last)


def statement(last: Head, accounts: bytes) -> bytes:
    """What is stamped: canonical JSON of digests. It tells nobody anything by itself."""
    count, digest = commitments_digest(until=last.number)
    content: dict[str, Any] = {
        "kind": KIND,
        "format": FORMAT,
        "ledger": {"row": last.number, "digest": last.digest},
        "editions": {"count": count, "sha256": digest},
        "accounts": {"count": accounts.count(b"\n"), "sha256": _sha256(accounts)},
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write(target: Path, data: bytes) -> None:
    """The file whole and on the disk, or as it was."""
    draft = target.with_name(f".{target.name}.draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
