"""Files in and out: never more than a limit is read, an output is written whole or not at all."""

import os
import secrets
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from wenxing.errors import KeyFileError, SuspectsError, UnreadableFile, UnsupportedOutput
from wenxing.formats import limits

STANDARD_INPUT = "-"

_SUSPECTS_BYTES = 64 * limits.MIB
_KEY_MARK = b'"wenxing key"'


def read_input(path: str, *, limit: int = limits.FILE_BYTES) -> bytes:
    """Up to one byte more than `limit` of a file or, for `-`, of standard input.

    The byte more lets the reader of the format refuse what is too large.
    """
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read(limit + 1)
    with Path(path).open("rb") as file:
        return file.read(limit + 1)


def read_suspects(path: str) -> str:
    """The text of a file of recipient numbers."""
    data = read_input(path, limit=_SUSPECTS_BYTES)
    if len(data) > _SUSPECTS_BYTES:
        raise SuspectsError(f"{path} is too large for a list of suspects.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SuspectsError(f"{path} is not a text with one number a line.") from None


def refuse_overwriting(output: Path, inputs: Iterable[str]) -> None:
    """Refuse an output that would destroy what it is made from, or any key."""
    if not output.exists():
        return
    for path in inputs:
        if path != STANDARD_INPUT and Path(path).exists() and output.samefile(path):
            raise UnsupportedOutput(f"{output} is an input of this command; write to another file.")
    if output.is_file():
        with output.open("rb") as file:
            if _KEY_MARK in file.read(4096):
                raise KeyFileError(f"{output} is a key; a key is never overwritten.")


def write_whole(
    output: Path, data: bytes, *, mode: int = 0o666, before: Callable[[], None] | None = None
) -> None:
    """Write a file, or leave everything as it was.

    Args:
        output: where; an existing file is replaced.
        data: the contents.
        mode: permissions before the umask.
        before: what must have happened before anybody can see the file; when it fails there is no file.
    """
    _refuse_unusual(output)
    draft = output.with_name(f".{output.name[:100]}.{secrets.token_hex(6)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(output)) from error  # the draft is our affair
    try:
        _fill(descriptor, data, output)
        if before is not None:
            before()
        draft.replace(output)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _fill(descriptor: int, data: bytes, output: Path) -> None:
    """Write, to the disk itself; an error names the output."""
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(output)) from error


def _refuse_unusual(output: Path) -> None:
    """A device or a pipe would be replaced by a file, and so be lost to the whole machine."""
    if output.is_dir():
        raise UnreadableFile(f"{output} is a folder; name a file in it.")
    if output.exists() and not output.is_file():
        raise UnsupportedOutput(f"{output} is no ordinary file; write to another place.")
