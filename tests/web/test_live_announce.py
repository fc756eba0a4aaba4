"""What is announced, to whom, and what an announcement may not hold."""

import json
from datetime import datetime
from threading import Event as Bell

import pytest
from django.db import transaction
from django.utils import timezone

from wenxing_web.live import queries, waking
from wenxing_web.live.actions.announce import LiveError, announce
from wenxing_web.live.models import Event


def now() -> datetime:
    return timezone.now()


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_out_with_its_transaction_or_never() -> None:
    bell = Bell()
    waking.listen(bell)
    try:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            announce("edition.published", "all", {"edition": "ab12"}, at=now())
            _ = 1 / 0
        assert (Event.objects.count(), bell.is_set()) == (0, False)
        with transaction.atomic():
            made = announce("edition.published", "all", {"edition": "ab12"}, at=now())
            assert not bell.is_set()
        assert bell.is_set()
    finally:
        waking.forget(bell)
    (told,) = queries.after(0, most=10)
    assert (told.id, told.audience) == (made.pk, "all")
    assert told.data == f'id: {made.pk}\nevent: edition.published\ndata: {{"edition":"ab12"}}\n\n'.encode()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_announced() -> None:
    with pytest.raises(LiveError, match="transaction"):
        announce("edition.published", "all", {}, at=now())
    assert not Event.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "audience", "facts"),
    [
        ("published", "all", {}),
        ("edition.published\nid: 9", "all", {}),
        ("edition.published", "everybody", {}),
        ("edition.published", "member:0", {}),
        ("edition.published", "member:1 OR 1", {}),
        ("edition.published", "all", {"title": "在会上的讲话"}),
        ("edition.published", "all", {"title": "two words"}),
        ("edition.published", "all", {"url": "/m/\n\nevent: x"}),
        ("edition.published", "all", {"list": ["a"]}),
    ],
)
def test_what_is_not_an_identifier_is_refused(kind: str, audience: str, facts: dict[str, str]) -> None:
    announce("edition.published", "member:17", {"url": "/m/ab/?a=1#p3", "n": 3}, at=now())
    with pytest.raises(LiveError):
        announce(kind, audience, facts, at=now())
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_reading_between_two_events_skips_what_others_hear() -> None:
    made = [announce("case.news", f"member:{n % 3 + 1}", {"n": n}, at=now()).pk for n in range(9)]
    found = queries.between(made[0], made[7], ["member:1", "member:2"], 3)
    assert [json.loads(f.data.split(b"data: ")[1])["n"] for f in found] == [1, 3, 4]
    assert queries.last() == made[-1]
