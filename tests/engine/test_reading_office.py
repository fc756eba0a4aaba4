"""Files of older word processors: LibreOffice reads them in a box, and what it does there ends there."""

import http.server
import io
import random
import shutil
import stat
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from engine.word_files import paragraph, word_file
from wenxing import new_key, prepare
from wenxing.errors import FileTooLarge, ProtectedFile, UnknownFormat, UnreadableFile
from wenxing.formats import limits
from wenxing.reading import bounded, modern, neutral, office, read

needs_office = pytest.mark.skipif(
    shutil.which(office.PROGRAM) is None, reason="LibreOffice (libreoffice-writer-nogui) is not installed"
)

_TEXT = "第一段，我们必须努力。\n第二段。"
_DOCX = word_file(paragraph("第一段，我们必须努力。") + paragraph("第二段。"))
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
_WORD = _OLE + "WordDocument".encode("utf-16-le") + bytes(504)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """LibreOffice starts slowly on a busy machine; a test that is about time says how much there is."""
    defaults = modern.__kwdefaults__
    assert defaults
    monkeypatch.setitem(defaults, "seconds", 10 * limits.OFFICE_SECONDS)


def _rtf(text: str, more: str = "") -> bytes:
    letters = "".join(rf"\u{ord(c) - 65536 if ord(c) > 32767 else ord(c)}?" for c in text)
    return rf"{{\rtf1\ansi\ansicpg936 {letters}{more}\par }}".encode("ascii")


def _saved_as(ending: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A .docx saved by LibreOffice in another format."""
    given = folder / "a.docx"
    given.write_bytes(_DOCX)
    program = shutil.which(office.PROGRAM)
    assert program is not None
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", ending, "--outdir", str(folder), str(given)]
    office._run(command, folder, 10 * limits.OFFICE_SECONDS)
    return (folder / f"a.{ending}").read_bytes()


def _program(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """A program called as LibreOffice is, which does something else."""
    path = folder / "soffice"
    path.write_text(f"#!{sys.executable}\nimport os, sys, time\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(office, "PROGRAM", str(path))


def _ends(process: int) -> bool:
    """Whether a process that was killed is soon gone: the kernel closes its files before it calls it dead."""
    last = time.monotonic() + 300
    while _lives(process) and time.monotonic() < last:
        time.sleep(0.01)
    return not _lives(process)


def _lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] not in "ZX"


@needs_office
@pytest.mark.parametrize("ending", ["doc", "odt", "rtf"])
def test_an_older_format_is_read_whatever_the_file_is_called(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = _saved_as(ending, tmp_path, monkeypatch)
    assert office.is_legacy(data)
    document = bounded.read(data, name="a.txt")
    assert document.text == _TEXT
    assert document.format == "docx"


@needs_office
def test_an_older_file_becomes_a_master_whose_copies_are_word_files() -> None:
    data = _rtf("我们必须把学习放在第一位，目前许多同志十分努力，但仍有差距。因此要使大家更加努力。" * 3)
    master = prepare(data, key=new_key(), approve="AB", profile="solo")
    assert master.document.format == "docx"
    assert read(master.source).text == master.document.text
    assert read(neutral(data)).text == master.document.text


@needs_office
def test_nothing_is_fetched_while_a_file_is_converted() -> None:
    asked: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        picture = rf'{{\field{{\*\fldinst INCLUDEPICTURE "{address}/a.png" \\d}}{{\fldrslt x}}}}'
        text = rf'{{\field{{\*\fldinst INCLUDETEXT "{address}/b.rtf"}}{{\fldrslt y}}}}'
        assert "第一段" in read(_rtf("第一段。", picture + text)).text
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []


@needs_office
@pytest.mark.parametrize("data", [_WORD, _WORD + random.Random(1).randbytes(4096), _WORD[:700]])
def test_a_file_that_only_begins_like_one_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        bounded.read(data)


def test_without_libreoffice_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "PROGRAM", "a program that is not installed")
    for data, what in ((_WORD, r"\.doc"), (_rtf("文"), "RTF"), (_opendocument(), r"\.odt")):
        with pytest.raises(UnknownFormat, match=rf"{what}.*install LibreOffice.*save it as"):
            bounded.read(data)
    assert modern(_DOCX) is _DOCX


def test_a_libreoffice_that_hangs_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "processes"
    body = (
        f"child = os.fork()\nopen({str(note)!r}, 'a').write(f'{{os.getpid()}} ')\nwhile True: time.sleep(1)"
    )
    _program(tmp_path, monkeypatch, body)
    for seconds in (2, 10, 60, 300):  # on a busy machine it takes a while until it hangs
        note.write_text("")
        with pytest.raises(FileTooLarge, match="in time"):
            modern(_rtf("文"), seconds=seconds)
        processes = [int(number) for number in note.read_text().split()]
        if len(processes) == 2:
            break
    assert len(processes) == 2
    assert all(map(_ends, processes))


def test_what_it_starts_does_not_outlive_a_conversion_that_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "process"
    body = (
        f"child = os.fork()\nif child:\n    open({str(note)!r}, 'w').write(str(child))\n    sys.exit(0)\n"
        "while True: time.sleep(1)"
    )
    _program(tmp_path, monkeypatch, body)
    with pytest.raises(UnreadableFile, match="cannot read it"):
        modern(_rtf("文"))
    assert _ends(int(note.read_text()))


def test_its_memory_and_what_it_writes_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OFFICE_MEMORY", 256 * limits.MIB)
    note = tmp_path / "note"
    for body in (
        f"try: bytearray(1 << 30)\nexcept MemoryError: open({str(note)!r}, 'w').write('no')",
        f"import resource; open({str(note)!r}, 'w').write(str(resource.getrlimit(resource.RLIMIT_FSIZE)[0]))",
    ):
        _program(tmp_path, monkeypatch, body)
        with pytest.raises(UnreadableFile):
            modern(_rtf("文"))
        assert note.read_text() in ("no", str(limits.TOTAL_BYTES))


def test_its_folder_is_gone_afterwards_and_what_it_made_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "folder"
    body = (
        "out = sys.argv[sys.argv.index('--outdir') + 1]\nos.mkdir(out)\n"
        f"open({str(note)!r}, 'w').write(out)\nopen(out + '/leak.docx', 'wb').write(SIZE * b'x')"
    )
    _program(tmp_path, monkeypatch, body.replace("SIZE", "100"))
    with pytest.raises(UnreadableFile, match="cannot read it"):
        bounded.read(_rtf("文"))
    assert not Path(note.read_text()).exists()
    _program(tmp_path, monkeypatch, body.replace("SIZE", str(limits.FILE_BYTES + 1)))
    with pytest.raises(FileTooLarge, match="converted"):
        modern(_rtf("文"))


def test_a_protected_or_deceiving_opendocument_text_never_reaches_libreoffice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, monkeypatch, "")
    with pytest.raises(ProtectedFile, match="password"):
        modern(_opendocument("META-INF/manifest.xml", "<manifest:encryption-data/>"))
    with pytest.raises(FileTooLarge, match="unpacks"):
        modern(_opendocument("content.xml", bytes(9 * limits.MIB)))


def _opendocument(name: str = "content.xml", content: str | bytes = "<a/>") -> bytes:
    """A container that begins as an OpenDocument text does: its type first, not packed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return file.getvalue()
