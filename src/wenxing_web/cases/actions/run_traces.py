"""Run the traces that were asked for.

A trace is leased, run, and kept in one transaction with the note that it is
done. The lease is short and renewed meanwhile: what a killed process had under
way is begun anew by another after less than a minute, and a result is kept only
by whoever still holds the lease. So every trace that was asked for leaves one
row at most, however often it was begun.
"""

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q, QuerySet

from wenxing_web.cases.actions.trace import TraceError, trace
from wenxing_web.cases.models import Trace, Tracing
from wenxing_web.live.actions.announce import STAFF, announce

_log = logging.getLogger("wenxing.work")
LEASE = timedelta(seconds=45)
_RENEWED = 10.0  # seconds
_LOOK = 0.5  # seconds until one sees that the process is to end
_TRIES = 3

Clock = Callable[[], datetime]


class _LeaseLost(Exception):
    """Somebody else runs this trace now; it is theirs to keep."""


def run_next(*, clock: Clock, ended: Callable[[], bool] = lambda: False) -> bool:
    """Run the trace that has waited longest, if there is one. Returns whether there was.

    Args:
        clock: the time now, aware of its time zone.
        ended: whether the process is to end; what is under way is then left to another.
    """
    _give_up(at=clock())
    asked = _take(at=clock())
    if asked is None:
        return False
    with _renewing(asked, clock=clock, ended=ended):
        try:
            _run(asked, clock=clock)
        except _LeaseLost:
            _log.warning("The trace %s is run by another process by now; its result is not kept twice", asked)
        except TraceError as error:
            _fail(_held(asked), error.fault, at=clock())
        except DatabaseError:  # it is tried again, as all work is
            raise
        except Exception:  # noqa: BLE001 -- whatever it was, the operator is told and decides
            _log.exception("The trace %s failed", asked)
            _fail(_held(asked), Tracing.Fault.BROKEN, at=clock())
    return True


def _run(asked: Tracing, *, clock: Clock) -> None:
    def settle(made: Trace) -> None:
        done = {"state": Tracing.State.DONE, "trace": made, "settled_at": clock(), "leased_until": None}
        if not _held(asked).update(**done):
            raise _LeaseLost
        announce("trace.ended", STAFF, {"case": asked.case.number}, at=clock())

    trace(asked.case, by=asked.asked_by, at=clock(), chosen=asked.chosen, kept=settle)


def _due(at: datetime) -> QuerySet[Tracing]:
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    return Tracing.objects.filter(free, state=Tracing.State.WAITING)


def _held(asked: Tracing) -> QuerySet[Tracing]:
    return Tracing.objects.filter(pk=asked.pk, lease=asked.lease, state=Tracing.State.WAITING)


def _take(*, at: datetime) -> Tracing | None:
    for pk in _due(at).order_by("asked_at", "id").values_list("pk", flat=True):
        lease = secrets.token_hex(8)
        taken = {"lease": lease, "leased_until": at + LEASE, "tries": F("tries") + 1}
        if _due(at).filter(pk=pk).update(**taken):  # else somebody was quicker
            return Tracing.objects.select_related("case", "asked_by").get(pk=pk)
    return None


def _give_up(*, at: datetime) -> None:
    """What has ended three processes would end the fourth."""
    for asked in _due(at).filter(tries__gte=_TRIES).select_related("case"):
        _fail(_held(asked), Tracing.Fault.INTERRUPTED, at=at)


def _fail(rows: QuerySet[Tracing], fault: Tracing.Fault, *, at: datetime) -> None:
    with transaction.atomic():
        for case in rows.values_list("case__number", flat=True):
            announce("trace.ended", STAFF, {"case": case}, at=at)
        rows.update(state=Tracing.State.FAILED, fault=fault, settled_at=at, leased_until=None)


@contextmanager
def _renewing(asked: Tracing, *, clock: Clock, ended: Callable[[], bool]) -> Iterator[None]:
    """Renew the lease meanwhile; give it back when the process is to end, so that the next need not wait."""
    done = Event()

    def renew() -> None:
        due = monotonic() + _RENEWED
        while not done.wait(_LOOK):
            try:
                if ended():
                    _held(asked).update(lease="", leased_until=None, tries=F("tries") - 1)
                    break
                if monotonic() >= due:
                    due = monotonic() + _RENEWED
                    _held(asked).update(leased_until=clock() + LEASE)
            except DatabaseError:
                _log.exception("The lease of the trace %s could not be renewed; trying again", asked)
                connection.close()
        connection.close()

    thread = Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
