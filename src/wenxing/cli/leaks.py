"""Leaks from the command line: files, standard input, whole folders, ZIP archives.

A folder or an archive may hold what is no text at all; such files are skipped and
counted. A file that was named itself must be readable. Names inside an archive are
labels and never paths.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wenxing import leaks
from wenxing.cli.files import STANDARD_INPUT, read_input
from wenxing.errors import FileTooLarge, UnreadableFile
from wenxing.formats import limits
from wenxing.reading.archives import files_in

MOST_FILES = 5_000
MOST_BYTES = 1024 * limits.MIB
_ARCHIVE_BYTES = limits.TOTAL_BYTES


@dataclass(frozen=True)
class Leak:
    """One file that leaked.

    Attributes:
        name: for people.
        data: its bytes, untouched.
        read: what it says and carries.
    """

    name: str
    data: bytes
    read: leaks.Leak


@dataclass(frozen=True)
class Gathered:
    """Everything that was named on a command line.

    Attributes:
        leaks: that can be read.
        skipped: names of files in folders and archives that cannot.
        reasons: why not, each once.
    """

    leaks: tuple[Leak, ...]
    skipped: tuple[str, ...]
    reasons: tuple[str, ...] = ()


def gather(paths: Sequence[str]) -> Gathered:
    """Read files, folders (with everything below them) and ZIP archives.

    Raises:
        UnreadableFile: a file that was named itself cannot be read, or there is nothing to read at all.
        FileTooLarge: more files or bytes than are taken in at once.
        OSError: a file cannot be opened.
    """
    found: list[Leak] = []
    skipped: dict[str, str] = {}
    files = size = 0
    for name, data, inside in _files(paths):
        files, size = files + 1, size + len(data)
        if files > MOST_FILES or size > MOST_BYTES:
            raise FileTooLarge(
                f"More than {MOST_FILES} files or {MOST_BYTES // limits.MIB} MiB at once; give them in parts."
            )
        try:
            found.append(Leak(name, data, leaks.Leak.of(data, name=name)))
        except UnreadableFile as error:
            if not inside:
                raise
            skipped[name] = str(error)
    if not found:
        raise UnreadableFile("There is no text in what was given: no file in it can be read.")
    reasons = tuple(dict.fromkeys(skipped.values()))
    return Gathered(tuple(found), tuple(skipped), reasons)


def _files(paths: Sequence[str]) -> Iterator[tuple[str, bytes, bool]]:
    """Names, bytes, and whether the file was found inside something else."""
    for path in paths:
        if path != STANDARD_INPUT and Path(path).is_dir():
            for file in _below(Path(path)):
                yield from _opened(str(file), read_input(str(file), limit=_ARCHIVE_BYTES), inside=True)
        else:
            yield from _opened(path, read_input(path, limit=_ARCHIVE_BYTES), inside=False)


def _below(folder: Path) -> Iterator[Path]:
    """Regular files in a folder, sorted, without hidden ones and without following links out of it."""
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from _below(entry)
        elif entry.is_file():
            yield entry


def _opened(name: str, data: bytes, *, inside: bool) -> Iterator[tuple[str, bytes, bool]]:
    """The file itself, or the files in an archive."""
    members = files_in(data, name=name)
    if members is None:
        yield name, data, inside
        return
    for label, content in members:
        yield label, content, True
