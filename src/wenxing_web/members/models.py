"""Members, the numbers their copies carry, plans, and terms of membership."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MemberManager(BaseUserManager["Member"]):
    """Makes members from an e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Member":
        """A new member; the recipient number is assigned with it."""
        member = self.model(email=self.normalize_email(email), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Member":
        """An operator with every permission."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Member(AbstractBaseUser, PermissionsMixin):
    """An account. Operators are members with `is_staff`."""

    email = models.EmailField(_("邮箱"), unique=True)
    nickname = models.CharField(_("称呼"), max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=timezone.now)
    notice_seen_at = models.DateTimeField(null=True, blank=True)  # read that every copy is their own

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[MemberManager] = MemberManager()

    def __str__(self) -> str:
        return self.nickname or str(_("会员"))

    def save(self, **kwargs: Any) -> None:
        """Save; a new member receives a recipient number in the same transaction."""
        new = self._state.adding
        super().save(**kwargs)
        if new:
            Recipient.objects.create(member=self)


class Recipient(models.Model):
    """The number that stands for an account in every copy. Never reused: the row outlives the account."""

    number = models.BigAutoField(primary_key=True)
    member = models.OneToOneField(Member, null=True, on_delete=models.SET_NULL, related_name="recipient")

    def __str__(self) -> str:
        return str(self.number)


class Plan(models.Model):
    """What a term opens: the running stream, the archive of so many years before it began, and benefits."""

    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    years_back = models.PositiveSmallIntegerField(null=True, default=3)  # null: the whole archive
    months = models.PositiveSmallIntegerField(default=12)
    last_day = models.DateField(null=True)  # every term ends with this day, whatever `months` says
    price_minor = models.PositiveIntegerField(default=0)  # fen
    on_offer = models.BooleanField(default=True)
    opens_room = models.BooleanField(default=True)  # the members' room
    request_priority = models.PositiveSmallIntegerField(default=0)  # 0 … 9; requests of more go first
    downloads_a_day = models.PositiveSmallIntegerField(default=0)  # editions; 0: no limit

    def __str__(self) -> str:
        return self.name_zh

    @property
    def price(self) -> str:
        """The price in yuan, `199` or `199.50`; empty when none was set."""
        yuan, fen = divmod(self.price_minor, 100)
        return f"{yuan:,}" + (f".{fen:02}" if fen else "") if self.price_minor else ""


class Membership(models.Model):
    """A term: open from the first day to the day before the last, in the library's time zone."""

    class Origin(models.TextChoices):
        """Where a term comes from."""

        ORDER = "order", _("订购")
        REWARD = "reward", _("举报奖励")
        GRANT = "grant", _("运营者开通")

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="memberships")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT)
    starts_on = models.DateField()
    ends_on = models.DateField()  # exclusive
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.GRANT)

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")), name="term_is_not_empty"
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"

    @property
    def last_day(self) -> date:
        """The last day of the term, for people to read."""
        return self.ends_on - timedelta(days=1)

    def covers(self, day: date) -> bool:
        """Whether `day` lies in the term."""
        return self.starts_on <= day < self.ends_on
