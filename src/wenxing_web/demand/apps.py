"""Django's handle on the app."""

from django.apps import AppConfig


class DemandConfig(AppConfig):
    """The app and its label."""

    name = "wenxing_web.demand"
    label = "demand"

    def ready(self) -> None:
        """Answer when a member's own data is asked for."""
        from wenxing_web.demand.queries.own import on_export
        from wenxing_web.members.queries import exporting

        exporting.connect(on_export, dispatch_uid="demand")
