"""What cases know of an account, for its owner: own reports, and what it was asked and answered."""

from typing import Any

from django.utils.translation import gettext as _

from wenxing_web.cases.models import Case, Hearing, Report
from wenxing_web.members.models import Member

_SETTLED = (Case.State.CONFIRMED, Case.State.DISMISSED)


def on_export(member: Member, **_signal: object) -> dict[str, Any]:
    """Answers `members.queries.exporting`."""
    return {
        "reports": [
            {
                "receipt": report.receipt,
                "text": report.text,
                "file": report.file_name,
                "more_files": [more.file_name for more in report.attachments.all()],
                "link": report.link,
                "price": report.price,
                "remark": report.remark,
                "at": report.made_at,
            }
            for report in Report.objects.filter(reporter=member).prefetch_related("attachments")
        ],
        "hearings": [
            {
                "case": hearing.case.number,
                "asked_at": hearing.asked_at,
                "answer": hearing.answer,
                "answered_at": hearing.answered_at,
            }
            for hearing in Hearing.objects.filter(recipient__member=member).select_related("case")
        ],
    }


def on_erasure(member: Member, **_signal: object) -> str | None:
    """Answers `members.actions.erase.erasing`: not while the account is asked and nothing is decided."""
    asked = Hearing.objects.filter(recipient__member=member).exclude(case__state__in=_SETTLED)
    if not asked.exists():
        return None
    return _("有一件请您说明的事还没有结论；有了结论，就可以删除账号。")
