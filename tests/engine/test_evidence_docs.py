"""The commands in docs/evidence.md run as they stand."""

import re
import shlex
import zipfile
from pathlib import Path

from engine.command_line import Run

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [shlex.split(line.removeprefix("$ "))[1:] for line in lines]


def test_the_commands_run_in_order(run: Run, home: Path) -> None:
    (home / "key").rename("library.key")
    (home / "m.wxm").rename("material.wxm")
    text = (home / "copy.txt").read_text(encoding="utf-8")
    (home / "first.txt").write_text(text[:2_000], encoding="utf-8")
    (home / "second.txt").write_text(text[2_000:], encoding="utf-8")
    (home / "folder").mkdir()
    (home / "folder" / "part.txt").write_text(text[1_000:3_000], encoding="utf-8")
    with zipfile.ZipFile("leaks.zip", "w") as archive:
        archive.writestr("part.txt", text[500:2_500])
    assert len(commands()) == 5
    for command in commands():
        result = run(*command)
        assert result.code == 0, (command, result.err)
    assert (home / "evidence.wxb").exists()
    assert "library.key.burned" in {p.name for p in home.iterdir()}
