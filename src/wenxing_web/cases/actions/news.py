"""Tell the open pages of those whom a case concerns that there is news; never what, and nobody else."""

from datetime import datetime

from wenxing_web.cases.models import Case, Hearing, Report
from wenxing_web.live.actions.announce import announce, to_member
from wenxing_web.members.models import Recipient


def tell_accused(case: Case, recipient: Recipient, *, at: datetime) -> None:
    """The account was asked for its side, or its case was decided."""
    if recipient.member_id is not None:
        announce("case.news", to_member(recipient.member_id), {"case": case.number}, at=at)


def tell_all_sides(case: Case, *, at: datetime) -> None:
    """The case was decided: every account that was asked hears of it, and every one that reported."""
    for hearing in Hearing.objects.filter(case=case).select_related("recipient"):
        tell_accused(case, hearing.recipient, at=at)
    reporters = Report.objects.filter(case=case, reporter__isnull=False)
    for pk in sorted(set(reporters.values_list("reporter_id", flat=True))):
        announce("case.news", to_member(pk), {"case": case.number}, at=at)
