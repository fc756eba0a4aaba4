"""The tail of the outbox: one thread a process that reads what was committed and hands it to the streams."""

import asyncio
import logging
from threading import Thread
from time import sleep

from django.db import connection

from wenxing_web.live import queries
from wenxing_web.live.streams import Streams
from wenxing_web.live.watching import Watch

_BATCH = 256
_AFTER_FAILURE = 1.0  # seconds
_log = logging.getLogger("wenxing.live")


class Tail:
    """Reads the outbox for `streams` from `start` to `stop`."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._watch = Watch()

    async def start(self) -> None:
        """Find the end of the outbox and follow it from there. Everything later is told."""
        self._watch.begin()
        number = await asyncio.to_thread(queries.last)
        self._streams.begin(number)
        follow = (asyncio.get_running_loop(), number)
        Thread(target=self._follow, args=follow, name="live-tail", daemon=True).start()

    def stop(self) -> None:
        """Follow no longer. What was not told yet is told to browsers when they come back."""
        self._watch.end()

    def _follow(self, loop: asyncio.AbstractEventLoop, number: int) -> None:
        while not self._watch.ended:
            try:
                self._watch.wait()
                number = self._tell(loop, number)
            except Exception:  # noqa: BLE001 -- whatever it was, the streams go on
                if not self._watch.ended:
                    _log.exception("The outbox was not told; trying again")
                    self._watch.forget()
                    sleep(_AFTER_FAILURE)
        connection.close()

    def _tell(self, loop: asyncio.AbstractEventLoop, number: int) -> int:
        """Hand over everything past `number`; returns the last number."""
        while frames := queries.after(number, most=_BATCH):
            number = frames[-1].id
            asyncio.run_coroutine_threadsafe(self._streams.deliver(frames), loop).result()
            if len(frames) < _BATCH:
                break
        return number
