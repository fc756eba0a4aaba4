"""What the board knows of an account, for its owner."""

from typing import Any

from wenxing_web.demand.models import Request, Vote
from wenxing_web.members.models import Member


def on_export(member: Member, **_signal: object) -> dict[str, Any]:
    """Answers `members.queries.exporting`."""
    votes = Vote.objects.filter(member=member).select_related("request")
    return {
        "requests": [
            {"title": request.title, "text": request.text, "state": request.state, "at": request.made_at}
            for request in Request.objects.filter(asker=member)
        ],
        "votes": [{"title": vote.request.title, "at": vote.at} for vote in votes],
    }
