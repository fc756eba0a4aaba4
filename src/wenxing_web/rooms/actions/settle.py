"""An operator has looked at what members reported of a message."""

from datetime import datetime

from wenxing_web.rooms.models import Flag, Message


def settle(message: Message, *, at: datetime) -> None:
    """Nothing of it waits any more."""
    Flag.objects.filter(message=message, settled_at__isnull=True).update(settled_at=at)
