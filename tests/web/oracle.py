"""Who may open what, said once more, as plainly and as slowly as possible.

Knows nothing of the product's rule: it walks the calendar day by day. Used by
the tests as the answer to compare with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Term:
    """From the first day to the day before `ends_on`, with so many years of archive (`None`: all).

    `downloads` a day, 0 for no limit.
    """

    starts_on: date
    ends_on: date
    years: int | None
    room: bool = True
    priority: int = 0
    downloads: int = 0

    def days(self) -> set[date]:
        """Every day of it."""
        found, day = set(), self.starts_on
        while day < self.ends_on:
            found.add(day)
            day += ONE_DAY
        return found


@dataclass(frozen=True, slots=True)
class Person:
    """A standing: `signed_in` False is a stranger, whatever the rest says."""

    signed_in: bool = True
    active: bool = True
    staff: bool = False
    told: bool = True  # has read that every copy is their own
    terms: tuple[Term, ...] = ()


def answer(who: Person, *, downloading: bool, dated_on: date, is_free: bool, today: date) -> str:
    """`yes`, or the reason why not as the product names it."""
    if who.signed_in and not who.active:
        return "suspended"
    if is_free:
        return "yes"
    if not who.signed_in:
        return "not-signed-in"
    if who.staff:
        return "yes"
    verdict = _by_terms(who.terms, dated_on, today)
    if verdict == "yes" and downloading and not who.told:
        return "notice-not-read"
    return verdict


def entering(who: Person, *, members_only: bool, today: date) -> str:
    """`yes`, or why somebody may not enter a room."""
    if not who.signed_in:
        return "room-not-signed-in"
    if not who.active:
        return "suspended"
    if who.staff or not members_only:
        return "yes"
    if all(today < term.starts_on for term in who.terms):
        return "room-no-plan"
    running = [term for term in who.terms if today in term.days()]
    if not running:
        return "room-expired"
    return "yes" if [term for term in running if term.room] else "room-not-in-plan"


def downloading(who: Person, *, taken: int, today: date) -> str:
    """`yes`, or why not one more after `taken` on this day, as far as the plan's daily number goes."""
    running = [term for term in who.terms if today in term.days()]
    if not who.signed_in or who.staff or not running:
        return "yes"
    for term in running:
        if term.downloads == 0 or taken < term.downloads:
            return "yes"
    return "downloads-used"


def weight(who: Person, *, today: date) -> int:
    """The priority of the person's requests."""
    found = 0
    for term in who.terms:
        if who.signed_in and today in term.days() and term.priority > found:
            found = term.priority
    return found


def _by_terms(terms: Sequence[Term], dated_on: date, today: date) -> str:
    if all(today < term.starts_on for term in terms):
        return "no-plan"
    running = [term for term in terms if today in term.days()]
    if not running:
        return "expired"
    if any(term.years is None for term in running):
        return "yes"
    covered: set[date] = set()
    for term in terms:
        covered |= term.days()
    first = today
    while first - ONE_DAY in covered:
        first -= ONE_DAY
    most = max(term.years or 0 for term in running)
    return "yes" if dated_on >= earlier(first, most) else "older-than-plan"


def earlier(day: date, years: int) -> date:
    """The day with the same name so many years before; where there is none, the last one before it."""
    number = day.day
    while True:
        try:
            return date(day.year - years, day.month, number)
        except ValueError:
            number -= 1
