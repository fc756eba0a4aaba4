"""The same code on PostgreSQL: the platform's tests again, with another database behind them."""

import os
import subprocess
import sys

import pytest

from web.postgresql import SERVER, is_there
from web.serving import ROOT


def test_the_platform_does_the_same_on_postgresql() -> None:
    if os.environ.get("WENXING_DATABASE_URL"):
        pytest.skip("runs on PostgreSQL already")
    if not is_there():
        pytest.skip(f"nobody answers at {SERVER}")
    tests = [sys.executable, "-m", "pytest", "tests/web", "-q", "-n", "0", "-p", "no:cacheprovider"]
    url = SERVER.rpartition("/")[0] + f"/wenxing_{os.getpid()}"
    done = subprocess.run(
        [*tests, "-m", "not slow and not writes and not sqlite"],
        env={**os.environ, "WENXING_DATABASE_URL": url},
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-8000:]
