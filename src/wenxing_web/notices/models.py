"""Notices, the letters that carry some of them, and how an account wants to be told."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wenxing_web.members.models import Member


class Kind(models.TextChoices):
    """What a notice is about; each can be switched by itself."""

    EDITION = "edition", _("新材料")
    PLAN = "plan", _("会员开通")
    TERM = "term", _("会员期将满")
    CASE = "case", _("举报和案件")
    REQUEST = "request", _("求稿有结果")
    ROOM = "room", _("会客厅里有人找您")
    DOWNLOADS = "downloads", _("今天的下载用完了")
    MODERATION = "moderation", _("会客厅的管理")


class Mail(models.TextChoices):
    """When something is told by e-mail."""

    NOW = "now", _("立刻")
    DAILY = "daily", _("每天一封")
    NEVER = "never", _("不发")


class Letter(models.Model):
    """An e-mail on its way. It holds no text and no link: what it says is made when it is sent, from its
    notices, or from what it is `about` when the account's own pages sent it.

    A letter that is under way is leased; what a killed process had under way is sent again when the lease
    is over, with the same `message_id`, by which mail programs know a repetition.
    """

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("等待发送")
        SENT = "sent", _("已发出")
        REFUSED = "refused", _("被拒收")
        VOID = "void", _("不用再发")  # nothing of it is left to tell

    class About(models.TextChoices):
        """What the account's own pages send."""

        RESET = "reset"
        UNKNOWN = "unknown"
        EXISTS = "exists"
        CONFIRM = "confirm"
        WELCOME = "welcome"

    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="+")
    about = models.CharField(max_length=10, choices=About.choices, blank=True)
    address = models.CharField(max_length=254, blank=True)  # where to, if `about`; emptied once it is settled
    language = models.CharField(max_length=10, blank=True)  # if `about`
    day = models.DateField(null=True)  # of a daily letter, in the library's time zone
    message_id = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField()
    next_try = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=200, blank=True)  # what the last try met with; no address

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "day"], name="one_daily_letter_a_day"),
        ]
        indexes = [
            models.Index(fields=["next_try"], condition=models.Q(state="waiting"), name="letters_that_wait"),
        ]

    def __str__(self) -> str:
        return self.message_id

    def save(self, **kwargs: Any) -> None:
        """Save; a new letter has its name from the beginning."""
        self.message_id = self.message_id or new_message_id()
        super().save(**kwargs)

    @property
    def is_unaddressable(self) -> bool:
        """Whether it was refused here: no server's answer, which begins with a number, was waited for."""
        return bool(self.fault) and not self.fault[0].isdigit()


def new_message_id() -> str:
    """A name that no other letter has, as RFC 5322 wants it."""
    host = urlsplit(settings.ADDRESS).hostname or "localhost"
    return f"<{secrets.token_hex(16)}@{host}>"


class Notice(models.Model):
    """That an account is told of something. It holds identifiers only; see `queries.kinds`."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="notices")
    event = models.BigIntegerField()  # its number in the outbox, which may have forgotten it since
    kind = models.CharField(max_length=12)  # a `Kind`
    told = models.CharField(max_length=40)  # the kind of the event
    facts = models.JSONField()
    at = models.DateTimeField()
    at_bell = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=8, choices=Mail.choices, default=Mail.NEVER)
    letter = models.ForeignKey(Letter, null=True, on_delete=models.SET_NULL, related_name="notices")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["member", "event"], name="told_once_of_each_event"),
        ]
        indexes = [
            models.Index(
                fields=["member"],
                condition=models.Q(read_at__isnull=True, at_bell=True),
                name="unread_at_the_bell",
            ),
            models.Index(
                fields=["member"],
                condition=models.Q(read_at__isnull=True, mail="daily", letter__isnull=True),
                name="for_the_daily_letter",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event}"

    @property
    def about(self) -> str:
        """The kind, in the reader's language."""
        return str(Kind(self.kind).label)


class Choice(models.Model):
    """How an account wants to be told of one kind of thing; without a row, as `queries.kinds` says."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)  # a `Kind`
    at_bell = models.BooleanField()
    mail = models.CharField(max_length=8, choices=Mail.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "kind"], name="one_choice_of_each_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at_bell} {self.mail}"


class Language(models.Model):
    """Which language an account is written to in; without a row, in all of them."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, primary_key=True, related_name="+")
    code = models.CharField(max_length=10)

    def __str__(self) -> str:
        return self.code


class Feed(models.Model):
    """That an account has a feed. The address is shown once; what is kept is its hash."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.made_at)


class Place(models.Model):
    """How far the outbox was followed: every event up to `event`, and of the next one the accounts up to
    `member`. There is one row, the first.
    """

    event = models.BigIntegerField(default=0)
    member = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.event} {self.member}"
