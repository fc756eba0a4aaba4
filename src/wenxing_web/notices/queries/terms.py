"""Tells of terms: that one was opened, that the last one ends, that a day's downloads are used."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wenxing_web.delivery.queries import downloaded_on
from wenxing_web.members.models import Member, Membership
from wenxing_web.notices.queries.lines import Facts, Line


def tell_opened(reader: Member, notices: Sequence[Facts]) -> list[Line | None]:
    """A line for each term that was opened."""
    wanted = {facts["term"] for facts in notices}
    terms = Membership.objects.filter(member=reader, pk__in=wanted).select_related("plan")
    found = {term.pk: term for term in terms}
    return [_opened(found[term]) if (term := facts["term"]) in found else None for facts in notices]


def _opened(term: Membership) -> Line:
    name = term.plan.name_en if get_language() == "en" else term.plan.name_zh
    days = {"start": term.starts_on.isoformat(), "end": term.last_day.isoformat()}
    text = _("已为您开通“%(plan)s”：%(start)s 至 %(end)s（含）") % {"plan": name, **days}
    return Line(text, reverse("me"))


def tell_ending(reader: Member, notices: Sequence[Facts]) -> list[Line | None]:
    """A line for each last day that was near; `None` when the account has been extended since."""
    last = reader.memberships.order_by("-ends_on").first()
    day = last.last_day.isoformat() if last else ""
    return [_ending(day) if facts["last"] == day else None for facts in notices]


def _ending(day: str) -> Line:
    text = _("您的会员期到 %(day)s（含当日）为止") % {"day": day}
    more = _(
        "续期接着原来的期限算。不续期也不要紧：收藏和笔记都会留着，免费材料照常可读。"
    )  # fmt: skip
    return Line(text, reverse("plans"), more)


def tell_used(reader: Member, notices: Sequence[Facts]) -> list[Line | None]:
    """A line while the day's downloads are used; `None` once the day is over."""
    today = timezone.localdate()
    taken = len(downloaded_on(reader, today))
    return [
        _used(facts) if facts["day"] == today.isoformat() and taken >= int(facts["limit"]) else None
        for facts in notices
    ]


def _used(facts: Facts) -> Line:
    text = _("今天的 %(limit)s 份下载已经用完") % {"limit": facts["limit"]}
    return Line(text, reverse("me"), _("过了零点又可以下载。在线阅读不受影响，今天下载过的还可以再下载。"))
