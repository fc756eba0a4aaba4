"""Django's handle on the app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The app and its label."""

    name = "wenxing_web.ledger"
    label = "ledger"
