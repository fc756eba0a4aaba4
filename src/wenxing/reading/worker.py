"""The process in which a stranger's file is read. Started by `bounded`; never imported by it.

It waits on standard input for jobs, one after another, and forks for each: what a file does to the
child's memory and time ends with the child. A job is a line of JSON and the bytes of the file; the answer
is a line of JSON (how it ended, what it cost) and the bytes of the result.
"""

import gc
import json
import math
import os
import resource
import select
import signal
import sys
import time
from contextlib import suppress
from typing import Any, BinaryIO, NoReturn

from wenxing.document import Document
from wenxing.errors import FileTooLarge, UnreadableFile, WenxingError
from wenxing.reading.files import publishable, read
from wenxing.reading.neutral import neutral
from wenxing.reading.recognition import load, recognise, separators

_BLOCK = 1 << 16
_MEMORY = FileTooLarge("The file needs more memory to be read than is accepted; split it, or save it again.")
_ODD = UnreadableFile("The file could not be read; open it in its own program and save it again.")


def main() -> None:
    """Take jobs until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end closes our input
    jobs, answers = sys.stdin.buffer, sys.stdout.buffer
    gc.freeze()
    while line := jobs.readline():
        job = json.loads(line)
        _do(job, jobs.read(job["bytes"]), answers)


def _do(job: dict[str, Any], data: bytes, answers: BinaryIO) -> None:
    if job["task"] == "recognise":
        with suppress(Exception):  # the child fails in the same way, and tells
            load()
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        os.close(ours)
        _be_child(job, data, theirs)
    os.close(theirs)
    output, in_time = _collected(ours, time.monotonic() + job["clock"])
    os.close(ours)
    if not in_time:
        os.kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    head, _, result = output.partition(b"\n")
    whole = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0 and bool(head)
    answer = json.loads(head) if whole else {"ended": "killed"}
    answer |= {
        "bytes": len(result) if whole else 0,
        "seconds": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss * 1024,
    }
    answers.write(json.dumps(answer).encode() + b"\n" + (result if whole else b""))
    answers.flush()


def _collected(pipe: int, deadline: float) -> tuple[bytes, bool]:
    """Everything the child writes, and whether it came to an end before the deadline."""
    blocks: list[bytes] = []
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([pipe], [], [], left)
        if not ready:
            break
        block = os.read(pipe, _BLOCK)
        if not block:
            return b"".join(blocks), True
        blocks.append(block)
    return b"".join(blocks), False


def _be_child(job: dict[str, Any], data: bytes, pipe: int) -> NoReturn:
    status = 1
    try:
        _limit(job["seconds"], job["memory"])
        with os.fdopen(pipe, "wb") as out:
            head, result = _outcome(job, data)
            out.write(json.dumps(head).encode() + b"\n" + result)
        status = 0
    finally:
        os._exit(status)  # nothing of the parent's is flushed or closed


def _limit(seconds: float, memory: int) -> None:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 (a descriptor, nothing more)
        taken = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + memory, taken + memory))
    whole = max(1, math.ceil(seconds))
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _outcome(job: dict[str, Any], data: bytes) -> tuple[dict[str, str], bytes]:
    try:
        result = _TASKS[job["task"]](data, job["name"])
    except WenxingError as error:
        return _told(error), b""
    except MemoryError:
        return _told(_MEMORY), b""
    except Exception:  # noqa: BLE001 (whatever else a stranger's file brings about is told as one thing)
        return {**_told(_ODD), "ended": "odd"}, b""
    return {"ended": "well"}, result


def _told(error: WenxingError) -> dict[str, str]:
    return {"ended": "refused", "error": type(error).__name__, "message": str(error)}


def _read(data: bytes, name: str) -> bytes:
    return json.dumps(_described(read(data, name=name))).encode()


def _publishable(data: bytes, name: str) -> bytes:
    document = publishable(data, name=name)
    if document.is_scan:
        from wenxing.formats.pdf import scans

        scans.marked(data, scans.BLANK, "")  # whatever it does to us, it does here
    return json.dumps(_described(document)).encode()


def _described(document: Document) -> dict[str, Any]:
    return {
        "format": document.format,
        "paragraphs": [
            [p.text, str(p.role), p.level, p.source.part, p.source.index, p.wrapped]
            for p in document.paragraphs
        ],
    }


def _neutral(data: bytes, name: str) -> bytes:
    return neutral(data, name=name)


def _recognise(data: bytes, _: str) -> bytes:
    seen = recognise(data)
    lines = [
        [line.text, before, line.corners]
        for line, before in zip(seen.lines, separators(seen.lines), strict=True)
    ]
    head = {"lines": lines, "size": seen.grey.shape}
    return json.dumps(head).encode() + b"\n" + seen.grey.tobytes()


def _placed(data: bytes, _: str) -> bytes:
    from wenxing.reading import portable

    document, places = portable.placed(data)
    head = json.dumps({**_described(document), "sizes": places.sizes}).encode()
    columns = (places.page, places.index, places.x, places.y, places.size)
    return head + b"\n" + b"".join(column.tobytes() for column in columns)


def _scans(data: bytes, _: str) -> bytes:
    from wenxing.reading import portable

    return _several(portable.scans(data))


def _behind(data: bytes, _: str) -> bytes:
    from wenxing.reading import portable

    return _several(portable.behind(data))


def _shown(data: bytes, most: str) -> bytes:
    from wenxing.reading import portable

    return _several(portable.shown(data, most=int(most)))


def _pixels(data: bytes, _: str) -> bytes:
    from wenxing.formats.pictures import pixels

    grey = pixels(data)
    return json.dumps(grey.shape).encode() + b"\n" + grey.tobytes()


def _several(found: list[bytes]) -> bytes:
    return json.dumps([len(scan) for scan in found]).encode() + b"\n" + b"".join(found)


_TASKS = {
    "read": _read,
    "publishable": _publishable,
    "scans": _scans,
    "behind": _behind,
    "shown": _shown,
    "placed": _placed,
    "neutral": _neutral,
    "recognise": _recognise,
    "pixels": _pixels,
}

if __name__ == "__main__":
    main()
