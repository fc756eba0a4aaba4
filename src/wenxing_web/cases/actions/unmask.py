"""Look up the account behind a number that a trace named. Never without a reason, never unnoticed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from wenxing_web.cases.models import Case, CaseError, Unmasking
from wenxing_web.cases.queries import named_recipient
from wenxing_web.ledger.actions.record import record
from wenxing_web.members.models import Member

SHORTEST = 4  # characters; "." is not a reason


def unmask(case: Case, number: int, *, by: Member, reason: str, at: datetime) -> Unmasking:
    """Open the account behind `number` to `by`, in this case only.

    Raises:
        CaseError: no reason, or no trace of the case named the number.
    """
    plain = reason.strip()
    if len(plain) < SHORTEST:
        raise CaseError(gettext("请写明为什么需要知道这是哪个账号。"))
    with transaction.atomic():
        recipient = named_recipient(case, number)
        made = Unmasking.objects.create(case=case, recipient=recipient, by=by, reason=plain[:500], at=at)
        record("account.unmasked", {"case": case.number, "recipient": number}, at=at)
    return made
