"""Imported first by the scripts beside this file: they go on in .venv, with all the packages that they need.

The first time these are installed; `src` and `tests` can be imported.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("WENXING_TEST_DATA", ROOT / ".." / "shared" / "data")).resolve()
"""The real documents that some measurements take; it need not exist."""

_VENV = ROOT / ".venv"

if Path(sys.prefix) != _VENV:
    subprocess.run([ROOT / "bin" / "bootstrap", "dev"], check=True)  # noqa: S603 — our own program
    python = str(_VENV / "bin" / "python")
    os.execv(python, [python, *sys.argv])  # noqa: S606 — our own interpreter
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]
