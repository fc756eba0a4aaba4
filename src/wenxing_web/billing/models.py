"""How a term is paid for: redemption codes and orders that are paid by transfer; and when it runs out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from wenxing_web.members.models import Member, Plan, Recipient


class Batch(models.Model):
    """Redemption codes that were made together, each worth one term of the plan."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    last_day = models.DateField(null=True)  # on which a code may be redeemed, in the library's time zone

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.pk)


class Code(models.Model):
    """One code. What is printed on the card is not kept, only its keyed hash."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="codes")
    serial = models.PositiveIntegerField()  # printed next to the code, from 1
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(Recipient, null=True, on_delete=models.PROTECT, related_name="codes")
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["serial"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "serial"], name="serial_is_unique_in_its_batch"),
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True, used_by__isnull=True)
                | models.Q(used_at__isnull=False, used_by__isnull=False, voided_at__isnull=True),
                name="used_code_has_its_account_and_is_not_void",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}-{self.serial}"


class WrongTry(models.Model):
    """Somebody typed a code that nobody ever made: a few of these, and the account waits."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.at)


class Order(models.Model):
    """A plan that a member wants to pay."""

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", _("等待付款")
        PAID = "paid", _("已付款，已开通")
        CANCELLED = "cancelled", _("已取消")

    reference = models.CharField(max_length=12, unique=True)  # what the member writes on the transfer
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="orders")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT)
    price_minor = models.PositiveIntegerField()  # as it was when the order was placed
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.reference

    @property
    def price(self) -> str:
        """In yuan, `199` or `199.50`; empty when the plan has no price."""
        return Plan(price_minor=self.price_minor).price


class Payment(models.Model):
    """Money that came, once for each that a way of paying told of, whatever became of it."""

    class Outcome(models.TextChoices):
        """What became of it."""

        OPENED = "opened", _("已开通")
        WRONG_AMOUNT = "wrong-amount", _("金额与订单不符")
        LATE = "late", _("订单早已处理或取消")
        UNKNOWN = "unknown", _("没有这张订单")
        IN_VAIN = "in-vain", _("账号已删除，或方案已到期")

    gateway = models.CharField(max_length=20)
    provider_id = models.CharField(max_length=100)
    reference = models.CharField(max_length=40)  # as it was told
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="payments")
    minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    paid_at = models.DateTimeField()
    taken_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    settled_at = models.DateTimeField(null=True)  # an operator has paid it back, or helped otherwise

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["gateway", "provider_id"], name="taken_once"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.provider_id}"

    @property
    def amount(self) -> str:
        """As a person reads it: `199.50 CNY`."""
        return f"{self.minor // 100:,}.{self.minor % 100:02} {self.currency}"


class Reminder(models.Model):
    """That a term runs out has been said, or is to be said: once for each account, last day and distance."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    last_day = models.DateField()
    days_before = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "last_day", "days_before"], name="said_once_at_each_distance"
            )
        ]

    def __str__(self) -> str:
        return f"{self.last_day} - {self.days_before}"
