"""Two requests ask for the same: one takes over the votes of the other."""

from datetime import datetime

from django.db import transaction

from wenxing_web.demand.actions.settle import Settled, settle
from wenxing_web.demand.models import Request, Vote


def merge(request: Request, into: Request, *, at: datetime) -> Request:
    """Let `into` take over the votes; each account still counts once.

    Raises:
        Settled: one of the two does not wait any more, or both are the same.
    """
    with transaction.atomic():
        locked = Request.objects.select_for_update().filter(pk__in=(request.pk, into.pk))
        rows = {row.pk: row for row in locked.order_by("pk")}
        if len(rows) < 2 or not rows[into.pk].waits:
            raise Settled
        taken_over = [
            Vote(request=rows[into.pk], member_id=vote.member_id, at=vote.at)
            for vote in Vote.objects.filter(request=request)
        ]
        merged = settle(request, Request.State.MERGED, {"merged_into": rows[into.pk]}, at=at)
        Vote.objects.bulk_create(taken_over, ignore_conflicts=True)
    return merged
