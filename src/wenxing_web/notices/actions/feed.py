"""An account makes the address of its feed, or ends it."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime

from wenxing_web.members.models import Member
from wenxing_web.notices.models import Feed


def make_feed(member: Member, *, at: datetime, choose: Callable[[int], str] = secrets.token_urlsafe) -> str:
    """A new address for the account's feed; the one before it ends.

    Args:
        choose: where its 192 bits come from.

    Returns:
        The secret part of the address. It is not kept and cannot be shown again.
    """
    token = choose(24)
    Feed.objects.update_or_create(member=member, defaults={"digest": digest_of(token), "made_at": at})
    return token


def end_feed(member: Member) -> None:
    """The address leads nowhere from now on."""
    Feed.objects.filter(member=member).delete()


def digest_of(token: str) -> str:
    """What is kept of an address. Its secret is too long to be guessed, so that a plain hash will do."""
    return hashlib.sha256(token.encode()).hexdigest()
