"""Tells of new materials: titles only, of what the reader may see at all."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from wenxing_web.entitlements import Action, among, visible_to
from wenxing_web.library.queries import edition_of, editions
from wenxing_web.members.models import Member
from wenxing_web.notices.queries.lines import Facts, Line


def tell(reader: Member, notices: Sequence[Facts]) -> list[Line | None]:
    """A line for each; `None` for what was withdrawn since."""
    wanted = {facts["edition"] for facts in notices}
    found = {e.identity: e for e in visible_to(reader, editions()).filter(identity__in=wanted)}
    lines: list[Line | None] = []
    for facts in notices:
        edition = found.get(str(facts["edition"]))
        if edition is None:
            lines.append(None)
            continue
        material = edition.material
        text = _("新材料《%(title)s》") % {"title": material.title}
        more = f"{material.get_kind_display()} · {material.dated_on.isoformat()}"
        lines.append(Line(text, reverse("read", args=[edition.identity]), more))
    return lines


def hearers(members: Sequence[Member], facts: Facts, today: date) -> list[Member]:
    """Whoever may read it today. Others find it in the library, with what would open it."""
    edition = edition_of(str(facts["edition"]))
    if edition is None or edition.withdrawn_at:
        return []
    return [m for m in among(members, Action.READ, edition.material, today=today) if not m.is_staff]
