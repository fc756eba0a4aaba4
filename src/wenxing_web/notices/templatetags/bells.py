"""`{% bell %}`: how much the signed-in account has not read yet, for any page."""

from collections.abc import Mapping
from typing import Any

from django import template

from wenxing_web.notices.queries import bell_of

register = template.Library()


@register.inclusion_tag("notices/bell.html", takes_context=True)
def bell(context: Mapping[str, Any]) -> dict[str, Any]:
    """The bell; on pages that no request asked for, an empty one."""
    user = getattr(context.get("request"), "user", None)
    return {**(bell_of(user) if user and user.is_authenticated else {"unread": 0}), "fresh": True}
