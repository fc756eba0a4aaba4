"""The index on disk: a follower of the ledger that can be thrown away at any time.

It lies in `index/` of the home folder. Every document says which row of the
ledger told of its edition; the highest one is how far the index has come, and is
committed with the documents themselves. One process writes at a time; readers
notice another's commit by the file that tantivy writes last. An index that is
missing, damaged, of another layout, or of another ledger is begun anew.
"""

import fcntl
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tantivy
from django.conf import settings
from django.db import close_old_connections
from django.db.models import QuerySet

from wenxing_web.ledger.models import Entry
from wenxing_web.library.queries import editions
from wenxing_web.library.search.passages import documents, marker, schema

logger = logging.getLogger(__name__)

VERSION = 1
"""Of the layout: fields, folding, grams."""

_AT_ONCE = 100  # editions in a commit
_AT_A_QUERY = 30  # editions that a query waits for; more are left to a thread
_PATIENCE = 3.0  # seconds that a query waits for another writer
_HEAP = 32_000_000  # bytes the writer collects before it writes
_KIND = "edition.published"

_guard = threading.Lock()
_kept: dict[Path, "_Opened"] = {}
_catching_up = threading.Lock()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The index as it was at one moment.

    Attributes:
        position: number of the ledger's row it has come to.
        complete: nothing more had been published.
    """

    schema: tantivy.Schema
    searcher: tantivy.Searcher
    position: int
    complete: bool = True


@dataclass(frozen=True, slots=True)
class _Opened:
    index: tantivy.Index
    stamp: tuple[int, int, int]
    snapshot: Snapshot


class _Unusable(Exception):
    """No index, or none that can be used."""


def snapshot() -> Snapshot:
    """The index to ask now: what was published before is in it, unless `complete` says otherwise."""
    known = _read()
    missing = _rows_after(known.position if known else 0)[: _AT_A_QUERY + 1].count()
    if known and not missing:
        return known
    if missing > _AT_A_QUERY:
        _catch_up_aside()
        complete = False
    else:
        complete = _followed()
    known = _read()
    if known is None:
        return _empty()
    return Snapshot(known.schema, known.searcher, known.position, complete)


def follow(*, patience: float = 0.0) -> bool:
    """Index what was published since the last time.

    Args:
        patience: seconds to wait for another writer.

    Returns:
        Whether the index is complete; another writer may be at it.
    """
    with _writing(patience) as ours:
        if not ours:
            return False
        if _read() is None:
            _begin(_folder())
        position = _position(_folder())
        while rows := _rows(position):
            _add(_folder(), rows)
            position = rows[-1].number
    return True


def rebuild(told: Callable[[int, int], None] = lambda _done, _all: None) -> int:
    """Make the index anew beside the old one, which answers until the new one is complete.

    Args:
        told: is called with how many rows of the ledger are done, and of how many.

    Returns:
        How many editions are in it.
    """
    folder = _folder()
    new, old = folder.with_name("new"), folder.with_name("old")
    with _writing(patience=float("inf")):
        _begin(new)
        whole, done, position = _rows_after(0).count(), 0, 0
        while rows := _rows(position):
            _add(new, rows)
            position, done = rows[-1].number, done + len(rows)
            told(done, whole)
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    return done


def distrust() -> None:
    """Leave an index that failed to answer; the next question begins it anew."""
    with _writing(_PATIENCE) as ours:
        if ours:
            shutil.rmtree(_folder(), ignore_errors=True)


def _followed() -> bool:
    """Follow; a full disk keeps nobody from finding what is indexed already."""
    try:
        return follow(patience=_PATIENCE)
    except (OSError, ValueError):
        logger.exception("the search index could not be brought up to date")
        return False


def _folder() -> Path:
    return Path(settings.HOME) / "index" / f"search-{VERSION}"


def _rows_after(number: int) -> "QuerySet[Entry]":
    """The ledger's rows of publications past a number, in order."""
    return Entry.objects.filter(kind=_KIND, id__gt=number).order_by("id")


# --- reading ------------------------------------------------------------------------------------------


def _read() -> Snapshot | None:
    """The index as it lies there; `None` when there is none that can be used."""
    try:
        return _opened(_folder()).snapshot
    except _Unusable:
        return None


def _opened(folder: Path) -> _Opened:
    with _guard:
        stamp, known = _stamp(folder), _kept.get(folder)
        if known is None or known.stamp != stamp:
            known = _open(folder, stamp)
            _kept.clear()
            _kept[folder] = known
    return known


def _stamp(folder: Path) -> tuple[int, int, int]:
    """Changes with every commit, and when the folder is another."""
    try:
        status = (folder / "meta.json").stat()
    except OSError as error:
        raise _Unusable from error
    return status.st_ino, status.st_mtime_ns, status.st_size


def _open(folder: Path, stamp: tuple[int, int, int]) -> _Opened:
    try:
        index = tantivy.Index(schema(), path=str(folder), reuse=True)
        index.config_reader("manual")
        index.reload()
        searcher = index.searcher()
        position, digest = _mark(searcher)
    except (ValueError, OSError) as error:
        logger.warning("the search index cannot be used and is made anew: %s", error)
        raise _Unusable from error
    if position and not Entry.objects.filter(id=position, digest=digest).exists():
        logger.warning("the search index belongs to another ledger and is made anew")
        raise _Unusable
    return _Opened(index, stamp, Snapshot(index.schema, searcher, position))


def _mark(searcher: tantivy.Searcher) -> tuple[int, str]:
    """The last row of the ledger that the index knows of: number and digest; 0 when it is empty."""
    last = searcher.search(tantivy.Query.all_query(), 1, count=False, order_by_field="entry").hits
    if not last:
        return 0, ""
    title = tantivy.Query.boolean_query(
        [
            (tantivy.Occur.Must, tantivy.Query.term_query(schema(), "entry", last[0][0])),
            (tantivy.Occur.Must, tantivy.Query.term_query(schema(), "title", 1)),
        ]
    )
    found = searcher.search(title, 1, count=False).hits
    digest = searcher.doc(found[0][1]).get_first("digest") if found else b""
    return int(last[0][0]), bytes(digest or b"").decode()


def _empty() -> Snapshot:
    """What to ask while there is no index yet."""
    index = tantivy.Index(schema())
    return Snapshot(index.schema, index.searcher(), 0, complete=False)


# --- writing ------------------------------------------------------------------------------------------


@contextmanager
def _writing(patience: float) -> Iterator[bool]:
    """Whether this is the only writer, of all threads and processes, until the end of the block."""
    _folder().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (_folder().parent / "lock").open("w") as file:
        ours = _locked(file.fileno(), time.monotonic() + patience)
        yield ours  # the lock ends with the file


def _locked(file: int, until: float) -> bool:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)
        else:
            return True


def _begin(folder: Path) -> None:
    """An empty index instead of whatever is there, and no index of another layout."""
    for other in folder.parent.glob("search-*" if folder == _folder() else folder.name):
        shutil.rmtree(other)
    folder.mkdir(mode=0o700)
    tantivy.Index(schema(), path=str(folder), reuse=False)


def _position(folder: Path) -> int:
    index = tantivy.Index(schema(), path=str(folder), reuse=True)
    return _mark(index.searcher())[0]


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    digest: str
    edition: str


def _rows(position: int) -> list[_Row]:
    """The next rows of the ledger that tell of editions; as many as go into a commit."""
    rows = _rows_after(position).values_list("id", "digest", "facts")[:_AT_ONCE]
    return [_Row(number, digest, str(facts["edition"])) for number, digest, facts in rows]


def _add(folder: Path, rows: list[_Row]) -> None:
    """Index editions and commit them."""
    found = {
        edition.identity: edition for edition in editions().filter(identity__in=[r.edition for r in rows])
    }
    writer = tantivy.Index(schema(), path=str(folder), reuse=True).writer(_HEAP, 1)
    for row in rows:
        edition = found.get(row.edition)
        if edition is None:
            writer.add_document(marker(entry=row.number, digest=row.digest))
            continue
        writer.delete_documents_by_term("edition", edition.pk)
        for document in documents(edition, entry=row.number, digest=row.digest):
            writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def _catch_up_aside() -> None:
    """Follow in a thread of its own, one a process."""
    if _catching_up.acquire(blocking=False):
        threading.Thread(target=_catch_up, name="search-index", daemon=True).start()


def _catch_up() -> None:
    try:
        follow()
    except Exception:  # the thread's end: nobody else would hear of it
        logger.exception("the search index could not be brought up to date")
    finally:
        close_old_connections()
        _catching_up.release()
