"""Which editions were disclosed, kept in a text file beside the key: `KEY.burned`.

One line a disclosure: the edition, the digest of the leaks it was disclosed for, the
digest of the bundle, the time. Lines are only added. A line is written before the
bundle is, so that no disclosed edition can be missing; a line that a kill cut short
counts as long as it names its edition.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wenxing.casefile.entries import moment
from wenxing.durable import sync_folder
from wenxing.errors import BundleError

_LINE = re.compile(r"([0-9a-f]{32})(?: ([0-9a-f]{64}) ([0-9a-f]{64}) (\S+))?")


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One disclosure.

    Attributes:
        edition: its identity.
        leaks: digest of the leaks that it was disclosed for; empty when the line was cut short.
    """

    edition: bytes
    leaks: str = ""


def register_of(key: str | Path) -> Path:
    """Where the register of a key stands."""
    path = Path(key)
    return path.with_name(path.name + ".burned")


def burned(register: Path) -> tuple[Disclosed, ...]:
    """Every disclosure so far; none when there is no register yet.

    Raises:
        BundleError: the register is damaged.
        OSError: it cannot be read.
    """
    try:
        lines = register.read_bytes().decode("ascii", "replace").split("\n")
    except FileNotFoundError:
        return ()
    found = []
    for at, line in enumerate(lines, start=1):
        fields = _LINE.match(line)
        if fields:
            found.append(Disclosed(bytes.fromhex(fields[1]), fields[2] or ""))
        elif line.strip() and not re.fullmatch("[0-9a-f]{1,31}", line):
            raise BundleError(f"{register} is damaged at line {at}: restore it from a backup.")
    return tuple(found)


def burn(
    register: Path, editions: Sequence[bytes], *, leaks: Iterable[bytes], bundle: bytes, at: datetime
) -> None:
    """Remember that the keys of these editions are given away.

    Args:
        register: the file, made when there is none.
        editions: that the bundle discloses.
        leaks: for which they are disclosed.
        bundle: the container.
        at: the time now, with its zone.

    Raises:
        OSError: the register cannot be written; then the bundle must not be shown to anybody.
    """
    digests = leaks_digest(leaks), hashlib.sha256(bundle).hexdigest()
    lines = "".join(f"{edition.hex()} {digests[0]} {digests[1]} {moment(at)}\n" for edition in editions)
    handle = os.open(register, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "r+b") as file:
        if file.seek(0, os.SEEK_END) and _unfinished(file.fileno()):
            lines = "\n" + lines
        file.write(lines.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    sync_folder(register.parent)


def leaks_digest(leaks: Iterable[bytes]) -> str:
    """SHA-256 over the digests of different leaks, in order of the digests."""
    each = sorted({hashlib.sha256(leak).hexdigest() for leak in leaks})
    return hashlib.sha256("\n".join(each).encode("ascii")).hexdigest()


def _unfinished(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
