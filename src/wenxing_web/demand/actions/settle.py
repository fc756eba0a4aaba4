"""Every step of an editor changes the state of a request that waits, once, and tells whoever wanted it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from wenxing_web.demand.actions.tell import tell_voters
from wenxing_web.demand.models import Request


class Settled(Exception):
    """Somebody else has answered the request meanwhile."""


def settle(request: Request, state: Request.State, fields: Mapping[str, Any], *, at: datetime) -> Request:
    """Set the state and what belongs to it.

    Raises:
        Settled: the request does not wait any more.
    """
    with transaction.atomic():
        row = Request.objects.select_for_update().get(pk=request.pk)
        if not row.waits:
            raise Settled
        row.state, row.changed_at = state, at
        for name, value in fields.items():
            setattr(row, name, value)
        row.save(update_fields=["state", "changed_at", *fields])
        tell_voters(row, at=at)
    return row
