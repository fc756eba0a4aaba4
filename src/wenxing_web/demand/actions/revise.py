"""The asker says it better, as long as nobody else has voted for the words that stand there."""

from datetime import datetime

from django.db import transaction

from wenxing_web.demand.actions.tell import tell_pages
from wenxing_web.demand.models import Request
from wenxing_web.demand.queries import is_still_ones_own
from wenxing_web.library.models import Kind


def revise(request: Request, title: str, text: str, *, kind: Kind, at: datetime) -> bool:
    """Change the words of a request. Returns whether they could still be changed."""
    with transaction.atomic():
        row = Request.objects.select_for_update().get(pk=request.pk)
        if not is_still_ones_own(row):
            return False
        row.title, row.text, row.kind, row.changed_at = title, text, kind, at
        row.save(update_fields=["title", "text", "kind", "changed_at"])
        tell_pages(row, at=at)
    return True
