"""A member takes over a report made without an account, by its receipt number."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from wenxing_web.cases.actions.reward import reward
from wenxing_web.cases.models import Case, CaseError, Report
from wenxing_web.ledger.actions.record import record
from wenxing_web.members.models import Member


def claim(made: Report, member: Member, *, at: datetime) -> None:
    """Link the report to the account; a year that waited for it is given now. Again is no change.

    Raises:
        CaseError: it belongs to another account.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=made.case_id)
        row = Report.objects.get(pk=made.pk)
        if row.reporter_id == member.pk:
            return
        if row.reporter_id is not None:
            raise CaseError(gettext("这份举报已经归入另一个账号。"))
        row.reporter = member
        row.save(update_fields=["reporter"])
        record("report.claimed", {"case": case.number, "report": row.pk}, at=at)
        reward(case, at=at)
    made.reporter = member
