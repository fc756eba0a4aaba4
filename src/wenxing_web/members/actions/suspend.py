"""Close an account to further use, or open it again. A person does this, never a program."""

from datetime import datetime

from django.db import transaction

from wenxing_web.ledger.actions.record import record
from wenxing_web.members.models import Member


def suspend(member: Member, *, at: datetime) -> None:
    """No more signing in or reading; what the account received stays traceable."""
    _set(member, at=at, active=False)


def reinstate(member: Member, *, at: datetime) -> None:
    """Undo `suspend`."""
    _set(member, at=at, active=True)


def _set(member: Member, *, at: datetime, active: bool) -> None:
    with transaction.atomic():
        row = Member.objects.select_for_update(of=("self",)).select_related("recipient").get(pk=member.pk)
        if row.is_active != active:
            row.is_active = active
            row.save(update_fields=["is_active"])
            kind = "account.reinstated" if active else "account.suspended"
            record(kind, {"recipient": row.recipient.number}, at=at)
    member.is_active = active
