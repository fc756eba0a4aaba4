"""A mail server on loopback that does as it is told, RFC 5321 as far as Django speaks it."""

import contextlib
import socketserver
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event, Thread
from typing import Self

from web.serving import free_port


@dataclass
class Orders:
    """What the server is to do.

    Attributes:
        answers: codes by command, such as `{"RCPT": 550}`; 250 where nothing is said.
        hang: after taking a letter, say nothing any more.
        taken: letters that were taken over, in order.
        visits: connections that were made.
    """

    answers: dict[str, int] = field(default_factory=dict)
    hang: bool = False
    taken: list[EmailMessage] = field(default_factory=list)
    visits: int = 0
    has_one: Event = field(default_factory=Event)


class _Visit(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        orders = self.server.orders  # type: ignore[attr-defined]
        orders.visits += 1
        self._say(orders.answers.get("CONNECT", 220))
        while line := self.rfile.readline():
            command = line.split()[0].decode().upper() if line.strip() else ""
            if command == "QUIT":
                self._say(221)
                return
            self._say(code := orders.answers.get(command, 354 if command == "DATA" else 250))
            if command == "DATA" and code == 354:
                self._take(orders)

    def _take(self, orders: Orders) -> None:
        body = b""
        while (line := self.rfile.readline()) != b".\r\n":
            body += line[1:] if line.startswith(b"..") else line
        message = message_from_bytes(body, policy=policy.default)
        orders.taken.append(message)
        orders.has_one.set()
        if orders.hang:
            self.rfile.read()  # until the other side is gone
        self._say(250)

    def _say(self, code: int) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(b"%d so\r\n" % code)


class MailServer:
    """Runs between `with` and its end; the port stays its own, so that it can come back."""

    def __init__(self, port: int = 0) -> None:
        self.orders = Orders()
        self.port = port or free_port()

    def __enter__(self) -> Self:
        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", self.port), _Visit)
        self._server.daemon_threads = True
        self._server.orders = self.orders  # type: ignore[attr-defined]
        Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
