"""Tells of cases: an account that is asked for its side, and those who reported, that there is news."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wenxing_web.cases.models import Hearing, Report
from wenxing_web.members.models import Member
from wenxing_web.notices.queries.lines import Facts, Line


def tell(reader: Member, notices: Sequence[Facts]) -> list[Line | None]:
    """A line for each, as the case stands now; never what was found, nor about whom."""
    wanted = {str(facts["case"]) for facts in notices}
    asked = Hearing.objects.filter(recipient__member=reader, case__number__in=wanted).select_related("case")
    hearings = {hearing.case.number: hearing for hearing in asked}
    reports = Report.objects.filter(reporter=reader, case__number__in=wanted)
    reported = set(reports.values_list("case__number", flat=True))
    lines: list[Line | None] = []
    for facts in notices:
        number = str(facts["case"])
        if number in hearings:
            lines.append(_asked(hearings[number]))
        else:
            lines.append(_reported(number) if number in reported else None)
    return lines


def _asked(hearing: Hearing) -> Line:
    path = reverse("hearing", args=[hearing.pk])
    if hearing.case.is_ruled or hearing.answered_at:
        return Line(_("案件 %(number)s 有了新消息") % {"number": hearing.case.number}, path)
    day = timezone.localtime(hearing.answer_by).date().isoformat()
    text = _("有一件事想先听您说明，请在 %(day)s 前答复") % {"day": day}
    return Line(text, path, _("作出任何决定之前，都会先听您说。"))


def _reported(number: str) -> Line:
    return Line(_("您举报的案件 %(number)s 有了结论") % {"number": number}, reverse("my-reports"))
