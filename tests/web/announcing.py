"""Run as a program in a home folder: announce, and print the number of every event that was committed.

N    N events to everybody, up to 2,000 transactions
-1   one to the members' room; then the first account's plan ends and the third one is suspended
-2   another one to the room, and `test.end` to everybody
"""

import sys
from datetime import date, timedelta

import django


def main(count: int) -> None:
    """Announce."""
    django.setup()
    from django.db import transaction
    from django.utils import timezone

    from wenxing_web.live.actions.announce import announce

    def say(kind: str, audience: str, times: int = 1) -> None:
        with transaction.atomic():
            made = [announce(kind, audience, {"url": "/"}, at=timezone.now()).pk for _ in range(times)]
        print(*made, flush=True)  # noqa: T201

    at_once = max(1, count // 2_000)  # every transaction waits for the disk
    for _ in range(0, count, at_once):
        say("test.said", "all", at_once)
    if count < 0:
        say("test.room", "room:members")
    if count == -1:
        _change_accounts(timezone.localdate() - timedelta(days=5))
    if count == -2:
        say("test.end", "all")


def _change_accounts(day: date) -> None:
    from wenxing_web.members.models import Member

    first, _second, third = Member.objects.order_by("pk")
    first.memberships.update(starts_on=day, ends_on=day + timedelta(days=1))
    Member.objects.filter(pk=third.pk).update(is_active=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
