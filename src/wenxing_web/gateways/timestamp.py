"""A time-stamping authority, RFC 3161: somebody else says when these bytes existed.

The authority sees a hash and nothing else. Its answer is checked before it is kept:
the hash and the nonce are ours and, when the authority's root certificate is known,
its signature is good. The answer can be checked by anybody, years later, with this
module or with `openssl ts -verify`.
"""

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

_TIMEOUT = 30.0
_LARGEST_ANSWER = 256 * 1024

Authority = Callable[[bytes], bytes]
"""Takes a DER time-stamp request, gives the DER response."""


class TimestampError(Exception):
    """No stamp, or one that is not good. The message says what to do."""


def over_http(address: str) -> Authority:
    """The authority at an http or https address (RFC 3161, 3.4).

    Raises:
        TimestampError: the address is of another kind.
    """
    if urlsplit(address).scheme not in ("http", "https"):
        raise TimestampError("The address of a time-stamping authority begins with https:// or http://.")

    def ask(request: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query"}
        query = urllib.request.Request(address, data=request, headers=headers)  # noqa: S310 - checked above
        try:
            with urllib.request.urlopen(query, timeout=_TIMEOUT) as answer:  # noqa: S310
                content: bytes = answer.read(_LARGEST_ANSWER + 1)
        except (urllib.error.URLError, TimeoutError, OSError) as error:
            raise TimestampError(f"The authority at {address} does not answer; try again later.") from error
        if len(content) > _LARGEST_ANSWER:
            raise TimestampError(f"What {address} answers is no time stamp.")
        return content

    return ask


def stamp(data: bytes, *, authority: Authority, roots: Sequence[Certificate] = ()) -> bytes:
    """Have `data` stamped now.

    Args:
        data: anything but nothing; only its SHA-256 leaves the machine.
        authority: whom to ask.
        roots: certificates under which its signature must be good; without any it is not checked.

    Returns:
        The response, DER, for `check`.

    Raises:
        TimestampError: no answer, a refusal, or an answer that is not good.
    """
    request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = authority(request.as_bytes())
    _checked(answer, data, roots, request)
    return answer


def check(answer: bytes, data: bytes, *, roots: Sequence[Certificate] = ()) -> datetime:
    """When, as the authority says, `data` existed at the latest.

    Args:
        answer: as `stamp` gave it.
        data: what was stamped.
        roots: certificates under which the signature must be good; without any it is not checked.

    Raises:
        TimestampError: the stamp is of other bytes, damaged, or not signed under these roots.
    """
    return _checked(answer, data, roots, None).tst_info.gen_time


def roots_in(file: Path) -> list[Certificate]:
    """Certificates in a PEM file.

    Raises:
        TimestampError: it cannot be read, or there is none in it.
    """
    try:
        return load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        raise TimestampError(f"{file} holds no certificates in PEM.") from error


def _checked(
    answer: bytes, data: bytes, roots: Sequence[Certificate], request: TimeStampRequest | None
) -> TimeStampResponse:
    try:
        response = decode_timestamp_response(answer)
        if response.status not in (0, 1):
            raise TimestampError("The authority refused to stamp.")
        told = response.tst_info
        if told.message_imprint.message != hashlib.sha256(data).digest():
            raise TimestampError("The stamp is of other bytes.")
        if request is not None and told.nonce != request.nonce:
            raise TimestampError("The authority answered another request.")
        if roots:
            VerifierBuilder(roots=list(roots)).build().verify_message(response, data)
    except (ValueError, VerificationError) as error:
        raise TimestampError(f"The stamp is not good: {error}.") from error
    return response
