"""Count what was looked for and not found."""

from datetime import date

from django.db import transaction
from django.db.models import F

from wenxing_web.reader.models import Missed

_A_DAY = 1_000  # different texts; more than an operator reads, and an end to what a script could write


def count_missed(text: str, *, day: date) -> None:
    """Count one more search for a text that found nothing. Of a day, the first thousand texts are kept.

    Args:
        text: folded; at most 200 characters of it.
    """
    text = text[:200]
    with transaction.atomic():
        if Missed.objects.filter(text=text, day=day).update(count=F("count") + 1):
            return
        if Missed.objects.filter(day=day).count() < _A_DAY:
            kept, _new = Missed.objects.get_or_create(text=text, day=day)
            Missed.objects.filter(pk=kept.pk).update(count=F("count") + 1)
