"""The mail server, by Django's settings. What it answers is one of three: sent, not this one, not now."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend


class MailError(Exception):
    """A letter was not taken. The message holds no address: servers like to repeat those."""


class Refused(MailError):
    """The server will never take this letter for this address."""


class Postponed(MailError):
    """The server does not want this letter now."""


class Down(MailError):
    """There is no server to talk to, or it does not let us in: no letter can be sent now."""


class Mailer(Protocol):
    """An open connection."""

    def send(self, message: EmailMessage) -> None:
        """Have one letter to one address taken over.

        Raises:
            Refused, Postponed: this letter.
            Down: any letter.
        """


class _Connection:
    def __init__(self, backend: BaseEmailBackend) -> None:
        self._backend = backend

    def send(self, message: EmailMessage) -> None:
        """See `Mailer`."""
        message.connection = self._backend
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            raise _of_code(max(codes, default=451)) from None
        except smtplib.SMTPAuthenticationError as error:
            raise Down(f"login refused, {error.smtp_code}") from None
        except smtplib.SMTPResponseException as error:
            raise _of_code(error.smtp_code) from None
        except OSError as error:  # the other faults of smtplib are OSErrors, too
            raise Down(type(error).__name__) from None
        except (ValueError, UnicodeError) as error:  # an address that no letter can be sent to
            raise Refused(type(error).__name__) from None


@contextmanager
def opened() -> Iterator[Mailer]:
    """A connection for some letters.

    Raises:
        Down: it cannot be opened.
    """
    backend = get_connection()
    try:
        backend.open()
    except smtplib.SMTPResponseException as error:
        raise Down(f"{type(error).__name__}, {error.smtp_code}") from None
    except (OSError, UnicodeError) as error:
        raise Down(type(error).__name__) from None
    try:
        yield _Connection(backend)
    finally:
        with suppress(OSError):  # it was gone already
            backend.close()


def _of_code(code: int) -> MailError:
    """RFC 5321, 4.2.1: 4xx may be tried again, 5xx not; 421 is said when a server closes."""
    if code == 421:
        return Down(str(code))
    return Refused(str(code)) if code >= 500 else Postponed(str(code))
