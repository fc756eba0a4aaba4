"""Which language an account reads: the one of the page where it signed in first, until it chooses."""

from typing import Any

from django.utils.translation import get_language

from wenxing_web.members.models import Member
from wenxing_web.notices.models import Language


def on_login(user: object, **_signal: Any) -> None:
    """Answers `django.contrib.auth.signals.user_logged_in`."""
    if isinstance(user, Member):
        Language.objects.get_or_create(member=user, defaults={"code": get_language() or "zh-hans"})
