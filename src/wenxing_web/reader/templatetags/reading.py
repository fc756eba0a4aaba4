"""What the signed-in member has, for any page: favourites, notes, downloads that are left today."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import timezone

from wenxing_web.reader.queries import counts, downloads_left

register = template.Library()


@register.simple_tag(takes_context=True)
def reading_counts(context: Mapping[str, Any]) -> dict[str, int]:
    """`favourites` and `notes`; nothing for a stranger."""
    request = context.get("request")
    user = getattr(request, "user", None)
    return counts(user) if user is not None and user.is_authenticated else {}


@register.simple_tag(takes_context=True)
def downloads_today(context: Mapping[str, Any]) -> int | None:
    """How many materials the signed-in member may still download today; `None` without a limit."""
    request = context.get("request")
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return downloads_left(user, timezone.localdate()) if signed_in and user is not None else None
