"""The event stream to browsers, `GET /live`, as a raw ASGI application.

A stream is admitted with the audiences that its account belongs to, catches up
with what it missed, and then hears every batch of events that the tail of the
outbox hands over. All streams share one loop that writes to each in turn,
encoded once for everybody who hears the same: no task, queue or timer per
browser. A browser that does not read is cut; it comes back and catches up.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from django.db import DatabaseError

from wenxing_web.live.frames import Frame, chunk, heard
from wenxing_web.live.listeners import Desk, Listener
from wenxing_web.live.resuming import resumed_after

_log = logging.getLogger("wenxing.live")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Coroutine[Any, Any, None]]

TRANSPORT = "wenxing.transport"  # the ASGI extension by which the server hands over the connection itself
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
_BEAT = chunk(b":\n\n")
_ACCESS = chunk(b"event: access.changed\ndata: {}\n\n")
_ELSEWHERE = chunk(b"event: elsewhere\ndata: {}\n\n")
_STALE = b"event: stale\ndata: {}\n\n"
_AT_ONCE = 250  # written before pages get their turn again
_BEHIND = 262_144  # bytes that a browser may leave unread
_RING = 2_048  # events kept in memory for browsers that come back
_PAGE = 500  # events read at once for those that were away longer


class Transport(Protocol):
    """What a stream needs of a connection."""

    def write(self, data: bytes) -> None:
        """Hand over bytes without waiting."""

    def is_closing(self) -> bool:
        """Whether the connection has ended or is about to."""

    def get_write_buffer_size(self) -> int:
        """Bytes that the other side has not taken yet."""

    def abort(self) -> None:
        """End it now."""


class _Stream:
    """One browser."""

    __slots__ = ("caught_up", "listener", "send", "transport")

    def __init__(self, listener: Listener, transport: Transport, send: Send) -> None:
        self.listener, self.transport, self.send = listener, transport, send
        self.caught_up = False


class Streams:
    """The open streams of one process."""

    def __init__(
        self,
        desk: Desk,
        *,
        limit: int,
        per_account: int,
        beat: float,
        recheck: float = 2.0,
        ring: int = _RING,
        dice: random.Random | None = None,
    ) -> None:
        """Nothing is open yet.

        Args:
            desk: who may hear what, and what was said before.
            limit: how many streams may be open; one more is answered 503.
            per_account: how many of them for one account; one more ends its oldest.
            beat: seconds between two signs of life; proxies cut silent connections after 30–60.
            recheck: seconds between two looks at who may still hear what.
            ring: events kept in memory.
            dice: spreads the moments at which browsers come back after a restart.
        """
        self._desk, self._limit, self._per_account = desk, limit, per_account
        self._beat, self._recheck = beat, recheck
        self._dice = dice or random.Random()  # noqa: S311 -- spreads load, keeps no secret
        self._open: dict[_Stream, None] = {}
        self._ring: deque[Frame] = deque()
        self._ring_size = ring
        self._last = self._ring_from = 0  # the ring holds every event past `_ring_from`, up to `_last`
        self._tasks: list[asyncio.Task[None]] = []
        self._readers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live")
        self._closed = False
        self.cut = 0  # browsers that did not read

    @property
    def open(self) -> int:
        """How many streams are open."""
        return len(self._open)

    @property
    def _has_room(self) -> bool:
        return bool(self._tasks) and not self._closed and len(self._open) < self._limit

    def begin(self, last: int) -> None:
        """Start after event `last`, on the running loop; before it, every request is answered 503."""
        self._last = self._ring_from = last
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._beats()), loop.create_task(self._rechecks())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one stream until either side ends it."""
        if scope["method"] != "GET":
            await _answer(send, 405, [(b"allow", b"GET")])
            return
        listener = await self._read(self._desk.admit, _cookies(scope)) if self._has_room else None
        if not self._has_room:
            await _answer(send, 503, [(b"retry-after", b"30")])
            return
        if listener is None:
            await _answer(send, 204, [])  # which tells a browser not to come back
            return
        stream = _Stream(listener, scope["extensions"][TRANSPORT], send)
        self._make_room(listener.account)
        self._open[stream] = None
        try:
            await self._greet(stream, resumed_after(scope))
            while (await receive())["type"] != "http.disconnect":
                pass
        except (OSError, RuntimeError):
            pass  # the browser left while it was being greeted, or the server is going down
        finally:
            self._open.pop(stream, None)

    async def deliver(self, frames: Sequence[Frame]) -> None:
        """Tell everybody. One batch at a time, in the order of the outbox; the caller waits for the end.

        Who hears what is settled before the first byte is written, in one step with taking the batch into
        the ring: a browser that catches up meanwhile finds it there, exactly once.
        """
        frames = [f for f in frames if f.id > self._last]  # a batch that failed half-way may come again
        if not frames:
            return
        self._keep(frames)
        by_audiences: dict[frozenset[str], bytes] = {}
        named = {f.audience for f in frames}
        plan: list[tuple[_Stream, bytes]] = []
        for stream in self._open:
            if not stream.caught_up:
                continue
            mine = stream.listener.audiences & named
            data = by_audiences.get(mine)
            if data is None:
                said = heard(frames, mine)
                data = by_audiences[mine] = chunk(said) if said else b""
            if data:
                plan.append((stream, data))
        await self._write_all(plan)

    def close(self) -> None:
        """End every stream and open no more: the server is going down, browsers come back by themselves."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        for stream in list(self._open):
            self._end(stream)
        self._readers.shutdown(wait=False, cancel_futures=True)

    async def _greet(self, stream: _Stream, after: int | None) -> None:
        """Say hello and what was missed.

        Only a newcomer is told where the stream stands: somebody who comes back must not be moved on
        before having received what lies between. Whoever was away longer than events are kept is told so,
        and goes on from here.
        """
        await stream.send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        known = after is not None and after <= self._last
        cursor = after if known and after is not None else self._last
        place = "" if known else f"id: {cursor}\n"
        hello = f"retry: {self._dice.randint(2_000, 6_000)}\n{place}event: hello\ndata: {{}}\n\n"
        await stream.send(_part(hello.encode()))
        if cursor < self._ring_from and cursor < await self._read(self._desk.forgotten):
            cursor = self._last
            await stream.send(_part(b"id: %d\n" % cursor + _STALE))
        while cursor < self._ring_from:
            upto = self._last
            audiences = stream.listener.audiences
            missed = await self._read(self._desk.between, cursor, upto, audiences, _PAGE)
            if missed:
                await stream.send(_part(b"".join(f.data for f in missed)))
            cursor = missed[-1].id if len(missed) == _PAGE else upto
        if stream not in self._open:
            return
        rest = heard(self._ring, stream.listener.audiences, after=cursor)
        stream.caught_up = True
        if rest:
            self._write(stream, chunk(rest))

    def _keep(self, frames: Sequence[Frame]) -> None:
        self._ring.extend(frames)
        while len(self._ring) > self._ring_size:
            self._ring_from = self._ring.popleft().id
        self._last = frames[-1].id

    def _make_room(self, account: int) -> None:
        """One stream more for an account: its oldest end, and are told not to come back at once."""
        mine = [stream for stream in self._open if stream.listener.account == account]
        for stream in mine[: max(0, len(mine) + 1 - self._per_account)]:
            self._write(stream, _ELSEWHERE)
            self._end(stream)

    async def _beats(self) -> None:
        """A sign of life to everybody who has taken what came before."""
        while True:
            await asyncio.sleep(self._beat)
            await self._write_all(
                [(s, _BEAT) for s in self._open if s.caught_up and not s.transport.get_write_buffer_size()]
            )

    async def _rechecks(self) -> None:
        """Ask again who may hear what: a plan ends, an account is suspended, somebody signs out."""
        while True:
            await asyncio.sleep(self._recheck)
            asked = {stream.listener for stream in self._open}
            if not asked:
                continue
            try:
                now = await self._read(self._desk.recheck, asked)
            except DatabaseError:
                _log.exception("The streams were not checked")
                continue
            for stream in list(self._open):
                if stream.listener in now:
                    listener = now[stream.listener]
                    if listener is None:
                        self._end(stream)
                    else:
                        self._admit_as(stream, listener)

    def _admit_as(self, stream: _Stream, listener: Listener) -> None:
        """From now on the stream hears what this listener may; a page whose rooms have changed is told so."""
        changed = listener.audiences != stream.listener.audiences
        stream.listener = listener
        if changed and stream.caught_up:
            self._write(stream, _ACCESS)

    async def _write_all(self, plan: list[tuple[_Stream, bytes]]) -> None:
        for start in range(0, len(plan), _AT_ONCE):
            for stream, data in plan[start : start + _AT_ONCE]:
                self._write(stream, data)
            await asyncio.sleep(0)

    def _write(self, stream: _Stream, data: bytes) -> None:
        """Write without waiting. Whatever is wrong with this browser concerns no other."""
        transport = stream.transport
        try:
            if stream not in self._open or transport.is_closing():
                return
            if transport.get_write_buffer_size() <= _BEHIND:
                transport.write(data)
                return
            self.cut += 1
            transport.abort()
        except Exception as error:  # noqa: BLE001 -- loops differ in what they say of an ended connection
            _log.debug("A stream has ended: %r", error)
        self._open.pop(stream, None)

    def _end(self, stream: _Stream) -> None:
        """Complete the response; if that would have to wait, end the connection."""
        if self._open.pop(stream, 0) == 0:
            return
        ending = stream.send(_part(b"", more=False))
        try:
            ending.send(None)
        except StopIteration:
            return
        except (OSError, RuntimeError):
            pass
        finally:
            ending.close()
        stream.transport.abort()

    async def _read(self, question: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._readers, question, *arguments)


def _part(data: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": more}


def _cookies(scope: Scope) -> str:
    return b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")


async def _answer(send: Send, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
    length = [] if status == 204 else [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send(_part(b"", more=False))
