"""What members ask for, and who else wants it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from wenxing_web.library.models import Edition, Kind
from wenxing_web.members.models import Member

TITLE, TEXT = 60, 1000  # characters


class Request(models.Model):
    """A material that somebody asks for.

    The asker's first vote is made with it. Priority is what the asker's plan gave on that day, so that a
    plan which changes later moves nobody in the queue.
    """

    class State(models.TextChoices):
        """How far it has come."""

        OPEN = "open", _("征集中")
        TAKEN = "taken", _("已安排")
        FULFILLED = "fulfilled", _("已发布")
        DECLINED = "declined", _("暂不安排")
        MERGED = "merged", _("已并入")

    asker = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="requests")
    title = models.CharField(max_length=TITLE)
    text = models.TextField(max_length=TEXT, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OTHER)
    priority = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN, db_index=True)
    reason = models.CharField(max_length=300, blank=True)  # why it was declined; members read it
    editor = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    edition = models.ForeignKey(Edition, null=True, on_delete=models.PROTECT, related_name="+")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def waits(self) -> bool:
        """Nothing has answered it yet: it can be voted for."""
        return self.state in (self.State.OPEN, self.State.TAKEN)


class Vote(models.Model):
    """An account wants it, too. Once."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="votes")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "member"], name="one_vote_each")]

    def __str__(self) -> str:
        return str(self.request_id)
