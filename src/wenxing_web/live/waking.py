"""A hint, inside one process, that the outbox has something new. Other processes find out by looking."""

from threading import Event

_bells: set[Event] = set()


def listen(bell: Event) -> None:
    """Ring `bell` after every commit of this process that announced something."""
    _bells.add(bell)


def forget(bell: Event) -> None:
    """Ring it no more."""
    _bells.discard(bell)


def wake() -> None:
    """Ring every bell. Never fails and never waits: the commit has happened."""
    for bell in list(_bells):
        bell.set()
