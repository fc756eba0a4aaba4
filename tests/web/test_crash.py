"""kill -9 with streams open and copies being delivered: what was acknowledged is in the ledger."""

import asyncio
import json
import resource
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from web.serving import Server, command, populate, start

MEMBERS, STREAMS = 5, 500


async def listen(port: int, cookie: str, opened: list[asyncio.StreamWriter]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /live HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
    await reader.readuntil(b"event: hello")
    opened.append(writer)


async def read_on(port: int, member: dict[str, Any], edition: str, acknowledged: Counter[int]) -> None:
    """Ask for one's copy again and again; count the answers that arrived whole."""
    request = (
        f"GET /m/{edition}/download.txt HTTP/1.1\r\nHost: localhost\r\nCookie: {member['cookie']}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while True:
            writer.write(request.encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
            await reader.readexactly(int(length.split(b":")[1]))
            acknowledged[member["number"]] += 1
    except (OSError, asyncio.IncompleteReadError):
        return
    finally:
        writer.close()


async def read_until_killed(
    server: Server, world: dict[str, Any], acknowledged: Counter[int], copies: int
) -> int:
    opened: list[asyncio.StreamWriter] = []
    for member in world["members"]:
        each = STREAMS // MEMBERS
        await asyncio.gather(*(listen(server.port, member["cookie"], opened) for _ in range(each)))
    readers = [
        asyncio.create_task(read_on(server.port, member, world["edition"], acknowledged))
        for member in world["members"]
    ]
    before = acknowledged.total()
    while acknowledged.total() < before + copies and not all(task.done() for task in readers):
        await asyncio.sleep(0.01)
    server.kill()  # in the middle of whatever it was doing
    await asyncio.gather(*readers)
    for writer in opened:
        writer.close()
    return len(opened)


def rows(home: Path) -> Counter[int]:
    """Delivery rows by number, read without any of our code."""
    database = sqlite3.connect(home / "wenxing.sqlite3")
    found = database.execute("SELECT facts FROM ledger_entry WHERE kind = 'copy.delivered'").fetchall()
    database.close()
    return Counter(json.loads(facts)["recipient"] for (facts,) in found)


def assert_kills_lose_no_row(home: Path, *, times: int, copies: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4_096)), hard))
    world, acknowledged = populate(home, members=MEMBERS), Counter[int]()
    for _ in range(times):
        assert asyncio.run(read_until_killed(start(home), world, acknowledged, copies)) == STREAMS
    kept = rows(home)
    assert acknowledged.total() >= times * copies
    assert all(kept[number] >= count for number, count in acknowledged.items())
    # At most the one request that each reader had under way was recorded without being acknowledged.
    assert kept.total() - acknowledged.total() <= times * len(world["members"])
    checked = command(home, "check-ledger")
    assert checked.returncode == 0, checked.stderr


@pytest.fixture
def many_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few accounts may hold all the streams: what is tested is the ledger under their load."""
    monkeypatch.setenv("WENXING_STREAMS", str(STREAMS // MEMBERS))


@pytest.mark.usefixtures("many_streams")
@pytest.mark.sqlite
def test_kill_9_loses_no_acknowledged_row(tmp_path: Path) -> None:
    assert_kills_lose_no_row(tmp_path, times=1, copies=40)


@pytest.mark.slow
@pytest.mark.usefixtures("many_streams")
def test_kill_9_again_and_again_loses_no_acknowledged_row(tmp_path: Path) -> None:
    assert_kills_lose_no_row(tmp_path, times=8, copies=400)


@pytest.mark.sqlite
def test_a_ledger_that_was_tampered_with_is_told_from_a_whole_one(tmp_path: Path) -> None:
    populate(tmp_path, members=1)
    whole = command(tmp_path, "check-ledger")
    assert whole.returncode == 0
    database = sqlite3.connect(tmp_path / "wenxing.sqlite3")
    with database:
        database.execute("UPDATE ledger_entry SET kind = 'edition.altered' WHERE id = 1")
    database.close()
    broken = command(tmp_path, "check-ledger")
    assert broken.returncode == 1
    assert "row 1" in broken.stderr
    cut = command(tmp_path, "check-ledger", "--held", "nonsense")
    assert cut.returncode == 2


@pytest.mark.django_db
@pytest.mark.sqlite
def test_a_commit_is_on_the_disk_before_it_is_acknowledged(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    populate(tmp_path, members=0)
    database = sqlite3.connect(tmp_path / "wenxing.sqlite3")
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()
