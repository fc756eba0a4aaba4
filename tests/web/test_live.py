"""`/live`: who hears what, catching up, limits; one dead browser stops nobody."""

import asyncio
import random

import pytest

from web.listening import Client, Table, connect, play, streams_of, until
from wenxing_web.live.listeners import Listener


def test_a_browser_is_greeted_told_where_it_stands_and_when_to_come_back() -> None:
    async def story() -> None:
        table, client = Table(), Client()
        table.add(7)
        await connect(streams_of(table, dice=random.Random(7)), client)
        headers = dict(client.got[0]["headers"])
        assert headers[b"content-type"].startswith(b"text/event-stream")
        assert headers[b"x-accel-buffering"] == b"no"
        retry, hello = client.body.split(b"\n", 1)
        assert 2_000 <= int(retry.removeprefix(b"retry: ")) <= 6_000
        assert hello == b"id: 7\nevent: hello\ndata: {}\n\n"

    play(story)


def test_strangers_are_told_not_to_come_back() -> None:
    async def story() -> None:
        streams, stranger, member = streams_of(Table()), Client(), Client()
        await connect(streams, member)
        await connect(streams, stranger, "")
        assert (member.status, stranger.status) == (200, 204)
        assert stranger.body == b""

    play(story)


def test_everybody_hears_their_own_audiences_in_order() -> None:
    async def story() -> None:
        table = Table()
        streams, free, paying, accused = streams_of(table), Client(), Client(), Client()
        await connect(streams, free, "1 room:free")
        await connect(streams, paying, "2 room:free room:members")
        await connect(streams, accused, "3 member:3")
        table.add(1)
        table.add(1, "room:members")
        table.add(1, "member:3")
        table.add(1, "room:free")
        table.add(1, "staff")
        await streams.deliver(table.frames)
        assert free.numbers == [1, 4]
        assert paying.numbers == [1, 2, 4]
        assert accused.numbers == [1, 3]
        assert len(paying.written) == 3  # head, greeting, and one write for the whole batch

    play(story)


@pytest.mark.parametrize("ring", [1, 10, 2_000])
def test_whoever_comes_back_hears_exactly_what_was_missed(ring: int) -> None:
    async def story() -> None:
        table = Table()
        streams = streams_of(table, ring=ring)
        for audience in ("all", "staff", "all"):
            await streams.deliver(table.add(600, audience))
        for after in (0, 1, 599, 1_200, 1_799, 1_800):
            client = Client()
            await connect(streams, client, after=str(after))
            expected = [n for n in range(after + 1, 1_801) if not 600 < n <= 1_200]
            await client.has(len(expected))
            assert client.numbers == expected

    play(story)


def test_coming_back_while_much_is_being_told_loses_and_repeats_nothing() -> None:
    async def story() -> None:
        table, dice = Table(), random.Random(5)
        streams = streams_of(table, ring=40)
        clients = [Client() for _ in range(300)]
        for client in clients[:200]:
            await connect(streams, client)
        waiting = list(clients[200:])

        async def tell() -> None:
            while len(table.frames) < 3_000:
                await streams.deliver(table.add(dice.randint(1, 60)))

        telling = asyncio.create_task(tell())
        for client in waiting:
            await connect(streams, client, after="0")
        await telling
        for client in clients:
            await client.has(len(table.frames))
            assert client.numbers == [f.id for f in table.frames]

    play(story)


@pytest.mark.parametrize(
    "forged", ["-1", "9" * 17, "9" * 400, "1; DROP TABLE", "１２", "0x1", " ", "é", "1.5"]
)
def test_a_forged_place_begins_at_the_end(forged: str) -> None:
    async def story() -> None:
        table = Table()
        table.add(5)
        streams, honest, forger, query = streams_of(table), Client(), Client(), Client()
        await connect(streams, honest, after="3")
        await honest.has(2)
        assert honest.numbers == [4, 5]
        if forged.isascii() or forged == "é":
            await connect(streams, forger, after=forged)
            assert b"id: 5\nevent: hello" in forger.body
            assert forger.numbers == []
        await connect(streams, query, path=f"after={forged}&after=2")
        assert b"id: 5\nevent: hello" in query.body

    play(story)


def test_who_was_away_longer_than_events_are_kept_is_told_to_begin_anew() -> None:
    async def story() -> None:
        table = Table()
        table.add(9)
        del table.frames[:4]  # the first four are forgotten
        streams, lost, just, new = streams_of(table, ring=1), Client(), Client(), Client()
        await connect(streams, lost, after="3")
        await connect(streams, just, after="4")
        await connect(streams, new)
        await just.has(5)
        assert just.numbers == [5, 6, 7, 8, 9]
        assert b"event: stale" not in just.body + new.body
        assert b"id: 9\nevent: stale\n" in lost.body
        assert lost.numbers == []
        await streams.deliver(table.add(1))
        for client in (lost, just, new):
            await client.has(1)
            assert client.numbers[-1] == 10

    play(story)


def test_a_tab_that_takes_over_says_where_the_other_one_was() -> None:
    async def story() -> None:
        table, client = Table(), Client()
        table.add(5)
        await connect(streams_of(table), client, path="after=3")
        await client.has(2)
        assert client.numbers == [4, 5]

    play(story)


def test_a_browser_that_does_not_read_is_cut_and_catches_up_later() -> None:
    async def story() -> None:
        table = Table()
        streams, slow, quick = streams_of(table), Client(), Client()
        task = await connect(streams, slow)
        await connect(streams, quick)
        slow.stuck = True
        while not slow.gone.is_set():
            await streams.deliver(table.add(250))
            assert len(table.frames) < 20_000
        await task
        assert (streams.open, streams.cut) == (1, 1)
        assert 262_144 < len(slow.body) < 300_000
        assert quick.numbers == [f.id for f in table.frames]
        again = Client()
        await connect(streams, again, after=str(slow.numbers[-1]))
        await until(lambda: bool(again.numbers) and again.numbers[-1] == len(table.frames))
        assert slow.numbers + again.numbers == quick.numbers

    play(story)


def test_one_that_fails_stops_nobody() -> None:
    class Broken(Client):
        def write(self, data: bytes) -> None:
            raise RuntimeError("unable to perform operation on a closed transport")

    async def story() -> None:
        table = Table()
        streams = streams_of(table)
        clients = [Broken() if n == 3 else Client() for n in range(600)]
        for client in clients:
            await connect(streams, client)
        await streams.deliver(table.add(1))
        await streams.deliver(table.add(1))
        assert [c.numbers for c in clients if not isinstance(c, Broken)] == [[1, 2]] * 599
        assert streams.open == 599

    play(story)


def test_pages_get_their_turn_while_many_are_told() -> None:
    async def story() -> None:
        table = Table()
        streams, turns = streams_of(table), 0
        for _ in range(1_000):
            await connect(streams, Client())

        async def page() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(page())
        await asyncio.sleep(0)
        before = turns
        await streams.deliver(table.add(1))
        task.cancel()
        assert turns - before >= 4

    play(story)


def test_a_batch_that_comes_twice_is_told_once() -> None:
    async def story() -> None:
        table, client = Table(), Client()
        streams = streams_of(table)
        await connect(streams, client)
        await streams.deliver(table.add(3))
        await streams.deliver(table.frames)
        assert client.numbers == [1, 2, 3]

    play(story)


def test_everybody_hears_the_beat() -> None:
    async def story() -> None:
        streams, client, late = streams_of(Table(), beat=0.02), Client(), Client()
        await connect(streams, client)
        await until(lambda: client.body.count(b":\n\n") >= 2)
        await connect(streams, late)
        await until(lambda: late.body.count(b":\n\n") >= 2)
        assert client.numbers == late.numbers == []  # a beat tells nothing

    play(story)


def test_losing_the_plan_leaves_the_room_and_gaining_it_enters() -> None:
    async def story() -> None:
        table = Table()
        streams, loser, winner = streams_of(table, recheck=0.02), Client(), Client()
        await connect(streams, loser, "1 room:members")
        await connect(streams, winner, "2")
        await streams.deliver(table.add(1, "room:members"))
        table.now = {1: Listener(1, frozenset({"all"}), "", ""), 2: table.admit("2 room:members")}
        await table.checked()
        await streams.deliver(table.add(1, "room:members"))
        await streams.deliver(table.add(1))
        assert (loser.numbers, winner.numbers) == ([1, 3], [2, 3])

    play(story)


def test_a_stream_ends_with_its_account() -> None:
    async def story() -> None:
        table = Table()
        streams, gone, staying = streams_of(table, recheck=0.02), Client(), Client()
        task = await connect(streams, gone, "1")
        await connect(streams, staying, "2")
        table.now = {1: None}
        await task
        assert gone.got[-1]["more_body"] is False
        assert streams.open == 1

    play(story)


def test_fifty_streams_of_one_account_are_its_ten_newest() -> None:
    async def story() -> None:
        table = Table()
        streams, other, mine = streams_of(table, per_account=10), Client(), [Client() for _ in range(50)]
        await connect(streams, other, "2")
        for client in mine:
            await connect(streams, client, "1")
        assert streams.open == 11
        await streams.deliver(table.add(1))
        assert [client.numbers for client in mine] == [[]] * 40 + [[1]] * 10
        assert all(b"event: elsewhere" in client.body for client in mine[:40])
        assert other.numbers == [1]

    play(story)


def test_streams_over_the_limit_are_refused_until_one_leaves() -> None:
    async def story() -> None:
        streams, first, second, third = streams_of(Table(), limit=1), Client(), Client(), Client()
        task = await connect(streams, first)
        await connect(streams, second)
        assert (first.status, second.status) == (200, 503)
        first.gone.set()
        await task
        await connect(streams, third)
        assert third.status == 200

    play(story)


def test_closing_ends_every_stream_and_admits_no_more() -> None:
    async def story() -> None:
        streams, client, late = streams_of(Table()), Client(), Client()
        task = await connect(streams, client)
        streams.close()
        await task
        assert streams.open == 0
        assert client.got[-1]["more_body"] is False
        await connect(streams, late)
        assert late.status == 503

    play(story)


def test_only_get_is_answered() -> None:
    async def story() -> None:
        client = Client()
        await streams_of(Table())({"method": "POST", "headers": []}, client.receive, client.send)
        assert client.status == 405

    play(story)
