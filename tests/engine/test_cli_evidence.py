"""Case files, folders of leaks, explanations, bundles and simulations from the command line."""

import io
import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

from engine.command_line import Result, Run, assert_refused
from wenxing.formats import limits

EVIDENCE = ("--key", "key", "--master", "m.wxm")
SEARCH = (*EVIDENCE, "--recipients", "1000")


def case(run: Run, *arguments: str, stdin: bytes = b"") -> Result:
    return run("trace", *arguments, *EVIDENCE, "--case", "one.wxcase", stdin=stdin)


def pieces(home: Path, *cuts: tuple[int, int]) -> list[str]:
    """Files with parts of the copy of 77."""
    text = (home / "copy.txt").read_text(encoding="utf-8")
    names = []
    for at, (start, end) in enumerate(cuts):
        (home / f"piece{at}.txt").write_text(text[start:end], encoding="utf-8")
        names.append(f"piece{at}.txt")
    return names


# --- case files ---------------------------------------------------------------------------------------


def test_a_case_adds_up_and_its_terms_stay(run: Run, home: Path) -> None:
    first, *rest = pieces(home, (0, 300), (300, 700), (700, 4_000))
    opened = case(run, first, "--recipients", "1000", "--json")
    assert (opened.code, opened.object["outcome"]) == (3, "not-enough")
    assert opened.object["case"]["looks"] == 1
    assert "Head of the case: " + opened.object["case"]["head"] in opened.err
    for piece in rest:
        found = case(run, piece, "--json")
    assert found.code == 0
    assert [n["recipient"] for n in found.object["named"]] == [77]
    assert found.object["case"]["looks"] == 3
    before = (home / "one.wxcase").read_bytes()
    assert_refused(case(run, first, "--recipients", "999"), "other suspects")
    assert_refused(case(run, first, "--bound", "0.1"), "bound")
    assert (home / "one.wxcase").read_bytes() == before


def test_a_new_case_needs_suspects_and_a_trace_without_case_too(run: Run, home: Path) -> None:
    assert_refused(case(run, "copy.txt"), "--recipients")
    assert_refused(run("trace", "copy.txt", *EVIDENCE), "--recipients")
    assert not (home / "one.wxcase").exists()
    assert case(run, "copy.txt", "--recipients", "1000").code == 0


def test_a_case_file_cut_short_by_a_kill_goes_on(run: Run, home: Path) -> None:
    first, second = pieces(home, (0, 300), (300, 4_000))
    case(run, first, "--recipients", "1000")
    whole = (home / "one.wxcase").read_bytes()
    (home / "one.wxcase").write_bytes(whole + b"000001f3 0123456789abc")
    found = case(run, second, "--json")
    assert (found.code, found.object["case"]["looks"]) == (0, 2)
    assert "unfinished record of 22 bytes was cut off" in found.err


def test_a_file_that_is_no_case_file_is_refused_and_kept(run: Run, home: Path) -> None:
    (home / "one.wxcase").write_text("a list\n", encoding="utf-8")
    assert_refused(case(run, "copy.txt", "--recipients", "1000"), "not a case file")
    assert (home / "one.wxcase").read_text(encoding="utf-8") == "a list\n"


def test_a_case_file_is_an_ordinary_file(run: Run, home: Path) -> None:
    os.mkfifo(home / "pipe")
    (home / "folder").mkdir()
    for name in ("/dev/null", "pipe", "folder"):
        assert_refused(run("trace", "copy.txt", *SEARCH, "--case", name), name, "no ordinary file", ".wxcase")
        assert_refused(run("trace", "copy.txt", *EVIDENCE, "--case", name), name, "no ordinary file")


# --- folders and archives -----------------------------------------------------------------------------


def archive(home: Path, name: str, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(home / name, "w", zipfile.ZIP_DEFLATED) as file:
        for member, data in members.items():
            file.writestr(member, data)


def test_a_folder_and_an_archive_are_one_accusation(run: Run, home: Path) -> None:
    names = pieces(home, (0, 500), (500, 1_200), (1_200, 4_000))
    together = run("trace", *names, *SEARCH, "--json").object
    folder = home / "leak" / "inner"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_bytes((home / name).read_bytes())
    (home / "leak" / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (home / "leak" / ".hidden").write_text("别的文字" * 100, encoding="utf-8")
    (home / "leak" / "loop").symlink_to(home / "leak")
    found = run("trace", "leak", *SEARCH, "--json")
    assert found.object == together
    assert "Skipped 1 files that cannot be read: picture.png" in found.err
    members = {f"文件夹/{name}": (home / name).read_bytes() for name in names}
    archive(home, "leak.zip", {**members, "__MACOSX/x": b"x", "nothing.bin": bytes(range(256))})
    zipped = run("trace", "leak.zip", *SEARCH, "--json")
    assert zipped.object == together
    data = (home / "leak.zip").read_bytes()
    assert run("trace", "-", *SEARCH, "--json", stdin=data).object == together


def test_a_word_file_is_a_leak_and_no_archive(run: Run, home: Path) -> None:
    run("mark", "m.wxm", "--key", "key", "--recipient", "5", "-o", "copy.docx")
    assert run("trace", "copy.docx", *SEARCH, "--json").object["named"][0]["recipient"] == 5


def test_archives_that_are_damaged_or_hold_no_text_are_refused(run: Run, home: Path) -> None:
    (home / "folder").mkdir()
    assert_refused(run("trace", "folder", *SEARCH), "no text")
    archive(home, "empty.zip", {})
    assert_refused(run("trace", "empty.zip", *SEARCH))
    archive(home, "pictures.zip", {"a.png": b"\x89PNG\r\n\x1a\n" + bytes(100)})
    assert_refused(run("trace", "pictures.zip", *SEARCH), "no text")
    archive(home, "whole.zip", {"a.txt": (home / "copy.txt").read_bytes()})
    assert run("trace", "whole.zip", *SEARCH).code == 0
    (home / "cut.zip").write_bytes((home / "whole.zip").read_bytes()[:-40])
    assert_refused(run("trace", "cut.zip", *SEARCH))
    archive(home, "bomb.zip", {"a.txt": bytes(64 * limits.MIB)})
    assert_refused(run("trace", "bomb.zip", *SEARCH))


def test_an_archive_inside_an_archive_is_not_opened(run: Run, home: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("copy.txt", (home / "copy.txt").read_bytes())
    archive(home, "outer.zip", {"inner.zip": inner.getvalue()})
    assert_refused(run("trace", "outer.zip", *SEARCH), "no text")


# --- explanations -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "不代表使用账号的人"), ("en", "not the person who used it")]
)
def test_a_naming_is_explained(run: Run, home: Path, language: str, words: str) -> None:
    result = run("trace", "copy.txt", *SEARCH, "--explain", "--lang", language, "--json")
    assert result.object["outcome"] == "named"
    assert words in result.err
    assert "77" in result.err


def test_too_little_is_explained(run: Run, home: Path) -> None:
    (piece,) = pieces(home, (0, 400))
    result = run("trace", piece, *SEARCH, "--explain")
    assert result.code == 3
    assert "Too few sites were read" in result.err
    assert_refused(run("trace", piece, *SEARCH, "--explain", "--lang", "xx"))


# --- bundles ------------------------------------------------------------------------------------------


def test_a_disclosed_edition_is_marked_only_when_that_is_asked_for(run: Run, home: Path) -> None:
    mark = ("mark", "m.wxm", "--key", "key", "--recipient", "5", "-o")
    assert run(*mark, "before.txt").code == 0
    assert run("bundle", "copy.txt", *SEARCH, "-o", "evidence").code == 0
    assert_refused(run(*mark, "after.txt"), "disclosed", "new edition")
    assert not (home / "after.txt").exists()
    marked = run(*mark, "after.txt", "--even-if-disclosed")
    assert marked.code == 0
    assert "disclosed" in marked.err
    assert (home / "after.txt").read_bytes() == (home / "before.txt").read_bytes()


def test_a_bundle_verifies_without_the_key_and_burns_its_edition(run: Run, home: Path) -> None:
    assert run("mark", "m.wxm", "--key", "key", "--recipient", "5", "-o", "later.txt").code == 0
    made = run("bundle", "copy.txt", *SEARCH, "-o", "evidence", "--json")
    assert made.code == 0
    assert made.object["named"][0]["recipient"] == 77
    assert len(made.object["disclosed"]) == 1
    assert "burned" in made.err
    assert (home / "evidence").stat().st_mode & 0o777 == 0o600
    (home / "key").rename(home / "hidden")
    checked = run("verify", "evidence", "--json")
    assert checked.code == 0
    assert checked.object["agrees"] is True
    assert checked.object["named"][0]["recipient"] == 77
    assert all(line["agrees"] for line in checked.object["checks"])
    assert "agrees" in checked.err
    (home / "hidden").rename(home / "key")
    assert_refused(run("trace", "later.txt", *SEARCH), "disclosed", "new edition")
    assert_refused(case(run, "later.txt", "--recipients", "1000"), "disclosed")
    assert_refused(run("bundle", "later.txt", *SEARCH, "-o", "another"), "disclosed")
    assert not (home / "another").exists()
    # The same leaks were there before: their bundle may be made again, and a new edition is searched.
    assert run("bundle", "copy.txt", *SEARCH, "-o", "evidence").code == 0
    assert run("prepare", "doc.txt", "--key", "key", "-o", "n.wxm", "--approve", "AB").code == 0
    run("mark", "n.wxm", "--key", "key", "--recipient", "9", "-o", "new.txt")
    fresh = run("trace", "new.txt", "--key", "key", "--master", "n.wxm", "--recipients", "1000", "--json")
    assert fresh.object["named"][0]["recipient"] == 9


def test_nobody_named_makes_no_bundle_and_burns_nothing(run: Run, home: Path) -> None:
    (piece,) = pieces(home, (0, 300))
    result = run("bundle", piece, *SEARCH, "-o", "evidence")
    assert (result.code, result.out) == (3, "")
    assert not (home / "evidence").exists()
    assert not (home / "key.burned").exists()


def test_a_bundle_that_cannot_be_written_burns_nothing(run: Run, home: Path) -> None:
    assert_refused(run("bundle", "copy.txt", *SEARCH, "-o", "nowhere/evidence"))
    assert_refused(run("bundle", "copy.txt", *SEARCH, "-o", "m.wxm"), "input")
    assert not (home / "key.burned").exists()
    assert run("bundle", "copy.txt", *SEARCH, "-o", "evidence").code == 0
    assert (home / "key.burned").exists()


def test_verify_tells_tampered_from_no_bundle(run: Run, home: Path) -> None:
    run("bundle", "copy.txt", *SEARCH, "-o", "evidence")
    assert run("verify", "evidence").code == 0
    with zipfile.ZipFile(home / "evidence") as file:
        members = {name: file.read(name) for name in file.namelist()}
    description = json.loads(members["bundle.json"])
    description["report"]["named"][0]["recipient"] = 78
    archive(home, "forged", {**members, "bundle.json": json.dumps(description).encode()})
    forged = run("verify", "forged", "--json")
    assert (forged.code, forged.object["agrees"], forged.object["named"]) == (1, False, [])
    assert "DIFFERS" in forged.err
    description["format"] = 3
    archive(home, "newer", {**members, "bundle.json": json.dumps(description).encode()})
    assert_refused(run("verify", "newer"), "later version")
    for name in ("copy.txt", "m.wxm", "key"):
        assert_refused(run("verify", name), "not an evidence bundle")
    assert_refused(run("verify", "nowhere"), "nowhere")


# --- simulations --------------------------------------------------------------------------------------


def test_a_simulation_counts_and_is_reproducible(run: Run) -> None:
    command = ["simulate", "--sites", "50", "--recipients", "500", "--trials", "20", "--profile", "solo"]
    result = run(*command, "--json", "--seed", "3")
    assert result.code == 0
    for name in ("trials", "catch_rate", "false_namings", "not_enough", "sites", "p_calibration"):
        assert name in result.object
    assert result.object["trials"] == 20
    assert result.object["catch_rate"] == 1.0
    assert result.object["false_namings"] == 0
    assert run(*command, "--json", "--seed", "3").object == result.object
    few = run("simulate", "--sites", "10", "--recipients", "500", "--trials", "20", "--json").object
    assert (few["catch_rate"], few["not_enough"]) == (0.0, 20)


def test_a_simulation_finds_the_length(run: Run) -> None:
    command = ["simulate", "--sites", "auto", "--recipients", "1000", "--trials", "20", "--profile", "solo"]
    result = run(*command, "--json")
    assert 28 <= result.object["sites"] <= 34
    assert result.object["catch_rate"] >= 0.9


@pytest.mark.parametrize(
    "wrong",
    [
        ["--sites", "0"],
        ["--sites", "many"],
        ["--sites", "50", "--arity", "5"],
        ["--sites", "50", "--coalition", "0"],
        ["--sites", "50", "--coalition", "9", "--recipients", "5"],
        ["--sites", "50", "--attack", "luck"],
        ["--sites", "50", "--noise", "1.5"],
        ["--sites", "50", "--erase", "-1"],
        ["--sites", "50", "--trials", "0"],
        ["--sites", "50", "--bound", "0"],
        ["--sites", "50", "--profile", "best"],
        [],
    ],
)
def test_a_simulation_of_what_cannot_be_is_refused(run: Run, wrong: list[str]) -> None:
    assert_refused(run("simulate", *wrong))


def test_a_cluster_that_does_not_answer_is_bad_input(run: Run, home: Path) -> None:
    assert_refused(run("trace", "copy.txt", *SEARCH, "--dask", "tcp://127.0.0.1:9"))
    assert_refused(case(run, "copy.txt", "--recipients", "1000", "--dask", "tcp://127.0.0.1:9"), "--dask")


def test_without_dask_the_extra_is_named(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert_refused(run("trace", "copy.txt", *SEARCH, "--dask", "tcp://127.0.0.1:9"), "wenxing[dask]")
