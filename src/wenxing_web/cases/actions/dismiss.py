"""A person rules that nothing is held against anybody; whoever was asked is cleared."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from wenxing_web.cases.actions.news import tell_all_sides
from wenxing_web.cases.models import Case, CaseError, Ruling
from wenxing_web.ledger.actions.record import record
from wenxing_web.members.models import Member


def dismiss(case: Case, *, reasons: str, by: Member, at: datetime) -> Ruling:
    """Close the case without holding any account responsible.

    Raises:
        CaseError: no reasons, or ruled already.
    """
    if not reasons.strip():
        raise CaseError(gettext("请写明理由。"))
    with transaction.atomic():
        row = Case.objects.select_for_update().get(pk=case.pk)
        if row.is_ruled:
            raise CaseError(gettext("本案已经作出决定。"))
        made = Ruling.objects.create(case=row, confirmed=False, reasons=reasons.strip(), by=by, at=at)
        row.state = Case.State.DISMISSED
        row.save(update_fields=["state"])
        record("case.ruled", {"case": row.number, "confirmed": False, "recipients": []}, at=at)
        tell_all_sides(row, at=at)
    return made
