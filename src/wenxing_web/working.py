"""Work that waits for nobody's request: follow the outbox, send letters, trace, what is due once a day.

What is to be done stands in the database, with states, places and leases; a
worker only looks whether there is something and does it. So a killed process
loses nothing, and several may work beside each other. `serve` works on threads
of its own; `python -m wenxing_web work` is a process that does nothing else.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from threading import Thread
from time import sleep

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from wenxing_web.billing.actions.remind import remind
from wenxing_web.cases.actions.run_traces import run_next
from wenxing_web.live.actions.prune import prune
from wenxing_web.live.watching import Watch
from wenxing_web.notices.actions.follow import follow
from wenxing_web.notices.actions.gather import gather
from wenxing_web.notices.actions.send import Sent, send
from wenxing_web.notices.queries import followed

_log = logging.getLogger("wenxing.work")
_AFTER_FAILURE = 5.0  # seconds
_IDLE = 15.0  # seconds until one looks again although nothing was announced


class Telling:
    """Make notices of everything that was announced; once a day, announce whose term ends, and tidy up."""

    def __init__(self) -> None:
        self._today: date | None = None

    def __call__(self, ended: Callable[[], bool]) -> None:
        """Do what is due."""
        now = timezone.now()
        today = timezone.localdate(now)
        if self._today != today:
            remind(today=today, at=now)
        while not ended() and follow(at=timezone.now()):
            pass
        if self._today != today:
            old = now - timedelta(days=settings.LIVE_DAYS)
            while not ended() and prune(before=old, upto=followed()):
                pass
        self._today = today


def post(ended: Callable[[], bool]) -> None:
    """Write the daily letters when it is time, and send every letter that is due."""
    while not ended() and gather(at=timezone.now()):
        pass
    while not ended() and send(clock=timezone.now, ended=ended).sent:
        pass


def trace(ended: Callable[[], bool]) -> None:
    """Run the traces that operators have asked for, one after the other."""
    while not ended() and run_next(clock=timezone.now, ended=ended):
        pass


Step = Callable[[Callable[[], bool]], None]
"""Does what is due; asked to begin nothing new when what it is given says so."""


def steps() -> Mapping[str, tuple[Step, float]]:
    """What is done, each on a thread of its own: a mail server that does not answer holds up no notice.

    With each, the least seconds between two looks: what is announced many times a second is looked at once.
    """
    return {"notices": (Telling(), 0.2), "letters": (post, 2.0), "traces": (trace, 0.2)}


class Worker:
    """Does one step again and again, whenever something was announced and every few seconds."""

    def __init__(self, name: str, step: Step, *, pause: float) -> None:
        self._name, self._step, self._pause = name, step, pause
        self._watch = Watch()
        self._thread = Thread(target=self._run, name=f"work-{name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._watch.begin()
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing new."""
        self._watch.end()

    def join(self, patience: float | None = None) -> None:
        """Wait, at most so many seconds, until what is under way has ended; else it is done again one day."""
        self._thread.join(patience)

    def _run(self) -> None:
        while not self._watch.ended:
            try:
                close_old_connections()
                self._step(lambda: self._watch.ended)
                self._watch.wait(most=_IDLE)
                self._watch.rest(self._pause)
            except Exception:  # noqa: BLE001 -- whatever it was, it is tried again
                if not self._watch.ended:
                    _log.exception("The work on %s failed; trying again", self._name)
                    self._watch.forget()
                    sleep(_AFTER_FAILURE)
        connection.close()


def start_all() -> list[Worker]:
    """A worker for every step, working."""
    workers = [Worker(name, step, pause=pause) for name, (step, pause) in steps().items()]
    for worker in workers:
        worker.start()
    return workers


def once() -> Sent:
    """Do everything that is due, and end."""
    Telling()(lambda: False)
    while gather(at=timezone.now()):
        pass
    total = Sent()
    while True:
        done = send(clock=timezone.now)
        total += done
        if not done.sent:
            return total
