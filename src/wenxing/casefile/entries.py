"""What the records of a case file say: terms, leaks with their readings, outcomes."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wenxing.accusation import Suspects
from wenxing.errors import CaseFileError, NewerFormat
from wenxing.sites import SiteKind

KIND = "wenxing case"
FORMAT = 1
ERASED = "."
_SYMBOLS = ERASED + "0123"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is fixed when a case is opened.

    Attributes:
        suspects: whom every leak of the case is compared with.
        bound: the most that the chance of ever naming any innocent may be.
        opened: when, as the opener's clock said.
    """

    suspects: Suspects
    bound: float
    opened: str

    def to_record(self) -> dict[str, Any]:
        """The first record of the file."""
        ranges = ranges_of(self.suspects)
        return {
            "kind": KIND,
            "format": FORMAT,
            "suspects": ranges,
            "suspects_digest": suspects_digest(ranges),
            "bound": self.bound,
            "opened": self.opened,
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "Terms":
        """Read the first record.

        Raises:
            NewerFormat: a later version opened the case.
            CaseFileError: it does not hold together.
        """
        if isinstance(record.get("format"), int) and record["format"] > FORMAT:
            raise NewerFormat("The case file was made by a later version of Wenxing: update to use it.")
        try:
            ranges, bound = record["suspects"], record["bound"]
            if suspects_digest(ranges) != record["suspects_digest"] or not 0 < bound < 1:
                raise ValueError("terms that do not hold together")
            return cls(suspects_of(ranges), float(bound), str(record["opened"]))
        except (KeyError, TypeError, ValueError):
            raise CaseFileError(
                "The terms of the case file cannot be read: restore it from a backup."
            ) from None


@dataclass(frozen=True, eq=False)
class Reading:
    """What one explanation of some leaks shows of one edition's sites of one kind.

    Attributes:
        edition: its identity.
        profile: name of its profile.
        version: format of its copies.
        arities: of these sites.
        check: tells a wrong key.
        symbols: (m,) int8, −1 where nothing was read.
        kind: of the sites; records say it of all but wording.
    """

    edition: bytes
    profile: str
    version: int
    arities: tuple[int, ...]
    check: bytes
    symbols: NDArray[np.int8]
    kind: SiteKind = SiteKind.WORDING

    @property
    def code(self) -> tuple[bytes, SiteKind]:
        """Which code it is of."""
        return self.edition, self.kind

    def to_record(self) -> dict[str, Any]:
        """As plain data: one character a site."""
        return {
            "edition": self.edition.hex(),
            "profile": self.profile,
            "version": self.version,
            "arities": "".join(map(str, self.arities)),
            "check": self.check.hex(),
            "symbols": "".join(_SYMBOLS[symbol + 1] for symbol in self.symbols.tolist()),
            **({} if self.kind is SiteKind.WORDING else {"kind": str(self.kind)}),
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "Reading":
        """Read it back; `CaseFileError` when it does not hold together."""
        try:
            symbols = np.array([_SYMBOLS.index(c) - 1 for c in record["symbols"]], np.int8)
            arities = tuple(int(c) for c in record["arities"])
            if len(symbols) != len(arities) or any(
                not s < a <= 4 for s, a in zip(symbols, arities, strict=True)
            ):
                raise ValueError("sites that do not hold together")
            edition, check = bytes.fromhex(record["edition"]), bytes.fromhex(record["check"])
            profile, version = str(record["profile"]), int(record["version"])
            kind = SiteKind(record.get("kind", SiteKind.WORDING))
            return cls(edition, profile, version, arities, check, symbols, kind)
        except (KeyError, TypeError, ValueError):
            raise CaseFileError(
                "A record of the case file cannot be read: restore it from a backup."
            ) from None


Explanations = Sequence[Sequence[Reading]]
"""The attributions of some leaks that their texts cannot tell apart; none when nothing matched."""


def leaks_record(
    leaks: Sequence[str], explanations: Explanations, *, masters: Sequence[bytes], at: datetime
) -> dict[str, Any]:
    """The record of one look: digests of the leaks, editions searched, readings."""
    return {
        "kind": "leaks",
        "at": moment(at),
        "leaks": sorted(set(leaks)),
        "masters": sorted(edition.hex() for edition in masters),
        "explanations": [[reading.to_record() for reading in readings] for readings in explanations],
    }


def outcome_record(named: Mapping[int, float], *, sites: int, at: datetime) -> dict[str, Any]:
    """The record of what a look came to; only the named have a line."""
    lines = [{"recipient": number, "log_e": named[number]} for number in sorted(named)]
    return {"kind": "outcome", "at": moment(at), "named": lines, "sites_read": sites}


def moment(at: datetime) -> str:
    """A time that knows its zone, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def ranges_of(suspects: Suspects) -> list[list[int]]:
    """Numbers as inclusive ranges, ascending: `[[1, 1000], [1005, 1005]]`."""
    if isinstance(suspects.numbers, range):
        return [[suspects.numbers[0], suspects.numbers[-1]]]
    numbers = suspects.numbers
    cuts = np.flatnonzero(np.diff(numbers) != 1) + 1
    return [[int(part[0]), int(part[-1])] for part in np.split(numbers, cuts)]


def suspects_of(ranges: Sequence[Sequence[int]]) -> Suspects:
    """The numbers again; `ValueError` or `SuspectsError` for ranges that are none, or out of order."""
    pairs = [(first, last) for first, last in ranges]
    for first, last in pairs:
        if type(first) is not int or type(last) is not int or first > last:
            raise ValueError("not a range")
    if any(after[0] <= before[1] for before, after in pairwise(pairs)):
        raise ValueError("ranges out of order")
    if len(pairs) == 1:
        return Suspects.of(range(pairs[0][0], pairs[0][1] + 1))
    if sum(last - first + 1 for first, last in pairs) > 2**26:
        raise ValueError("more suspects than a list can hold")
    return Suspects.of([number for first, last in pairs for number in range(first, last + 1)])


def suspects_digest(ranges: Sequence[Sequence[int]]) -> str:
    """SHA-256 over the ranges in canonical JSON."""
    return hashlib.sha256(json.dumps(ranges, separators=(",", ":")).encode("ascii")).hexdigest()
