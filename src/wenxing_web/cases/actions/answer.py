"""The account answers in its own words."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from wenxing_web.cases.models import Case, CaseError, Hearing
from wenxing_web.ledger.actions.record import record

LONGEST = 4000  # characters


def answer(hearing: Hearing, words: str, *, at: datetime) -> None:
    """Keep the answer. Late is better than never: it is taken until somebody has ruled.

    Raises:
        CaseError: empty, too long, answered already, or the case is ruled.
    """
    plain = words.strip()
    if not plain:
        raise CaseError(gettext("请写下您的说明。"))
    if len(plain) > LONGEST:
        raise CaseError(gettext("说明请不要超过 %(most)d 字。") % {"most": LONGEST})
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=hearing.case_id)
        row = Hearing.objects.select_related("recipient").get(pk=hearing.pk)
        if case.is_ruled:
            raise CaseError(gettext("本案已经作出决定。"))
        if row.answered_at is not None:
            raise CaseError(gettext("您已经答复过了。"))
        row.answer, row.answered_at = plain, at
        row.save(update_fields=["answer", "answered_at"])
        record("hearing.answered", {"case": case.number, "recipient": row.recipient.number}, at=at)
