"""The library's one secret: made once, kept in a file, split into subkeys.

A `MasterKey` never gives its bytes away. It derives a subkey for one purpose of
one edition (HKDF-SHA-256, RFC 5869), shows nothing in its repr and refuses to be
pickled or copied. Losing the key ends tracing; a stolen key lets the thief forge
anybody's copy.

The file is one JSON object. With a passphrase the secret is sealed by AES-256-GCM
under scrypt, and every parameter is authenticated with it; without one it stands
there in hexadecimal beside a check value that detects damage. The file's mode is
0600 and an existing file is never replaced.
"""

import json
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from wenxing.durable import sync_folder
from wenxing.errors import KeyFileError, NewerFormat

EDITION_BYTES = 16
_SECRET_BYTES = 32
_KIND = "wenxing key"
_VERSION = 1
_LARGEST_FILE = 4096
# OWASP's password storage advice for scrypt (64 MiB).
_COST = {"n": 2**16, "r": 8, "p": 2}
_HIGHEST_COST = {"n": 2**18, "r": 8, "p": 16}

_Sealed = TypeVar("_Sealed", str, bytes)

Random = Callable[[int], bytes]
"""A source of random bytes: how many → that many."""


class MasterKey:
    """The library's secret. Opaque: all it does is to derive subkeys."""

    __slots__ = ("__secret",)

    def __init__(self, secret: bytes) -> None:
        """Wrap `secret`, 32 uniformly random bytes."""
        if len(secret) != _SECRET_BYTES:
            raise ValueError(f"a master key has {_SECRET_BYTES} bytes")
        self.__secret = bytes(secret)

    def subkey(self, purpose: str, edition: bytes, *, version: int, length: int) -> bytes:
        """The key for one purpose of one edition under one version of the format.

        Args:
            purpose: an ASCII label without a slash, such as "bits".
            edition: 16 bytes.
            version: the format's version; each has unrelated keys.
            length: bytes wanted, at most 255 · 32.
        """
        if len(edition) != EDITION_BYTES:
            raise ValueError(f"an edition is identified by {EDITION_BYTES} bytes, not {len(edition)}")
        info = f"wenxing/{version}/{purpose}/".encode("ascii") + edition
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(self.__secret)

    def sealed_by(self, seal: Callable[[bytes], _Sealed]) -> _Sealed:
        """`seal(secret)`; for writing the key file and nothing else."""
        return seal(self.__secret)

    def __repr__(self) -> str:
        return "MasterKey(…)"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a master key is never copied or pickled; keep its file instead")


def new_key(random: Random = os.urandom) -> MasterKey:
    """A fresh key in memory. It is gone with the process unless `create_key` made it."""
    return MasterKey(random(_SECRET_BYTES))


def new_edition(random: Random = os.urandom) -> bytes:
    """A fresh edition identity, 16 bytes. Preparing a text twice makes two editions."""
    return random(EDITION_BYTES)


def create_key(
    path: str | os.PathLike[str], passphrase: str | None, random: Random = os.urandom
) -> MasterKey:
    """Make a new key and write its file, mode 0600.

    Args:
        path: where; nothing may be there yet.
        passphrase: protects the file at rest; `None` leaves protection to the disk.
        random: where the randomness comes from.

    Raises:
        KeyFileError: there is a file already, it cannot be written, or the passphrase is empty.
    """
    if passphrase is not None and not passphrase:
        raise KeyFileError("An empty passphrase protects nothing: give one, or none at all.")
    target = Path(path)
    if os.path.lexists(target):  # before the slow part; O_EXCL below decides
        raise _in_the_way(target)
    key = new_key(random)
    if passphrase is None:
        header: dict[str, object] = {"kind": _KIND, "version": _VERSION, "cipher": "none"}
        fields = {"secret": key.sealed_by(lambda secret: secret.hex()), "check": key.sealed_by(_check)}
    else:
        salt, nonce = random(16), random(12)
        header = {"kind": _KIND, "version": _VERSION, "cipher": "scrypt-aes256gcm", **_COST}
        header |= {"salt": salt.hex(), "nonce": nonce.hex()}
        cipher = AESGCM(_stretch(passphrase, salt, _COST))
        sealed = key.sealed_by(lambda secret: cipher.encrypt(nonce, secret, _canonical(header)))
        fields = {"secret": sealed.hex()}
    _write_new(target, json.dumps(header | fields, indent=1).encode("ascii") + b"\n")
    return key


def load_key(path: str | os.PathLike[str], passphrase: str | None) -> MasterKey:
    """Read the key in the file at `path`. A passphrase is ignored when the file has none.

    Raises:
        KeyFileError: no such file, not a key file, damaged, or the passphrase is missing or wrong.
        NewerFormat: a later version of Wenxing wrote it.
    """
    source = Path(path)
    record = _record(source)
    cipher = record.get("cipher")
    try:
        if cipher == "none":
            return _open_plain(record, source)
        if cipher == "scrypt-aes256gcm":
            return _open_sealed(record, source, passphrase)
    except (KeyError, TypeError, ValueError):
        # Without its cause: that one could quote what the file holds.
        raise KeyFileError(f"{source} is damaged: restore the key from a backup.") from None
    raise KeyFileError(f"{source} is damaged: restore the key from a backup.")


def _open_plain(record: dict[str, object], source: Path) -> MasterKey:
    key = MasterKey(_hex(record["secret"]))
    if record["check"] != key.sealed_by(_check):
        raise KeyFileError(f"{source} is damaged: restore the key from a backup.")
    return key


def _open_sealed(record: dict[str, object], source: Path, passphrase: str | None) -> MasterKey:
    if not passphrase:
        raise KeyFileError(f"{source} is locked by a passphrase: set WENXING_PASSPHRASE to it.")
    cost = {name: _whole(record[name], highest) for name, highest in _HIGHEST_COST.items()}
    salt, nonce = _hex(record["salt"]), _hex(record["nonce"])
    header = {name: value for name, value in record.items() if name != "secret"}
    cipher = AESGCM(_stretch(passphrase, salt, cost))
    try:
        return MasterKey(cipher.decrypt(nonce, _hex(record["secret"]), _canonical(header)))
    except InvalidTag:
        message = f"{source} does not open: the passphrase is wrong, or the file is damaged."
        raise KeyFileError(message) from None


def _record(source: Path) -> dict[str, object]:
    """The JSON object in the file, of this kind and a version that this program reads."""
    try:
        with source.open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        raise KeyFileError(f"There is no key at {source}: make one with `wenxing keygen`.") from None
    except OSError as error:
        raise KeyFileError(f"The key at {source} cannot be read: {error.strerror}.") from None
    try:
        record = json.loads(data) if len(data) <= _LARGEST_FILE else None
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict) or record.get("kind") != _KIND:
        raise KeyFileError(f"{source} is not a key file, or it was cut short.")
    version = record.get("version")
    if isinstance(version, int) and version > _VERSION:
        raise NewerFormat(f"{source} was made by a later version of Wenxing: update to use it.")
    if version != _VERSION:
        raise KeyFileError(f"{source} is damaged: restore the key from a backup.")
    return record


def _write_new(target: Path, data: bytes) -> None:
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise _in_the_way(target) from None
    except OSError as error:
        raise KeyFileError(f"The key cannot be written to {target}: {error.strerror}.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(target.parent)  # copies may be marked with the key at once
    except OSError as error:
        target.unlink(missing_ok=True)
        raise KeyFileError(f"The key cannot be written to {target}: {error.strerror}.") from None


def _in_the_way(target: Path) -> KeyFileError:
    return KeyFileError(f"There is a file at {target} already, and a key is never replaced.")


def _stretch(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    """The file's key. NFC, because keyboards disagree about how to spell the same characters."""
    text = unicodedata.normalize("NFC", passphrase).encode()
    return Scrypt(salt=salt, length=32, n=cost["n"], r=cost["r"], p=cost["p"]).derive(text)


def _check(secret: bytes) -> str:
    """A value that detects damage and, one-way, says nothing about the secret."""
    return HKDF(algorithm=SHA256(), length=8, salt=None, info=b"wenxing/key file check").derive(secret).hex()


def _canonical(header: dict[str, object]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode()


def _hex(value: object) -> bytes:
    if not isinstance(value, str):
        raise TypeError("not hexadecimal")
    return bytes.fromhex(value)


def _whole(value: object, highest: int) -> int:
    """`value` as a cost within bounds, so that a hostile file cannot ask for all memory."""
    if not isinstance(value, int) or not 1 <= value <= highest:
        raise ValueError("cost out of range")
    return value
