"""Send the letters that are due.

A letter is leased, sent, and then marked as sent. Whoever is killed in between
leaves a lease behind; when it is over the letter goes out again under the same
Message-ID: at most a repetition that mail programs know, never a loss. While
there is no server, every letter waits, longer each time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from wenxing_web.gateways.mail import Down, Mailer, Postponed, Refused, opened
from wenxing_web.notices.models import Letter
from wenxing_web.notices.queries.accounts import account_letter
from wenxing_web.notices.queries.letters import written

_LEASE = timedelta(minutes=5)  # longer than a server may take for one letter
_FIRST, _LONGEST, _TIMES = timedelta(seconds=5), timedelta(hours=1), 3
_AT_ONCE = 100  # letters over one connection


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a run: letters `sent`, `refused` for good, and `failed`, to be tried again."""

    sent: int = 0
    refused: int = 0
    failed: int = 0

    def __add__(self, other: "Sent") -> "Sent":
        return Sent(self.sent + other.sent, self.refused + other.refused, self.failed + other.failed)


def send(*, clock: Callable[[], datetime], ended: Callable[[], bool] = lambda: False) -> Sent:
    """Send what is due now, up to 100 letters.

    Args:
        clock: the time now, aware of its time zone; asked again for every letter.
        ended: whether to begin no further letter.
    """
    due = list(_due(clock()).order_by("next_try", "id").values_list("pk", flat=True)[:_AT_ONCE])
    so_far = Sent()
    if not due:
        return so_far
    try:
        with opened() as mailer:
            for pk in due:
                if ended():
                    break
                so_far += _send_one(pk, mailer, clock)
    except Down as fault:
        so_far += Sent(failed=_put_off_all(str(fault), at=clock()))
    return so_far


def _due(at: datetime) -> QuerySet[Letter]:
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    return Letter.objects.filter(free, state=Letter.State.WAITING, next_try__lte=at)


def _send_one(pk: int, mailer: Mailer, clock: Callable[[], datetime]) -> Sent:
    at = clock()
    leased = _due(at).filter(pk=pk).update(leased_until=at + _LEASE, tries=F("tries") + 1)
    if not leased:  # somebody else has it
        return Sent()
    letter = Letter.objects.select_related("member").get(pk=pk)
    message = account_letter(letter, at=at) if letter.about else written(letter)
    if message is None:
        _settle(letter, Letter.State.VOID, at=at)
        return Sent()
    try:
        mailer.send(message)
    except Refused as fault:
        _settle(letter, Letter.State.REFUSED, at=clock(), fault=str(fault))
        return Sent(refused=1)
    except Postponed as fault:
        _put_off(Letter.objects.filter(pk=pk), letter.tries, str(fault), at=clock())
        return Sent(failed=1)
    _settle(letter, Letter.State.SENT, at=clock())
    return Sent(sent=1)


def _settle(letter: Letter, state: Letter.State, *, at: datetime, fault: str = "") -> None:
    rows = Letter.objects.filter(pk=letter.pk)
    rows.update(state=state, settled_at=at, leased_until=None, fault=fault[:200], address="")


def _put_off_all(fault: str, *, at: datetime) -> int:
    """No letter can be sent: the whole queue waits as long as the one that has waited longest."""
    rows = Letter.objects.filter(state=Letter.State.WAITING, next_try__lte=at)
    most = rows.order_by("-tries").values_list("tries", flat=True).first() or 0
    rows.update(tries=F("tries") + 1)
    return _put_off(rows, most + 1, fault, at=at)


def _put_off(rows: QuerySet[Letter], tries: int, fault: str, *, at: datetime) -> int:
    """Try again after 5 s, 15 s, 45 s … at most an hour."""
    pause = min(_FIRST * _TIMES ** min(tries - 1, 10), _LONGEST)
    return rows.update(next_try=at + pause, leased_until=None, fault=fault[:200])
