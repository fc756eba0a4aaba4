"""Delete an account because its owner wants it gone. Its number stays in the evidence, without a name."""

from datetime import datetime

from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from wenxing_web.ledger.actions.record import record
from wenxing_web.members.models import Member

erasing = Signal()
"""Sent with `member` before anything is deleted; a receiver answers why it cannot be now, or `None`."""

leaving = Signal()
"""Sent with `member` and `at` in the transaction that deletes the account, just before: what must not stay
goes now."""


class Held(Exception):
    """The account cannot be deleted now.

    Attributes:
        reasons: for its owner, a sentence each.
    """

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def holds(member: Member) -> list[str]:
    """Why the account cannot be deleted now, a sentence each; empty when it can."""
    reasons = [answer for _receiver, answer in erasing.send(Member, member=member) if answer]
    if member.is_staff:
        reasons.append(_("运营者的账号不能自己删除，请另一位运营者先取消它的权限。"))
    return reasons


def erase(member: Member, *, at: datetime) -> None:
    """Delete the account with its address, name, terms, places, favourites and notes.

    Its number stays and is never given to anybody else; so do the copies that were made for that number,
    the rows of the ledger, and what was reported, without the reporter. What it said in the rooms is emptied.

    Raises:
        Held: something about the account is not settled yet.
    """
    with transaction.atomic():
        row = Member.objects.select_for_update(of=("self",)).select_related("recipient").get(pk=member.pk)
        reasons = holds(row)
        if reasons:
            raise Held(reasons)
        record("account.erased", {"recipient": row.recipient.number}, at=at)
        leaving.send(Member, member=row, at=at)
        row.delete()
