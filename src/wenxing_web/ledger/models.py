"""The ledger: append-only, hash-chained evidence, and the only source of events.

Every row carries the hash of the row before it, so nothing can be changed,
inserted or taken out unnoticed by anybody who holds a later hash. Rows hold
numbers and identifiers of editions and cases, never names or addresses.
"""

from typing import Any, NoReturn

from django.db import models


class LedgerError(Exception):
    """Somebody tried to change or delete a row of the ledger."""


class _AppendOnly(models.QuerySet["Entry"]):
    """Rows are added one by one; nothing changes or removes them in bulk."""

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise LedgerError("the ledger is append-only")

    update = delete = bulk_create = bulk_update = _refuse


class Entry(models.Model):
    """One thing that happened. Made by `ledger.actions.record` and by nothing else."""

    id = models.BigIntegerField(primary_key=True)  # 1, 2, 3 … without gaps
    at = models.DateTimeField()
    kind = models.CharField(max_length=40, db_index=True)
    facts = models.JSONField()
    before = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    objects = _AppendOnly.as_manager()

    class Meta:
        ordering = ["id"]
        base_manager_name = "objects"  # the other way round the refusals below would be open

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"

    def save(self, **kwargs: Any) -> None:
        """Insert only; a second save is refused."""
        if not self._state.adding:
            raise LedgerError("the ledger is append-only")
        kwargs["force_insert"] = True
        super().save(**kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse: evidence is not deleted."""
        raise LedgerError("the ledger is append-only")
