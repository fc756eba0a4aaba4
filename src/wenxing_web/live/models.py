"""The outbox: what open pages are told, in the order in which it was committed."""

from django.db import models


class Event(models.Model):
    """One thing to tell. Made by `live.actions.announce` and by nothing else."""

    kind = models.CharField(max_length=40)
    audience = models.CharField(max_length=40)
    facts = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"
