"""Slow a room down: so many seconds between two messages of an account."""

from datetime import datetime

from django.db import transaction

from wenxing_web import entitlements
from wenxing_web.ledger.actions.record import record
from wenxing_web.members.models import Member
from wenxing_web.members.queries import number_of
from wenxing_web.rooms.models import Room


def slow(key: entitlements.Room, *, seconds: int, by: Member, at: datetime) -> None:
    """Set the pause; 0 for none. Operators do not wait."""
    with transaction.atomic():
        Room.objects.update_or_create(key=key.value, defaults={"slow_seconds": seconds})
        record("room.slowed", {"room": key.value, "seconds": seconds, "by": number_of(by)}, at=at)
