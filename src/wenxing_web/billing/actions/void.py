"""Make codes worthless that nobody has used: a lost sheet, a seller who did not pay."""

from datetime import datetime

from django.db import transaction

from wenxing_web.billing.models import Batch, Code
from wenxing_web.ledger.actions.record import record
from wenxing_web.members.models import Member
from wenxing_web.members.queries import number_of


def void(batch: Batch, *, serial: int | None = None, by: Member, at: datetime) -> int:
    """Void one code of a batch, or all that are left. Returns how many; used ones stay used.

    Args:
        serial: of the one code; all of the batch when left out.
    """
    with transaction.atomic():
        codes = Code.objects.filter(batch=batch, used_at__isnull=True, voided_at__isnull=True)
        if serial is not None:
            codes = codes.filter(serial=serial)
        count = codes.update(voided_at=at)
        if count:
            facts = {"batch": batch.pk, "serial": serial, "count": count, "by": number_of(by)}
            record("codes.voided", facts, at=at)
    return count
