"""Post what an account's own pages send: a link for a new password, a confirmation of an address.

The page answers at once, whatever the mail server does, and nothing is lost while there is none. The row
holds no link: a link for a new password opens an account, and is made when the letter goes out.
"""

from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.utils import timezone, translation

from wenxing_web.live import waking
from wenxing_web.members.models import Member
from wenxing_web.notices.models import Letter
from wenxing_web.notices.queries.accounts import TEMPLATES


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """How the account's pages send mail."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue a letter. One with a code is sent at once: the code would have to be kept."""
        about = TEMPLATES.get(template_prefix)
        if about is None:
            super().send_mail(template_prefix, email, context)
        else:
            post(about, email, member=context.get("user"), at=timezone.now())


def post(about: Letter.About, address: str, *, member: Member | None, at: datetime) -> None:
    """Queue a letter of the account's pages, in the language at hand.

    Args:
        about: what it says.
        address: where to; of an account it may be one that is not confirmed yet.
        member: the account; `None` when nobody has one under this address.
        at: the time now.
    """
    language = translation.get_language() or ""
    with transaction.atomic():
        Letter.objects.create(
            member=member, about=about, address=address, language=language, made_at=at, next_try=at
        )
        transaction.on_commit(waking.wake)
