"""The asker takes a request back, as long as nobody else has voted for it."""

from datetime import datetime

from django.db import transaction

from wenxing_web.demand.actions.tell import tell_pages
from wenxing_web.demand.models import Request
from wenxing_web.demand.queries import is_still_ones_own


def retract(request: Request, *, at: datetime) -> bool:
    """Delete a request. Returns whether it could still be taken back."""
    with transaction.atomic():
        row = Request.objects.select_for_update().get(pk=request.pk)
        if not is_still_ones_own(row):
            return False
        tell_pages(row, at=at)
        row.delete()
    return True
