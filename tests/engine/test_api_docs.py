"""The examples in docs/engine.md run as they stand."""

import re
import shlex
import sys
from pathlib import Path

import pytest

import wenxing
from wenxing import cli

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def folder_with_a_material(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WENXING_PASSPHRASE", raising=False)
    texts = sorted((Path(__file__).parent / "corpus").glob("*.txt"))[:4]
    Path("material.txt").write_text("\n".join(t.read_text(encoding="utf-8") for t in texts), encoding="utf-8")


def test_the_python_examples_run_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    examples = blocks("python")
    assert len(examples) >= 3
    exec(compile("\n".join(examples), "docs/engine.md", "exec"), {})
    assert "Named: recipient 77." in capsys.readouterr().out


def test_the_commands_run_in_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = [
        line[2:] for block in blocks("console") for line in block.splitlines() if line.startswith("$ ")
    ]
    assert [shlex.split(c)[1] for c in commands] == ["keygen", "prepare", "mark", "trace"]
    for command in commands:
        monkeypatch.setattr(sys, "argv", shlex.split(command))
        with pytest.raises(SystemExit) as end:
            cli.main()
        assert end.value.code == 0
    assert "Named: recipient 77." in capsys.readouterr().err


def test_the_page_names_every_public_name() -> None:
    missing = [name for name in wenxing.__all__ if f"`{name}`" not in PAGE]
    assert missing == []


def test_every_public_name_exists_once() -> None:
    assert len(set(wenxing.__all__)) == len(wenxing.__all__)
    assert all(hasattr(wenxing, name) for name in wenxing.__all__)
