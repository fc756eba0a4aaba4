"""Who listens, and what the streams ask the rest of the platform. Nothing here knows members or plans."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from wenxing_web.live import queries
from wenxing_web.live.frames import Frame


@dataclass(frozen=True, slots=True)
class Listener:
    """An account at one browser.

    Attributes:
        account: the key of the account.
        audiences: what it hears.
        session: the key of the browser's session; the stream ends with it.
        mark: changes when the account's password does.
    """

    account: int
    audiences: frozenset[str]
    session: str = field(repr=False)
    mark: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Desk:
    """The questions of the streams; all are asked on a thread that may wait for the database.

    Attributes:
        admit: from the cookies of a request to its listener; `None` for strangers.
        recheck: every listener as it is now; `None` when its stream has to end.
        between: see `queries.between`.
        forgotten: see `queries.forgotten`.
    """

    admit: Callable[[str], Listener | None]
    recheck: Callable[[Collection[Listener]], Mapping[Listener, Listener | None]]
    between: Callable[[int, int, Collection[str], int], list[Frame]] = queries.between
    forgotten: Callable[[], int] = queries.forgotten
