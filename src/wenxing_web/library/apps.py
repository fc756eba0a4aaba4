"""Django's handle on the app."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """The app and its label."""

    name = "wenxing_web.library"
    label = "library"
