"""The index follows the ledger, and can be lost, damaged or out of date without anybody missing anything."""

import fcntl
import json
import shutil
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import tantivy

from web.making import make_material
from web.rivals import at_once
from web.serving import command
from wenxing_web.ledger.models import Entry
from wenxing_web.library.models import Edition, Policy
from wenxing_web.library.search import index
from wenxing_web.library.search.language import parse
from wenxing_web.library.search.passages import TITLE, Place
from wenxing_web.library.search.retrieving import Filters, candidates

pytestmark = pytest.mark.django_db


def note(number: int) -> Edition:
    """A material with a paragraph of its own."""
    text = f"第{number}号笔记\n春耕之前修渠，这是第{number}回。\n"
    return make_material(text, policy=Policy.VERBATIM, title=f"第{number}号笔记")


def places(query: str = "春耕") -> list[Place]:
    """Where the index, as it is now, offers a query, in its order."""
    everything = Filters(opens_from=date(1950, 1, 1))
    found = candidates(index.snapshot(), parse(query), everything)
    return [one.place for one in found]


@pytest.fixture
def folder(home: Path) -> Path:
    """Where the index lies."""
    return home / "index" / f"search-{index.VERSION}"


def test_it_has_every_paragraph_of_what_was_published_newest_first() -> None:
    first, second = note(1), note(2)
    assert places() == [Place(second.pk, 1), Place(first.pk, 1)]
    assert places("笔记") == [Place(second.pk, TITLE), Place(first.pk, TITLE)]
    third = note(3)
    assert places()[0] == Place(third.pk, 1)
    assert index.snapshot().position == Entry.objects.order_by("-id").values_list("id", flat=True)[0]


@pytest.mark.django_db(transaction=True)
def test_it_follows_when_the_publication_is_committed(folder: Path) -> None:
    edition = note(1)
    assert index._position(folder) == Entry.objects.get(kind="edition.published").id
    assert places() == [Place(edition.pk, 1)]


@pytest.mark.django_db(transaction=True)
def test_a_failing_index_does_not_keep_anything_from_being_published(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(index, "_add", fail)
    edition = note(1)
    assert Edition.objects.filter(pk=edition.pk).exists()
    monkeypatch.undo()
    assert places() == [Place(edition.pk, 1)]


def test_a_full_disk_keeps_nobody_from_finding_what_is_indexed_already(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = note(1)
    assert places() == [Place(first.pk, 1)]
    note(2)

    def fail(*_args: object, **_kwargs: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(index, "_add", fail)
    assert places() == [Place(first.pk, 1)]
    assert not index.snapshot().complete
    monkeypatch.undo()
    assert len(places()) == 2


def test_an_index_that_fails_to_answer_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    from wenxing_web.library.search import retrieving

    edition = note(1)
    assert places()

    def fail(*_args: object) -> None:
        raise ValueError("corrupt block")

    monkeypatch.setattr(retrieving, "_hits", fail)
    with pytest.raises(ValueError, match="corrupt"):
        places()
    monkeypatch.undo()
    assert places() == [Place(edition.pk, 1)]


def test_what_was_indexed_before_a_crash_is_not_indexed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_AT_ONCE", 2)
    editions = [note(number) for number in range(5)]
    add, batches = index._add, []

    def die_in_the_second(folder: Path, rows: list[index._Row]) -> None:
        batches.append(len(rows))
        if len(batches) == 2:
            raise KeyboardInterrupt
        add(folder, rows)

    monkeypatch.setattr(index, "_add", die_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        index.follow()
    assert index.follow()
    assert batches == [2, 2, 2, 1]
    assert places() == [Place(edition.pk, 1) for edition in reversed(editions)]


@pytest.mark.parametrize("damage", ["gone", "emptied", "cut", "nonsense"])
def test_a_missing_or_damaged_index_is_made_anew(folder: Path, damage: str) -> None:
    edition = note(1)
    assert places() == [Place(edition.pk, 1)]
    if damage == "gone":
        shutil.rmtree(folder)
    elif damage == "nonsense":
        (folder / "meta.json").write_text("{")
    for file in folder.glob("*.*") if damage in ("emptied", "cut") else ():
        if file.suffix in (".term", ".idx", ".store", ".fast"):
            data = file.read_bytes()
            file.unlink()  # a file that is open as memory must not shrink under its readers
            file.write_bytes(b"" if damage == "emptied" else data[: len(data) // 2])
    index._kept.clear()
    assert places() == [Place(edition.pk, 1)]


def test_an_index_of_another_layout_is_made_anew_and_cleared_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = note(1)
    assert places()
    monkeypatch.setattr(index, "VERSION", index.VERSION + 1)
    assert places() == [Place(edition.pk, 1)]
    assert [path.name for path in folder.parent.glob("search-*")] == [f"search-{index.VERSION}"]


def test_a_folder_with_other_fields_is_made_anew(folder: Path) -> None:
    edition = note(1)
    folder.mkdir(parents=True)
    fields = tantivy.SchemaBuilder()
    fields.add_text_field("something")
    tantivy.Index(fields.build(), path=str(folder))
    assert places() == [Place(edition.pk, 1)]


def test_an_index_of_another_ledger_is_made_anew() -> None:
    edition = note(1)
    assert places()
    row = Entry.objects.get(kind="edition.published")
    Entry.objects.filter(id=row.id)._raw_delete("default")
    Entry(id=row.id, at=row.at, kind=row.kind, facts=row.facts, before=row.before, digest="f" * 64).save()
    index._kept.clear()
    assert places() == [Place(edition.pk, 1)]
    assert index._mark(index.snapshot().searcher) == (row.id, "f" * 64)


def test_a_row_that_tells_of_no_edition_does_not_hold_it_up() -> None:
    first = note(1)
    row = Entry.objects.get(kind="edition.published")
    facts = {**row.facts, "edition": "0" * 32}
    Entry(id=row.id + 1, at=row.at, kind=row.kind, facts=facts, before=row.digest, digest="e" * 64).save()
    assert places() == [Place(first.pk, 1)]
    assert index.snapshot().position == row.id + 1
    assert index.snapshot().complete


def test_an_edition_whose_master_is_damaged_is_found_by_its_title(home: Path) -> None:
    edition = note(1)
    (home / "files" / str(edition.master.name)).write_bytes(b"PK broken")
    from wenxing_web.library.queries import forget_masters

    forget_masters()
    assert places("笔记") == [Place(edition.pk, TITLE)]
    assert places() == []


@pytest.mark.django_db(transaction=True)
def test_while_another_process_writes_a_query_answers_with_what_there_is(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = note(1)
    assert places()
    monkeypatch.setattr(index, "_PATIENCE", 0.05)
    with (home / "index" / "lock").open("w") as file:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        second = note(2)
        assert not index.snapshot().complete
        assert places() == [Place(first.pk, 1)]
    assert places() == [Place(second.pk, 1), Place(first.pk, 1)]
    assert index.snapshot().complete


@pytest.mark.django_db(transaction=True)
def test_many_at_once_find_one_index(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_PATIENCE", float("inf"))  # the first may write slowly on a busy machine
    editions = [note(number) for number in range(3)]
    shutil.rmtree(home / "index")
    expected = [Place(edition.pk, 1) for edition in reversed(editions)]
    answers: list[list[Place]] = []
    at_once([lambda: answers.append(places())] * 4)
    assert answers == [expected] * 4


@pytest.mark.django_db(transaction=True)
def test_a_library_that_grew_much_is_indexed_aside(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    editions = [note(number) for number in range(4)]
    shutil.rmtree(home / "index")
    index._kept.clear()
    monkeypatch.setattr(index, "_AT_A_QUERY", 2)
    assert not index.snapshot().complete
    for thread in threading.enumerate():
        if thread.name == "search-index":
            thread.join()
    assert index.snapshot().complete
    assert len(places()) == len(editions)


def test_a_rebuilt_index_is_the_same(folder: Path) -> None:
    for number in range(3):
        note(number)
    before, kept = places(), folder.stat().st_ino
    told: list[tuple[int, int]] = []
    assert index.rebuild(lambda done, whole: told.append((done, whole))) == 3
    assert told == [(3, 3)]
    assert folder.stat().st_ino != kept
    assert places() == before
    assert sorted(path.name for path in folder.parent.iterdir()) == ["lock", folder.name]


def test_what_all_copies_read_alike_is_answered_from_the_index() -> None:
    edition = note(1)
    found = candidates(index.snapshot(), parse("春耕"), Filters(opens_from=edition.material.dated_on))
    assert [one.text for one in found] == ["春耕之前修渠,这是第1回。"]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Path]:
    """A home folder with the samples."""
    home = tmp_path / "served"
    assert command(home, "demo").returncode == 0
    yield home


def test_the_command_makes_it_anew(served: Path) -> None:
    folder = served / "index" / f"search-{index.VERSION}"
    assert json.loads((folder / "meta.json").read_text())["segments"]
    shutil.rmtree(folder)
    done = command(served, "reindex")
    assert done.returncode == 0, done.stderr
    assert "12 editions indexed." in done.stderr
    assert json.loads((folder / "meta.json").read_text())["segments"]
