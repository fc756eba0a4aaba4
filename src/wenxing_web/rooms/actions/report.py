"""A member points an operator to a message."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from wenxing_web.live.actions.announce import STAFF, announce
from wenxing_web.members.models import Member
from wenxing_web.rooms.models import Flag, Message, RoomError

_AN_HOUR = 20  # reports of an account


def report(message: Message, *, by: Member, reason: str, at: datetime) -> None:
    """Put the message on the operators' desk; of one member once.

    Raises:
        RoomError: the member has reported too much within the hour.
    """
    with transaction.atomic():
        if Flag.objects.filter(message=message, by=by).exists():
            return
        if Flag.objects.filter(by=by, made_at__gt=at - timedelta(hours=1)).count() >= _AN_HOUR:
            raise RoomError(_("一小时内的举报太多了，请过一会儿再试。"))
        Flag.objects.get_or_create(message=message, by=by, defaults={"reason": reason, "made_at": at})
        announce("message.reported", STAFF, {"message": message.pk}, at=at)
