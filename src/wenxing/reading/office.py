"""Files of older word processors, by LibreOffice where it is installed: .doc, .wps, .rtf and .odt.

LibreOffice works on a stranger's file: in a folder of its own that is gone afterwards, with macros, links
and the network switched off, so much memory, so much time by the clock, and it ends with its children.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import zipfile
from contextlib import suppress
from pathlib import Path

from wenxing.errors import FileTooLarge, ProtectedFile, UnknownFormat, UnreadableFile
from wenxing.formats import limits, signatures
from wenxing.formats.package import Package

PROGRAM = "soffice"
"""What is looked for on the path."""

_KINDS = {
    "doc": "a legacy Word document (.doc)",
    "wps": "a Works or WPS text (.wps)",
    "rtf": "a rich-text (RTF) document",
    "odt": "an OpenDocument text (.odt)",
}
_ROOM = threading.BoundedSemaphore(1)  # it takes 300 MB and a core; more files wait
_SECONDS_TO_END = 10.0  # after the kill; what left the group would otherwise be waited for without end
_TYPE = "docx:MS Word 2007 XML"
_LAUNCHER = (  # limits first: what LibreOffice starts inherits them
    "import os, resource, sys; memory, seconds, size = map(int, sys.argv[1:4]); "
    "resource.setrlimit(resource.RLIMIT_AS, (memory, memory)); "
    "resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds)); "
    "resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)); "
    "resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.execv(sys.argv[4], sys.argv[4:])"
)
_SETTINGS = (  # path, property, value
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Misc", "FirstRun", "false"),
    ("Writer/Content/Update", "Link", "2"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
    ("Inet/Settings", "ooInetNoProxy", ""),
)


def is_legacy(data: bytes) -> bool:
    """Whether a file is of an older word processor, by its bytes."""
    return _ending(data) is not None


def modern(data: bytes, *, seconds: float = limits.OFFICE_SECONDS) -> bytes:
    """Return a file of an older word processor as a .docx, and any other file as it is.

    Args:
        data: the whole file.
        seconds: by the clock, from the moment LibreOffice starts.

    Raises:
        FileTooLarge: over a limit, or LibreOffice did not end in time.
        ProtectedFile: it opens only with a password.
        UnknownFormat: LibreOffice is not installed.
        UnreadableFile: LibreOffice cannot read it.
    """
    ending = _ending(data)
    if ending is None:
        return data
    if len(data) > limits.FILE_BYTES:
        raise FileTooLarge(
            f"The file is larger than the {limits.FILE_BYTES // limits.MIB} MB that are accepted."
        )
    if ending == "odt":
        _refuse_odd_container(data)
    program = shutil.which(PROGRAM)
    if program is None:
        raise UnknownFormat(
            f"The file is {_KINDS[ending]}; to read it install LibreOffice (libreoffice-writer), "
            "or save it as a Word document (.docx) and try again."
        )
    with _ROOM, tempfile.TemporaryDirectory(prefix="wenxing-") as folder:
        return _converted(data, ending, program, Path(folder), seconds)


def _ending(data: bytes) -> str | None:
    """The usual ending of the names of such files; `None` for all others."""
    if data.startswith(signatures.RTF):
        return "rtf"
    if data.startswith(signatures.ZIP) and signatures.ODT in data[:128]:
        return "odt"
    if data.startswith(signatures.OLE):
        return signatures.ole_text(data)
    return None


def _refuse_odd_container(data: bytes) -> None:
    package = Package(data)
    package.verify()
    if "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise ProtectedFile("The file is protected by a password; remove the password and try again.")


def _converted(data: bytes, ending: str, program: str, folder: Path, seconds: float) -> bytes:
    profile, made = folder / "profile", folder / "out" / "leak.docx"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_registry(), encoding="ascii")
    given = folder / f"leak.{ending}"
    given.write_bytes(data)
    options = (
        "--headless",
        "--norestore",
        "--nologo",
        "--nodefault",
        "--nolockcheck",
        "--nofirststartwizard",
    )
    where = ("--convert-to", _TYPE, "--outdir", str(made.parent), str(given))
    _run([program, f"-env:UserInstallation={profile.as_uri()}", *options, *where], folder, seconds)
    size = made.stat().st_size if made.is_file() else 0
    if size > limits.FILE_BYTES:
        raise FileTooLarge("The file becomes too large when it is converted; take the pictures out.")
    if not size or not zipfile.is_zipfile(made):
        raise UnreadableFile(
            f"The file seems to be {_KINDS[ending]}, but LibreOffice cannot read it; take any "
            "password away, or save it as .docx."
        )
    return made.read_bytes()


def _run(command: list[str], folder: Path, seconds: float) -> None:
    """Run LibreOffice in a process group of its own; nothing of the group outlives this function.

    A kill takes a moment: each process of the group holds the end of a pipe, which closes with the last one.
    """
    numbers = (limits.OFFICE_MEMORY, max(1, int(seconds)), limits.TOTAL_BYTES)
    launcher = [sys.executable, "-I", "-c", _LAUNCHER, *map(str, numbers)]
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "TMPDIR": str(folder)}
    ended, held = os.pipe()
    process = subprocess.Popen(  # noqa: S603 (a program of the operator's, our own arguments)
        [*launcher, *command],
        cwd=folder,
        env={**environment, "LC_ALL": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=(held,),
    )
    os.close(held)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise FileTooLarge(
            "LibreOffice did not get ready with the file in time; save it as .docx and try again."
        ) from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        select.select([ended], [], [], _SECONDS_TO_END)
        os.close(ended)


def _registry() -> str:
    items = "".join(
        f'<item oor:path="/org.openoffice.{_component(path)}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items '
        'xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}</oor:items>'
    )


def _component(path: str) -> str:
    return path if path.startswith("Inet/") else f"Office.{path}"
