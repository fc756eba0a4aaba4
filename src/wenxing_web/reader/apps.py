"""Django's handle on the app."""

from django.apps import AppConfig


class ReaderConfig(AppConfig):
    """The app and its label."""

    name = "wenxing_web.reader"
    label = "reader"

    def ready(self) -> None:
        """Answer when a member's own data is asked for."""
        from wenxing_web.members.queries import exporting
        from wenxing_web.reader.queries.own import on_export

        exporting.connect(on_export, dispatch_uid="reader")
