"""An operator asks for a trace. `run_traces` runs it; the request only waits a moment for its end."""

from collections.abc import Callable, Collection
from datetime import datetime
from time import monotonic, sleep

from django.db import transaction
from django.utils.translation import gettext

from wenxing_web.cases.models import Case, CaseError, Tracing
from wenxing_web.cases.queries import tracing_of
from wenxing_web.live import waking
from wenxing_web.members.models import Member

_LOOK = 0.05  # seconds between two looks


def order_trace(case: Case, *, by: Member, at: datetime, chosen: Collection[str]) -> Tracing:
    """Have the chosen exhibits traced. Asked twice for the same, by anybody, it is one trace.

    Args:
        chosen: keys of the exhibits to use.

    Raises:
        CaseError: the case is ruled, or another choice of its exhibits is being traced.
    """
    wanted = sorted(set(chosen))
    with transaction.atomic():
        row = Case.objects.select_for_update().get(pk=case.pk)
        if row.is_ruled:
            raise CaseError(str(Tracing.Fault.RULED.label))
        running = tracing_of(row)
        if running is not None and running.is_under_way:
            if running.chosen != wanted:
                raise CaseError(gettext("本案正在用另外几件证据追溯。请等它结束，再换证据追溯。"))
            return running
        made = Tracing.objects.create(case=row, asked_at=at, asked_by=by, chosen=wanted)
        transaction.on_commit(waking.wake)
    return made


def await_trace(asked: Tracing, *, patience: float, pause: Callable[[float], None] = sleep) -> Tracing:
    """The same as it is when it has ended, or else after so many seconds."""
    until = monotonic() + patience
    while asked.is_under_way and monotonic() < until:
        pause(_LOOK)
        asked.refresh_from_db()
    return asked
