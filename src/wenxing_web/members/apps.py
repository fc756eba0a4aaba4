"""Django's handle on the app."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """The app and its label."""

    name = "wenxing_web.members"
    label = "members"
