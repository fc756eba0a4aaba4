"""ZIP containers: rewritten without harm, refused when they lie."""

import io
import random
import struct
import zipfile
import zlib

import pytest

from wenxing.errors import FileTooLarge, ProtectedFile, UnreadableFile
from wenxing.formats import limits
from wenxing.formats.package import Package, pack

_PARTS = {
    "a.xml": b"<a/>" * 100,
    "folder/b.bin": random.Random(7).randbytes(5000),
    "c.txt": "字".encode() * 50,
}


def _zip(parts: dict[str, bytes] = _PARTS, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2021, 5, 3, 9, 30, 0)), content, method)
    return out.getvalue()


def _directory_at(data: bytes) -> int:
    return data.index(b"PK\x01\x02")


def _patched(data: bytes, at: int, content: bytes) -> bytes:
    return data[:at] + content + data[at + len(content) :]


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_members_come_out_as_they_went_in(method: int) -> None:
    package = Package(_zip(method=method))
    package.verify()
    assert {name: package.read(name) for name in package.names} == _PARTS


def test_replacing_a_member_leaves_the_packed_bytes_of_the_others() -> None:
    source = _zip()
    result = Package(source).replaced({"a.xml": b"<b/>"})
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(io.BytesIO(result)) as new:
        assert new.testzip() is None
        assert new.namelist() == old.namelist()
        assert new.read("a.xml") == b"<b/>"
        for name in ("folder/b.bin", "c.txt"):
            assert _packed(result, new.getinfo(name)) == _packed(source, old.getinfo(name))
            assert new.getinfo(name).date_time == (2021, 5, 3, 9, 30, 0)


def _packed(data: bytes, info: zipfile.ZipInfo) -> bytes:
    name, extra = struct.unpack_from("<2H", data, info.header_offset + 26)
    start = info.header_offset + 30 + name + extra
    return data[start : start + info.compress_size]


def test_the_same_replacement_gives_the_same_bytes() -> None:
    assert Package(_zip()).replaced({"a.xml": b"x"}) == Package(_zip()).replaced({"a.xml": b"x"})
    assert pack({"a": b"1", "字": b"2"}) == pack({"a": b"1", "字": b"2"})
    with zipfile.ZipFile(io.BytesIO(pack({"a": b"1", "字": b"2"}))) as archive:
        assert archive.read("字") == b"2"
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_container_written_to_a_stream_is_read_and_rewritten() -> None:
    class Pipe(io.RawIOBase):
        """Cannot seek, so zipfile writes the sizes behind the data."""

        def __init__(self) -> None:
            self.written = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data) -> int:  # type: ignore[no-untyped-def]
            self.written += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(content)
    package = Package(bytes(pipe.written))
    package.verify()
    with zipfile.ZipFile(io.BytesIO(package.replaced({"a.xml": b"new"}))) as archive:
        assert archive.testzip() is None
        assert archive.read("folder/b.bin") == _PARTS["folder/b.bin"]


@pytest.mark.parametrize("cut", [1, 10, 30, 60, 500, 4000])
def test_a_truncated_container_is_refused(cut: int) -> None:
    data = _zip()
    Package(data).verify()
    with pytest.raises(UnreadableFile):
        Package(data[:-cut]).verify()


def test_any_single_damaged_byte_is_refused_or_harmless() -> None:
    data = _zip()
    draw = random.Random(11)
    refused = 0
    for _ in range(400):
        at = draw.randrange(len(data))
        damaged = _patched(data, at, bytes([data[at] ^ 1 << draw.randrange(8)]))
        try:
            package = Package(damaged)
            package.verify()
            assert set(map(package.read, package.names)) == set(_PARTS.values())
        except UnreadableFile:
            refused += 1
    assert refused > 300


def test_a_member_that_unpacks_without_end_stops_at_the_limit() -> None:
    data = pack({"small": bytes(limits.RATIO_FROM), "large": bytes(limits.RATIO_FROM + limits.MIB)})
    package = Package(data)
    assert len(package.read("small")) == limits.RATIO_FROM
    with pytest.raises(FileTooLarge):
        package.verify()


def test_a_bomb_whose_headers_promise_little_is_found_while_unpacking() -> None:
    data = pack({"bomb": bytes(8 * limits.MIB)})
    modest = struct.pack("<L", 100)
    lying = _patched(_patched(data, 22, modest), _directory_at(data) + 24, modest)
    with pytest.raises(FileTooLarge):
        Package(lying).verify()


def test_the_sum_of_members_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    package = Package(_zip())
    package.verify()
    monkeypatch.setattr(limits, "TOTAL_BYTES", 5000)
    with pytest.raises(FileTooLarge):
        package.verify()


def test_the_number_of_members_is_limited() -> None:
    allowed = {f"{i}": b"" for i in range(limits.MEMBERS)}
    assert len(Package(pack(allowed)).names) == limits.MEMBERS
    with pytest.raises(FileTooLarge):
        Package(pack({**allowed, "one more": b""}))


@pytest.mark.parametrize("name", ["../a", "/a", "a//b", "a/./b", "c:a", "a\\b", "a\nb", "a/../../b"])
def test_names_that_lead_out_of_the_container_are_refused(name: str) -> None:
    Package(pack({"a/b": b""}))
    with pytest.raises(UnreadableFile, match="forbidden name"):
        Package(pack({name: b""}))


def test_two_members_of_one_name_are_refused() -> None:
    Package(pack({"word/document.xml": b"1", "word/Other.xml": b"2"}))
    with pytest.raises(UnreadableFile, match="same name"):
        Package(pack({"word/document.xml": b"1", "word/Document.xml": b"2"}))


def test_members_that_share_bytes_are_refused() -> None:
    data = pack({"aa": b"content" * 9, "ab": b"content" * 9})
    Package(data).verify()
    second = _directory_at(data) + 46 + 2
    assert data[second : second + 4] == b"PK\x01\x02"
    shared = _patched(_patched(data, second + 42, struct.pack("<L", 0)), second + 46, b"aa")
    with pytest.raises(UnreadableFile):
        Package(shared)


def test_encrypted_members_are_protected() -> None:
    data = _zip()
    Package(data)
    with pytest.raises(ProtectedFile):
        Package(_patched(data, _directory_at(data) + 8, b"\x01"))


def test_unusual_packing_methods_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="unusual method"):
        Package(_zip(method=zipfile.ZIP_LZMA))


def test_what_unpacks_to_other_bytes_than_were_packed_is_refused() -> None:
    data = pack({"a": b"some text"})
    assert Package(data).read("a") == b"some text"
    lying = _patched(data, _directory_at(data) + 16, struct.pack("<L", zlib.crc32(b"other text")))
    with pytest.raises(UnreadableFile):
        Package(lying).read("a")


def test_a_wide_size_without_its_extra_field_is_refused() -> None:
    data = _zip()
    Package(data)
    for field in (20, 24, 42):
        with pytest.raises(UnreadableFile):
            Package(_patched(data, _directory_at(data) + field, b"\xff" * 4))
