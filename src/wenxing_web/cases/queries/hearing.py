"""What an account that is asked may see of the evidence: all about its own copies, nothing about others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from wenxing_web.cases.models import Hearing
from wenxing_web.cases.queries import named_in, traces_in
from wenxing_web.cases.queries.outcome import bound_in_words
from wenxing_web.cases.queries.strip import Strip, strips_of
from wenxing_web.delivery.models import Copy
from wenxing_web.library.models import Edition


@dataclass(frozen=True, slots=True)
class OwnCopy:
    """How the leak compares with the account's own copy of one edition.

    Attributes:
        first_at: when the copy was first opened; `None` when there is no record of that.
    """

    title: str
    first_at: datetime | None
    agreeing: int
    differing: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The trace that named the account.

    Attributes:
        suspects: how many accounts were searched.
        bound: the chance of naming any of them, were all innocent; words and figures.
        runs: how many traces this case has had.
    """

    run_at: datetime
    suspects: int
    bound: str
    runs: int
    copies: tuple[OwnCopy, ...]


def _by_edition(strips: Iterable[Strip]) -> Iterator[tuple[Edition, list[Strip]]]:
    """The strips of all kinds of each edition."""
    for edition, group in groupby(strips, key=lambda strip: strip.edition):
        yield edition, list(group)


def evidence_for(hearing: Hearing) -> Evidence | None:
    """The latest trace of the case that named this account; `None` only if there is none."""
    number = hearing.recipient.number
    traces = traces_in(hearing.case)
    trace = next((t for t in reversed(traces) if number in named_in([t])), None)
    if trace is None:
        return None
    opened = dict(Copy.objects.filter(recipient_id=number).values_list("edition_id", "first_at"))
    copies = tuple(
        OwnCopy(
            edition.material.title,
            opened.get(edition.pk),
            sum(strip.agreeing for strip in strips),
            sum(strip.differing for strip in strips),
            sum(strip.unreadable for strip in strips),
        )
        for edition, strips in _by_edition(strips_of(trace, number))
    )
    bound = bound_in_words(float(trace.inputs["bound"]))
    return Evidence(trace.run_at, int(trace.inputs["suspects"]), bound, len(traces), copies)
