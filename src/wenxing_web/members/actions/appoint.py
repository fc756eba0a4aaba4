"""Make an operator: of everything, or of some duties only.

Duties are kept apart so that whoever marks need not be able to trace, and
whoever traces need not be able to see whose account it was.
"""

from collections.abc import Collection
from enum import StrEnum

from django.contrib.auth.models import Permission
from django.db import transaction

from wenxing_web.members.models import Member


class Duty(StrEnum):
    """What an operator may be appointed for."""

    PUBLISH = "publish"
    MEMBERS = "members"
    SELL = "sell"
    HOST = "host"
    TRACE = "trace"
    UNMASK = "unmask"
    RULE = "rule"


PERMISSIONS: dict[Duty, tuple[str, ...]] = {
    Duty.PUBLISH: (
        "library.change_draft",
        "library.add_edition",
        "library.change_edition",
        "library.change_topic",
        "demand.change_request",
    ),
    Duty.MEMBERS: (
        "members.view_member",
        "members.change_member",
        "members.add_membership",
        "members.add_plan",
    ),
    Duty.SELL: (
        "billing.view_batch",
        "billing.add_batch",
        "billing.change_batch",
        "billing.view_order",
        "billing.change_order",
    ),
    Duty.HOST: ("rooms.moderate_room",),
    Duty.TRACE: ("cases.view_case", "cases.trace_case"),
    Duty.UNMASK: ("cases.view_case", "cases.unmask_account"),
    Duty.RULE: ("cases.view_case", "cases.rule_case"),
}


def appoint(email: str, password: str, *, duties: Collection[Duty] = ()) -> Member:
    """A new operator's account. Without `duties` it may do everything, other operators included."""
    if not duties:
        return Member.objects.create_superuser(email, password)
    names = {name for duty in duties for name in PERMISSIONS[duty]}
    with transaction.atomic():
        operator = Member.objects.create_user(email, password, is_staff=True)
        for name in sorted(names):
            label, codename = name.split(".")
            permission = Permission.objects.get(content_type__app_label=label, codename=codename)
            operator.user_permissions.add(permission)
    return operator
