"""What happens in rooms. `RoomError` is raised for whatever cannot be done now."""

from wenxing_web.rooms.models import RoomError

__all__ = ["RoomError"]
