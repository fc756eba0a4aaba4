"""The background of a member's page: even to the eye, and the member's own.

It holds no text and so leaves no row: the page that it lies under has left one.
"""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from wenxing_web import engine
from wenxing_web.delivery.actions.deliver import Form, Undeliverable, require, usable_master
from wenxing_web.library.models import Edition
from wenxing_web.members.models import Member


def tint(member: Member | AnonymousUser, edition: Edition, *, at: datetime) -> bytes:
    """A PNG that carries the member's pseudonym in this edition.

    Args:
        at: when; aware of its time zone.

    Raises:
        Undeliverable: not for this visitor, a free material, which is nobody's, or a scan, of which the page
            shows nothing.
        Damaged: the master is missing or damaged.
    """
    require(member, edition, Form.PAGE, at)
    if edition.material.is_free or edition.is_scan or not isinstance(member, Member):
        raise Undeliverable(None)
    return engine.background_tile(usable_master(edition), recipient=member.recipient.number)
