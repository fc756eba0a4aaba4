"""Set up a plan that members can have."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from wenxing_web.ledger.actions.record import record
from wenxing_web.members.models import Plan


@dataclass(frozen=True, slots=True)
class Benefits:
    """What a plan opens besides documents.

    Attributes:
        opens_room: the members' room.
        request_priority: 0 … 9; requests of more go first.
        downloads_a_day: so many editions; 0 for no limit.
    """

    opens_room: bool = True
    request_priority: int = 0
    downloads_a_day: int = 0


PLAIN = Benefits()


def offer(
    name_zh: str,
    name_en: str,
    *,
    years_back: int | None,
    months: int,
    last_day: date | None = None,
    price_minor: int = 0,
    benefits: Benefits = PLAIN,
) -> Plan:
    """A new plan: the running stream and `years_back` years of archive (all of it when `None`).

    Args:
        months: length of a term.
        last_day: of every term, instead of a length.
        price_minor: in fen; 0 shows none.
        benefits: what it opens besides documents.
    """
    return Plan.objects.create(
        name_zh=name_zh,
        name_en=name_en,
        years_back=years_back,
        months=months,
        last_day=last_day,
        price_minor=price_minor,
        **asdict(benefits),
    )


def change_benefits(plan: Plan, benefits: Benefits, *, at: datetime) -> None:
    """Change what a plan opens besides documents, at once and for the terms that are running."""
    fields = asdict(benefits)
    with transaction.atomic():
        for name, value in fields.items():
            setattr(plan, name, value)
        plan.save(update_fields=list(fields))
        record("plan.changed", {"plan": plan.pk, **fields}, at=at)
