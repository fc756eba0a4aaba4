"""An editor takes a request on."""

from datetime import datetime

from wenxing_web.demand.actions.settle import settle
from wenxing_web.demand.models import Request
from wenxing_web.members.models import Member


def take(request: Request, *, by: Member, at: datetime) -> Request:
    """It will be written.

    Raises:
        Settled: the request does not wait any more.
    """
    return settle(request, Request.State.TAKEN, {"editor": by}, at=at)
