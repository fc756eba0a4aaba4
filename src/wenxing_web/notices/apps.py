"""Django's handle on the app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The app and its label."""

    name = "wenxing_web.notices"
    label = "notices"

    def ready(self) -> None:
        """Answer when a member's own data is asked for; learn which language an account reads."""
        from django.contrib.auth.signals import user_logged_in

        from wenxing_web.members.queries import exporting
        from wenxing_web.notices.actions.learn import on_login
        from wenxing_web.notices.queries.own import on_export

        exporting.connect(on_export, dispatch_uid="notices")
        user_logged_in.connect(on_login, dispatch_uid="notices")
