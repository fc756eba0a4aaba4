"""Whether a member may quote a paragraph: who quotes it reads it."""

from datetime import date

from django.utils.translation import gettext as _

from wenxing_web import engine, entitlements
from wenxing_web.delivery.queries import lengths
from wenxing_web.entitlements import Action, Denied
from wenxing_web.library import queries as library
from wenxing_web.library.models import Edition
from wenxing_web.members.models import Member
from wenxing_web.rooms.models import RoomError


def quotable(member: Member, identity: str, paragraph: int, *, today: date) -> Edition:
    """The edition, when the member may read it and it shows such a paragraph.

    Raises:
        RoomError: it does not exist for the member, is locked, or has no such paragraph.
    """
    editions = library.editions().filter(identity=identity)
    edition = entitlements.visible_to(member, editions).filter(withdrawn_at__isnull=True).first()
    if edition is None:
        raise RoomError(_("要引用的材料已经不在了。"))
    decision = entitlements.may(member, Action.READ, edition.material, today=today)
    if isinstance(decision, Denied):
        raise RoomError(decision.text)
    try:
        known = lengths(member, edition)
    except (engine.MasterError, OSError):
        raise RoomError(_("这份材料暂时打不开，引用没有成功。")) from None
    if paragraph not in known:
        raise RoomError(_("这份材料里没有这一段。"))
    return edition
