"""The whole platform as one ASGI application: `/live` on the event loop, pages on a few threads.

Django runs as WSGI on fixed threads that keep their database connections; its
own ASGI handler was measured at less than half the speed. A request reaches a
thread only when its body is complete, so that slow senders hold no thread.
"""

import asyncio
import os
from tempfile import SpooledTemporaryFile
from typing import IO, Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenxing_web.settings")

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from wenxing_web.listening import DESK
from wenxing_web.live.streams import Message, Receive, Scope, Send, Streams
from wenxing_web.live.tail import Tail
from wenxing_web.working import start_all

_django: Any = get_wsgi_application()
_pages: Any = WSGIMiddleware(_django, workers=settings.PAGE_THREADS, send_queue_size=256)
streams = Streams(
    DESK, limit=settings.LIVE_LIMIT, per_account=settings.LIVE_PER_ACCOUNT, beat=settings.LIVE_BEAT
)

_PATIENCE = 4  # a browser shows an answer only when it could send everything: too much is read, and dropped
_IN_MEMORY = 1_000_000
_PIECE = 256_000
_LAST_LETTER = 5.0  # seconds; one that was cut short would be sent twice
_TOO_LARGE = "上传的内容太大，没有接收。 The request is too large and was not accepted.".encode()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection event by event, as ASGI has it."""
    if scope["type"] == "lifespan":
        await _live_and_die(receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
    elif scope["path"] == "/live":
        await streams(scope, receive, send)
    else:
        await _page(scope, receive, send)


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    """Collect the body, then let a thread answer."""
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
            if size <= settings.REQUEST_LIMIT:
                body.write(message.get("body", b""))
            elif not more or size > _PATIENCE * settings.REQUEST_LIMIT:
                await _refuse(send)
                return
            if not more:
                break
        body.seek(0)
        await _pages(scope, _replay(body, size), send)


def _replay(body: IO[bytes], size: int) -> Receive:
    """A `receive` that gives out a complete body again, piece by piece."""
    left = size

    async def receive() -> Message:
        nonlocal left
        piece = body.read(min(left, _PIECE))
        left -= len(piece)
        return {"type": "http.request", "body": piece, "more_body": left > 0}

    return receive


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": _TOO_LARGE})


async def _live_and_die(receive: Receive, send: Send) -> None:
    await receive()
    tail = Tail(streams)
    await tail.start()
    workers = start_all()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    for worker in workers:
        worker.stop()
    tail.stop()
    streams.close()
    for worker in workers:
        await asyncio.to_thread(worker.join, _LAST_LETTER)
    await send({"type": "lifespan.shutdown.complete"})
