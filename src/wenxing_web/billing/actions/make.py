"""Make redemption codes 卡密. The codes themselves leave this module once and are not kept.

A code is 16 characters of 32, 80 random bits, in groups of four. The database
holds an HMAC-SHA256 of it under a key from a file of its own in the home
folder: whoever reads the database alone can neither redeem a code nor check
a guess.
"""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from wenxing_web.billing.models import Batch, Code
from wenxing_web.ledger.actions.record import record
from wenxing_web.members.models import Member, Plan
from wenxing_web.members.queries import number_of

MOST_CODES = 1_000
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing in it looks like anything else in it
_LENGTH = 16
_AS_MEANT = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Printed:
    """A batch and the only time that its codes can be read: `codes[i]` is the one with serial `i` + 1."""

    batch: Batch
    codes: tuple[str, ...]


def make(plan: Plan, count: int, *, last_day: date | None, by: Member, at: datetime) -> Printed:
    """Make `count` codes, each worth a term of `plan`.

    Args:
        last_day: on which a code may be redeemed; `None` for ever.
        by: the operator.

    Raises:
        ValueError: unless `count` is 1 … 1,000.
    """
    if not 1 <= count <= MOST_CODES:
        raise ValueError(f"a batch has 1 to {MOST_CODES} codes")
    codes = tuple(_new_code() for _ in range(count))
    with transaction.atomic():
        batch = Batch.objects.create(plan=plan, made_at=at, last_day=last_day)
        Code.objects.bulk_create(
            Code(batch=batch, serial=serial, digest=digest_of(code)) for serial, code in enumerate(codes, 1)
        )
        facts = {"batch": batch.pk, "plan": plan.pk, "count": count, "by": number_of(by)}
        record("codes.made", {**facts, "until": str(last_day) if last_day else None}, at=at)
    return Printed(batch, codes)


def digest_of(code: str) -> str:
    """What the database keeps of a code: the same however it is typed, hyphens, width and capitals apart."""
    typed = unicodedata.normalize("NFKC", code).upper()
    plain = "".join(c for c in typed if c.isalnum()).translate(_AS_MEANT)
    return hmac.new(settings.CODES_SECRET.encode(), plain.encode(), hashlib.sha256).hexdigest()


def _new_code() -> str:
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(code[i : i + 4] for i in range(0, _LENGTH, 4))
