"""Tell open pages that a request changed, and everybody who wanted it that it was answered."""

from datetime import datetime

from wenxing_web.demand.models import Request, Vote
from wenxing_web.live.actions.announce import EVERYBODY, announce, to_member


def tell_pages(request: Request, *, at: datetime) -> None:
    """Pages that show the request fetch it again."""
    announce("request.changed", EVERYBODY, {"request": request.pk}, at=at)


def tell_voters(request: Request, *, at: datetime) -> None:
    """Whoever voted, the asker among them, hears that it was taken on, answered or declined."""
    tell_pages(request, at=at)
    for pk in Vote.objects.filter(request=request).order_by("pk").values_list("member_id", flat=True):
        announce("request.answered", to_member(pk), {"request": request.pk}, at=at)
