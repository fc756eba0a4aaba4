"""Django's handle on the app."""

from django.apps import AppConfig


class RoomsConfig(AppConfig):
    """The app and its label."""

    name = "wenxing_web.rooms"
    label = "rooms"

    def ready(self) -> None:
        """Answer when a member's own data is asked for, and forget the words of an account that is erased."""
        from wenxing_web.members.actions.erase import leaving
        from wenxing_web.members.queries import exporting
        from wenxing_web.rooms.actions.forget import on_leaving
        from wenxing_web.rooms.queries.own import on_export

        exporting.connect(on_export, dispatch_uid="rooms")
        leaving.connect(on_leaving, dispatch_uid="rooms")
