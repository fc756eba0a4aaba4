"""A published edition answers a request."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from wenxing_web.demand.actions.settle import Settled, settle
from wenxing_web.demand.models import Request
from wenxing_web.library.models import Edition


def fulfil(request: Request, edition: Edition, *, at: datetime) -> Request:
    """Close the request with an edition; whoever voted is told, and opens it as any other.

    Raises:
        Settled: the request does not wait any more.
    """
    return settle(request, Request.State.FULFILLED, {"edition": edition}, at=at)


def answer(requests: Iterable[Request], edition: Edition, *, at: datetime) -> None:
    """Close several at once; those that somebody has settled meanwhile stay as they are."""
    for request in requests:
        with suppress(Settled):
            fulfil(request, edition, at=at)
