"""The same code on PostgreSQL: the platform's tests again, with another database behind them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from web.postgresql import SERVER, is_there
from web.serving import ROOT

SHARES = 6
CROWDED = (
    "test_rooms.py",
    "test_codes.py",
    "test_cases_reward.py",
)  # fifty connections each
QUICKLY = "?options=-c%20synchronous_commit%3Doff"  # here no test ends the server itself


def share(number: int) -> list[Path]:
    """The files of one of the shares."""
    files = sorted(Path(__file__).parent.glob("test_*.py"))
    crowded = [file for file in files if file.name in CROWDED]
    others = [file for file in files if file.name not in CROWDED]
    return others[number::SHARES] + (crowded if number == 0 else [])


@pytest.mark.parametrize("number", range(SHARES))
def test_the_platform_does_the_same_on_postgresql(number: int) -> None:
    if os.environ.get("WENXING_DATABASE_URL"):
        pytest.skip("runs on PostgreSQL already")
    if not is_there():
        pytest.skip(f"nobody answers at {SERVER}")
    files = [str(file.relative_to(ROOT)) for file in share(number)]
    pytest_alone = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"]
    url = SERVER.rpartition("/")[0] + f"/wenxing_{os.getpid()}" + QUICKLY
    done = subprocess.run(
        [*pytest_alone, *files, "-m", "not slow and not writes and not sqlite"],
        env={**os.environ, "WENXING_DATABASE_URL": url},
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-8000:]
