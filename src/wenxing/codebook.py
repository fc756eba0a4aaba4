"""Key + edition + profile → what each recipient's copy says, and how likely that is.

A codebook stores nothing per copy: recipient `n`'s codeword is computed from the
number. Everything an edition needs from the master key is derived here, under
versioned labels; a codebook keeps derived keys only. It is the provider that the
accusation works with.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from wenxing.codes.roles import WIDEST, draw_roles
from wenxing.codes.symbols import Recipients
from wenxing.codes.symbols import codeword as codeword_of
from wenxing.codes.symbols import matches as matches_of
from wenxing.codes.symbols import tallies as tallies_of
from wenxing.errors import NewerFormat, UnknownRecipient
from wenxing.keys import MasterKey, create_key, load_key, new_edition, new_key
from wenxing.profiles import PROFILES, Profile
from wenxing.sites import SiteKind

__all__ = [
    "Codebook",
    "EditionKeys",
    "MasterKey",
    "WorkerCode",
    "create_key",
    "joint_commitment",
    "load_key",
    "new_edition",
    "new_key",
]

VERSION = 1
"""The newest format of codewords this program knows. Old ones trace for ever."""

HIGHEST_RECIPIENT = 2**32 - 1


@dataclass(frozen=True, slots=True)
class EditionKeys:
    """The two derived keys that decide one edition's code, and no other's.

    Whoever has them can compute, and so forge, any copy of this edition. They say nothing about the master
    key or another edition: HKDF gives every edition and purpose unrelated keys.

    Attributes:
        bits: 16 bytes, the key of the recipients' symbols.
        roles: 16 bytes, the key of the sites' laws.
    """

    bits: bytes = field(repr=False)
    roles: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse keys of another length (`ValueError`)."""
        if len(self.bits) != 16 or len(self.roles) != 16:
            raise ValueError("the keys of an edition have 16 bytes each")


class Codebook:
    """The code of one edition's sites of one kind.

    Every kind has keys of its own: what is known of a recipient's wording says nothing about the layout.

    Attributes:
        edition: 16 bytes, the edition's identity.
        profile: the parameters it was prepared with, with the reader noise of the kind.
        arities: (m,) ints, the number of alternatives of each site of the kind, in order.
        version: of the format.
        kind: of the sites.
    """

    def __init__(
        self,
        key: MasterKey,
        edition: bytes,
        profile: Profile,
        arities: Sequence[int],
        version: int = VERSION,
        *,
        kind: SiteKind = SiteKind.WORDING,
    ) -> None:
        """Derive the edition's keys and draw its secret laws.

        Args:
            key: the library's secret; it is not kept.
            edition: 16 bytes, as made by `new_edition`.
            profile: laws of the sites.
            arities: 2 … 4 for each approved site; may be empty (a verbatim edition).
            version: the format its copies were made in.
            kind: of the sites.

        Raises:
            NewerFormat: a later version made it.
            ValueError: an edition of the wrong length, or an arity without a law.
        """
        _refuse_unknown(version)
        self.edition = bytes(edition)
        self.version = version
        self.kind = kind
        self.__seal = self._derive(key, "seal", 32)
        self.__pseudonym = self._derive(key, "pseudonym", 32)
        self.check: bytes = self._derive(key, "check", 16)
        """16 bytes that differ, but for chance, when the key differs. They say nothing about it."""
        prefix = "" if kind is SiteKind.WORDING else f"{kind}-"
        keys = EditionKeys(self._derive(key, f"{prefix}bits", 16), self._derive(key, f"{prefix}roles", 16))
        self._open(keys, profile, arities)

    @classmethod
    def disclosed(
        cls,
        keys: EditionKeys,
        edition: bytes,
        profile: Profile,
        arities: Sequence[int],
        version: int = VERSION,
        *,
        kind: SiteKind = SiteKind.WORDING,
    ) -> "Codebook":
        """The same code from an edition's own keys, for whoever does not have the master key.

        It computes codewords, matches and the commitment; its `check` is empty, and it can neither seal nor
        give pseudonyms.

        Raises:
            NewerFormat, ValueError: as the constructor.
        """
        _refuse_unknown(version)
        codebook = cls.__new__(cls)
        codebook.edition = bytes(edition)
        codebook.version = version
        codebook.kind = kind
        codebook.__seal = codebook.__pseudonym = codebook.check = b""
        codebook._open(keys, profile, arities)
        return codebook

    def _open(self, keys: EditionKeys, profile: Profile, arities: Sequence[int]) -> None:
        self.profile = profile.of_kind(self.kind)
        self.arities = tuple(map(int, arities))
        self.__bits, self.__roles_key = keys.bits, keys.roles
        self.__roles = draw_roles(keys.roles, profile, self.arities)

    def disclose(self) -> EditionKeys:
        """The keys of this edition's code. From now on anybody who sees them can forge its copies."""
        return EditionKeys(self.__bits, self.__roles_key)

    @property
    def sites(self) -> int:
        """m, the number of approved sites."""
        return len(self.arities)

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """(m, 4): the exact law of each alternative, in whole sixteenths; rows add up to 1. Secret."""
        return self.__roles.probabilities() if self.sites else np.zeros((0, WIDEST))

    def codeword(self, recipient: int) -> NDArray[np.uint8]:
        """(m,): the index of the alternative that `recipient`'s copy shows at each site.

        Raises:
            UnknownRecipient: the number is not within 1 … 2**32 − 1.
        """
        return codeword_of(self.__bits, self.__roles, valid_recipient(recipient))

    def matches(self, symbols: NDArray[np.int8], recipients: Recipients) -> NDArray[np.bool_]:
        """(n, k): whether each recipient's copy agrees with a leak at its k readable sites, in order.

        Args:
            symbols: (m,), the alternative read at each site, −1 for an erasure.
            recipients: ascending valid numbers, a range or int64 array. Memory grows with `n · m`: pass
                large crowds in portions, as `accuse` does.
        """
        return matches_of(self.__bits, self.__roles, symbols, recipients)

    def tallies(
        self, symbols: NDArray[np.int8], kind: NDArray[np.intp], recipients: Recipients
    ) -> NDArray[np.int64]:
        """(n, g): at how many sites of each kind a recipient's copy agrees; `matches` summed, but faster.

        Args:
            symbols, recipients: as for `matches`.
            kind: (k,), a number 0 … g − 1 for each readable site, in order.
        """
        return tallies_of(self.__bits, self.__roles, symbols, kind, recipients)

    def for_workers(self) -> "WorkerCode":
        """The code in a form that may be sent to other processes; see `WorkerCode`.

        Raises:
            ValueError: the profile is none of the named ones.
        """
        return WorkerCode(
            self.disclose(), self.edition, self.profile.name, self.arities, self.version, kind=self.kind
        )

    def seal(self, data: bytes) -> bytes:
        """32 bytes that only the key's holder can make for `data` (HMAC-SHA-256)."""
        return hmac.digest(self._own(self.__seal), data, "sha256")

    def pseudonym(self, recipient: int) -> bytes:
        """16 bytes that stand for `recipient` in this edition only: nobody can make or link another's."""
        number = valid_recipient(recipient).to_bytes(4, "big")
        return hmac.digest(self._own(self.__pseudonym), number, "sha256")[:16]

    @property
    def commitment(self) -> bytes:
        """32 bytes that bind the operator to this code and reveal nothing about it.

        SHA-256 over the identity, profile, arities and both 128-bit keys of the code. Whoever is
        later shown the keys can check them against it.
        """
        kind = "" if self.kind is SiteKind.WORDING else f"{self.kind}/"
        public = f"wenxing/{self.version}/commitment/{kind}{self.profile.name}/".encode() + self.edition
        code = bytes(self.arities) + self.__bits + self.__roles_key
        return hashlib.sha256(len(public).to_bytes(2, "big") + public + code).digest()

    @staticmethod
    def _own(key: bytes) -> bytes:
        if not key:
            raise ValueError("a disclosed codebook neither seals nor gives pseudonyms")
        return key

    def _derive(self, key: MasterKey, purpose: str, length: int) -> bytes:
        return key.subkey(purpose, self.edition, version=self.version, length=length)

    def __repr__(self) -> str:
        return f"Codebook(edition={self.edition.hex()}, profile={self.profile.name!r}, sites={self.sites})"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a codebook holds keys and is never copied or pickled; make it again instead")


class WorkerCode:
    """One edition's code for workers: a provider like `Codebook` that may be pickled.

    It carries the two derived keys of this edition (never the master key), so send it only to machines that
    may forge copies of this edition: your own cluster, over a connection that nobody else reads.

    Attributes:
        edition: 16 bytes.
        profile: the parameters it was prepared with.
        arities: (m,) ints.
        version: of the format.
        kind: of the sites.
    """

    def __init__(
        self,
        keys: EditionKeys,
        edition: bytes,
        profile: str,
        arities: tuple[int, ...],
        version: int,
        *,
        kind: SiteKind = SiteKind.WORDING,
    ) -> None:
        """Open the code; `profile` is a name. Refusals as for `Codebook.disclosed`, or an unknown name."""
        if profile not in PROFILES:
            raise ValueError(f"there is no profile named {profile!r}")
        self._codebook = Codebook.disclosed(keys, edition, PROFILES[profile], arities, version, kind=kind)
        self.edition, self.profile = self._codebook.edition, self._codebook.profile
        self.arities, self.version, self.kind = self._codebook.arities, version, kind

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """(m, 4): as `Codebook.probabilities`."""
        return self._codebook.probabilities

    def matches(self, symbols: NDArray[np.int8], recipients: Recipients) -> NDArray[np.bool_]:
        """(n, k): as `Codebook.matches`."""
        return self._codebook.matches(symbols, recipients)

    def tallies(
        self, symbols: NDArray[np.int8], kind: NDArray[np.intp], recipients: Recipients
    ) -> NDArray[np.int64]:
        """(n, g): as `Codebook.tallies`."""
        return self._codebook.tallies(symbols, kind, recipients)

    def __repr__(self) -> str:
        return f"WorkerCode(edition={self.edition.hex()}, profile={self.profile.name!r})"

    def __reduce__(self) -> tuple[Callable[..., "WorkerCode"], tuple[object, ...]]:
        keys = self._codebook.disclose()
        again = partial(WorkerCode, kind=self.kind)
        return again, (keys, self.edition, self.profile.name, self.arities, self.version)


def joint_commitment(edition: bytes, commitments: Mapping[SiteKind, bytes]) -> bytes:
    """32 bytes that bind the operator to all codes of an edition; wording alone stands for itself.

    SHA-256 over the identity and the commitment of each kind by the kind's name, so that one code can be
    shown and checked without showing another.

    Args:
        edition: 16 bytes.
        commitments: of every kind that the edition has sites of, and of wording.
    """
    if set(commitments) == {SiteKind.WORDING}:
        return commitments[SiteKind.WORDING]
    lines = b"".join(f"{kind}/".encode() + commitments[kind] for kind in sorted(commitments))
    return hashlib.sha256(b"wenxing/commitment of kinds/" + edition + lines).digest()


def _refuse_unknown(version: int) -> None:
    if version > VERSION:
        raise NewerFormat("This edition was prepared by a later version of Wenxing: update to use it.")
    if version < 1:
        raise ValueError("format versions count from 1")


def valid_recipient(recipient: int) -> int:
    """`recipient` as an int within 1 … 2**32 − 1, or `UnknownRecipient`."""
    if isinstance(recipient, bool) or not isinstance(recipient, int | np.integer):
        raise UnknownRecipient(f"A recipient is a whole number from 1 to {HIGHEST_RECIPIENT}.")
    number = int(recipient)
    if not 1 <= number <= HIGHEST_RECIPIENT:
        raise UnknownRecipient(f"Recipient {number} is outside 1 … {HIGHEST_RECIPIENT}.")
    return number
