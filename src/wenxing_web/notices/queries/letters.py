"""What a letter says, made when it is sent: in its reader's language, as plain text and as simple HTML."""

from dataclasses import dataclass
from email.utils import format_datetime

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wenxing_web.members.models import Member
from wenxing_web.notices.models import Kind, Language, Letter, Mail, Notice
from wenxing_web.notices.queries import in_words
from wenxing_web.notices.queries.lines import Line

_SALT = "wenxing.notices.off"
_MOST = 40  # lines in one letter; the page has them all


@dataclass(frozen=True, slots=True)
class _Part:
    """A letter in one language."""

    language: str
    subject: str
    lines: list[Line]
    more: int


@dataclass(frozen=True, slots=True)
class Stop:
    """What a signed link ends: e-mail of one `kind`, or the daily letter (`None`)."""

    member: Member
    kind: Kind | None


def written(letter: Letter) -> EmailMultiAlternatives | None:
    """The message; `None` when nothing of it is left to tell."""
    member = letter.member
    if member is None:
        return None
    notices = list(Notice.objects.filter(letter=letter).exclude(mail=Mail.NEVER).order_by("id"))
    known = Language.objects.filter(member=member).values_list("code", flat=True).first()
    codes = [known] if known else [code for code, _name in settings.LANGUAGES]
    parts = [part for code in codes if (part := _part(letter, member, notices, code))]
    if not parts or not member.is_active:
        return None
    stop = settings.ADDRESS + reverse("notices-off", args=[_token(letter, notices)])
    context = {"parts": parts, "site": settings.ADDRESS, "stop": stop}
    message = EmailMultiAlternatives(
        subject=" / ".join(part.subject for part in parts),
        body=render_to_string("notices/letter.txt", context),
        to=[member.email],
        headers={
            "Message-ID": letter.message_id,
            "Date": format_datetime(letter.made_at),
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string("notices/letter.html", context), "text/html")
    return message


def stop_of(token: str) -> Stop | None:
    """What a link in a letter ends; `None` for whatever we have not signed, or when the account is gone."""
    try:
        said = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    member = Member.objects.filter(pk=said["m"]).first()
    return Stop(member, Kind(said["k"]) if said["k"] in Kind.values else None) if member else None


def _token(letter: Letter, notices: list[Notice]) -> str:
    """Good for ever: an old letter must be able to end what it began. It shows nothing but numbers."""
    kind = None if letter.day else notices[0].kind
    return signing.dumps({"m": letter.member_id, "k": kind}, salt=_SALT)


def _part(letter: Letter, member: Member, notices: list[Notice], code: str) -> _Part | None:
    with translation.override(code):
        lines = [said.line for said in in_words(member, notices) if said.line]
        if not lines:
            return None
        if letter.day is None:
            subject = lines[0].text
        else:
            count = len(lines)
            subject = ngettext("%(site)s：%(n)d 条新消息", "%(site)s：%(n)d 条新消息", count) % {
                "site": settings.SITE_NAME,
                "n": count,
            }
        return _Part(code, " ".join(subject.split()), lines[:_MOST], max(0, len(lines) - _MOST))


def unsubscribed_words(kind: Kind | None) -> str:
    """What was ended, a sentence in the language at hand."""
    if kind is None:
        return _("不再给您发每天一封的邮件。")
    return _("不再给您发“%(kind)s”的邮件。") % {"kind": kind.label}
