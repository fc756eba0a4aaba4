"""Send a letter again that the mail server had refused for good."""

from datetime import datetime

from django.db import transaction

from wenxing_web.live import waking
from wenxing_web.notices.models import Letter


def retry(number: int, *, at: datetime) -> bool:
    """Have it sent with the next letters, under its old Message-ID. Returns whether it was a refused one."""
    with transaction.atomic():
        again = {"state": Letter.State.WAITING, "next_try": at, "tries": 0, "settled_at": None, "fault": ""}
        found = Letter.objects.filter(pk=number, state=Letter.State.REFUSED).update(**again)
        transaction.on_commit(waking.wake)
    return found > 0
