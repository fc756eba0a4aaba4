"""A member votes for a request, or takes the vote back. Twice is the same as once."""

from datetime import datetime

from django.db import transaction

from wenxing_web.demand.actions.tell import tell_pages
from wenxing_web.demand.models import Request, Vote
from wenxing_web.members.models import Member


def vote(member: Member, request: Request, *, wanted: bool, at: datetime) -> bool:
    """Make it so that the member wants the request, or does not.

    Returns:
        Whether the request could still be voted for.
    """
    with transaction.atomic():
        row = Request.objects.select_for_update().get(pk=request.pk)
        if not row.waits:
            return False
        if wanted:
            _row, changed = Vote.objects.get_or_create(request=row, member=member, defaults={"at": at})
        else:
            changed = bool(Vote.objects.filter(request=row, member=member).delete()[0])
        if changed:
            tell_pages(row, at=at)
    return True
