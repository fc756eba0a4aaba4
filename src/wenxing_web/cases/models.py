"""From a report to a ruling: reports, cases, traces, hearings, rulings, rewards."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from wenxing_web.library.models import Edition
from wenxing_web.members.models import Member, Membership, Recipient


class CaseError(Exception):
    """A step of a case cannot be taken now. The message is for the person who tried it."""


class Case(models.Model):
    """What the operator works on. One or more reports of the same leak belong to it."""

    class State(models.TextChoices):
        """How far the case is."""

        OPEN = "open", _("待处理")
        TRACED = "traced", _("已追溯")
        HEARING = "hearing", _("听取说明")
        CONFIRMED = "confirmed", _("认定")
        DISMISSED = "dismissed", _("不予认定")

    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["-opened_at"]
        permissions = [
            ("trace_case", "may run a trace"),
            ("unmask_account", "may see the account behind a number"),
            ("rule_case", "may hear an account and rule"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_ruled(self) -> bool:
        """Whether somebody has decided."""
        return self.state in (self.State.CONFIRMED, self.State.DISMISSED)


def _exhibit_path(report: "Report", _name: str) -> str:
    return f"reports/{report.receipt}.bin"


class Report(models.Model):
    """What somebody saw: a pasted text, a file, or only a seller's link and price. Kept untouched."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reports")
    receipt = models.CharField(max_length=24, unique=True)  # the reporter's only key to it
    reporter = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports"
    )
    text = models.TextField(blank=True)
    text_digest = models.CharField(max_length=64, blank=True, db_index=True)  # SHA-256 of the UTF-8
    file = models.FileField(upload_to=_exhibit_path, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    file_digest = models.CharField(max_length=64, blank=True, db_index=True)
    link = models.CharField(max_length=500, blank=True)
    link_key = models.CharField(max_length=500, blank=True, db_index=True)  # the link as compared with others
    price = models.CharField(max_length=40, blank=True)
    remark = models.TextField(blank=True, max_length=2000)
    set_aside = models.BooleanField(default=False)  # the ruling does not count it for the reward
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["made_at", "id"]

    def __str__(self) -> str:
        return self.receipt


def _attachment_path(attachment: "Attachment", _name: str) -> str:
    return f"reports/{attachment.report.receipt}-{attachment.number}.bin"


class Attachment(models.Model):
    """One more file of a report, such as the next page of a screenshot. Kept untouched, too."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="attachments")
    number = models.PositiveSmallIntegerField()  # from 2: the first file is the report's own
    file = models.FileField(upload_to=_attachment_path)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64, db_index=True)

    class Meta:
        ordering = ["report", "number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="attached_once")]

    def __str__(self) -> str:
        return f"{self.report} {self.number}"


class Trace(models.Model):
    """One run of the engine on the exhibits of a case. Kept with everything needed to run it again."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="traces")
    run_at = models.DateTimeField()
    run_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    outcome = models.CharField(max_length=12)  # named, not-enough, no-match
    inputs = models.JSONField()  # digests of the exhibits, editions and suspects searched, bound
    fingerprint = models.CharField(max_length=64)  # of the inputs; the same inputs give the same result
    result = models.JSONField()  # the engine's report object, and what was read at every site
    editions = models.ManyToManyField(Edition)  # matched

    class Meta:
        ordering = ["run_at", "id"]

    def __str__(self) -> str:
        return f"{self.case} {self.outcome}"


class Tracing(models.Model):
    """A trace that somebody asked for, from the asking to its end. At most one of a case is under way.

    Whoever works on it holds a lease for a little while and renews it; what a killed process had under way
    is begun anew by another when the lease is over. Only whose lease still stands keeps a result.
    """

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("正在追溯")
        DONE = "done", _("追溯完成")
        FAILED = "failed", _("没有完成")

    class Fault(models.TextChoices):
        """Why there is no result, and what to do about it."""

        RULED = "ruled", _("本案已经作出决定。")
        UNREAD = (
            "unread",
            _("所选的证据里没有可以读出的文字，还不能追溯。可以先取得一份文字或文件，加入本案。"),
        )
        UNPUBLISHED = "unpublished", _("还没有发布过任何材料，无从比对。")
        DISCLOSED = (
            "disclosed",
            _(
                "证据中有的版本，密钥已随证据包交给别人：拿到证据包的人能伪造它的任何副本，所以追溯没有完成。请为这份材料发布新版本。"
            ),
        )
        MASTER = (
            "master",
            _("有一个版本的母本已经损坏，或不是用现在的密钥制作的，追溯没有完成。请检查备份和密钥。"),
        )
        KEY = "key", _("追溯没有完成：密钥或证据不能读取。")
        BROKEN = (
            "broken",
            _("追溯时程序出错，没有完成。可以再试一次；还不行，请把服务器日志里的错误交给维护的人。"),
        )
        INTERRUPTED = (
            "interrupted",
            _("服务器在追溯途中停了三次，没有再试。可能是内存不够：可以少选几件证据，再试一次。"),
        )

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tracings")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    chosen = models.JSONField()  # keys of the exhibits to use, sorted
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    fault = models.CharField(max_length=12, choices=Fault.choices, blank=True)
    lease = models.CharField(max_length=16, blank=True)  # whose it is; another word each time it is taken
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    trace = models.OneToOneField(Trace, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(state="waiting"), name="one_trace_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(state="waiting"), name="traces_that_wait"),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.state}"

    @property
    def is_under_way(self) -> bool:
        """Whether it has neither a result nor a reason for having none."""
        return self.state == self.State.WAITING


class Unmasking(models.Model):
    """Somebody looked up the account behind a number, and why."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="unmaskings")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT)
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.case} {self.recipient_id}"


class Hearing(models.Model):
    """The account is asked before anything is decided, and answers in its own words."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="hearings")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="hearings")
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    answer = models.TextField(blank=True, max_length=4000)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [models.UniqueConstraint(fields=["case", "recipient"], name="asked_once")]

    def __str__(self) -> str:
        return f"{self.case} {self.recipient_id}"

    def was_heard(self, at: datetime) -> bool:
        """Whether the account has answered, or its time to answer has passed."""
        return self.answered_at is not None or at >= self.answer_by


class Ruling(models.Model):
    """A person's decision with its reasons."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="ruling")
    confirmed = models.BooleanField()
    recipients = models.ManyToManyField(Recipient)  # found responsible; empty when dismissed
    reasons = models.TextField(max_length=4000)
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.case)


class Reward(models.Model):
    """One year for the first valid reporter of a case; the database allows one a case."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="reward")
    report = models.OneToOneField(Report, on_delete=models.PROTECT)
    membership = models.OneToOneField(Membership, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.case)
