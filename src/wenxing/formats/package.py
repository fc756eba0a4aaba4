"""ZIP containers, read with suspicion and rewritten without touching what did not change.

A `Package` is opened on bytes. Its central directory is checked before anything is
unpacked: names, encryption, overlaps, counts. Unpacking counts the bytes that really come
out and stops at the limits, whatever the headers promise. `replaced` makes a new container:
members that are not replaced keep their packed bytes; nothing is packed twice, nothing is
taken from the clock, so the same input gives the same output.

The format is APPNOTE 6.3.10 (PKWARE); section numbers below refer to it.
"""

import struct
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wenxing.errors import FileTooLarge, ProtectedFile, UnreadableFile
from wenxing.formats import limits

_LOCAL = struct.Struct("<4s5H3L2H")  # 4.3.7
_CENTRAL = struct.Struct("<4s6H3L5H2L")  # 4.3.12
_END = struct.Struct("<4s4H2LH")  # 4.3.16
_END64_LOCATOR = struct.Struct("<4sLQL")  # 4.3.15
_END64 = struct.Struct("<4sQ2H2L4Q")  # 4.3.14

_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _SIZES_FOLLOW, _UTF8_NAME = 0x1, 0x8, 0x800
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_BLOCK = limits.MIB
_EPOCH = (0, (1 << 5) | 1)  # 1 January 1980, the first moment the format can name


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside a container.

    Attributes:
        name: its name, with forward slashes.
        raw_name: the name's bytes as stored.
        flags, method, time, date, crc, attributes: the header fields of those names.
        size: bytes when unpacked, as the directory claims.
        packed: its packed bytes.
    """

    name: str
    raw_name: bytes
    flags: int
    method: int
    time: int
    date: int
    crc: int
    attributes: int
    size: int
    packed: memoryview


class Package:
    """A ZIP container held in memory.

    Args:
        data: the whole file.

    Raises:
        UnreadableFile: not a ZIP container, damaged, or built to deceive.
        ProtectedFile: a member is encrypted.
        FileTooLarge: more than `limits.MEMBERS` members.
    """

    def __init__(self, data: bytes) -> None:
        try:
            members = _directory(memoryview(data))
        except (struct.error, OverflowError) as error:  # a length or an offset that leads out of the file
            raise _damaged() from error
        self._members = {m.name: m for m in self._accepted(members)}

    def _accepted(self, members: list[Member]) -> list[Member]:
        """All members, none of whose names could leave the container, hide in it, or be another's."""
        if any(_is_forbidden(m) for m in members):
            raise UnreadableFile("The file holds a part with a forbidden name; save or pack it again.")
        _refuse_duplicates(members)
        return members

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the members in the order of the directory."""
        return tuple(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str, *, limit: int = limits.XML_BYTES) -> bytes:
        """Return a member's unpacked bytes.

        Raises:
            KeyError: there is no such member.
            FileTooLarge: more than `limit` bytes come out, or the ratio is that of a bomb.
            UnreadableFile: its bytes are damaged.
        """
        return b"".join(_unpacked(self._members[name], limit))

    def verify(self) -> None:
        """Unpack every member once and throw the bytes away.

        What is never unpacked here would reach the members' machines unseen.

        Raises:
            FileTooLarge: a limit on a member or on their sum is exceeded.
            UnreadableFile: a member is damaged.
        """
        total = 0
        for member in self._members.values():
            for block in _unpacked(member, limits.MEMBER_BYTES):
                total += len(block)
                if total > limits.TOTAL_BYTES:
                    raise FileTooLarge("The file unpacks to more data than is accepted.")

    def replaced(
        self,
        parts: Mapping[str, bytes],
        *,
        dropped: Collection[str] = (),
        added: Mapping[str, bytes] = MappingProxyType({}),
    ) -> bytes:
        """Return a container with the contents of `parts` in place of those members' own.

        Order, names and dates stay; extra fields, comments and the members `dropped` do not. New members come
        last.
        """
        kept = (m for m in self._members.values() if m.name not in dropped)
        members = [_repacked(m, parts[m.name]) if m.name in parts else m for m in kept]
        return _assembled([*members, *(_new(name, content) for name, content in added.items())])


class Archive(Package):
    """A ZIP container of files that are nothing to each other: one with a forbidden name is left out.

    Attributes:
        left_out: the names that were forbidden.

    Raises:
        UnreadableFile, ProtectedFile, FileTooLarge: as `Package`.
    """

    left_out: tuple[str, ...]

    def _accepted(self, members: list[Member]) -> list[Member]:
        self.left_out = tuple(m.name for m in members if _is_forbidden(m))
        return super()._accepted([m for m in members if not _is_forbidden(m)])


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Return a new container with these members in this order, dated 1 January 1980."""
    return _assembled([_new(name, content) for name, content in parts.items()])


def _new(name: str, content: bytes) -> Member:
    time, date = _EPOCH
    blank = Member(name, name.encode(), _UTF8_NAME, _DEFLATED, time, date, 0, 0, 0, memoryview(b""))
    return _repacked(blank, content)


def _damaged() -> UnreadableFile:
    return UnreadableFile("The file is damaged or incomplete; ask for it again.")


def _unpacked(member: Member, limit: int) -> Iterator[bytes]:
    """Yield a member's bytes in blocks, counting what comes out and checking it at the end."""
    size, crc = 0, 0
    for block in _inflated(member):
        size += len(block)
        if size > limit:
            raise FileTooLarge("A part of the file unpacks to more data than is accepted.")
        if size > limits.RATIO_FROM and size > limits.RATIO * len(member.packed):
            raise FileTooLarge("The file unpacks to far more data than a document needs.")
        crc = zlib.crc32(block, crc)
        yield block
    if size != member.size or crc != member.crc:
        raise _damaged()


def _inflated(member: Member) -> Iterator[bytes]:
    if member.method == _STORED:
        for at in range(0, len(member.packed), _BLOCK):
            yield bytes(member.packed[at : at + _BLOCK])
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    feed: bytes | memoryview = member.packed
    try:
        while not inflater.eof:
            block = inflater.decompress(feed, _BLOCK)
            feed = inflater.unconsumed_tail
            if not block and not feed and not inflater.eof:
                raise _damaged()
            yield block
    except zlib.error as error:
        raise _damaged() from error


def _directory(data: memoryview) -> list[Member]:
    """Read and check the central directory."""
    count, size, offset, end = _end_of_directory(data)
    if count > limits.MEMBERS:
        raise FileTooLarge("The file holds more parts than a document needs.")
    if offset + size > end:
        raise _damaged()
    members: list[Member] = []
    taken: list[tuple[int, int]] = []
    at = offset
    for _ in range(count):
        member, start, at = _member(data, at, end)
        members.append(member)
        taken.append((start, start + _LOCAL.size + len(member.packed)))
    _refuse_overlaps(taken, offset)
    return members


def _refuse_overlaps(taken: list[tuple[int, int]], directory: int) -> None:
    """Members that share bytes make a small file unpack without end (Fifield 2019)."""
    taken.sort()
    borders = [start for start, _ in taken[1:]] + [directory]
    if any(end > border for (_, end), border in zip(taken, borders, strict=False)):
        raise _damaged()


def _refuse_duplicates(members: list[Member]) -> None:
    """Two readers could see two different documents. OPC compares names without case."""
    if len({m.name.casefold() for m in members}) != len(members):
        raise UnreadableFile("The file holds two parts of the same name; save it again in a word processor.")


def _end_of_directory(data: memoryview) -> tuple[int, int, int, int]:
    """Return the directory's count of members, size, offset, and where it must have ended."""
    tail = max(0, len(data) - _END.size - _FULL16)
    at = bytes(data[tail:]).rfind(b"PK\x05\x06")
    if at < 0 or tail + at + _END.size > len(data):
        raise _damaged()
    at += tail
    _, _, _, _, count, size, offset, _ = _END.unpack_from(data, at)
    if count == _FULL16 or _FULL32 in (size, offset):
        return _end_of_directory64(data, at)
    return count, size, offset, at


def _end_of_directory64(data: memoryview, end: int) -> tuple[int, int, int, int]:
    locator, _, at, _ = _END64_LOCATOR.unpack_from(data, end - _END64_LOCATOR.size)
    signature, _, _, _, _, _, _, count, size, offset = _END64.unpack_from(data, at)
    if locator != b"PK\x06\x07" or signature != b"PK\x06\x06":
        raise _damaged()
    return count, size, offset, at


def _member(data: memoryview, at: int, end: int) -> tuple[Member, int, int]:
    """Return the member whose directory record is at `at`, its local header, the next record."""
    if at + _CENTRAL.size > end:
        raise _damaged()
    (signature, _, _, flags, method, time, date, crc, packed, size, *lengths, _, _, attributes, start) = (
        _CENTRAL.unpack_from(data, at)
    )
    name_length, extra_length, comment_length = lengths
    after_name = at + _CENTRAL.size + name_length
    following = after_name + extra_length + comment_length
    if signature != b"PK\x01\x02" or following > end:
        raise _damaged()
    raw_name = bytes(data[at + _CENTRAL.size : after_name])
    size, packed, start = _wide(data[after_name : after_name + extra_length], (size, packed, start))
    if flags & _ENCRYPTED:
        raise ProtectedFile("The file is protected by a password; remove the password and try again.")
    if method not in (_STORED, _DEFLATED):
        raise UnreadableFile("The file is packed by an unusual method; save it again in a word processor.")
    content = _content(data, start, raw_name, packed)
    name = _decoded(raw_name, flags)
    return Member(name, raw_name, flags, method, time, date, crc, attributes, size, content), start, following


def _wide(extra: memoryview, narrow: tuple[int, int, int]) -> tuple[int, int, int]:
    """Take the values that are all ones from the ZIP64 extra field, in its fixed order (4.5.3)."""
    if _FULL32 not in narrow:
        return narrow
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            values = iter(struct.unpack_from(f"<{length // 8}Q", extra[at + 4 : at + 4 + length]))
            size, packed, start = (next(values, v) if v == _FULL32 else v for v in narrow)
            return size, packed, start
        at += 4 + length
    raise _damaged()


def _content(data: memoryview, start: int, raw_name: bytes, packed: int) -> memoryview:
    """Return the packed bytes behind the local header at `start`."""
    if start + _LOCAL.size > len(data):
        raise _damaged()
    signature, *_, name_length, extra_length = _LOCAL.unpack_from(data, start)
    at = start + _LOCAL.size
    if signature != b"PK\x03\x04" or bytes(data[at : at + name_length]) != raw_name:
        raise _damaged()
    at += name_length + extra_length
    if at + packed > len(data):
        raise _damaged()
    return data[at : at + packed]


def _is_forbidden(member: Member) -> bool:
    """Whether its name could leave the container or hide in it."""
    name = member.name
    steps = name.removesuffix("/").split("/")
    odd = any(ord(c) < 0x20 or c in '\\:"<>|' for c in name)
    return odd or len(member.raw_name) > limits.NAME_BYTES or any(step in ("", ".", "..") for step in steps)


def _decoded(raw: bytes, flags: int) -> str:
    """A name in UTF-8 or, as Chinese systems write them, GBK; else in the standard's code page."""
    marked = flags & _UTF8_NAME or raw.isascii()
    try:
        return raw.decode("utf-8" if marked else "gb18030")
    except UnicodeDecodeError as error:
        if marked:
            raise _damaged() from error
        return raw.decode("cp437")


def _repacked(member: Member, content: bytes) -> Member:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(content) + packer.flush()
    return Member(
        name=member.name,
        raw_name=member.raw_name,
        flags=member.flags & _UTF8_NAME,
        method=_DEFLATED,
        time=member.time,
        date=member.date,
        crc=zlib.crc32(content),
        attributes=member.attributes,
        size=len(content),
        packed=memoryview(packed),
    )


def _assembled(members: list[Member]) -> bytes:
    """Write members one after another, then the directory. Sizes are known, so none follow the data."""
    out: list[bytes | memoryview] = []
    directory: list[bytes] = []
    at = 0
    for m in members:
        flags, length = m.flags & ~_SIZES_FOLLOW, len(m.raw_name)
        common = (20, flags, m.method, m.time, m.date, m.crc, len(m.packed), m.size, length)
        header = _LOCAL.pack(b"PK\x03\x04", *common, 0) + m.raw_name
        directory.append(
            _CENTRAL.pack(b"PK\x01\x02", 20, *common, 0, 0, 0, 0, m.attributes, at) + m.raw_name,
        )
        out += (header, m.packed)
        at += len(header) + len(m.packed)
    records = b"".join(directory)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(members), len(members), len(records), at, 0)
    return b"".join((*out, records, end))
