"""Ask an account for its side before anything is decided."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext

from wenxing_web.cases.actions.news import tell_accused
from wenxing_web.cases.models import Case, CaseError, Hearing
from wenxing_web.cases.queries import named_recipient
from wenxing_web.ledger.actions.record import record

SHORTEST, USUAL, LONGEST = 3, 7, 60  # days to answer


def ask(case: Case, number: int, *, days: int, at: datetime) -> Hearing:
    """Open a hearing for the account that `number` stands for.

    Raises:
        CaseError: the case is ruled, no trace named the number, it was asked before, or the days are out
            of range.
    """
    if not SHORTEST <= days <= LONGEST:
        span = {"least": SHORTEST, "most": LONGEST}
        raise CaseError(gettext("答复期限须在 %(least)d 到 %(most)d 天之间。") % span)
    with transaction.atomic():
        row = Case.objects.select_for_update().get(pk=case.pk)
        if row.is_ruled:
            raise CaseError(gettext("本案已经作出决定。"))
        recipient = named_recipient(row, number)
        if Hearing.objects.filter(case=row, recipient=recipient).exists():
            raise CaseError(gettext("已经询问过这个账号。"))
        until = at + timedelta(days=days)
        made = Hearing.objects.create(case=row, recipient=recipient, asked_at=at, answer_by=until)
        row.state = Case.State.HEARING
        row.save(update_fields=["state"])
        record("hearing.asked", {"case": row.number, "recipient": number, "days": days}, at=at)
        tell_accused(row, recipient, at=at)
    return made
