"""Browsers at `/live`, as an ASGI server shows them, and as a socket."""

import asyncio
import re
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any

from wenxing_web.live.frames import Frame, frame
from wenxing_web.live.listeners import Desk, Listener
from wenxing_web.live.streams import TRANSPORT, Message, Streams


class Client:
    """A browser; while `stuck` it takes nothing of what it is sent."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        self.written: list[bytes] = []
        self.gone = asyncio.Event()
        self.stuck = False

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if self.stuck:
            await asyncio.Event().wait()
        self.got.append(message)
        self.written.append(message.get("body", b""))
        if message["type"] == "http.response.body" and not message["more_body"]:
            self.gone.set()

    def write(self, data: bytes) -> None:
        size, _, rest = data.partition(b"\r\n")
        assert len(rest) == int(size, 16) + 2
        self.written.append(rest[:-2])

    def is_closing(self) -> bool:
        return self.gone.is_set()

    def get_write_buffer_size(self) -> int:
        return sum(map(len, self.written)) if self.stuck else 0

    def abort(self) -> None:
        self.gone.set()

    async def has(self, count: int) -> None:
        """Wait for so many events."""
        await until(lambda: len(self.numbers) >= count)

    @property
    def status(self) -> int:
        return int(self.got[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(self.written)

    @property
    def numbers(self) -> list[int]:
        """The numbers of the events that arrived, in order; a greeting is none."""
        return [int(n) for n in re.findall(rb"^id: (\d+)\nevent: (?!hello|stale)", self.body, re.M)]


class Table:
    """The outbox in memory; it is the desk of streams, too. The cookie is the account and its audiences."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.now: dict[int, Listener | None] = {}  # what a check finds, where that is something new
        self.checks = 0

    @property
    def last(self) -> int:
        return self.frames[-1].id if self.frames else 0

    def add(self, count: int, audience: str = "all") -> Sequence[Frame]:
        start = self.last + 1
        made = [frame(n, "thing.happened", audience, {"n": n}) for n in range(start, start + count)]
        self.frames += made
        return made

    def between(self, number: int, upto: int, audiences: Collection[str], most: int) -> list[Frame]:
        return [f for f in self.frames if number < f.id <= upto and f.audience in audiences][:most]

    def forgotten(self) -> int:
        return self.frames[0].id - 1 if self.frames else 0

    def admit(self, cookies: str) -> Listener | None:
        if not cookies:
            return None
        account, *audiences = cookies.split()
        return Listener(int(account), frozenset(["all", *audiences]), cookies, "")

    def recheck(self, listeners: Collection[Listener]) -> Mapping[Listener, Listener | None]:
        self.checks += 1
        return {who: self.now.get(who.account, who) for who in listeners}

    async def checked(self) -> None:
        """Wait until a check that began after this call has been made use of: the one after it has begun."""
        seen = self.checks
        await until(lambda: self.checks >= seen + 3)


def streams_of(table: Table, **options: Any) -> Streams:
    """Streams that have begun at the end of the table."""
    wanted = {"limit": 1_000, "per_account": 1_000, "beat": 60.0, "recheck": 60.0, **options}
    streams = Streams(Desk(table.admit, table.recheck, table.between, table.forgotten), **wanted)
    streams.begin(table.last)
    return streams


async def connect(
    streams: Streams, client: Client, cookie: str = "1", *, after: str = "", path: str = ""
) -> "asyncio.Task[None]":
    """Open a stream and wait until it was greeted, or refused."""
    headers = [(b"cookie", cookie.encode())] if cookie else []
    if after:
        headers.append((b"last-event-id", after.encode("latin-1")))
    scope = {
        "method": "GET",
        "headers": headers,
        "query_string": path.encode(),
        "extensions": {TRANSPORT: client},
    }
    task = asyncio.create_task(streams(scope, client.receive, client.send))
    while not (b"event: hello" in client.body or task.done()):
        await asyncio.sleep(0.001)
    await asyncio.sleep(0)
    return task


def play(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a story to its end."""
    asyncio.run(asyncio.wait_for(story(), 300))


async def until(true: Callable[[], bool]) -> None:
    """Wait for something that has to happen."""
    while not true():
        await asyncio.sleep(0.005)


class Socket:
    """A stream of a real server: keeps what it has received over connections that end as they like."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookie = port, cookie
        self.events: list[tuple[int, str, str]] = []
        self.last = ""
        self.status = 0
        self._writer: asyncio.StreamWriter | None = None

    async def listen(self, greeted: "asyncio.Event | None" = None) -> None:
        """Receive until the connection ends."""
        try:
            reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:  # nobody serves there any more, or yet
            return
        resume = f"Last-Event-ID: {self.last}\r\n" if self.last else ""
        ask = f"GET /live HTTP/1.1\r\nHost: localhost\r\nCookie: {self.cookie}\r\n{resume}\r\n"
        try:
            self._writer.write(ask.encode())
            head = await reader.readuntil(b"\r\n\r\n")
            self.status = int(head.split()[1])
            if self.status == 200:
                await self._receive(reader, greeted)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writer.close()

    def drop(self) -> None:
        """The connection breaks, whatever was under way."""
        if self._writer:
            self._writer.transport.abort()

    async def _receive(self, reader: asyncio.StreamReader, greeted: "asyncio.Event | None") -> None:
        text = b""
        while size := int(await reader.readline() or b"0", 16):
            text += (await reader.readexactly(size + 2))[:-2]
            while b"\n\n" in text:
                block, text = text.split(b"\n\n", 1)
                self._take(
                    dict(line.split(": ", 1) for line in block.decode().splitlines() if line[0] != ":")
                )
                if greeted:
                    greeted.set()

    def _take(self, fields: dict[str, str]) -> None:
        self.last = fields.get("id", self.last)
        if fields.get("event", "hello") != "hello":
            self.events.append((int(fields.get("id", 0)), fields["event"], fields["data"]))
