"""What a command says: one JSON object on standard output, words on standard error."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from wenxing.cli import streams
from wenxing.preparing import Summary

FORMAT = 1


class _Console(Console):
    """A console whose reader may leave: the command goes on, and its status says how it ended."""

    def on_broken_pipe(self) -> None:
        streams.unplug(sys.stderr)


def say(sentence: str) -> None:
    """A sentence for people. The console is made anew: tests and callers exchange the streams."""
    _Console(stderr=True, markup=False, highlight=False, soft_wrap=True, emoji=False).print(sentence)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on a terminal that work goes on."""
    console = _Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal; what is given back is told how much is done."""
    console = _Console(stderr=True)
    if not console.is_terminal or total < 2:
        yield lambda _: None
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def put(result: dict[str, Any]) -> None:
    """One object on standard output; ASCII, so that no terminal's encoding can spoil it."""
    try:
        sys.stdout.write(json.dumps(result, indent=1) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        streams.unplug(sys.stdout)


def summary_json(summary: Summary) -> dict[str, Any]:
    """The object that `prepare --json` prints."""
    return {
        "format": FORMAT,
        "characters": summary.characters,
        "sites": {
            "total": summary.total,
            "A": summary.grade_a,
            "B": summary.grade_b,
            "approved": summary.approved,
        },
        "spacing": summary.spacing,
        "glyph": summary.glyph,
        "profile": summary.profile,
        **({"scanned": summary.scanned} if summary.scanned else {}),
        "characters_to_name": {str(k): n for k, n in summary.characters_to_name.items()},
    }


def summary_sentences(summary: Summary, *, verbatim: bool) -> list[str]:
    """The same in words."""
    if summary.scanned:
        return _of_scan(summary.scanned)
    lines = [
        f"{summary.characters} characters, {summary.total} sites: {summary.grade_a} of grade A, "
        f"{summary.grade_b} of grade B."
    ]
    layout = (
        f"{summary.spacing} runs of a Word copy and {summary.glyph} characters of a PDF carry the code in "
        "their layout."
    )
    if verbatim:
        return [*lines, "Policy verbatim: the text of all copies is the same.", layout]
    if not summary.approved:
        return [
            *lines,
            "Warning: no site is approved, so all copies read the same and no pasted text can name anybody.",
            layout,
        ]
    lines.append(layout)
    lines.append(f"{summary.approved} sites approved, profile {summary.profile}.")
    for suspects, characters in summary.characters_to_name.items():
        if characters is not None:
            more = " (more than this text has)" if characters > summary.characters else ""
            lines.append(f"To name 1 of {suspects}, a leak must show about {characters} characters{more}.")
    return lines


def _of_scan(pages: int) -> list[str]:
    """What copies of scanned pages carry, and what they cannot show."""
    return [
        f"{pages} scanned {'page' if pages == 1 else 'pages'}, no text: no wording, spacing or glyph site.",
        "A copy is a PDF with a visible code at the foot and a background that says a pseudonym.",
        "A picture of a page answers with a pseudonym and so an account: a hint for people, not a naming.",
        "Text that was recognised (OCR) or typed from it cannot be traced.",
    ]
