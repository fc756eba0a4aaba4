"""Tells of requests: that one was taken on, answered, or will not be answered for now."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wenxing_web.demand.models import Request
from wenxing_web.demand.queries import Row, requests_of, rows_of
from wenxing_web.members.models import Member
from wenxing_web.notices.queries.lines import Facts, Line


def tell(reader: Member, notices: Sequence[Facts]) -> list[Line | None]:
    """A line for each, as the request stands now; `None` for what was taken back since."""
    requests = requests_of({int(facts["request"]) for facts in notices})
    rows = {row.request.pk: row for row in rows_of(reader, requests, today=timezone.localdate())}
    return [_line(rows[key]) if (key := int(facts["request"])) in rows else None for facts in notices]


def _line(row: Row) -> Line:
    request, path = row.request, reverse("request", args=[row.request.pk])
    title = {"title": request.title}
    if request.state == Request.State.FULFILLED:
        answer = row.answer
        more = row.locked.opens if row.locked is not None else ""
        if answer is None:
            return Line(_("您要的《%(title)s》已经有了") % title, path)
        more = more or _("《%(title)s》") % {"title": answer.material.title}
        return Line(_("您要的《%(title)s》已经有了") % title, reverse("read", args=[answer.identity]), more)
    if request.state == Request.State.DECLINED:
        return Line(_("您要的《%(title)s》暂不安排") % title, path, request.reason)
    if request.state == Request.State.MERGED:
        return Line(_("您要的《%(title)s》并入了另一条求稿") % title, path)
    return Line(_("您要的《%(title)s》已经安排写作") % title, path)
