"""`{% unread_messages as unread %}`: how many messages the signed-in account has not seen, for any page;
`{{ member|called }}`: how somebody is called in a room.
"""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import timezone

from wenxing_web.rooms.actions.show import name_of
from wenxing_web.rooms.queries.unread import unread

register = template.Library()


register.filter("called", name_of)


@register.simple_tag(takes_context=True)
def unread_messages(context: Mapping[str, Any]) -> int:
    """The number; 0 for strangers."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated:
        return 0
    return unread(user, today=timezone.localdate())
