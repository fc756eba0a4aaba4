"""Recipient number → symbols, from a keyed stream; and who shares a leaked symbol.

Symbols are AES-128-CTR output, so that a member who knows many of their own
cannot predict anybody else's. The stream is laid out in bit planes: comparing a
leak with many recipients works on 64 sites at a time.
"""

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from wenxing.codes.roles import Roles

PLANES = 4
Recipients = range | NDArray[np.int64]
"""Ascending recipient numbers: a range of step 1, or an array."""


def words_of(sites: int) -> int:
    """Words of 64 bits in a plane of `sites` sites; even, because AES blocks hold two."""
    return 2 * -(-sites // 128)


def planes(key: bytes, sites: int, recipients: Recipients) -> NDArray[np.uint64]:
    """(n, 4, W) words: the bit planes of each recipient, version 1.

    Args:
        key: the edition's 16-byte "bits" key.
        sites: m, the edition's approved sites.
        recipients: numbers from 1 to 2**32 − 1.
    """
    words = words_of(sites)
    stream: bytes | bytearray
    if isinstance(recipients, range):
        stream = _consecutive(key, recipients.start, len(recipients), 2 * words)
    else:
        stream = _scattered(key, recipients, 2 * words)
    return np.frombuffer(stream, "<u8").reshape(len(recipients), PLANES, words)


def codeword(key: bytes, roles: Roles, recipient: int) -> NDArray[np.uint8]:
    """(m,) uint8: the alternative that `recipient` gets at each site."""
    stream = planes(key, roles.sites, range(recipient, recipient + 1))[0]
    bits = np.unpackbits(stream.astype("<u8").view(np.uint8), axis=1, bitorder="little")[:, : roles.sites]
    drawn = bits[0] | bits[1] << 1 | bits[2] << 2 | bits[3] << 3
    role = (drawn[:, None] >= roles.bounds[:, 1:-1]).sum(axis=1)
    symbols: NDArray[np.uint8] = np.take_along_axis(roles.alternatives, role[:, None], axis=1)[:, 0]
    return symbols


def matches(key: bytes, roles: Roles, symbols: NDArray[np.int8], recipients: Recipients) -> NDArray[np.bool_]:
    """(n, k): whether each recipient's copy shows the leaked symbol, at the k readable sites in order.

    Args:
        key: the edition's "bits" key.
        roles: the edition's laws.
        symbols: (m,), the alternative read at each site, −1 for an erasure.
        recipients: whom to compare. Memory is about `n · (W · 64 + k)` bytes: pass them in portions.
    """
    readable = np.flatnonzero(symbols >= 0)
    if not readable.size:
        return np.zeros((len(recipients), 0), np.bool_)
    hit, column = _hits(key, roles, symbols, recipients)
    flat = np.unpackbits(hit.astype("<u8", order="C", copy=False).view(np.uint8), axis=1, bitorder="little")
    first, last = int(column[0]), int(column[-1])
    if last - first + 1 == len(column):
        return flat[:, first : last + 1].view(np.bool_)
    return np.take(flat, column, axis=1).view(np.bool_)


def tallies(
    key: bytes, roles: Roles, symbols: NDArray[np.int8], kind: NDArray[np.intp], recipients: Recipients
) -> NDArray[np.int64]:
    """(n, g): at how many readable sites of each kind a recipient's copy shows the leaked symbol.

    Counts the bits of 64 sites at a time, which is several times as fast as adding up `matches`.

    Args:
        key, roles, symbols, recipients: as for `matches`.
        kind: (k,), a number 0 … g − 1 for each readable site, in order.
    """
    kinds = int(kind.max()) + 1 if kind.size else 0
    counts = np.zeros((kinds, len(recipients)), np.uint32)
    low, high, used, column = _limits(roles, symbols)
    stream = planes(key, roles.sites, recipients)[:, :, used] if kinds else None
    for at in range(len(used)):
        assert stream is not None
        # One word of all recipients at a time, side by side: every operation runs along whole rows.
        drawn = ~np.ascontiguousarray(stream[:, :, at].T)
        hit = _below_word(drawn, high[:, at])
        if low[:, at].any():
            hit &= ~_below_word(drawn, low[:, at])
        for g in range(kinds):
            here = column[(column // 64 == at) & (kind == g)] % 64
            mask = np.bitwise_or.reduce(np.uint64(1) << here.astype(np.uint64), initial=np.uint64(0))
            if mask:
                counts[g] += np.bitwise_count(hit & mask)
    return counts.T.astype(np.int64)


def _below_word(inverse: NDArray[np.uint64], limits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """(n,) words with a bit where u < limit: `_below` for one word, (4, n) planes of ¬u and (5,) limits."""
    answer: NDArray[np.uint64] = inverse[0] & limits[0]
    for plane in range(1, PLANES):
        limit = limits[plane]
        kept = answer & limit if limit else None
        answer |= limit
        answer &= inverse[plane]
        if kept is not None:
            answer |= kept
    answer |= limits[PLANES]
    return answer


def _hits(
    key: bytes, roles: Roles, symbols: NDArray[np.int8], recipients: Recipients
) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
    """Bits of agreement in the words that hold readable sites, (n, w), and each readable site's column."""
    low, high, used, column = _limits(roles, symbols)
    stream = planes(key, roles.sites, recipients)
    drawn = ~(stream if len(used) == stream.shape[-1] else np.ascontiguousarray(stream[:, :, used]))
    return _below(drawn, high) & ~_below(drawn, low), column


def _limits(
    roles: Roles, symbols: NDArray[np.int8]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.intp], NDArray[np.intp]]:
    """The numbers that give the leaked symbols, `low <= u < high`, as (5, w) planes of the words that hold
    readable sites; which words these are, (w,); and each readable site's column among their bits."""
    readable = np.flatnonzero(symbols >= 0)
    low, high = roles.intervals()
    at_low, at_high = np.zeros((2, 64 * words_of(roles.sites)), np.uint8)
    at_low[readable] = low[readable, symbols[readable]]
    at_high[readable] = high[readable, symbols[readable]]
    used = np.unique(readable // 64)
    column = 64 * np.searchsorted(used, readable // 64) + readable % 64
    return _thresholds(at_low)[:, used], _thresholds(at_high)[:, used], used, column


def _consecutive(key: bytes, first: int, count: int, blocks: int) -> bytearray:
    counter = (first * blocks).to_bytes(16, "big")
    size = 16 * blocks * count
    stream = bytearray(size + 15)  # update_into wants a block of room
    Cipher(algorithms.AES128(key), modes.CTR(counter)).encryptor().update_into(bytes(size), stream)
    del stream[size:]
    return stream


def _scattered(key: bytes, recipients: NDArray[np.int64], blocks: int) -> bytes:
    """The same stream at scattered places: CTR mode is the cipher applied to each counter block."""
    counters = np.zeros((len(recipients), blocks, 2), ">u8")
    # recipient · blocks stays below 2**64 for every edition that fits into memory.
    first = recipients.astype(np.uint64) * np.uint64(blocks)
    counters[:, :, 1] = first[:, None] + np.arange(blocks, dtype=np.uint64)
    cipher = Cipher(algorithms.AES128(key), modes.ECB())  # noqa: S305 - distinct counters: this is CTR
    return cipher.encryptor().update(counters.tobytes())


def _thresholds(numbers: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """(5, W) words: the bits of a number 0 … 16 per site, as planes."""
    bits = [np.packbits(numbers >> plane & 1, bitorder="little") for plane in range(PLANES + 1)]
    words: NDArray[np.uint64] = np.stack(bits).view("<u8")
    return words


def _below(inverse: NDArray[np.uint64], limits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """(n, w) words with a bit where u < limit, from the planes of ¬u, (n, 4, w).

    From the lowest bit up, u < t is the majority of ¬u, t and the answer so far.
    """
    answer: NDArray[np.uint64] = inverse[:, 0] & limits[0]
    for plane in range(1, PLANES):
        answer = inverse[:, plane] & (answer | limits[plane]) | answer & limits[plane]
    answer |= limits[PLANES]
    return answer
