"""A member has read that every copy is their own."""

from datetime import datetime

from django.db import transaction

from wenxing_web.ledger.actions.record import record
from wenxing_web.members.models import Member


def acknowledge(member: Member, *, at: datetime) -> None:
    """Keep when the notice was read first; reading it again changes nothing."""
    with transaction.atomic():
        row = Member.objects.select_for_update(of=("self",)).select_related("recipient").get(pk=member.pk)
        if row.notice_seen_at is None:
            row.notice_seen_at = at
            row.save(update_fields=["notice_seen_at"])
            record("notice.read", {"recipient": row.recipient.number}, at=at)
    member.notice_seen_at = row.notice_seen_at
