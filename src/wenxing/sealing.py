"""Where a master meets its key: the seal is made and checked here, and nowhere else."""

import hmac
from collections.abc import Iterable
from dataclasses import replace

from wenxing.codebook import Codebook, MasterKey, joint_commitment
from wenxing.errors import MasterError, WrongKey
from wenxing.master import Master
from wenxing.profiles import PROFILES
from wenxing.sites import SiteKind


def seal_master(master: Master, *, key: MasterKey) -> Master:
    """The master with the check value and the seal of its edition's key.

    Raises:
        ValueError: its parts do not fit together.
    """
    master.validate()
    codebook = _codebook(master, key, SiteKind.WORDING)
    return replace(master, check=codebook.check).sealed_by(codebook.seal)


def open_codebook(master: Master, *, key: MasterKey) -> Codebook:
    """The code of a master's wording, once the master has proved to be what was sealed.

    Raises:
        WrongKey: it was prepared with another key.
        MasterError: something in it was changed after it was prepared.
        NewerFormat: its copies were made in a later format.
    """
    codebook = _codebook(master, key, SiteKind.WORDING)
    if not hmac.compare_digest(codebook.check, master.check):
        raise WrongKey("The master was prepared with another key; use the key it was prepared with.")
    if not hmac.compare_digest(codebook.seal(master.sealed_bytes), master.seal):
        raise MasterError("The master was changed after it was prepared; take it from a backup.")
    return codebook


def open_codebooks(
    master: Master, *, key: MasterKey, kinds: Iterable[SiteKind] | None = None
) -> dict[SiteKind, Codebook]:
    """The codes of a master's edition by kind: of wording always, of others where there are sites.

    Args:
        master: the edition.
        key: with which it was prepared.
        kinds: wanted besides wording; by default all that the edition has.

    Raises:
        WrongKey, MasterError, NewerFormat: as `open_codebook`.
    """
    codes = {SiteKind.WORDING: open_codebook(master, key=key)}
    wanted = set(master.kinds if kinds is None else kinds)
    codes |= {kind: _codebook(master, key, kind) for kind in master.kinds[1:] if kind in wanted}
    return codes


def commitment_of(master: Master, *, key: MasterKey) -> bytes:
    """32 bytes that bind the operator to all codes of a master's edition; refusals as `open_codebook`."""
    codes = open_codebooks(master, key=key)
    return joint_commitment(master.edition, {kind: code.commitment for kind, code in codes.items()})


def _codebook(master: Master, key: MasterKey, kind: SiteKind) -> Codebook:
    return Codebook(
        key, master.edition, PROFILES[master.profile], master.arities_of(kind), master.version, kind=kind
    )
