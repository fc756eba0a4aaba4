"""The container of a bundle and the shape of its description."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wenxing.accusation import Suspects
from wenxing.casefile.entries import ranges_of, suspects_digest
from wenxing.codebook import Codebook, joint_commitment
from wenxing.errors import BundleError, NewerFormat, UnreadableFile
from wenxing.formats.package import Package, pack
from wenxing.master import Master
from wenxing.profiles import Profile
from wenxing.sites import Observation, SiteKind
from wenxing.tracing import TracedDocument

KIND = "wenxing bundle"
FORMAT = 2
"""2: editions may have kinds of sites besides wording. Bundles of format 1 are read."""

DESCRIPTION = "bundle.json"
_PART_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Contents:
    """A bundle's members.

    Attributes:
        raw: the bytes of `bundle.json`.
        description: what they say.
        parts: the other members, by name.
    """

    raw: bytes
    description: dict[str, Any]
    parts: dict[str, bytes]


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(description: Mapping[str, Any]) -> str:
    """SHA-256 over the description without its own digest, in hexadecimal."""
    return hashlib.sha256(canonical({k: v for k, v in description.items() if k != "digest"})).hexdigest()


def write(description: Mapping[str, Any], parts: Mapping[str, bytes]) -> bytes:
    """The container; equal contents give equal bytes."""
    whole = {**description, "digest": digest_of(description)}
    return pack({DESCRIPTION: canonical(whole), **parts})


def open_contents(data: bytes) -> Contents:
    """Read a container. Nothing in it is believed yet.

    Raises:
        BundleError: it is not an evidence bundle.
        NewerFormat: a later version of Wenxing made it.
    """
    try:
        package = Package(data)
        if DESCRIPTION not in package:
            raise BundleError("This file is not an evidence bundle that Wenxing made.")
        raw = package.read(DESCRIPTION, limit=_PART_BYTES)
        description = json.loads(raw)
        parts = {n: package.read(n, limit=_PART_BYTES) for n in package.names if n != DESCRIPTION}
    except (UnreadableFile, ValueError, RecursionError) as error:
        raise BundleError("This file is not an evidence bundle, or it was cut short.") from error
    if not isinstance(description, dict) or description.get("kind") != KIND:
        raise BundleError("This file is not an evidence bundle that Wenxing made.")
    form = description.get("format")
    if type(form) is not int or form not in (1, FORMAT):
        if isinstance(form, int) and form > FORMAT:
            raise NewerFormat("The bundle was made by a later version of Wenxing: update to check it.")
        raise BundleError("The bundle states no version that exists.")
    return Contents(raw, description, parts)


def leak_entry(at: int, name: str, data: bytes) -> dict[str, Any]:
    """The line of one leak; its bytes are the member `file`."""
    digest = hashlib.sha256(data).hexdigest()
    return {"file": f"leaks/{at:04d}", "name": name, "bytes": len(data), "sha256": digest}


def edition_entry(
    master: Master,
    container: bytes,
    codes: Mapping[SiteKind, Codebook],
    document: TracedDocument,
    *,
    opened: Collection[SiteKind],
) -> dict[str, Any]:
    """Everything about one edition: its codes, and what was read at each site.

    Args:
        master: the edition.
        container: its bytes.
        codes: of all its kinds.
        document: what the leaks show of it.
        opened: kinds whose codes are shown besides that of wording; of the others only the commitment is.
    """
    code = codes[SiteKind.WORDING]
    keys = code.disclose()
    return {
        "edition": code.edition.hex(),
        "version": code.version,
        "profile": code.profile.name,
        "arities": list(code.arities),
        "commitment": joint_commitment(code.edition, {k: c.commitment for k, c in codes.items()}).hex(),
        "bits": keys.bits.hex(),
        "roles": keys.roles.hex(),
        "master": f"masters/{code.edition.hex()}.wxm",
        "master_sha256": hashlib.sha256(container).hexdigest(),
        "sites": site_table(master, document.observations),
        "kinds": {
            str(kind): _kind_entry(codes[kind], document.others.get(kind, ()), opened=kind in opened)
            for kind in master.kinds[1:]
        },
    }


def _kind_entry(code: Codebook, observations: Sequence[Observation], *, opened: bool) -> dict[str, str]:
    commitment = {"commitment": code.commitment.hex()}
    if not opened:
        return commitment
    keys = code.disclose()
    shown = {"bits": keys.bits.hex(), "roles": keys.roles.hex(), "read": read_line(observations)}
    return {**commitment, **shown}


def read_line(observations: Sequence[Observation]) -> str:
    """One character a site: the symbol that was read, `.` where none was, `?` where it is in doubt."""
    return "".join(
        str(o.symbol) if o.symbol is not None else "?" if o.doubtful else "." for o in observations
    )


def site_table(master: Master, observations: Sequence[Observation]) -> list[dict[str, Any]]:
    """One line a site: where it stands, what it may say, and what the leaks show (`null`: unread)."""
    seen = {o.site: o for o in observations}
    return [
        {
            "site": at,
            "spans": [[span.start, span.end] for span in site.spans],
            "alternatives": list(site.alternatives),
            "read": seen[at].symbol if at in seen else None,
            "doubtful": seen[at].doubtful if at in seen else False,
        }
        for at, site in enumerate(master.approved_sites)
    ]


def suspects_entry(suspects: Suspects) -> dict[str, Any]:
    """The suspects as inclusive ranges of numbers."""
    ranges = ranges_of(suspects)
    return {"count": len(suspects), "ranges": ranges, "sha256": suspects_digest(ranges)}


def profile_entry(profile: Profile, form: int = FORMAT) -> dict[str, Any]:
    """A profile's parameters, so that a name means the same to whoever checks, in a format of bundles."""
    entry = {
        "laws": {str(arity): [list(law) for law in laws] for arity, laws in sorted(profile.laws.items())},
        "noise": profile.noise,
        "hypotheses": [[h.colluders, str(h.attack), h.prior] for h in profile.hypotheses],
    }
    return entry if form == 1 else {**entry, "noises": dict(profile.noises)}
