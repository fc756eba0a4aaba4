"""Wait until the outbox may have something new.

A bell rings after this process's own commits. Commits of other processes are
looked for: SQLite counts them in `PRAGMA data_version`, which costs
microseconds; PostgreSQL is asked again. Only the table is true, bells and
counters are hints.
"""

from threading import Event
from time import monotonic, sleep

from django.db import connection

from wenxing_web.live import waking

_LOOK = {"sqlite": 0.05}  # seconds between two looks at other processes' commits
_LOOK_OTHERWISE = 0.25


class Watch:
    """For one thread that follows the outbox, from `begin` to `end`; `end` may come from any thread."""

    def __init__(self) -> None:
        self._bell = Event()
        self._version: int | None = None
        self.ended = False

    def begin(self) -> None:
        """Hear the bell from now on."""
        waking.listen(self._bell)

    def end(self) -> None:
        """Wait no longer."""
        self.ended = True
        waking.forget(self._bell)
        self._bell.set()

    def forget(self) -> None:
        """After a failure: another connection counts anew."""
        connection.close()
        self._version = None

    def wait(self, *, most: float | None = None) -> None:
        """Return when there may be something new, at the end, or after `most` seconds."""
        until = None if most is None else monotonic() + most
        while not self.ended and (until is None or monotonic() < until):
            rung = self._bell.wait(_LOOK.get(connection.vendor, _LOOK_OTHERWISE))
            self._bell.clear()
            if self._others_wrote() or rung:
                return

    def rest(self, seconds: float) -> None:
        """Return after so many seconds, or at the end: what is announced meanwhile is waited for no more."""
        until = monotonic() + seconds
        while not self.ended and (left := until - monotonic()) > 0:
            sleep(min(left, _LOOK_OTHERWISE))

    def _others_wrote(self) -> bool:
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            (version,) = cursor.execute("PRAGMA data_version").fetchone()
        changed = bool(version != self._version)
        self._version = version
        return changed
