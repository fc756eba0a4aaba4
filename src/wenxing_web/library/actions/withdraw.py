"""An edition is taken off the shelves. Its master stays: copies that are out must be traceable for ever."""

from datetime import datetime

from django.db import transaction

from wenxing_web.ledger.actions.record import record
from wenxing_web.library.models import Edition


def withdraw(edition: Edition, *, at: datetime) -> Edition:
    """Close an edition to members from now on. Withdrawing it twice changes nothing."""
    with transaction.atomic():
        current = Edition.objects.select_for_update().get(pk=edition.pk)
        if current.withdrawn_at is None:
            current.withdrawn_at = at
            current.save(update_fields=["withdrawn_at"])
            record("edition.withdrawn", {"edition": current.identity}, at=at)
    edition.withdrawn_at = current.withdrawn_at
    return edition
