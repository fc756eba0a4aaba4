"""Whole records on disk, appended one by one and chained by their digests.

A record is one line: its length in eight hexadecimal digits, a digest, and a JSON
object in ASCII. The digest is SHA-256 over the digest before and the object, so a
record that is changed, moved or taken out of the middle breaks the chain. A kill in
the middle of a write leaves an incomplete last line; it is cut off when the file is
opened again, and everything before it stays.
"""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from wenxing.durable import sync_folder
from wenxing.errors import CaseFileError

LARGEST = 256 * 1024 * 1024
"""The largest file that is read, in bytes."""

_GENESIS = "0" * 64
_FRAME = re.compile(rb"([0-9a-f]{8}) ([0-9a-f]{64}) ")
_HEAD = 8 + 1 + 64 + 1


class Journal:
    """The records of one file, held open and locked for this process.

    Attributes:
        records: the objects, in order.
        head: the digest of the last record; 64 zeros before the first.
        torn: how many bytes of an unfinished record were cut off when it was opened.
    """

    def __init__(self, path: Path, *, kind: str) -> None:
        """Open the file, or make an empty one, mode 0600.

        Args:
            path: of the file.
            kind: what `"kind"` of the first record says; a file that begins otherwise is refused.

        Raises:
            CaseFileError: it is in use, damaged, or not such a file.
            OSError: it cannot be opened.
        """
        self.path, self._kind = path, kind
        if path.exists() and not path.is_file():  # a device swallows what is written, a pipe waits for ever
            raise CaseFileError(f"{path} is no ordinary file; name one to be made, such as leak.wxcase.")
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._file = os.fdopen(handle, "r+b")
        try:
            self._lock()
            self.records: list[dict[str, Any]] = []
            self.head = _GENESIS
            self.torn = 0
            self._load()
        except BaseException:
            self._file.close()
            raise

    def append(self, record: Mapping[str, Any]) -> None:
        """Write one record through to the disk. It is there whole, or not at all.

        Raises:
            CaseFileError: the file would outgrow what can be read again.
            OSError: the disk refused; the file is as it was.
        """
        content = json.dumps(record, sort_keys=True, separators=(",", ":")).encode("ascii")
        digest = _digest(self.head, content)
        line = b"%08x %s %s\n" % (len(content), digest.encode(), content)
        start = self._file.seek(0, os.SEEK_END)
        if start + len(line) > LARGEST:
            raise CaseFileError("The case file is full; start another case.")
        try:
            self._file.write(line)
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError:
            self._file.truncate(start)
            raise
        self.records.append(dict(record))
        self.head = digest

    def close(self) -> None:
        """Give the file free."""
        self._file.close()

    def __enter__(self) -> Self:
        """The journal, to be closed at the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CaseFileError(f"{self.path} is in use by another trace; wait for it to end.") from None

    def _load(self) -> None:
        data = self._file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise CaseFileError(f"{self.path} is larger than a case file can be.")
        at = 0
        while at < len(data):
            end = data.find(b"\n", at)
            if end < 0:
                self._cut(data, at)
                break
            self._take(data[at:end])
            at = end + 1
        if not self.records and self.torn == 0:
            sync_folder(self.path.parent)

    def _take(self, line: bytes) -> None:
        frame = _FRAME.match(line)
        content = line[_HEAD:]
        whole = frame is not None and int(frame[1], 16) == len(content)
        if not whole or frame is None or frame[2].decode() != _digest(self.head, content):
            raise self._damaged()
        try:
            record = json.loads(content)
        except ValueError:
            raise self._damaged() from None
        if not isinstance(record, dict) or (not self.records and record.get("kind") != self._kind):
            raise self._foreign()
        self.records.append(record)
        self.head = frame[2].decode()

    def _cut(self, data: bytes, at: int) -> None:
        """Cut off what a kill left behind, if it can be that."""
        tail = data[at:]
        frame = re.compile(rb"[0-9a-f]{0,8}( ?)|[0-9a-f]{8} [0-9a-f]{0,64} ?")
        if not _FRAME.match(tail) and not frame.fullmatch(tail):
            raise self._damaged() if self.records else self._foreign()
        self.torn = len(tail)
        self._file.truncate(at)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _damaged(self) -> CaseFileError:
        if not self.records:
            return self._foreign()
        return CaseFileError(
            f"{self.path} is damaged, or was changed, after its record {len(self.records)}: "
            "restore it from a backup."
        )

    def _foreign(self) -> CaseFileError:
        return CaseFileError(f"{self.path} is not a case file.")


def _digest(before: str, content: bytes) -> str:
    return hashlib.sha256(bytes.fromhex(before) + content).hexdigest()
