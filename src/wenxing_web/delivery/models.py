"""Copies: which account received which edition, and when first; and what was downloaded on which day."""

from django.db import models

from wenxing_web.library.models import Edition
from wenxing_web.members.models import Recipient


class Copy(models.Model):
    """One account's own copy of an edition. The text is not stored: the engine makes it again at any time."""

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="copies")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="copies")
    first_at = models.DateTimeField()

    class Meta:
        ordering = ["-first_at"]
        constraints = [models.UniqueConstraint(fields=["recipient", "edition"], name="one_copy_each")]

    def __str__(self) -> str:
        return f"{self.recipient_id} · {self.edition_id}"


class Download(models.Model):
    """An edition that an account downloaded on a day, however often: what a plan's daily limit counts."""

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()  # in the library's time zone

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "day", "edition"], name="download_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id} · {self.edition_id} · {self.day}"


class Excerpt(models.Model):
    """An account was shown passages of its copy of an edition in a list, before it ever opened the copy."""

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="excerpts")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="excerpts")
    first_at = models.DateTimeField()

    class Meta:
        ordering = ["-first_at"]
        constraints = [models.UniqueConstraint(fields=["recipient", "edition"], name="one_excerpt_each")]

    def __str__(self) -> str:
        return f"{self.recipient_id} · {self.edition_id}"
