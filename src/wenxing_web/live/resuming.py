"""From where a browser wants to go on. Anybody can write anything there."""

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import parse_qs

_DIGITS = 18  # more than any event's number has


def resumed_after(scope: MutableMapping[str, Any]) -> int | None:
    """The last event that the browser says it has; `None` when it says nothing that can be true.

    The browser itself sends `Last-Event-ID` when it comes back; a tab that takes over from another one
    asks for `/live?after=…`.
    """
    said: str = next((v.decode("latin-1") for n, v in scope["headers"] if n == b"last-event-id"), "")
    if not said:
        query = scope.get("query_string", b"").decode("latin-1")
        said = parse_qs(query, max_num_fields=20).get("after", [""])[0] if query.count("&") < 20 else ""
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _DIGITS else None
