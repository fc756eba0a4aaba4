"""Fixtures every test may use: the data folder, the seed document. Nothing is left to chance or a clock."""

import os
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from wenxing import keys

ROOT = Path(__file__).resolve().parent.parent

# The same examples every time; on a busy machine an example may take as long as it likes.
settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


def _morning() -> str:
    """A time zone in which it is past ten in the morning: midnight does not come while tests run."""
    ahead = (10 - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+}"  # POSIX has west of Greenwich positive


os.environ["WENXING_TIME_ZONE"] = (
    _morning()
)  # of the processes that tests start; see `web.conftest` for this one


@pytest.fixture(autouse=True)
def drawn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and editions that nobody gave are drawn by the test's name: the same every time."""
    dice = random.Random(request.node.nodeid)
    for draw in (keys.new_key, keys.new_edition, keys.create_key):
        monkeypatch.setattr(draw, "__defaults__", (dice.randbytes,))


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder with the real documents; the test is skipped when it is absent."""
    folder = Path(os.environ.get("WENXING_TEST_DATA", ROOT / ".." / "shared" / "data")).resolve()
    if not folder.is_dir():
        pytest.skip(f"no test data: {folder} is absent (set WENXING_TEST_DATA)")
    return folder


@pytest.fixture(scope="session")
def seed_text(data_dir: Path) -> str:
    """A real material of the kind the library holds, promotional header included."""
    file = data_dir / "seed.txt"
    if not file.is_file():
        pytest.skip(f"no seed document: {file} is absent")
    return file.read_text(encoding="utf-8")
