"""Django's handle on the app."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The app and its label."""

    name = "wenxing_web.console"
    label = "console"
