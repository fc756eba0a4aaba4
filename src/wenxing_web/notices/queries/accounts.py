"""What a letter of the account's own pages says. Links that open something are made when it goes out."""

from datetime import datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from wenxing_web.notices.models import Letter

About = Letter.About

TEMPLATES = {
    "account/email/password_reset_key": About.RESET,
    "account/email/unknown_account": About.UNKNOWN,
    "account/email/account_already_exists": About.EXISTS,
    "account/email/email_confirmation": About.CONFIRM,
    "account/email/email_confirmation_signup": About.WELCOME,
}
"""What the account's pages send, by the beginning of the names of its templates."""

_TEMPLATE_OF = {about: template for template, about in TEMPLATES.items()}
_WAITED_FOR = timedelta(days=1)


def account_letter(letter: Letter, *, at: datetime) -> EmailMessage | None:
    """The message; `None` when it is too old to be waited for, or there is nothing to open any more.

    Args:
        letter: with an `about`.
        at: the time now.
    """
    gone = letter.member is not None and not letter.member.is_active
    if gone or not letter.address or at - letter.made_at > _WAITED_FOR:
        return None
    links = _links(letter)
    if links is None:
        return None
    site = SimpleNamespace(name=settings.SITE_NAME, domain=urlsplit(settings.ADDRESS).netloc)
    context = {"user": letter.member, "email": letter.address, "current_site": site, **links}
    template = _TEMPLATE_OF[About(letter.about)]
    with translation.override(letter.language or settings.LANGUAGE_CODE):
        subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
        body = render_to_string(f"{template}_message.txt", context).strip()
    headers = {
        "Message-ID": letter.message_id,
        "Date": format_datetime(letter.made_at),
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(subject=subject, body=body, to=[letter.address], headers=headers)


def _links(letter: Letter) -> dict[str, Any] | None:
    """Addresses of pages by the names that the templates know; `None` when what they open is gone."""
    match About(letter.about):
        case About.RESET:
            return {"password_reset_url": _reset_link(letter)} if letter.member else None
        case About.CONFIRM | About.WELCOME:
            link = _confirmation_link(letter)
            return {"activate_url": link} if link else None
        case About.UNKNOWN | About.EXISTS:
            return {
                "signup_url": settings.ADDRESS + reverse("account_signup"),
                "password_reset_url": settings.ADDRESS + reverse("account_reset_password"),
            }


def _reset_link(letter: Letter) -> str:
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(letter.member)
    names = {"uidb36": user_pk_to_url_str(letter.member), "key": token}
    return str(settings.ADDRESS + reverse("account_reset_password_from_key", kwargs=names))


def _confirmation_link(letter: Letter) -> str | None:
    rows = EmailAddress.objects.filter(user=letter.member, email__iexact=letter.address, verified=False)
    found = rows.first()
    if found is None:
        return None
    key = EmailConfirmationHMAC.create(found).key
    return str(settings.ADDRESS + reverse("account_confirm_email", args=[key]))
