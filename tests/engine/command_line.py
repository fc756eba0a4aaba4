"""What running the command line gives back."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Result:
    """Exit status and what was written where."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> dict[str, Any]:
        """The one JSON object on standard output."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


Run = Callable[..., Result]


def assert_refused(result: Result, *words: str) -> None:
    """It was bad input: one clear sentence, nothing on standard output, status 2."""
    assert result.code == 2
    assert result.out == ""
    assert result.err.strip()
    assert len(result.err) < 2_000
    for word in words:
        assert word in result.err
