"""Keep how far a member has read in a room."""

from wenxing_web.members.models import Member
from wenxing_web.rooms.models import Room, Seat


def look(member: Member, room: Room, *, posted: int) -> None:
    """The member has seen the first `posted` messages of the room; fewer than before changes nothing."""
    seen = min(posted, room.posted)
    seat, made = Seat.objects.get_or_create(member=member, room=room, defaults={"posted": seen})
    if not made and seat.posted < seen:
        Seat.objects.filter(pk=seat.pk, posted__lt=seen).update(posted=seen)
