"""What was looked for and not found, for whoever plans what to publish."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Sum

from wenxing_web.reader.models import Missed


@dataclass(frozen=True, slots=True)
class Miss:
    """A text that was looked for: how often, and when last."""

    text: str
    count: int
    last: date


def missed(*, since: date, most: int = 50) -> list[Miss]:
    """What was not found on or after a day, the most wanted first."""
    rows = (
        Missed.objects.filter(day__gte=since)
        .order_by()
        .values_list("text")
        .annotate(wanted=Sum("count"), last=Max("day"))
        .order_by("-wanted", "-last", "text")
    )
    return [Miss(text, wanted, last) for text, wanted, last in rows[:most]]
