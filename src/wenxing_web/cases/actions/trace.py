"""Run the engine on the exhibits of a case. Every run leaves a row, whatever it found."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from wenxing_web import engine
from wenxing_web.cases.models import Case, CaseError, Trace, Tracing
from wenxing_web.cases.queries import BOUND, Exhibit, exhibits_in, fingerprint_of
from wenxing_web.delivery.queries import recipients_of
from wenxing_web.ledger.actions.record import record
from wenxing_web.library.models import Edition
from wenxing_web.library.queries import editions, master_of
from wenxing_web.library.search.locating import locate
from wenxing_web.members.models import Member
from wenxing_web.members.queries import numbers

_FEW = 200
"""Editions that are aligned one and all."""


class TraceError(CaseError):
    """There is no result. `fault` says why, in words that are kept and shown in any language."""

    def __init__(self, fault: Tracing.Fault) -> None:
        super().__init__(str(fault.label))
        self.fault = fault


def trace(
    case: Case,
    *,
    by: Member | None,
    at: datetime,
    chosen: Collection[str] | None = None,
    kept: Callable[[Trace], object] = lambda made: made,
) -> Trace:
    """Search every edition ever published, and every account, for where the exhibits came from.

    The suspects are all recipient numbers there are: a list that does not depend on what the leak says,
    which the bound needs. All chosen exhibits together are one accusation.

    Args:
        by: who asked for it; nobody, when the account has been erased since.
        chosen: keys of the exhibits to use; all of them when left out. Another choice is another test.
        kept: called in the transaction that keeps the result; what it raises leaves nothing kept.

    Raises:
        TraceError: the case is ruled, nothing was published yet, none of the exhibits can be read, …
    """
    if Case.objects.get(pk=case.pk).is_ruled:
        raise TraceError(Tracing.Fault.RULED)
    read, unread = _sort([e for e in exhibits_in(case) if chosen is None or e.key in chosen])
    if not read:
        raise TraceError(Tracing.Fault.UNREAD)
    published = {edition.identity: edition for edition in editions().order_by("id")}
    if not published:
        raise TraceError(Tracing.Fault.UNPUBLISHED)
    suspects = numbers()
    inputs = _inputs(read, unread, list(published), suspects)
    leaks = [leak for own in read.values() for leak in own]
    found = _run(leaks, list(published.values()), suspects)
    with transaction.atomic():
        row = Case.objects.select_for_update().get(pk=case.pk)
        made = _keep(row, by, at, inputs, found)
        made.editions.set([published[identity] for identity in found.matched])
        if row.state == Case.State.OPEN:
            row.state = Case.State.TRACED
            row.save(update_fields=["state"])
        searched: dict[str, int | str] = {"suspects": len(suspects), "bound": f"{BOUND:g}"}
        facts = {"case": row.number, "outcome": found.outcome, **searched}
        record("trace.run", {**facts, "editions": list(found.matched)}, at=at)
        kept(made)
    return made


def _inputs(
    read: Collection[Exhibit], unread: Collection[Exhibit], identities: list[str], suspects: Sequence[int]
) -> dict[str, Any]:
    """Everything that decides the result, and what was left out."""
    listed = ",".join(map(str, suspects)).encode("ascii")
    return {
        "exhibits": sorted({exhibit.digest for exhibit in read}),
        "unread": sorted({exhibit.digest for exhibit in unread}),
        "editions": sorted(identities),
        "suspects": len(suspects),
        "suspects_digest": hashlib.sha256(listed).hexdigest(),
        "bound": f"{BOUND:g}",
        "engine": engine.VERSION,
    }


def _searched(leaks: Sequence[engine.Leak], published: list[Edition]) -> list[Edition]:
    """The editions to align the leaks with: all of a small library; else those they may come from.

    What a leak shows without its text counts as well, and so do all editions of a material together: a leak
    may fit several. Where the index cannot tell, everything is aligned.
    """
    if len(published) <= _FEW:
        return published
    located = locate(leak.text for leak in leaks if leak.text or not leak.sightings)
    if located is None:
        return published
    sighted = {sighting.edition.hex() for leak in leaks for sighting in leak.sightings}
    near = {e.material_id for e in published if e.pk in located or e.identity in sighted}
    return [edition for edition in published if edition.material_id in near] or published


def _run(leaks: Sequence[engine.Leak], published: list[Edition], suspects: Sequence[int]) -> engine.Findings:
    """Scanned pages have no text to align: where a picture of them points is a hint beside the finding."""
    scans = [edition for edition in published if edition.is_scan]
    texts = [edition for edition in published if not edition.is_scan]
    try:
        masters = [master_of(edition) for edition in _searched(leaks, texts) or scans[:1]]
        found = engine.trace(leaks, masters, suspects=suspects, bound=BOUND)
        hints = _hints(leaks, scans)
        return replace(found, result={**found.result, "hints": hints}) if hints else found
    except engine.DisclosedEdition as error:
        raise TraceError(Tracing.Fault.DISCLOSED) from error
    except engine.MasterError as error:
        raise TraceError(Tracing.Fault.MASTER) from error
    except engine.WenxingError as error:
        raise TraceError(Tracing.Fault.KEY) from error


def _hints(leaks: Sequence[engine.Leak], scans: Sequence[Edition]) -> list[dict[str, Any]]:
    """Copies of scanned editions whose pseudonym a picture says, each with its edition."""
    had = {bytes.fromhex(edition.identity): recipients_of([edition]) for edition in scans}
    found = engine.hints(leaks, map(master_of, scans), recipients=had)
    return [{"edition": identity, "recipient": number} for identity, number in found]


def _keep(
    case: Case, by: Member | None, at: datetime, inputs: dict[str, Any], found: engine.Findings
) -> Trace:
    return Trace.objects.create(
        case=case,
        run_at=at,
        run_by=by,
        outcome=found.outcome,
        inputs=inputs,
        fingerprint=fingerprint_of(inputs),
        result=found.result,
    )


def _sort(exhibits: Collection[Exhibit]) -> tuple[dict[Exhibit, tuple[engine.Leak, ...]], list[Exhibit]]:
    """The exhibits that can be read, each content once, with what was read; and those that cannot."""
    read: dict[Exhibit, tuple[engine.Leak, ...]] = {}
    unread, seen = [], set()
    for exhibit in exhibits:
        if exhibit.digest in seen:
            continue
        seen.add(exhibit.digest)
        try:
            read[exhibit] = engine.open_leaks(exhibit.content(), name=exhibit.name)
        except engine.UnreadableFile:
            unread.append(exhibit)
    return read, unread
