"""Every hostile file ends as a document or as one clear sentence, within its limits; the next is read."""

import json
import os
import signal
from collections import Counter
from typing import Any

import pytest

from engine.hostile_files import cases
from wenxing.document import Document
from wenxing.errors import EmptyFile, FileTooLarge, UnreadableFile
from wenxing.formats import limits
from wenxing.reading import bounded, read

_MEMORY = 512 * limits.MIB
_SECONDS = 10
_TEXT = "第一段，我们必须努力。\n第二段。"


def _attempt(data: bytes, name: str, task: str = "read") -> bounded.Outcome:
    return bounded.attempt(task, data, name=name, seconds=_SECONDS, memory=_MEMORY)


def test_there_are_three_hundred_cases_with_names_of_their_own() -> None:
    names = Counter((case.kind, case.name) for case in cases())
    assert max(names.values()) == 1
    assert sum(names.values()) >= 300
    assert {kind for kind, _ in names} == {"txt", "md", "html", "docx", "pdf"}


@pytest.mark.parametrize("kind", ["txt", "md", "html", "docx", "pdf"])
def test_every_case_is_read_or_refused_in_a_sentence(kind: str) -> None:
    refused = 0
    for case in cases():
        if case.kind != kind:
            continue
        outcome = _attempt(case.data, case.file_name)
        if outcome.error is None:
            assert json.loads(outcome.result)["paragraphs"], case.name
            continue
        refused += 1
        message = str(outcome.error)
        assert not outcome.odd, f"{case.name}: a defect of ours"
        assert isinstance(outcome.error, UnreadableFile), case.name
        assert message.endswith("."), case.name
        assert 10 < len(message) < 160, case.name
        assert outcome.memory < _MEMORY + 100 * limits.MIB, case.name
    assert refused


def test_what_is_read_in_a_child_is_what_is_read_here() -> None:
    for data, name in ((_TEXT.encode(), "a.txt"), (b"# a\n\nb *c*", "a.md"), (b"<!DOCTYPE html><p>a", "")):
        assert bounded.read(data, name=name) == read(data, name=name)
    assert bounded.neutral(b"<!DOCTYPE html><!-- x --><p>a") == b"<!DOCTYPE html><p>a"
    with pytest.raises(EmptyFile, match=r"a\.txt is empty"):
        bounded.read(b"", name="a.txt")


def test_a_file_over_the_memory_is_refused_and_the_next_is_read() -> None:
    data = ("字" * 99 + "\n").encode() * 19_000
    assert isinstance(bounded.read(data), Document)
    with pytest.raises(FileTooLarge, match="memory"):
        bounded.read(data, memory=limits.MIB)
    assert bounded.read(_TEXT.encode()).text == _TEXT


def test_a_file_over_the_time_is_refused_and_the_next_is_read() -> None:
    slow = b"![" * 100_000
    with pytest.raises(FileTooLarge, match="too long"):
        bounded.read(slow, name="a.md", seconds=0.1)
    assert bounded.read(_TEXT.encode()).text == _TEXT


def test_processor_time_is_strict_and_the_clock_is_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[float, float, float]] = []
    ask = bounded._Worker.ask

    def watched(
        self: Any, job: dict[str, Any], data: bytes, *, within: float
    ) -> tuple[dict[str, Any], bytes]:
        asked.append((job["seconds"], job["clock"], within))
        return ask(self, job, data, within=within)

    monkeypatch.setattr(bounded._Worker, "ask", watched)
    assert bounded.read(_TEXT.encode(), seconds=5).text == _TEXT
    ((seconds, clock, within),) = asked
    assert seconds == 5
    assert clock >= 4 * seconds
    assert within > clock  # the worker ends its child before it is given up itself


def test_a_lost_worker_is_a_clear_message_and_the_next_file_has_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert bounded.read(_TEXT.encode()).text == _TEXT
    ask = bounded._Worker.ask

    def killed(worker: bounded._Worker, job: dict[str, object], data: bytes, *, within: float) -> object:
        os.kill(worker._process.pid, signal.SIGKILL)
        worker._process.wait()
        return ask(worker, job, data, within=within)

    with monkeypatch.context() as patch:
        patch.setattr(bounded._Worker, "ask", killed)
        with pytest.raises(FileTooLarge, match="too long or too much memory"):
            bounded.read(_TEXT.encode())
    assert bounded.read(_TEXT.encode()).text == _TEXT
