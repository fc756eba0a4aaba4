"""Recipe: leaks + key + masters → an evidence bundle, if somebody is named."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wenxing.accusation import Suspects, is_bound
from wenxing.alignment import Explanation
from wenxing.bundle import layout
from wenxing.casefile.entries import moment
from wenxing.codebook import Codebook, MasterKey
from wenxing.errors import NothingToProve
from wenxing.explaining import statement
from wenxing.leaks import Leak
from wenxing.master import Master
from wenxing.preparing import TOOL
from wenxing.profiles import PROFILES
from wenxing.sealing import open_codebooks
from wenxing.sites import SiteKind
from wenxing.tracing import AT_MOST, Outcome, Report, attribute, judge


@dataclass(frozen=True)
class Bundle:
    """An evidence bundle that was made.

    Attributes:
        data: the container.
        report: the result it proves.
        editions: whose keys it discloses.
    """

    data: bytes
    report: Report
    editions: tuple[bytes, ...]


def bundle(
    leaks: Sequence[tuple[str, bytes]],
    *,
    key: MasterKey,
    masters: Sequence[Master],
    suspects: Suspects,
    at: datetime,
    bound: float = 1e-6,
    at_most: int | None = AT_MOST,
    disclosed: Collection[bytes] = (),
) -> Bundle:
    """Trace leaks and put everything that decides the result into a bundle.

    Only editions that the leaks show are in it. Call `burn` before anybody else sees the bundle.

    Args:
        leaks: names and files; the names are for people.
        key, masters, suspects, bound, at_most, disclosed: as for `wenxing.trace`.
        at: the time now, with its zone.

    Raises:
        NothingToProve: nobody is named; disclosing keys would burn editions for nothing.
        UnreadableFile, WrongKey, MasterError, DisclosedEdition, ValueError: as `wenxing.trace`.
    """
    if not leaks or not masters or not is_bound(bound):
        raise ValueError("a bundle needs a leak, a master and a bound within [1e-100, 1)")
    codebooks = {master.edition: open_codebooks(master, key=key) for master in masters}
    if len(codebooks) < len(masters):
        raise ValueError("give each edition once")
    read = [Leak.of(data, name=name) for name, data in leaks]
    found = attribute(read, masters, disclosed=disclosed)
    shown = [masters[at] for at in sorted({at for explanation in found for at in explanation})]
    if not shown:
        raise NothingToProve(
            "No match: the text is not from any of the masters given, so there is no bundle."
        )
    explanations = attribute(read, shown)
    codes = [codebooks[master.edition] for master in shown]
    report = judge(shown, explanations, codes, suspects, bound, at_most=at_most)
    if report.outcome is not Outcome.NAMED:
        raise NothingToProve("Nobody is named: a bundle would burn editions and prove nothing.")
    files, leaked = _leaks(leaks)
    entries, containers = _editions(shown, codes, report, explanations)
    profiles = {master.profile: layout.profile_entry(PROFILES[master.profile]) for master in shown}
    description = {
        "kind": layout.KIND,
        "format": layout.FORMAT,
        "tool": TOOL,
        "made": moment(at),
        "parameters": {"bound": bound, "at_most": at_most, "profiles": profiles},
        "suspects": layout.suspects_entry(suspects),
        "leaks": files,
        "editions": entries,
        "report": {**report.to_json(), "explanations": report.explanations},
        "statement": statement(),
    }
    data = layout.write(description, leaked | containers)
    return Bundle(data, report, tuple(master.edition for master in shown))


def _leaks(leaks: Sequence[tuple[str, bytes]]) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """Their lines in the description, and their members of the container."""
    entries = [layout.leak_entry(n, name, data) for n, (name, data) in enumerate(leaks, start=1)]
    return entries, {entry["file"]: data for entry, (_, data) in zip(entries, leaks, strict=True)}


def _editions(
    shown: Sequence[Master],
    codes: Sequence[Mapping[SiteKind, Codebook]],
    report: Report,
    explanations: Sequence[Explanation],
) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """The same for the editions shown; a kind's code is opened if some explanation read it."""
    containers = [master.to_bytes() for master in shown]
    opened = [{kind for e in explanations if at in e for kind in e[at].others} for at in range(len(shown))]
    entries = [
        layout.edition_entry(master, container, code, document, opened=kinds)
        for master, container, code, document, kinds in zip(
            shown, containers, codes, report.documents, opened, strict=True
        )
    ]
    return entries, {e["master"]: container for e, container in zip(entries, containers, strict=True)}
