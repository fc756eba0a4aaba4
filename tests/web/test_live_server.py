"""`/live` on a real server: other processes announce, connections break, the server is killed."""

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from web.listening import Socket
from web.serving import Server, environment, populate, start

_LISTENERS = 12


def announcing(home: Path, count: int) -> "subprocess.Popen[str]":
    """A process of its own that announces; prints the number of every event once it is committed."""
    program = [sys.executable, str(Path(__file__).with_name("announcing.py")), str(count)]
    return subprocess.Popen(program, env=environment(home), stdout=subprocess.PIPE, text=True)


async def keep_listening(socket: Socket, ports: list[int], stop: asyncio.Event) -> None:
    """As a browser does: come back whenever the connection ends."""
    while not stop.is_set():
        socket.port = ports[-1]
        await socket.listen()
        await asyncio.sleep(0.02)


@asynccontextmanager
async def listening(sockets: list[Socket], ports: list[int]) -> AsyncIterator[None]:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(keep_listening(socket, ports, stop)) for socket in sockets]
    try:
        yield
    finally:
        stop.set()
        for socket in sockets:
            socket.drop()
        await asyncio.gather(*tasks)


async def drop_at_random(sockets: list[Socket], dice: random.Random) -> None:
    while True:
        await asyncio.sleep(0.05)
        dice.choice(sockets).drop()


async def assert_breaks_lose_nothing(home: Path, *, events: int, kills: int, seed: int) -> None:
    """Listen while another process announces, connections drop and the server is killed and started again."""
    members = populate(home, members=_LISTENERS)["members"]
    servers, dice = [start(home)], random.Random(seed)
    ports = [servers[0].port]
    sockets = [Socket(ports[0], member["cookie"]) for member in members]
    try:
        acknowledged = await _break(
            home, events=events, kills=kills, sockets=sockets, servers=servers, ports=ports, dice=dice
        )
    finally:
        servers[-1].kill()
    assert len(acknowledged) == events
    for socket in sockets:
        assert [number for number, _kind, _facts in socket.events] == acknowledged


async def _break(
    home: Path,
    *,
    events: int,
    kills: int,
    sockets: list[Socket],
    servers: list[Server],
    ports: list[int],
    dice: random.Random,
) -> list[int]:
    async with listening(sockets, ports):
        while not all(socket.last for socket in sockets):  # everybody was greeted
            await asyncio.sleep(0.02)
        said = asyncio.create_task(asyncio.to_thread(announcing(home, events).communicate))
        dropping = asyncio.create_task(drop_at_random(sockets, dice))
        for kill in range(kills):
            mark = events * (kill + 1) // (kills + 2)
            while max(len(socket.events) for socket in sockets) < mark:
                await asyncio.sleep(0.01)
            servers[-1].kill()
            servers.append(await asyncio.to_thread(start, home))
            ports.append(servers[-1].port)
        numbers, _ = await said
        acknowledged = [int(line) for line in numbers.split()]
        dropping.cancel()  # from here on everybody only has to catch up
        while any(len(socket.events) < len(acknowledged) for socket in sockets):
            await asyncio.sleep(0.05)
    return acknowledged


def test_kill_9_and_broken_connections_lose_and_repeat_nothing(tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(assert_breaks_lose_nothing(tmp_path, events=400, kills=1, seed=1), 600))


@pytest.mark.slow
def test_kill_9_again_and_again_loses_and_repeats_nothing(tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(assert_breaks_lose_nothing(tmp_path, events=20_000, kills=5, seed=2), 900))


@pytest.fixture
def served(tmp_path: Path) -> "Iterator[tuple[Server, list[dict[str, str]]]]":
    """A server, and three members."""
    members = populate(tmp_path, members=3)["members"]
    server = start(tmp_path)
    yield server, members
    server.kill()
    assert "Traceback" not in (tmp_path / "server.log").read_text()


def test_sessions_decide_who_hears_what_and_the_end_of_a_plan_is_noticed(
    served: tuple[Server, list[dict[str, str]]], tmp_path: Path
) -> None:
    server, members = served
    ended, stays, suspended = (Socket(server.port, member["cookie"]) for member in members)
    forged, stranger = Socket(server.port, "sessionid=" + "x" * 32), Socket(server.port, "")

    async def story() -> None:
        await asyncio.gather(forged.listen(), stranger.listen())
        greeted = [asyncio.Event() for _ in range(3)]
        tasks = [
            asyncio.create_task(socket.listen(event))
            for socket, event in zip((ended, stays, suspended), greeted, strict=True)
        ]
        for event in greeted:
            await event.wait()
        await asyncio.to_thread(announcing(tmp_path, -1).wait)  # to the room; then one loses the plan …
        await tasks[2]  # … and one is suspended, which ends the stream
        await asyncio.to_thread(announcing(tmp_path, -2).wait)
        while [kind for _, kind, _ in stays.events][-1:] != ["test.end"]:
            await asyncio.sleep(0.02)
        await suspended.listen()
        ended.drop()
        stays.drop()
        await asyncio.gather(*tasks)

    asyncio.run(asyncio.wait_for(story(), 600))
    assert (forged.status, stranger.status, stays.status, suspended.status) == (204, 204, 200, 204)
    assert [kind for _, kind, _ in stays.events] == ["test.room", "test.room", "test.end"]
    assert [kind for _, kind, _ in ended.events] == ["test.room", "access.changed", "test.end"]


def test_a_server_with_open_streams_ends_cleanly(tmp_path: Path) -> None:
    member = populate(tmp_path, members=1)["members"][0]
    server = start(tmp_path)

    async def story() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        ask = f"GET /live HTTP/1.1\r\nHost: localhost\r\nCookie: {member['cookie']}\r\n\r\n"
        writer.write(ask.encode())
        await reader.readuntil(b"event: hello")
        stopping = asyncio.get_running_loop().run_in_executor(None, server.stop)
        rest = await reader.read()
        assert await stopping == 0
        writer.close()
        return rest

    assert asyncio.run(story()).endswith(b"0\r\n\r\n")  # a complete response, not a cut one
    assert "Traceback" not in (tmp_path / "server.log").read_text()


def test_a_huge_request_is_refused_and_the_server_goes_on(tmp_path: Path) -> None:
    length = 70_000_000
    populate(tmp_path, members=0)
    server = start(tmp_path)

    async def story() -> tuple[bytes, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"POST /report/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % length)
        for _ in range(length // 1_000_000):
            writer.write(b"x" * 1_000_000)
            await writer.drain()
        answer = await reader.readline()
        writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        health = await reader.readline()
        writer.close()
        return answer, health

    try:
        refused, healthy = asyncio.run(story())
    finally:
        server.kill()
    assert b"413" in refused
    assert b"200" in healthy


def test_slow_senders_hold_up_nobody(tmp_path: Path) -> None:
    populate(tmp_path, members=0)
    server = start(tmp_path)

    async def story() -> bytes:
        for _ in range(20):
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"POST /report/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf")
            await writer.drain()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return await asyncio.wait_for(reader.readline(), 300)

    try:
        assert b"200" in asyncio.run(story())
    finally:
        server.kill()
