"""A person rules that the leak came from copies of these accounts."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from wenxing_web.cases.actions.news import tell_all_sides
from wenxing_web.cases.actions.reward import reward
from wenxing_web.cases.models import Case, CaseError, Hearing, Report, Ruling
from wenxing_web.cases.queries import named_recipient
from wenxing_web.ledger.actions.record import record
from wenxing_web.members.models import Member, Recipient


def confirm(
    case: Case,
    numbers: Collection[int],
    *,
    reasons: str,
    by: Member,
    at: datetime,
    set_aside: Collection[int] = (),
) -> Ruling:
    """Rule, and reward the first reporter who counts. Nothing happens to the accounts by itself.

    Args:
        numbers: the accounts found responsible; each was named by a trace of this case and was heard.
        set_aside: reports (by id) that do not count for the reward, such as a planted one.

    Raises:
        CaseError: which condition is missing, in one sentence.
    """
    if not reasons.strip():
        raise CaseError(gettext("请写明理由。"))
    if not numbers:
        raise CaseError(gettext("请选择要认定的账号；没有可认定的账号时，只能不予认定。"))
    with transaction.atomic():
        row = Case.objects.select_for_update().get(pk=case.pk)
        if row.is_ruled:
            raise CaseError(gettext("本案已经作出决定。"))
        found = [_heard(row, number, at) for number in sorted(set(numbers))]
        made = Ruling.objects.create(case=row, confirmed=True, reasons=reasons.strip(), by=by, at=at)
        made.recipients.set(found)
        Report.objects.filter(case=row, pk__in=set_aside).update(set_aside=True)
        row.state = Case.State.CONFIRMED
        row.save(update_fields=["state"])
        ruled_on = [recipient.number for recipient in found]
        record("case.ruled", {"case": row.number, "confirmed": True, "recipients": ruled_on}, at=at)
        tell_all_sides(row, at=at)
        reward(row, at=at)
    return made


def _heard(case: Case, number: int, at: datetime) -> Recipient:
    recipient = named_recipient(case, number)
    hearing = Hearing.objects.filter(case=case, recipient=recipient).first()
    words = {"number": number}
    if hearing is None:
        raise CaseError(gettext("还没有询问编号 %(number)d 的账号：先听取说明，再作认定。") % words)
    if not hearing.was_heard(at):
        raise CaseError(gettext("编号 %(number)d 的账号还没有答复，答复期限也还没有到。") % words)
    return recipient
