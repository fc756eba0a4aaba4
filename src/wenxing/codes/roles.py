"""Which alternative of a site is how likely: secret, drawn per edition and site.

If the master's own wording were always the likely one, colluders who prefer it
would cut the information of a site to a fraction. So roles are permuted under a
key of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import permutations

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from wenxing.profiles import SHARES, Profile

WIDEST = 4
"""The most alternatives a site may have."""


@dataclass(frozen=True, eq=False)
class Roles:
    """The secret laws of `m` sites.

    Attributes:
        alternatives: (m, 4) uint8, the alternative that plays role r; roles past the arity are unused.
        bounds: (m, 5) uint8; role r takes the numbers `bounds[r] <= u < bounds[r + 1]` of 0 … 15. Unused
            roles take none.
    """

    alternatives: NDArray[np.uint8]
    bounds: NDArray[np.uint8]

    @property
    def sites(self) -> int:
        """m."""
        return len(self.alternatives)

    def intervals(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """The numbers that give each alternative: `low <= u < high`, both (m, 4) uint8."""
        low, high = np.zeros((2, self.sites, WIDEST), np.uint8)
        np.put_along_axis(low, self.alternatives.astype(np.intp), self.bounds[:, :-1], axis=1)
        np.put_along_axis(high, self.alternatives.astype(np.intp), self.bounds[:, 1:], axis=1)
        return low, high

    def probabilities(self) -> NDArray[np.float64]:
        """(m, 4): the exact probability of each alternative; rows add up to 1."""
        low, high = self.intervals()
        shares: NDArray[np.float64] = (high - low).astype(np.float64) / SHARES
        return shares


def draw_roles(key: bytes, profile: Profile, arities: Sequence[int]) -> Roles:
    """The laws of an edition's sites, in the layout of version 1.

    Args:
        key: the edition's 16-byte "roles" key.
        profile: gives the laws of each arity.
        arities: number of alternatives of each site, 2 … 4.

    Raises:
        ValueError: an arity for which the profile has no law.
    """
    kinds = set(arities)
    unknown = kinds - set(profile.laws)
    if unknown:
        raise ValueError(f"profile {profile.name} has no law for sites of {sorted(unknown)} alternatives")
    sites = len(arities)
    words = np.frombuffer(_blocks(key, sites), "<u8").reshape(sites, 2)
    alternatives = np.zeros((sites, WIDEST), np.uint8)
    bounds = np.zeros((sites, WIDEST + 1), np.uint8)
    arity_of = np.asarray(arities, np.int64)
    for arity in sorted(kinds):
        at = np.flatnonzero(arity_of == arity)
        orders, laws = _orders(arity), _bounds(profile.laws[arity])
        alternatives[at] = orders[words[at, 0] % np.uint64(len(orders))]
        bounds[at] = laws[words[at, 1] % np.uint64(len(laws))]
    return Roles(alternatives, bounds)


def _blocks(key: bytes, sites: int) -> bytes:
    # A counter from 0 under a key that serves nothing else.
    stream = Cipher(algorithms.AES128(key), modes.CTR(bytes(16))).encryptor()
    return stream.update(bytes(16 * sites))


@cache
def _orders(arity: int) -> NDArray[np.uint8]:
    """(arity!, 4) uint8: every order of the alternatives; the rest of a row keeps its place."""
    rest = tuple(range(arity, WIDEST))
    return np.array([order + rest for order in permutations(range(arity))], np.uint8)


@cache
def _bounds(laws: tuple[tuple[int, ...], ...]) -> NDArray[np.uint8]:
    """(laws, 5) uint8: cumulative sixteenths of each law."""
    padded = [(0, *law, *(0,) * (WIDEST - len(law))) for law in laws]
    return np.cumsum(padded, axis=1).astype(np.uint8)
