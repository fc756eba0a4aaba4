"""Django's handle on the app."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The app and its label."""

    name = "wenxing_web.delivery"
    label = "delivery"
