"""What goes over the wire: an event as a browser's EventSource reads it, inside a piece of a chunked body."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Frame(NamedTuple):
    """An encoded event.

    Attributes:
        id: its number in the outbox.
        audience: who hears it.
        data: the bytes of the event.
    """

    id: int
    audience: str
    data: bytes


def frame(number: int, kind: str, audience: str, facts: Mapping[str, Any]) -> Frame:
    """Encode an event once, for everybody who hears it."""
    said = json.dumps(facts, ensure_ascii=True, separators=(",", ":"))
    return Frame(number, audience, f"id: {number}\nevent: {kind}\ndata: {said}\n\n".encode())


def chunk(data: bytes) -> bytes:
    """A piece of an HTTP/1.1 body of unknown length; `data` is not empty."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def heard(frames: Iterable[Frame], audiences: frozenset[str], *, after: int = 0) -> bytes:
    """The events past `after` that belong to these audiences, in order."""
    return b"".join(f.data for f in frames if f.id > after and f.audience in audiences)
