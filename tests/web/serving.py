"""A real server in a process of its own, to be killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web.postgresql import own_database

ROOT = Path(__file__).resolve().parent.parent.parent
_PATIENCE = 300.0  # seconds; a start takes about two, and machines are shared
_kept: list[socket.socket] = []


def environment(home: Path, port: int = 8000) -> dict[str, str]:
    """The environment of a process whose library lives in `home`."""
    ours = {
        **own_database(home),
        "WENXING_HOME": str(home),
        "WENXING_ADDRESS": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "wenxing_web.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
    }
    return {**os.environ, **ours}


def populate(home: Path, *, members: int) -> dict[str, Any]:
    """Publish a material and sign members in; see `populating`."""
    command = [sys.executable, str(Path(__file__).with_name("populating.py")), str(members)]
    done = subprocess.run(command, env=environment(home), check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def command(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of the platform's commands to its end."""
    whole = [sys.executable, "-m", "wenxing_web", *arguments]
    return subprocess.run(whole, env=environment(home), check=False, capture_output=True, text=True)


@dataclass
class Server:
    """A running server; `kill` ends it as a power cut would, `stop` as an operator would."""

    port: int
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """No warning, no clean-up."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end, as Ctrl-C does; returns its exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=_PATIENCE)


def start(home: Path) -> Server:
    """Start a server on a free port and wait until it answers."""
    port = free_port()
    command = [sys.executable, "-m", "wenxing_web", "serve", "--port", str(port)]
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment(home, port), stderr=log, stdout=log)
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return Server(port, process)
        except OSError:
            time.sleep(0.05)
        if process.poll() is not None:
            break
    process.kill()
    raise RuntimeError((home / "server.log").read_text())


def free_port() -> int:
    """A port that this process keeps: only who asks for it by its number gets it, one after another.

    A socket that is bound and does not listen keeps others from being given the port; a server that sets
    SO_REUSEADDR, as all do, may still listen there.
    """
    keeper = socket.socket()
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    keeper.bind(("127.0.0.1", 0))
    _kept.append(keeper)
    return int(keeper.getsockname()[1])
