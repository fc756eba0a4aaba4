"""`{% hearings_waiting %}`: whether the signed-in account is being asked something, for any page."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone

from wenxing_web.cases.queries import unanswered_for

register = template.Library()


@register.inclusion_tag("cases/waiting.html", takes_context=True)
def hearings_waiting(context: Mapping[str, Any]) -> dict[str, Any]:
    """A notice with a link for every hearing that waits for this account's answer; else nothing."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return {"hearings": []}
    if request.path.startswith(reverse("my-hearings")):  # already there
        return {"hearings": []}
    return {"hearings": unanswered_for(user, at=timezone.now())}
