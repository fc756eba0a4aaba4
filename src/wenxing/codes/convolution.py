"""A short message protected against many errors: checksum and tail-biting convolutional code.

48 bits and a checksum of 16 become 768 chips (rate 1/12, constraint length 7: the rate 1/4 generators of
Larsen 1973, table 1, each used three times). Decoding is soft, by Viterbi's algorithm run twice around the
circle (Ma and Wolf 1986).
"""

import binascii
from functools import cache

import numpy as np
from numpy.typing import NDArray

MESSAGE_BYTES = 6
CHIPS = 768

_GENERATORS = (0o117, 0o127, 0o155, 0o171)
_REPEATS = 3
_MEMORY = 6
_STATES = 1 << _MEMORY
_BITS = 8 * MESSAGE_BYTES + 16


def encode(message: bytes) -> NDArray[np.int8]:
    """(768,) chips of −1 and 1 for 6 bytes."""
    if len(message) != MESSAGE_BYTES:
        raise ValueError(f"a message has {MESSAGE_BYTES} bytes")
    bits = np.unpackbits(np.frombuffer(message + _checksum(message), np.uint8)).tolist()
    state = 0
    for bit in bits[-_MEMORY:]:  # tail-biting: the end leads to the beginning
        state = (state << 1 | bit) % _STATES
    outputs = _outputs()
    chips = []
    for bit in bits:
        chips.append(outputs[state, bit])
        state = (state << 1 | bit) % _STATES
    return np.concatenate(chips)


def decode(soft: NDArray[np.float64]) -> bytes | None:
    """The 6 bytes that chips received with noise most likely stood for; `None` when the checksum says no.

    Args:
        soft: (768,), positive for 1, negative for −1, larger when surer; 0 where a chip was lost. Any other
            input passes the checksum with a chance of 2**−16.
    """
    bits = _viterbi(np.asarray(soft, np.float64).reshape(_BITS, -1))
    data = np.packbits(np.array(bits, np.uint8)).tobytes()
    message, checksum = data[:MESSAGE_BYTES], data[MESSAGE_BYTES:]
    return message if _checksum(message) == checksum else None


def _viterbi(received: NDArray[np.float64]) -> list[int]:
    """The 64 bits of the likeliest path, read in the second of three rounds."""
    gain = np.einsum("tc,sbc->tsb", received, _outputs().astype(np.float64))
    rounds = np.concatenate([gain, gain, gain])
    # State s is reached by bit s & 1 from the states s >> 1 and s >> 1 | 32.
    after = np.arange(_STATES)
    before = np.stack([after >> 1, after >> 1 | _STATES >> 1])
    metric = np.zeros(_STATES)
    choices = np.zeros((len(rounds), _STATES), np.int8)
    for t, step in enumerate(rounds):
        options = metric[before] + step[before, after & 1]
        choices[t] = options.argmax(axis=0)
        metric = options.max(axis=0)
    state, bits = int(metric.argmax()), []
    for t in range(len(rounds) - 1, -1, -1):
        bits.append(state & 1)
        state = int(before[choices[t, state], state])
    return bits[::-1][_BITS : 2 * _BITS]


@cache
def _outputs() -> NDArray[np.int8]:
    """(64, 2, 12): the chips sent from each state for each bit."""
    table = np.zeros((_STATES, 2, len(_GENERATORS)), np.int8)
    for state in range(_STATES):
        for bit in (0, 1):
            register = state << 1 | bit
            table[state, bit] = [1 - 2 * ((register & g).bit_count() & 1) for g in _GENERATORS]
    return np.tile(table, (1, 1, _REPEATS))


def _checksum(message: bytes) -> bytes:
    return binascii.crc_hqx(message, 0x1D0F).to_bytes(2, "big")
