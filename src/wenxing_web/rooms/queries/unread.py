"""How much a member has not seen yet, for any page: one question, without counting messages."""

from datetime import date

from django.db.models import F

from wenxing_web import entitlements
from wenxing_web.members.models import Member
from wenxing_web.rooms.models import Seat


def unread(member: Member, *, today: date) -> int:
    """How many messages were said since the member last looked, in the rooms that they know and may enter."""
    behind = Seat.objects.filter(member=member, posted__lt=F("room__posted")).select_related("room")
    return sum(
        seat.room.posted - seat.posted
        for seat in behind
        if entitlements.may_enter(member, entitlements.Room(seat.room_id), today=today)
    )
