"""Recipe: a bundle → agree or differ, line by line. Needs no key, no database, no platform."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import isclose
from typing import Any

from wenxing.accusation import Suspects
from wenxing.bundle import layout
from wenxing.casefile.entries import suspects_of
from wenxing.codebook import Codebook, EditionKeys, joint_commitment
from wenxing.errors import WenxingError
from wenxing.explaining import statement
from wenxing.leaks import Leak
from wenxing.master import Master
from wenxing.profiles import PROFILES, Profile
from wenxing.sites import SiteKind
from wenxing.tracing import Report, attribute, judge

_TOLERANCE = 1e-6
"""How far a recomputed p-value may be from the stated one: machines round differently."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the verification.

    Attributes:
        what: was recomputed.
        agrees: with what the bundle says.
        note: what was found, one sentence.
    """

    what: str
    agrees: bool
    note: str

    def __str__(self) -> str:
        return f"{'agrees ' if self.agrees else 'DIFFERS'}  {self.what}: {self.note}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """All lines, in order.

    Attributes:
        checks: at least one.
        named: number → p-value as recomputed; empty unless everything agrees.
        commitments: edition → commitment, to be compared with what was published, both hexadecimal.
        masters: edition → SHA-256 of its master, likewise.
    """

    checks: tuple[Check, ...]
    named: dict[int, float]
    commitments: dict[str, str]
    masters: dict[str, str]

    @property
    def agrees(self) -> bool:
        """Whether every line does."""
        return all(check.agrees for check in self.checks)


def verify(data: bytes) -> Verdict:
    """Recompute everything in a bundle from the leaks, the masters and the disclosed keys.

    Args:
        data: the bundle.

    Raises:
        BundleError: it is not an evidence bundle.
        NewerFormat: a later version of Wenxing made it.
    """
    return _Verification(layout.open_contents(data)).verdict()


class _Differs(Exception):
    """A line does not agree; the message says how."""


@dataclass
class _Verification:
    """What has been recomputed so far; later lines build upon it."""

    contents: layout.Contents
    leaks: list[Leak] = field(default_factory=list)
    masters: list[Master] = field(default_factory=list)
    codes: list[dict[SiteKind, Codebook]] = field(default_factory=list)
    commitments: dict[str, str] = field(default_factory=dict)
    suspects: Suspects | None = None
    report: Report | None = None

    def verdict(self) -> Verdict:
        checks = tuple(self._run())
        right = all(check.agrees for check in checks) and self.report is not None
        return Verdict(
            checks=checks,
            named={n.recipient: n.p_value for n in self.report.named} if right and self.report else {},
            commitments=self.commitments,
            masters={m.edition.hex(): _sha256(self.contents.parts[_member(m)]) for m in self.masters},
        )

    def _run(self) -> Iterator[Check]:
        yield _check("description", self._description)
        yield _check("members", self._members)
        for entry in _lines(self.contents.description, "leaks"):
            yield _check(f"leak {entry.get('file')}", partial(self._leak, entry))
        for entry in _lines(self.contents.description, "editions"):
            name = str(entry.get("edition"))
            yield _check(f"master {name}", partial(self._master, entry))
            yield _check(f"commitment {name}", partial(self._commitment, entry))
        yield _check("suspects", self._suspects)
        yield _check("parameters", self._parameters)
        yield _check("readings", self._readings)
        yield _check("result", self._result)
        yield _check("statement", self._statement)

    def _description(self) -> str:
        given = self.contents.description
        if layout.canonical(given) != self.contents.raw:
            raise _Differs("it is not in the form in which it was written")
        if layout.digest_of(given) != given["digest"]:
            raise _Differs("it was changed after the bundle was made")
        if set(given) != _FIELDS:
            raise _Differs("it has other fields than a bundle has")
        if not (isinstance(given["tool"], str) and isinstance(given["made"], str)):
            raise _Differs("it does not say what made it and when")
        return f"made by {given['tool']} at {given['made']}, digest {given['digest']}"

    def _members(self) -> str:
        given = self.contents.description
        listed = [str(e["file"]) for e in given["leaks"]] + [str(e["master"]) for e in given["editions"]]
        if sorted(listed) != sorted(self.contents.parts):
            raise _Differs("the files in the bundle are not those that it lists")
        return f"{len(given['leaks'])} leaks and {len(given['editions'])} masters, as listed"

    def _leak(self, entry: Mapping[str, Any]) -> str:
        data = self.contents.parts[entry["file"]]
        if set(entry) != {"file", "name", "bytes", "sha256"} or not isinstance(entry["name"], str):
            raise _Differs("its line has other fields than a leak has")
        if _sha256(data) != entry["sha256"] or not _alike(entry["bytes"], len(data)):
            raise _Differs("the file is not the one that was listed")
        self.leaks.append(Leak.of(data) if self.form == 1 else Leak.of(data, name=entry["name"]))
        return f"{len(data)} bytes, SHA-256 {entry['sha256']}"

    def _master(self, entry: Mapping[str, Any]) -> str:
        data = self.contents.parts[entry["master"]]
        if _sha256(data) != entry["master_sha256"]:
            raise _Differs("the file is not the one that was listed")
        master = Master.from_bytes(data)
        arities = [site.arity for site in master.approved_sites]
        again = {
            "edition": master.edition.hex(),
            "version": master.version,
            "profile": master.profile,
            "arities": arities,
            "master": _member(master),
        }
        if not _alike({name: entry[name] for name in again}, again):
            raise _Differs("the master is of another edition, version, profile or number of sites")
        if sorted(_kinds(entry, self.form)) != sorted(master.kinds[1:]):
            raise _Differs("the master has other kinds of sites")
        self.masters.append(master)
        sites = sum(len(master.sites_of(kind)) for kind in master.kinds)
        return f"{sites} sites, SHA-256 {entry['master_sha256']}"

    def _commitment(self, entry: Mapping[str, Any]) -> str:
        keys = EditionKeys(bytes.fromhex(entry["bits"]), bytes.fromhex(entry["roles"]))
        edition, profile = bytes.fromhex(entry["edition"]), PROFILES[entry["profile"]]
        code = Codebook.disclosed(keys, edition, profile, entry["arities"], entry["version"])
        codes, committed = {SiteKind.WORDING: code}, {SiteKind.WORDING: code.commitment}
        for kind, line in _kinds(entry, self.form).items():
            committed[kind] = bytes.fromhex(line["commitment"])
            if set(line) == {"commitment"}:
                continue
            codes[kind] = _opened(kind, line, self._master_of(edition), profile)
            if codes[kind].commitment != committed[kind]:
                raise _Differs(f"the keys of {kind} are not those that were committed to")
        if joint_commitment(edition, committed).hex() != entry["commitment"]:
            raise _Differs("the keys shown are not those that were committed to")
        self.codes.append(codes)
        self.commitments[edition.hex()] = entry["commitment"]
        return f"the keys shown give {entry['commitment']}"

    def _suspects(self) -> str:
        given = self.contents.description["suspects"]
        suspects = suspects_of(given["ranges"])
        if not _alike(given, layout.suspects_entry(suspects)):
            raise _Differs("count or digest do not belong to the numbers listed")
        self.suspects = suspects
        return f"{len(suspects)} numbers, SHA-256 {given['sha256']}"

    def _parameters(self) -> str:
        given = self.contents.description["parameters"]
        if set(given) != {"bound", "at_most", "profiles"} or not 0 < given["bound"] < 1:
            raise _Differs("there is no bound between 0 and 1")
        most = given["at_most"]
        if most is not None and not (type(most) is int and 2 <= most <= 64):
            raise _Differs("the number of accounts assumed is impossible")
        used = {entry["profile"] for entry in self.contents.description["editions"]}
        if not _alike(
            given["profiles"], {name: layout.profile_entry(PROFILES[name], self.form) for name in used}
        ):
            raise _Differs("the profiles are not what their names mean")
        return f"bound {given['bound']:g}, at most {given['at_most']} accounts"

    def _readings(self) -> str:
        self._require_parts()
        entries = self.contents.description["editions"]
        self._judge()
        assert self.report is not None
        sites = 0
        for entry, master, document in zip(entries, self.masters, self.report.documents, strict=True):
            table = layout.site_table(master, document.observations)
            for stated, read_again in zip(entry["sites"], table, strict=False):
                if not _alike(stated, read_again):
                    raise _Differs(f"site {read_again['site']} of edition {entry['edition']} reads otherwise")
            if len(table) != len(entry["sites"]):
                raise _Differs(f"the table of edition {entry['edition']} has another number of sites")
            for kind, line in _kinds(entry, self.form).items():
                if line.get("read", "") != layout.read_line(document.others.get(kind, ())):
                    raise _Differs(f"the {kind} of edition {entry['edition']} reads otherwise")
            sites += document.sites_read
        return f"{sites} sites read again from the leaks, all as listed"

    @property
    def form(self) -> int:
        """The format of the bundle."""
        return int(self.contents.description["format"])

    def _master_of(self, edition: bytes) -> Master:
        for master in self.masters:
            if master.edition == edition:
                return master
        raise _Differs("it cannot be recomputed, because its master differs")

    def _require_parts(self) -> None:
        given = self.contents.description
        parts = len(self.leaks), len(self.masters), len(self.codes)
        if parts != (len(given["leaks"]), len(given["editions"]), len(given["editions"])):
            raise _Differs("it cannot be recomputed, because something above differs")
        if self.suspects is None:
            raise _Differs("it cannot be recomputed, because the suspects differ")

    def _judge(self) -> None:
        assert self.suspects is not None
        given = self.contents.description["parameters"]
        explanations = attribute(self.leaks, self.masters)
        self.report = judge(
            self.masters, explanations, self.codes, self.suspects, given["bound"], at_most=given["at_most"]
        )

    def _result(self) -> str:
        if self.report is None:
            raise _Differs("it cannot be recomputed, because something above differs")
        again = {**self.report.to_json(), "explanations": self.report.explanations}
        given = self.contents.description["report"]
        for name in sorted(set(again) | set(given)):
            if name not in given or name not in again or not _same(given[name], again[name]):
                raise _Differs(f"{name} is recomputed as {again.get(name)!r}, the bundle says otherwise")
        return " ".join(self.report.sentences())

    def _statement(self) -> str:
        if not _alike(self.contents.description["statement"], statement()):
            raise _Differs("the assumptions are not those of this program")
        return "the assumptions, and what is not proved, are stated in full"


_FIELDS = {
    "kind",
    "format",
    "tool",
    "made",
    "parameters",
    "suspects",
    "leaks",
    "editions",
    "report",
    "statement",
    "digest",
}


def _check(what: str, line: Callable[[], str]) -> Check:
    try:
        return Check(what, True, line())
    except _Differs as difference:
        return Check(what, False, f"{difference}.")
    except WenxingError as error:
        return Check(what, False, str(error))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError):
        return Check(what, False, "it cannot be read.")


def _lines(description: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    entries = description.get(name)
    if not isinstance(entries, list):
        return ()
    return [entry if isinstance(entry, dict) else {} for entry in entries]


def _kinds(entry: Mapping[str, Any], form: int) -> dict[SiteKind, Mapping[str, str]]:
    """The lines of the kinds besides wording; there were none in format 1."""
    return {} if form == 1 else {SiteKind(name): line for name, line in entry["kinds"].items()}


def _opened(kind: SiteKind, line: Mapping[str, str], master: Master, profile: Profile) -> Codebook:
    """The code of a kind that a bundle shows."""
    keys = EditionKeys(bytes.fromhex(line["bits"]), bytes.fromhex(line["roles"]))
    arities = [site.arity for site in master.sites_of(kind)]
    return Codebook.disclosed(keys, master.edition, profile, arities, master.version, kind=kind)


def _alike(stated: Any, again: Any) -> bool:
    """Whether two JSON values are the same to the letter: `true` is not 1."""
    return layout.canonical(stated) == layout.canonical(again)


def _same(stated: Any, again: Any) -> bool:
    """Whether two JSON values are the same, floats to within rounding."""
    if isinstance(again, float) and isinstance(stated, float):
        return isclose(stated, again, rel_tol=_TOLERANCE, abs_tol=0.0)
    if isinstance(again, dict) and isinstance(stated, dict):
        return set(again) == set(stated) and all(_same(stated[key], again[key]) for key in again)
    if isinstance(again, list) and isinstance(stated, list):
        return len(again) == len(stated) and all(map(_same, stated, again))
    return type(stated) is type(again) and bool(stated == again)


def _member(master: Master) -> str:
    return f"masters/{master.edition.hex()}.wxm"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
