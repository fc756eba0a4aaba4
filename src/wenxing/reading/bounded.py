"""Reading a stranger's file in a process of its own: so much time, so much memory, then it ends.

A worker is started at the first file and kept; it forks for every file, which costs some milliseconds.
What reads pictures has workers of its own: the models stay in their memory, and no other file may use that.
Whatever happens there comes back as the document or as one of our errors. Threads may read at the same
time; no more than `WORKERS` files are in work at once. Linux only: elsewhere there is no fork to bound.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wenxing import errors
from wenxing.document import Document, Paragraph, Role, Source
from wenxing.errors import FileTooLarge, ScannedFile, UnreadableFile, WenxingError
from wenxing.formats import limits
from wenxing.formats.pictures import Line, Picture
from wenxing.reading import office

if TYPE_CHECKING:
    from wenxing.formats.pdf.places import Places

WORKERS = 2
"""How many files are read at the same time; more wait."""

_START = (  # the package without its public API: a quarter of the time, and none of the numerics
    "import sys, types; package = types.ModuleType('wenxing'); package.__path__ = [sys.argv[1]]; "
    "sys.modules['wenxing'] = package; from wenxing.reading.worker import main; main()"
)

_room = threading.BoundedSemaphore(WORKERS)
_idle: dict[bool, list["_Worker"]] = {False: [], True: []}  # by whether they recognise pictures
_grace = 15.0  # seconds beyond its own deadline after which a worker is given up


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one file ended.

    Attributes:
        result: what the task made; empty when it was refused.
        error: why there is no result.
        odd: whether the error is none that the readers know of: a defect of ours.
        seconds: of processor time.
        memory: bytes of the child at its largest, some 20 MB of the interpreter's own included; 0 when the
            worker itself was lost.
    """

    result: bytes
    error: WenxingError | None
    odd: bool
    seconds: float
    memory: int


def read(
    data: bytes,
    *,
    name: str = "",
    seconds: float = limits.READ_SECONDS,
    memory: int = limits.READ_MEMORY,
) -> Document:
    """Read a file as `reading.read` does, in a process of its own.

    Args:
        data: the whole file.
        name: its name.
        seconds: of processor time; `limits.PATIENCE` times as much by the clock.
        memory: bytes beyond what the interpreter has at the start.

    Raises:
        FileTooLarge: it took too long or too much memory, besides what `reading.read` means by it.
        UnreadableFile: as `reading.read`; also when reading failed in a way nobody thought of.
    """
    return _document(json.loads(_done("read", data, name=name, seconds=seconds, memory=memory)))


def publishable(data: bytes, *, name: str = "") -> Document:
    """Read a file as `reading.publishable` does, in a process of its own.

    A scan is copied there as well, to see that it can be: up to `limits.SCAN_SECONDS`.

    Raises:
        FileTooLarge, UnreadableFile: as `read`.
    """
    with suppress(ScannedFile):
        return read(data, name=name)
    seconds, memory = limits.SCAN_SECONDS, limits.READ_MEMORY
    return _document(json.loads(_done("publishable", data, name=name, seconds=seconds, memory=memory)))


def neutral(
    data: bytes,
    *,
    name: str = "",
    seconds: float = limits.READ_SECONDS,
    memory: int = limits.READ_MEMORY,
) -> bytes:
    """Make a file neutral as `reading.neutral` does, in a process of its own.

    Raises:
        FileTooLarge, UnreadableFile: as `read`.
    """
    return _done("neutral", data, name=name, seconds=seconds, memory=memory)


def placed(
    data: bytes, *, seconds: float = limits.READ_SECONDS, memory: int = limits.READ_MEMORY
) -> tuple[Document, "Places"]:
    """Read a PDF, and where every character of its text stands, in a process of its own.

    Raises:
        FileTooLarge, UnreadableFile: as `read`.
    """
    import numpy as np

    from wenxing.formats.pdf.places import Places

    result = _done("placed", data, seconds=seconds, memory=memory)
    head, _, columns = result.partition(b"\n")
    fields = json.loads(head)
    document = _document(fields)
    count = len(document.text)
    whole = np.frombuffer(columns, np.int32, 2 * count).reshape(2, count)
    real = np.frombuffer(columns, np.float64, 3 * count, offset=8 * count).reshape(3, count)
    sizes = tuple((width, height) for width, height in fields["sizes"])
    return document, Places(whole[0], whole[1], real[0], real[1], real[2], sizes)


def scans(data: bytes) -> tuple[bytes, ...]:
    """The pages of a scanned PDF as pictures (PNG), the first `limits.SCANS`, made in a process of its own.

    Empty when the PDF has text, no pictures, or cannot be read: `read` says which.
    """
    return _several("scans", data)


def behind(data: bytes) -> tuple[bytes, ...]:
    """The first pages of a PDF that are pictures, with text on them or without, as pictures (PNG).

    Empty when there are none, or the PDF cannot be read.
    """
    return _several("behind", data)


def shown(data: bytes, *, most: int) -> tuple[bytes, ...]:
    """The first pages of a PDF as they look, in colour (PNG).

    Empty when it cannot be read.

    Args:
        data: the PDF.
        most: how many pages.
    """
    return _several("shown", data, name=str(most))


def _several(task: str, data: bytes, *, name: str = "") -> tuple[bytes, ...]:
    outcome = attempt(task, data, name=name, seconds=limits.READ_SECONDS, memory=limits.READ_MEMORY)
    head, _, rest = outcome.result.partition(b"\n")
    found, at = [], 0
    for length in json.loads(head or b"[]"):
        found.append(rest[at : at + length])
        at += length
    return tuple(found)


def pixels(data: bytes) -> tuple[int, int, bytes]:
    """A picture's width, height and grey pixels, unpacked in a process of its own; nothing is recognised.

    Raises:
        FileTooLarge, UnreadableFile: as `read`.
    """
    result = _done("pixels", data, seconds=limits.PICTURE_SECONDS, memory=limits.PICTURE_MEMORY)
    head, _, grey = result.partition(b"\n")
    height, width = json.loads(head)
    return width, height, grey


def recognise(
    data: bytes, *, seconds: float = limits.PICTURE_SECONDS, memory: int = limits.PICTURE_MEMORY
) -> Picture:
    """Read a picture in a process of its own.

    Args:
        data: a PNG, JPEG or WebP file.
        seconds, memory: as of `read`.

    Raises:
        UnknownFormat: the extra `ocr` is not installed.
        EmptyFile: there is no text in it.
        FileTooLarge, UnreadableFile: as `read`.
    """
    result = _done("recognise", data, seconds=seconds, memory=memory)
    head, _, grey = result.partition(b"\n")
    fields = json.loads(head)
    height, width = fields["size"]
    lines, text = [], ""
    for words, before, corners in fields["lines"]:
        text += before
        lines.append(Line(words, len(text), tuple(map(tuple, corners))))
        text += words
    return Picture(text, tuple(lines), width, height, grey)


def _done(task: str, data: bytes, *, name: str = "", seconds: float, memory: int) -> bytes:
    """What a task of `worker` gives; its error is raised."""
    outcome = attempt(task, data, name=name, seconds=seconds, memory=memory)
    if outcome.error:
        raise outcome.error
    return outcome.result


def attempt(task: str, data: bytes, *, name: str, seconds: float, memory: int) -> Outcome:
    """Do a task of `worker` and tell how it ended; nothing is raised for what a file causes."""
    try:
        data = office.modern(data)  # LibreOffice has a process and limits of its own
    except WenxingError as error:
        return Outcome(b"", error, odd=False, seconds=0, memory=0)
    if len(data) > limits.FILE_BYTES:
        data = data[: limits.FILE_BYTES + 1]  # enough to be refused
    clock = limits.PATIENCE * seconds + 1
    bounds = {"seconds": seconds, "clock": clock, "memory": memory}
    job = {"task": task, "name": name, **bounds, "bytes": len(data)}
    idle = _idle[task == "recognise"]
    with _room:
        worker = idle.pop() if idle else _Worker()
        if worker.owner != os.getpid():  # this process was forked from the worker's own
            worker = _Worker()
        try:
            answer, result = worker.ask(job, data, within=clock + _grace)
        except (OSError, ValueError):
            worker.end()
            return Outcome(b"", _lost(), odd=False, seconds=0, memory=0)
        idle.append(worker)
    return _outcome(answer, result)


class _Worker:
    """A worker process and the pipes to it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        command = [sys.executable, "-c", _START, str(Path(__file__).parent.parent)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(  # noqa: S603 (our own program)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )

    def ask(self, job: dict[str, Any], data: bytes, *, within: float) -> tuple[dict[str, Any], bytes]:
        """Send a job, return the answer; `OSError` or `ValueError` when the worker is lost."""
        jobs, answers = self._process.stdin, self._process.stdout
        assert jobs is not None
        assert answers is not None
        watch = threading.Timer(within, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            jobs.write(json.dumps(job).encode() + b"\n" + data)
            jobs.flush()
            answer: dict[str, Any] = json.loads(answers.readline())
            result = answers.read(answer["bytes"])
        finally:
            watch.cancel()
        if len(result) != answer["bytes"]:
            raise OSError("the worker ended within an answer")
        return answer, result

    def end(self) -> None:
        """Stop the process and forget it."""
        if self.owner != os.getpid():
            return
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()


@atexit.register
def _end_all() -> None:
    for idle in _idle.values():
        while idle:
            idle.pop().end()


def _outcome(answer: dict[str, Any], result: bytes) -> Outcome:
    error: WenxingError | None = None
    if answer["ended"] == "killed":
        error = _lost()
    elif answer["ended"] != "well":
        kind = getattr(errors, answer["error"], UnreadableFile)
        error = kind(answer["message"])
    odd = answer["ended"] == "odd"
    return Outcome(result, error, odd, float(answer["seconds"]), int(answer["memory"]))


def _lost() -> FileTooLarge:
    return FileTooLarge("The file takes too long or too much memory to be read; split it, or save it again.")


def _document(fields: dict[str, Any]) -> Document:
    paragraphs = tuple(
        Paragraph(text, Role(role), level, Source(part, index), wrapped)
        for text, role, level, part, index, wrapped in fields["paragraphs"]
    )
    return Document(paragraphs, fields["format"])
