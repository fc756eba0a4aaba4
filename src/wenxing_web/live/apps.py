"""Django's handle on the app."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    """The app and its label."""

    name = "wenxing_web.live"
    label = "live"
