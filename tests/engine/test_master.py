"""A master survives its container, and nothing damaged or foreign passes for one."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from engine.made_texts import made_document, made_edition, made_key
from wenxing.errors import MasterError, NewerFormat, WrongKey
from wenxing.formats.package import pack
from wenxing.master import FORMAT, Master, load
from wenxing.preparing import prepare
from wenxing.sealing import open_codebook

KEY = made_key()
DOCUMENT, SITES = made_document(1, 800)
MASTER = prepare(DOCUMENT.text.encode(), key=KEY, sites=SITES, name="样本.txt", edition=made_edition())


def parts(master: Master) -> tuple[dict[str, Any], bytes]:
    with zipfile.ZipFile(io.BytesIO(master.to_bytes())) as container:
        return json.loads(container.read("master.json")), container.read("source")


def packed(description: object, source: bytes) -> bytes:
    text = json.dumps(description, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return pack({"master.json": text.encode(), "source": source})


def test_a_master_comes_back_from_its_container_as_it_was() -> None:
    again = Master.from_bytes(MASTER.to_bytes())
    assert again == MASTER
    assert again.to_bytes() == MASTER.to_bytes()
    assert again.document.text == DOCUMENT.text
    assert again.approved_sites == SITES
    open_codebook(again, key=KEY)


def test_a_master_is_read_from_a_file(tmp_path: Any) -> None:
    (tmp_path / "m.wxm").write_bytes(MASTER.to_bytes())
    assert load(tmp_path / "m.wxm") == MASTER


def test_repacking_its_parts_is_harmless() -> None:
    assert Master.from_bytes(packed(*parts(MASTER))) == MASTER


def test_a_master_truncated_anywhere_is_refused() -> None:
    data = MASTER.to_bytes()
    assert Master.from_bytes(data) == MASTER
    for length in {0, 1, 3, 4, 30, *range(100, len(data), 997), len(data) - 1}:
        with pytest.raises(MasterError):
            Master.from_bytes(data[:length])


@pytest.mark.parametrize("data", [b"not a master", b"PK\x03\x04 nor this", "文".encode()])
def test_another_file_is_refused(data: bytes) -> None:
    with pytest.raises(MasterError):
        Master.from_bytes(data)


def test_another_container_is_refused() -> None:
    description, source = parts(MASTER)
    for members in (
        {"word/document.xml": b"<a/>"},
        {"source": source},
        {"master.json": json.dumps(description).encode(), "source": source, "more": b""},
        {"master.json": b"[1]", "source": source},
        {"master.json": b"{", "source": source},
        {"master.json": b"\xff\xfe", "source": source},
        {"master.json": b"[" * 100_000, "source": source},
        {"master.json": b"{}", "source": source},
    ):
        with pytest.raises(MasterError):
            Master.from_bytes(pack(members))


@pytest.mark.parametrize("field", ["format", "version"])
def test_a_newer_master_says_so(field: str) -> None:
    description, source = parts(MASTER)
    assert Master.from_bytes(packed(description, source)) == MASTER
    with pytest.raises(NewerFormat):
        master = Master.from_bytes(packed({**description, field: FORMAT + 1}, source))
        open_codebook(master, key=KEY)


def test_another_key_is_recognised() -> None:
    open_codebook(MASTER, key=KEY)
    with pytest.raises(WrongKey):
        open_codebook(MASTER, key=made_key(1))


def _other_alternative(description: dict[str, Any]) -> None:
    description["sites"][3][4][1] = "无"


def _fewer_approved(description: dict[str, Any]) -> None:
    description["approved"].pop()


def _another_title(description: dict[str, Any]) -> None:
    description["title"] = "别的题目"


def _another_profile(description: dict[str, Any]) -> None:
    description["profile"] = "coalition"


def _another_role(description: dict[str, Any]) -> None:
    description["document"]["paragraphs"][0][1] = "heading"


@pytest.mark.parametrize(
    "change", [_other_alternative, _fewer_approved, _another_title, _another_profile, _another_role]
)
def test_whatever_was_changed_afterwards_breaks_the_seal(change: Callable[[dict[str, Any]], None]) -> None:
    description, source = parts(MASTER)
    change(description)
    forged = Master.from_bytes(packed(description, source))
    with pytest.raises(MasterError, match="changed after it was prepared"):
        open_codebook(forged, key=KEY)


def test_another_source_is_refused() -> None:
    description, source = parts(MASTER)
    with pytest.raises(MasterError):
        Master.from_bytes(packed(description, source + b" "))


def _delete(field: str) -> Callable[[dict[str, Any]], None]:
    def change(description: dict[str, Any]) -> None:
        del description[field]

    return change


def _set(field: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(description: dict[str, Any]) -> None:
        description[field] = value

    return change


def _spoil_site(at: int, value: object) -> Callable[[dict[str, Any]], None]:
    def change(description: dict[str, Any]) -> None:
        description["sites"][0][at] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        *(
            _delete(f)
            for f in ("edition", "document", "sites", "approved", "check", "seal", "profile", "tool")
        ),
        _set("kind", "something"),
        _set("format", "1"),
        _set("format", 0),
        _set("version", True),
        _set("edition", "00"),
        _set("seal", "zz"),
        _set("policy", "free"),
        _set("policy", "verbatim"),
        _set("profile", "none"),
        _set("approved", [1, 0]),
        _set("approved", [10**9]),
        _set("approved", [-1]),
        _set("approved", [0.5]),
        _set("document", {"format": "txt", "paragraphs": []}),
        _set("document", 3),
        _spoil_site(0, "smell"),
        _spoil_site(3, []),
        _spoil_site(3, [[5, 2]]),
        _spoil_site(3, [[10**7, 10**7 + 2]]),
        _spoil_site(3, [[0, 1]]),
        _spoil_site(4, ["一"]),
        _spoil_site(4, ["一", "二", "三", "四", "五"]),
    ],
)
def test_a_description_that_makes_no_sense_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    description, source = parts(MASTER)
    change(description)
    with pytest.raises(MasterError):
        Master.from_bytes(packed(description, source))
