"""An editor says that a request will not be answered, and why."""

from datetime import datetime

from wenxing_web.demand.actions.settle import settle
from wenxing_web.demand.models import Request
from wenxing_web.members.models import Member


def decline(request: Request, reason: str, *, by: Member, at: datetime) -> Request:
    """It will not be written for now.

    Args:
        reason: one to 300 characters; members read it.

    Raises:
        Settled: the request does not wait any more.
    """
    return settle(request, Request.State.DECLINED, {"editor": by, "reason": reason}, at=at)
