"""Standard streams as callers leave them: closed from the start, or left before the end.

A result does not depend on who listens. What nobody can read goes nowhere, and the
exit status still says how the command ended.
"""

import os
import sys
from pathlib import Path
from typing import Literal, TextIO, cast


def open_missing() -> None:
    """Give every stream that is closed the null device: it reads empty and swallows what is written."""
    if sys.stdin is None:
        sys.stdin = _nothing("r")
    if sys.stdout is None:
        sys.stdout = _nothing("w")
    if sys.stderr is None:
        sys.stderr = _nothing("w")


def unplug(stream: TextIO) -> None:
    """Send what is still to be written nowhere: its reader has gone."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)


def _nothing(mode: Literal["r", "w"]) -> TextIO:
    return cast("TextIO", Path(os.devnull).open(mode, encoding="utf-8"))
