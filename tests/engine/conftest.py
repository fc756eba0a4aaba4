"""Fixtures of the engine's tests: a command line in an empty folder."""

import io
import sys
from pathlib import Path

import pytest

from engine.command_line import CORPUS, Result, Run
from wenxing import cli


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run the command line in an empty folder; `stdin` gives it bytes to read."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WENXING_PASSPHRASE", raising=False)

    def call(*arguments: str, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "argv", ["wenxing", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        code = end.value.code
        return Result(code if isinstance(code, int) else 0, captured.out, captured.err)

    return call


@pytest.fixture
def home(run: Run) -> Path:
    """The folder with a key, a text, its master and a copy for recipient 77."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(CORPUS.glob("*.txt"))[:5])
    Path("doc.txt").write_text(text, encoding="utf-8")
    assert run("keygen", "key").code == 0
    assert run("prepare", "doc.txt", "--key", "key", "-o", "m.wxm", "--approve", "AB").code == 0
    assert run("mark", "m.wxm", "--key", "key", "--recipient", "77", "-o", "copy.txt").code == 0
    return Path.cwd()
