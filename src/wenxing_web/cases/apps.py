"""Django's handle on the app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The app and its label."""

    name = "wenxing_web.cases"
    label = "cases"

    def ready(self) -> None:
        """Answer when a member's own data is asked for, or the account is to be deleted."""
        from wenxing_web.cases.queries.own import on_erasure, on_export
        from wenxing_web.members.actions.erase import erasing
        from wenxing_web.members.queries import exporting

        exporting.connect(on_export, dispatch_uid="cases")
        erasing.connect(on_erasure, dispatch_uid="cases")
