"""Fixtures every test may use: the data folder and the seed document."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


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
