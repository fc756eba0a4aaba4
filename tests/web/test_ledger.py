"""The ledger: one chain, no gaps, no prose, nothing lost."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from wenxing_web.ledger.actions.record import record
from wenxing_web.ledger.models import Entry, LedgerError
from wenxing_web.ledger.queries import GENESIS, Head, digest_of, head, since, verify

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def write(count: int) -> None:
    for number in range(count):
        with transaction.atomic():
            record("copy.delivered", {"edition": "ab" * 16, "recipient": number, "form": "txt"}, at=AT)


def tamper(statement: str, *values: str) -> None:
    """What somebody with the database file in hands could do."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.django_db
def test_an_empty_ledger_is_whole() -> None:
    assert verify().ok
    assert head() == Head(0, GENESIS)


@pytest.mark.django_db
def test_rows_are_numbered_without_gaps_and_chained() -> None:
    write(5)
    rows = list(since(0))
    assert [row.id for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0].before == GENESIS
    assert all(later.before == earlier.digest for earlier, later in pairwise(rows))
    assert verify().entries == 5
    assert verify().ok


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE ledger_entry SET kind = 'copy.opened' WHERE id = 3", 3),
        ("UPDATE ledger_entry SET facts = '{\"recipient\": 9}' WHERE id = 3", 3),
        ("UPDATE ledger_entry SET at = '2026-11-22 09:30:01' WHERE id = 3", 3),
        ("UPDATE ledger_entry SET id = 33 WHERE id = 3", 3),
        ("DELETE FROM ledger_entry WHERE id = 3", 3),
        ("DELETE FROM ledger_entry WHERE id = 1", 1),
        ("UPDATE ledger_entry SET digest = upper(digest) WHERE id = 5", 5),
    ],
)
def test_a_changed_or_missing_row_is_found_where_it_is(statement: str, broken_at: int) -> None:
    write(5)
    assert verify().ok
    tamper(statement)
    assert verify().broken_at == broken_at


@pytest.mark.django_db
def test_rows_cut_off_at_the_end_are_noticed_by_whoever_holds_a_head() -> None:
    write(5)
    held = head()
    assert verify(held=held).ok
    tamper("DELETE FROM ledger_entry WHERE id = 5")
    assert verify().ok
    assert verify(held=held).broken_at == 5


@pytest.mark.django_db
def test_a_chain_computed_anew_is_noticed_by_whoever_holds_a_head() -> None:
    write(3)
    held = head()
    tamper("DELETE FROM ledger_entry")
    with transaction.atomic():
        for _ in range(3):
            record("copy.opened", {}, at=AT)
    assert verify().ok
    assert verify(held=held).broken_at == 3


@pytest.mark.django_db
@pytest.mark.parametrize("at", ["2026-11-22T09:30:00+00:00", "2026-11-22T17:30:00+08:00"])
def test_the_digest_layout_never_changes(at: str) -> None:
    digest = digest_of(1, datetime.fromisoformat(at), "copy.delivered", {"b": 1, "a": None}, before=GENESIS)
    assert digest == "890a283568f8579911f12460b9534249e043267c67cf773ac2bbce58525fdaec"


@pytest.mark.django_db(transaction=True)
def test_a_row_outside_a_transaction_is_refused() -> None:
    with transaction.atomic():
        record("copy.delivered", {}, at=AT)
    with pytest.raises(LedgerError):
        record("copy.delivered", {}, at=AT)


@pytest.mark.django_db(transaction=True)
def test_a_row_disappears_with_the_business_write_that_failed() -> None:
    write(1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("copy.delivered", {}, at=AT)
        1 / 0  # noqa: B018
    write(1)
    assert head().number == 2
    assert verify().ok


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["bob@example.org", "张三", "a name", 1.5, {"a": 1}, ["a b"], "x" * 81])
def test_prose_addresses_and_fractions_are_refused(value: object) -> None:
    with transaction.atomic():
        record("copy.delivered", {"fact": ["a-b", "c"], "other": None, "third": True}, at=AT)
        with pytest.raises(LedgerError):
            record("copy.delivered", {"fact": value}, at=AT)  # type: ignore[dict-item]


@pytest.mark.django_db
def test_a_naive_moment_or_an_odd_kind_is_refused() -> None:
    with transaction.atomic():
        record("copy.delivered", {}, at=AT)
        with pytest.raises(LedgerError):
            record("copy.delivered", {}, at=AT.replace(tzinfo=None))
        with pytest.raises(LedgerError):
            record("Delivered!", {}, at=AT)


@pytest.mark.django_db
def test_rows_are_neither_changed_nor_deleted_through_the_models() -> None:
    write(1)
    row = Entry.objects.get()
    with pytest.raises(LedgerError):
        row.save()
    with pytest.raises(LedgerError):
        row.delete()
    with pytest.raises(LedgerError):
        Entry.objects.all().delete()
    with pytest.raises(LedgerError):
        Entry.objects.update(kind="other.thing")
    with pytest.raises(LedgerError):
        Entry._base_manager.update(kind="other.thing")
    assert verify().ok


facts = st.dictionaries(
    st.text("abcdefgh_", min_size=1, max_size=8),
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text("abcXYZ09-", max_size=80),
    max_size=5,
)


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, derandomize=True)
@given(rows=st.lists(facts, min_size=1, max_size=5))
def test_whatever_is_recorded_verifies(rows: list[dict[str, int | str | None]]) -> None:
    with transaction.atomic():
        for row in rows:
            record("thing.happened", dict(row), at=AT)
        assert verify().ok
        transaction.set_rollback(True)
