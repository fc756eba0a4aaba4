"""Passages of a member's own copies, for lists of what was found. Whoever is shown one has received a copy.

One row of the ledger an edition is enough: the first passage says that the
account has had words of it, as the first page does. It is written and committed
before any passage is returned. It does not say that the copy was opened, which
is what an accused account is asked about: `Copy` says that.
"""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from wenxing_web import engine, entitlements
from wenxing_web.delivery.models import Copy, Excerpt
from wenxing_web.delivery.queries import wording
from wenxing_web.entitlements import Action
from wenxing_web.ledger.actions.record import Facts, record
from wenxing_web.library.models import Edition
from wenxing_web.members.models import Member

logger = logging.getLogger(__name__)

FORM = "excerpt"
"""What the ledger calls it."""

Passages = dict[int, dict[int, str]]
"""Key of an edition → number of a paragraph → its text."""


def excerpt(member: Member, wanted: Mapping[Edition, Collection[int]], *, at: datetime) -> Passages:
    """The paragraphs of some editions as the member's own copies read.

    Left out is what the member may not read, what was withdrawn meanwhile, and what is damaged.

    Args:
        wanted: numbers of paragraphs of each edition.
        at: when; aware of its time zone.
    """
    decide = entitlements.decider(member, today=timezone.localdate(at))
    found: Passages = {}
    for edition, numbers in wanted.items():
        if not decide(Action.READ, edition.material):
            continue
        try:
            text = wording(member, edition)
        except (engine.MasterError, OSError) as error:
            logger.error("edition %s: its master cannot be used: %s", edition.identity, error)
            continue
        found[edition.pk] = {number: text[number] for number in numbers if number in text}
    shown = _record(member, [edition for edition in wanted if found.get(edition.pk)], at)
    return {edition.pk: found[edition.pk] for edition in shown}


def _record(member: Member, editions: list[Edition], at: datetime) -> list[Edition]:
    """Those that still are to be shown; that the account has them is on record. Durable, as a delivery."""
    marked = [edition for edition in editions if not edition.material.is_free]
    had = {key for kept in (Copy, Excerpt) for key in _known(kept, member, marked)}
    fresh = [edition for edition in marked if edition.pk not in had]
    if not fresh:
        return _there(member, editions)
    with transaction.atomic(durable=True):
        shown = _there(member, editions)
        for edition in fresh:
            if edition in shown:
                _first(member, edition, at)
    return shown


def _known(kept: type[Copy] | type[Excerpt], member: Member, editions: list[Edition]) -> set[int]:
    rows = kept.objects.filter(recipient=member.recipient, edition__in=editions)
    return set(rows.values_list("edition_id", flat=True))


def _there(member: Member, editions: list[Edition]) -> list[Edition]:
    """Without those that were withdrawn meanwhile."""
    rows = Edition.objects.filter(pk__in=[edition.pk for edition in editions])
    there = set(entitlements.visible_to(member, rows).values_list("pk", flat=True))
    return [edition for edition in editions if edition.pk in there]


def _first(member: Member, edition: Edition, at: datetime) -> None:
    recipient = member.recipient
    _row, new = Excerpt.objects.get_or_create(recipient=recipient, edition=edition, defaults={"first_at": at})
    if new:
        facts: Facts = {"edition": edition.identity, "recipient": recipient.number, "form": FORM}
        record("copy.delivered", facts, at=at)
