"""The command line, from a document to a named recipient, and every way to use it wrongly."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.command_line import CORPUS, Result, Run, assert_refused
from wenxing.formats import limits
from wenxing.formats.package import pack
from wenxing.master import FORMAT, Master


def trace(run: Run, *arguments: str, stdin: bytes = b"") -> Result:
    return run("trace", *arguments, "--key", "key", "--master", "m.wxm", "--recipients", "1000", stdin=stdin)


# --- the way through ---------------------------------------------------------------------------------


def test_a_copy_leads_back_to_its_recipient(run: Run, home: Path) -> None:
    result = trace(run, "copy.txt", "--json")
    assert result.code == 0
    assert result.object["format"] == 1
    assert result.object["outcome"] == "named"
    (named,) = result.object["named"]
    assert named["recipient"] == 77
    assert named["p_value"] <= 1e-6
    assert result.object["documents"][0]["master"] == "m.wxm"
    assert "Were every account searched innocent" in result.err


def test_without_json_nothing_goes_to_standard_output(run: Run, home: Path) -> None:
    result = trace(run, "copy.txt")
    assert (result.code, result.out) == (0, "")
    assert "recipient 77" in result.err


def test_a_word_copy_leads_back_too(run: Run, home: Path) -> None:
    assert run("mark", "m.wxm", "--key", "key", "--recipient", "5", "-o", "copy.DOCX").code == 0
    assert trace(run, "copy.DOCX", "--json").object["named"][0]["recipient"] == 5


def test_a_leak_may_come_from_standard_input(run: Run, home: Path) -> None:
    data = (home / "copy.txt").read_bytes()
    assert trace(run, "-", "--json", stdin=data).object == trace(run, "copy.txt", "--json").object
    assert_refused(trace(run, "-", "-", stdin=data), "once")
    assert_refused(trace(run, "-", stdin=b""), "Error")


def test_the_same_leak_three_times_prints_the_same_object(run: Run, home: Path) -> None:
    assert trace(run, *["copy.txt"] * 3, "--json").object == trace(run, "copy.txt", "--json").object


def test_nobody_named_has_its_own_status(run: Run, home: Path) -> None:
    (home / "short.txt").write_text((home / "copy.txt").read_text(encoding="utf-8")[:400], encoding="utf-8")
    not_enough = trace(run, "short.txt", "--json")
    assert (not_enough.code, not_enough.object["outcome"]) == (3, "not-enough")
    assert not_enough.object["more_sites_needed"] >= 1
    (home / "foreign.txt").write_text("今天天气很好，我们去公园散步。" * 30, encoding="utf-8")
    no_match = trace(run, "foreign.txt", "--json")
    assert (no_match.code, no_match.object["outcome"]) == (3, "no-match")
    assert no_match.object["more_sites_needed"] is None
    assert trace(run, "foreign.txt", "copy.txt", "--json").object["outcome"] == "named"


@pytest.mark.parametrize("leak", ["你好吗", "The quick brown fox. " * 40])
def test_three_characters_or_another_language_match_nothing(run: Run, home: Path, leak: str) -> None:
    result = trace(run, "-", "--json", stdin=leak.encode())
    assert (result.code, result.object["outcome"]) == (3, "no-match")


def test_suspects_may_be_listed_in_a_file(run: Run, home: Path) -> None:
    (home / "suspects").write_text("5\n77\n\n77\n", encoding="utf-8")
    command = ["trace", "copy.txt", "--key", "key", "--master", "m.wxm", "--json", "--recipients"]
    listed = run(*command, "suspects")
    assert (listed.code, listed.object["suspects"]) == (0, 2)
    (home / "others").write_text("5\n6\n", encoding="utf-8")
    assert run(*command, "others").code == 3
    for name, text in (("bad", "5\nsix\n"), ("zero", "0\n"), ("empty", ""), ("huge", "4294967296\n")):
        (home / name).write_text(text, encoding="utf-8")
        assert_refused(run(*command, name))
    (home / "binary").write_bytes(b"\xff\xfe\x00")
    assert_refused(run(*command, "binary"), "one number a line")
    for count in ("0", "-3", "4294967296", "9" * 5_000, "nowhere", ".", ""):
        assert_refused(run(*command, count))


def test_several_masters_each_get_a_line(run: Run, home: Path) -> None:
    (home / "b.txt").write_text(sorted(CORPUS.glob("*.txt"))[7].read_text(encoding="utf-8"), encoding="utf-8")
    assert run("prepare", "b.txt", "--key", "key", "-o", "b.wxm", "--approve", "AB").code == 0
    result = trace(run, "copy.txt", "--master", "b.wxm", "--json")
    lines = {d["master"]: d["matched"] for d in result.object["documents"]}
    assert lines == {"m.wxm": True, "b.wxm": False}
    assert_refused(trace(run, "copy.txt", "--master", "m.wxm"), "twice")


def test_prepare_prints_what_the_edition_has(run: Run, home: Path) -> None:
    result = run("prepare", "doc.txt", "--key", "key", "-o", "n.wxm", "--approve", "A", "--json")
    data = result.object
    assert list(data) == [
        "format",
        "characters",
        "sites",
        "spacing",
        "glyph",
        "profile",
        "characters_to_name",
    ]
    assert data["format"] == 1
    assert data["sites"]["total"] == data["sites"]["A"] + data["sites"]["B"]
    assert data["sites"]["approved"] == data["sites"]["A"] > 0
    assert data["characters"] / 30 < data["spacing"] < data["characters"] / 12
    assert data["characters"] / 6 < data["glyph"] < data["characters"] / 2
    assert 0 < data["characters_to_name"]["1000"] < data["characters_to_name"]["100000"]


def test_preparing_twice_makes_two_editions(run: Run, home: Path) -> None:
    assert run("prepare", "doc.txt", "--key", "key", "-o", "n.wxm", "--approve", "AB").code == 0
    editions = {Master.from_bytes((home / name).read_bytes()).edition for name in ("m.wxm", "n.wxm")}
    assert len(editions) == 2


@pytest.mark.parametrize("profile", ["solo", "coalition"])
def test_the_profile_may_be_chosen(run: Run, home: Path, profile: str) -> None:
    result = run("prepare", "doc.txt", "--key", "key", "-o", "n.wxm", "--profile", profile, "--json")
    assert result.object["profile"] == profile


def test_a_verbatim_copy_has_the_sources_text(run: Run, home: Path) -> None:
    text = (home / "doc.txt").read_text(encoding="utf-8")
    (home / "windows.txt").write_bytes(text.replace("\n", "\r\n").encode("gb18030"))
    prepared = run("prepare", "windows.txt", "--key", "key", "-o", "v.wxm", "--policy", "verbatim", "--json")
    assert prepared.object["sites"]["approved"] == 0
    assert set(prepared.object["characters_to_name"].values()) == {None}
    run("mark", "v.wxm", "--key", "key", "--recipient", "3", "-o", "v.txt")
    assert (home / "v.txt").read_bytes() == text.encode()
    result = run("trace", "v.txt", "--key", "key", "--master", "v.wxm", "--recipients", "9", "--json")
    assert (result.code, result.object["outcome"], result.object["sites_read"]) == (3, "not-enough", 0)


def test_approving_nothing_is_possible_and_warned_about(run: Run, home: Path) -> None:
    result = run("prepare", "doc.txt", "--key", "key", "-o", "n.wxm", "--approve", "none", "--json")
    assert (result.code, result.object["sites"]["approved"]) == (0, 0)
    assert "Warning" in result.err


# --- keys --------------------------------------------------------------------------------------------


def test_a_key_is_private_and_never_replaced(run: Run, home: Path) -> None:
    before = (home / "key").read_bytes()
    assert (home / "key").stat().st_mode & 0o777 == 0o600
    assert_refused(run("keygen", "key"), "never replaced")
    for command in (
        ["prepare", "doc.txt", "--key", "key", "-o", "key"],
        ["mark", "m.wxm", "--key", "key", "--recipient", "1", "-o", "key"],
    ):
        assert_refused(run(*command))
    (home / "other.txt").write_bytes(before)
    assert_refused(
        run("mark", "m.wxm", "--key", "key", "--recipient", "1", "-o", "other.txt"), "never overwritten"
    )
    assert (home / "key").read_bytes() == (home / "other.txt").read_bytes() == before


def test_a_passphrase_locks_the_key(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = ["prepare", "doc.txt", "--key", "locked", "-o", "l.wxm"]
    monkeypatch.setenv("WENXING_PASSPHRASE", "开门")
    assert run("keygen", "locked").code == 0
    assert run(*prepare).code == 0
    monkeypatch.setenv("WENXING_PASSPHRASE", "关门")
    assert_refused(run(*prepare), "passphrase")
    monkeypatch.delenv("WENXING_PASSPHRASE")
    assert_refused(run(*prepare), "WENXING_PASSPHRASE")


def test_another_key_is_detected(run: Run, home: Path) -> None:
    assert run("keygen", "k2").code == 0
    assert_refused(run("mark", "m.wxm", "--key", "k2", "--recipient", "1", "-o", "x.txt"), "another key")
    assert_refused(
        run("trace", "copy.txt", "--key", "k2", "--master", "m.wxm", "--recipients", "9"), "another key"
    )
    assert_refused(run("mark", "m.wxm", "--key", "doc.txt", "--recipient", "1", "-o", "x.txt"), "key")
    assert_refused(run("mark", "m.wxm", "--key", "nowhere", "--recipient", "1", "-o", "x.txt"), "nowhere")
    assert not (home / "x.txt").exists()


# --- bad input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("recipient", ["0", "-1", "4294967296", "9" * 400, "seven", "1.5", ""])
def test_a_number_nobody_has_makes_no_copy(run: Run, home: Path, recipient: str) -> None:
    assert_refused(run("mark", "m.wxm", "--key", "key", "--recipient", recipient, "-o", "x.txt"))
    assert not (home / "x.txt").exists()


def test_the_largest_number_makes_a_copy(run: Run, home: Path) -> None:
    assert run("mark", "m.wxm", "--key", "key", "--recipient", "4294967295", "-o", "x.txt").code == 0


@pytest.mark.parametrize("name", ["x.epub", "x", "x.wxm"])
def test_a_copy_in_another_format_is_refused(run: Run, home: Path, name: str) -> None:
    assert_refused(run("mark", "m.wxm", "--key", "key", "--recipient", "1", "-o", name), ".docx")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.txt", b""),
        ("binary.txt", bytes(range(256)) * 20),
        ("image.txt", b"\x89PNG\r\n\x1a\n" + bytes(100)),
        ("page.txt", b"%PDF-1.7\n" + b"stream"),
        ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000)),
        ("cut.docx", b"PK\x03\x04 cut"),
        ("partless.docx", pack({"[Content_Types].xml": b"<Types/>"})),
        ("entity.docx", pack({"word/document.xml": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc">]><a/>'})),
        ("bomb.docx", pack({"word/document.xml": bytes(64 * limits.MIB)})),
        ("large.txt", b"a" * (limits.FILE_BYTES + 1)),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_everywhere(
    run: Run, home: Path, name: str, data: bytes
) -> None:
    (home / name).write_bytes(data)
    assert_refused(run("prepare", name, "--key", "key", "-o", "x.wxm"))
    assert_refused(trace(run, name))
    assert_refused(trace(run, "-", stdin=data))
    assert not (home / "x.wxm").exists()


def test_a_text_without_sites_points_to_verbatim(run: Run, home: Path) -> None:
    (home / "law.txt").write_text("第一条 本法所称居民，指自然人。", encoding="utf-8")
    assert_refused(run("prepare", "law.txt", "--key", "key", "-o", "x.wxm"), "verbatim")
    assert not (home / "x.wxm").exists()
    assert run("prepare", "law.txt", "--key", "key", "-o", "x.wxm", "--policy", "verbatim").code == 0


def test_a_damaged_or_newer_master_is_refused(run: Run, home: Path) -> None:
    data = (home / "m.wxm").read_bytes()
    description = json.loads(Master.from_bytes(data).sealed_bytes)
    (home / "cut.wxm").write_bytes(data[: len(data) // 2])
    (home / "empty.wxm").write_bytes(b"")
    newer = json.dumps({**description, "format": FORMAT + 1}).encode()
    (home / "newer.wxm").write_bytes(pack({"master.json": newer, "source": b""}))
    cases = (
        ("cut.wxm", "damaged"),
        ("empty.wxm", "master"),
        ("newer.wxm", "later version"),
        ("doc.txt", "not a master"),
        ("copy.txt", "not a master"),
        ("nowhere.wxm", "nowhere.wxm"),
        (".", "directory"),
    )
    for name, words in cases:
        assert_refused(run("mark", name, "--key", "key", "--recipient", "1", "-o", "x.txt"), words)
        traced = run("trace", "copy.txt", "--key", "key", "--master", name, "--recipients", "9")
        assert_refused(traced, words)


@pytest.mark.parametrize("bound", ["0", "1", "-1", "nan", "inf", "many", "5e-324", "1e-310"])
def test_a_bound_that_is_no_probability_is_refused(run: Run, home: Path, bound: str) -> None:
    assert trace(run, "copy.txt", "--bound", "1e-9").code == 0
    assert trace(run, "copy.txt", "--bound", "1e-100").code == 3
    assert_refused(trace(run, "copy.txt", "--bound", bound))


def test_an_output_is_never_an_input(run: Run, home: Path) -> None:
    before = (home / "doc.txt").read_bytes(), (home / "m.wxm").read_bytes()
    assert_refused(run("prepare", "doc.txt", "--key", "key", "-o", "doc.txt"), "input")
    assert_refused(run("prepare", "doc.txt", "--key", "key", "-o", "./sub/../doc.txt"))
    (home / "link.txt").symlink_to("m.wxm")
    assert_refused(run("mark", "m.wxm", "--key", "key", "--recipient", "1", "-o", "link.txt"), "input")
    assert before == ((home / "doc.txt").read_bytes(), (home / "m.wxm").read_bytes())


def test_an_output_is_whole_or_not_there(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = ["mark", "m.wxm", "--key", "key", "--recipient", "9", "-o"]
    (home / "out.txt").write_text("before", encoding="utf-8")
    assert run(*mark, "out.txt").code == 0
    whole = (home / "out.txt").read_bytes()
    assert whole != b"before"
    assert_refused(run(*mark, "nowhere/out.txt"), "nowhere/out.txt: No such file")
    (home / "folder.txt").mkdir()
    assert_refused(run(*mark, "folder.txt"), "folder")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    listing = sorted(home.iterdir())
    assert_refused(run(*mark, "out.txt"), "out.txt: No space left")
    assert (home / "out.txt").read_bytes() == whole
    assert sorted(home.iterdir()) == listing


def test_what_is_no_ordinary_file_is_never_replaced(run: Run, home: Path) -> None:
    os.mkfifo(home / "pipe.txt")
    assert_refused(
        run("mark", "m.wxm", "--key", "key", "--recipient", "9", "-o", "pipe.txt"), "no ordinary file"
    )
    assert (home / "pipe.txt").is_fifo()
    (home / "null").symlink_to(os.devnull)
    assert_refused(run("prepare", "doc.txt", "--key", "key", "-o", "null"), "no ordinary file")
    assert (home / "null").is_char_device()


def test_missing_and_unknown_arguments_are_refused(run: Run, home: Path) -> None:
    for arguments in (["mark"], ["prepare", "doc.txt"], ["trace", "copy.txt", "--key", "key"], ["--what"]):
        assert_refused(run(*arguments))
    assert_refused(run("prepare", "nowhere.txt", "--key", "key", "-o", "x.wxm"), "nowhere.txt")
    assert_refused(run("prepare", "doc.txt", "--key", "key", "-o", "x.wxm", "--policy", "loose"))


def test_the_help_names_the_commands(run: Run) -> None:
    result = run("--help")
    assert result.code == 0
    for command in ("keygen", "prepare", "mark", "trace"):
        assert command in result.out


def test_the_module_runs_as_a_program(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "wenxing"]
    made = subprocess.run([*command, "keygen", "键"], cwd=tmp_path, capture_output=True, check=False)
    assert (made.returncode, made.stdout) == (0, b"")
    again = subprocess.run([*command, "keygen", "键"], cwd=tmp_path, capture_output=True, check=False)
    assert again.returncode == 2
    assert b"Traceback" not in again.stderr


def test_a_terminal_that_knows_ascii_only_is_enough(run: Run, home: Path) -> None:
    (home / "题.txt").write_bytes((home / "doc.txt").read_bytes())
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    for arguments in (
        ["--help"],
        ["mark", "--help"],
        ["trace", "--help"],
        ["prepare", "题.txt", "--key", "key", "-o", "题.wxm", "--json"],
    ):
        command = [sys.executable, "-m", "wenxing", *arguments]
        done = subprocess.run(command, cwd=home, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


# --- streams that are closed, or that nobody reads ---------------------------------------------------


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
def test_the_status_does_not_need_the_streams(home: Path, closed: str) -> None:
    done = _trace_with(home, closed, "copy.txt")
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert _trace_with(home, closed, "nowhere.txt").returncode == 2


def test_a_closed_standard_input_is_empty(home: Path) -> None:
    done = _trace_with(home, "<&-", "-")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"empty" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_reader_that_leaves_does_not_change_the_status(home: Path, stream: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        out, err = (writing, subprocess.PIPE) if stream == "stdout" else (subprocess.PIPE, writing)
        done = subprocess.run(_tracing("copy.txt"), cwd=home, stdout=out, stderr=err, check=False)
    finally:
        os.close(writing)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in (done.stderr or b"")


def _trace_with(home: Path, streams: str, leak: str) -> subprocess.CompletedProcess[bytes]:
    command = ["/bin/sh", "-c", f'"$0" "$@" {streams}', *_tracing(leak)]
    return subprocess.run(command, cwd=home, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def _tracing(leak: str) -> list[str]:
    terms = ["--key", "key", "--master", "m.wxm", "--recipients", "1000", "--json"]
    return [sys.executable, "-m", "wenxing", "trace", leak, *terms]


def test_ctrl_c_while_the_modules_load_ends_quietly(tmp_path: Path) -> None:
    slow = "import time\nprint('loading', flush=True)\ntime.sleep(600)\n"
    (tmp_path / "numpy.py").write_text(slow, encoding="utf-8")
    command = [str(Path(sys.executable).with_name("wenxing")), "--help"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"loading\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert (process.returncode, err) == (130, b"")
