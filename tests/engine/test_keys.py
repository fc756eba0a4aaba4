"""The key file and the opaque key."""

import copy
import json
import pickle
import random
import stat
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from wenxing.errors import KeyFileError, NewerFormat
from wenxing.keys import MasterKey, create_key, load_key, new_edition, new_key

EDITION = bytes(range(16))


def subkey_of(key: MasterKey) -> bytes:
    return key.subkey("test", EDITION, version=1, length=32)


def edited(path: Path, change: Callable[[dict[str, object]], None]) -> Path:
    """A copy of the key file at `path` with `change` made to its record."""
    record = json.loads(path.read_text())
    change(record)
    other = path.with_name("edited")
    other.write_text(json.dumps(record))
    return other


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, MasterKey]:
    """A key file under the passphrase 暗号 and its key. Making one is slow on purpose."""
    path = tmp_path_factory.mktemp("keys") / "sealed.key"
    return path, create_key(path, "暗号")


@pytest.fixture
def plain(tmp_path: Path) -> tuple[Path, MasterKey]:
    """A key file without a passphrase and its key."""
    path = tmp_path / "plain.key"
    return path, create_key(path, None)


def test_a_key_file_gives_back_its_key(plain: tuple[Path, MasterKey]) -> None:
    path, key = plain
    assert subkey_of(load_key(path, None)) == subkey_of(key)


def test_a_sealed_key_file_gives_back_its_key_and_does_not_hold_the_secret(
    sealed: tuple[Path, MasterKey],
) -> None:
    path, key = sealed
    assert subkey_of(load_key(path, "暗号")) == subkey_of(key)
    secret = key.sealed_by(lambda value: value.hex())
    assert len(secret) == 64
    assert secret not in path.read_text()


def test_a_key_file_is_for_its_owner_alone(
    plain: tuple[Path, MasterKey], sealed: tuple[Path, MasterKey]
) -> None:
    for path, _ in (plain, sealed):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("passphrase", [None, "secret"])
def test_a_key_file_is_never_replaced(tmp_path: Path, passphrase: str | None) -> None:
    path = tmp_path / "a.key"
    create_key(path, None)
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="never replaced"):
        create_key(path, passphrase)
    assert path.read_bytes() == before


def test_a_dangling_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyFileError):
        create_key(tmp_path / "link", None)
    assert not (tmp_path / "elsewhere").exists()


def test_a_key_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    create_key(tmp_path / "a.key", None)
    with pytest.raises(KeyFileError, match="cannot be written"):
        create_key(tmp_path / "no such folder" / "a.key", None)


def test_an_empty_passphrase_is_refused(tmp_path: Path) -> None:
    create_key(tmp_path / "a.key", None)
    with pytest.raises(KeyFileError, match="empty passphrase"):
        create_key(tmp_path / "b.key", "")
    assert not (tmp_path / "b.key").exists()


def test_a_wrong_passphrase_or_none_does_not_open_a_sealed_key(sealed: tuple[Path, MasterKey]) -> None:
    path, _ = sealed
    load_key(path, "暗号")
    with pytest.raises(KeyFileError, match="passphrase is wrong"):
        load_key(path, "暗號")
    for missing in (None, ""):
        with pytest.raises(KeyFileError, match="locked by a passphrase"):
            load_key(path, missing)


def test_a_passphrase_opens_however_the_keyboard_composes_its_letters(tmp_path: Path) -> None:
    key = create_key(tmp_path / "a.key", "caf\u00e9")
    assert subkey_of(load_key(tmp_path / "a.key", "cafe\u0301")) == subkey_of(key)


def test_a_passphrase_is_ignored_when_the_file_has_none(plain: tuple[Path, MasterKey]) -> None:
    path, key = plain
    assert subkey_of(load_key(path, "anything")) == subkey_of(key)


def test_a_key_file_cut_short_anywhere_is_refused(plain: tuple[Path, MasterKey], tmp_path: Path) -> None:
    path, _ = plain
    data = path.read_bytes()
    short = tmp_path / "short"
    for length in range(len(data.rstrip())):
        short.write_bytes(data[:length])
        with pytest.raises(KeyFileError):
            load_key(short, None)


def test_a_damaged_secret_is_refused(plain: tuple[Path, MasterKey]) -> None:
    path, _ = plain

    def damage(record: dict[str, object]) -> None:
        secret = str(record["secret"])
        record["secret"] = ("0" if secret[0] != "0" else "1") + secret[1:]

    load_key(edited(path, lambda record: None), None)
    with pytest.raises(KeyFileError, match="damaged"):
        load_key(edited(path, damage), None)


@pytest.mark.parametrize(
    "change",
    [
        {"n": 2**30},
        {"n": 1000},
        {"p": 0},
        {"r": "8"},
        {"n": True},
        {"salt": "zz"},
        {"nonce": ""},
        {"nonce": None},
        {"secret": []},
        {"cipher": "rot13"},
        {"cipher": "none"},
        {"version": 0},
        {"version": "1"},
        {"kind": "something else"},
    ],
)
def test_a_tampered_sealed_file_is_refused_without_effort(
    sealed: tuple[Path, MasterKey], change: dict[str, object]
) -> None:
    path, _ = sealed
    with pytest.raises(KeyFileError):
        load_key(edited(path, lambda record: record.update(change)), "暗号")


def test_parameters_of_a_sealed_file_are_authenticated(sealed: tuple[Path, MasterKey]) -> None:
    path, _ = sealed
    with pytest.raises(KeyFileError, match="passphrase is wrong, or the file is damaged"):
        load_key(edited(path, lambda record: record.update(note="added")), "暗号")


def test_a_key_file_of_a_later_version_says_so(plain: tuple[Path, MasterKey]) -> None:
    path, _ = plain
    with pytest.raises(NewerFormat, match="later version"):
        load_key(edited(path, lambda record: record.update(version=2)), None)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"null", b"[" * 4000, b"{}", b"x" * 10_000])
def test_what_is_no_key_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "not.key"
    path.write_bytes(content)
    with pytest.raises(KeyFileError):
        load_key(path, None)


def test_a_missing_key_file_and_a_folder_are_clear_errors(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="There is no key"):
        load_key(tmp_path / "missing", None)
    with pytest.raises(KeyFileError, match="cannot be read"):
        load_key(tmp_path, None)


def test_nothing_printed_or_raised_shows_the_secret(plain: tuple[Path, MasterKey]) -> None:
    path, key = plain
    secret = key.sealed_by(lambda value: value.hex())
    shown = [repr(key), str(key), f"{key!r}", str(dir(key))]
    for refused in (
        lambda: load_key(edited(path, lambda record: record.update(check="no")), None),
        lambda: load_key(edited(path, lambda record: record.update(secret=secret[:-1])), None),
        lambda: key.subkey("test", b"short", version=1, length=32),
    ):
        with pytest.raises((KeyFileError, ValueError)) as caught:
            refused()
        shown.append("".join(traceback.format_exception(caught.value)))
        assert caught.value.__cause__ is None
    assert not any(secret[:16] in text or str(bytes.fromhex(secret))[2:20] in text for text in shown)


def test_a_key_is_never_pickled_or_copied() -> None:
    key = new_key()
    for copying in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="never copied or pickled"):
            copying(key)


def test_subkeys_differ_by_key_purpose_edition_and_version() -> None:
    random_bytes = random.Random(1).randbytes
    one, other = new_key(random_bytes), new_key(random_bytes)
    subkeys = {
        key.subkey(purpose, edition, version=version, length=16)
        for key in (one, other)
        for purpose in ("bits", "roles")
        for edition in (EDITION, bytes(16))
        for version in (1, 2)
    }
    assert len(subkeys) == 16
    assert one.subkey("bits", EDITION, version=1, length=16) in subkeys


def test_keys_and_editions_are_fresh_by_default_and_repeatable_on_demand() -> None:
    assert subkey_of(new_key()) != subkey_of(new_key())
    assert new_edition() != new_edition()
    assert len(new_edition()) == 16
    assert subkey_of(new_key(random.Random(3).randbytes)) == subkey_of(new_key(random.Random(3).randbytes))


def test_a_master_key_has_32_bytes() -> None:
    MasterKey(bytes(32))
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKey(bytes(31))
