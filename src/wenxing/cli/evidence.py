"""The commands about leaks: trace, bundle, verify."""

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from wenxing.accusation import Suspects, is_bound
from wenxing.bundle import Verdict, burn, burned, register_of, verify
from wenxing.bundle import bundle as make_bundle
from wenxing.bundle.register import leaks_digest
from wenxing.casefile import open_case
from wenxing.cli import files
from wenxing.cli.clusters import executor_at
from wenxing.cli.commands import Json, KeyFile, app, disclosed_with, load_master, open_key, suspects_in
from wenxing.cli.leaks import Gathered, gather
from wenxing.cli.results import counting, put, say, working
from wenxing.codebook import MasterKey
from wenxing.errors import NothingToProve
from wenxing.explaining import Findings, Language, explain
from wenxing.formats import limits
from wenxing.master import Master
from wenxing.preparing import BOUND
from wenxing.tracing import AT_MOST, Outcome, Report, hints, trace

NOBODY_NAMED = 3
DIFFERS = 1

_BUNDLE_BYTES = limits.TOTAL_BYTES

LeakFiles = Annotated[
    list[str],
    typer.Argument(
        metavar="LEAK...",
        help="Files (txt, md, html, docx, pdf, pictures), folders or ZIP archives of them; - is stdin.",
    ),
]
MasterFiles = Annotated[
    list[str],
    typer.Option("--master", metavar="MASTER.wxm", help="Where it may come from; repeatable."),
]
AtMost = Annotated[
    int, typer.Option(min=0, max=64, help="Decode groups of at most so many accounts; 0 assumes nothing.")
]
Explain = Annotated[bool, typer.Option("--explain", help="Say what the result means, and what it does not.")]
Lang = Annotated[Language, typer.Option(help="Language of the explanation.")]


@app.command("trace")
def trace_command(
    leaks: LeakFiles,
    *,
    key: KeyFile,
    master: MasterFiles,
    recipients: Annotated[
        str | None, typer.Option(metavar="COUNT|FILE", help="Suspects: 1 to COUNT, or one a line.")
    ] = None,
    bound: Annotated[
        float | None, typer.Option(help="The most that naming any innocent may be likely; default 1e-6.")
    ] = None,
    case: Annotated[
        Path | None,
        typer.Option(metavar="FILE.wxcase", help="The case that this is part of; made at first use."),
    ] = None,
    at_most: AtMost = AT_MOST,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Compare on the Dask cluster at this address.")
    ] = None,
    explain: Explain = False,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """Name the recipients whose copies the leaks show, or nobody. All leaks are one accusation.

    With --case, everything that was ever searched in the case counts together, suspects and bound stay what
    they were at first, and the result holds whenever one looks.

    Exit status: 0 somebody is named, 3 nobody is, 2 the input cannot be used.
    """
    _refuse(leaks, bound)
    suspects = None if recipients is None else suspects_in(recipients)
    if suspects is None and (case is None or not case.exists()):
        raise typer.BadParameter("say who may have leaked it.", param_hint="--recipients")
    if case is not None and dask is not None:
        raise typer.BadParameter("a case file is compared here.", param_hint="--dask")
    masters = [load_master(path) for path in master]
    question = _Question(open_key(key), masters, suspects, bound, disclosed_with(key))
    found = _gather(leaks)
    if case is None:
        answer = _look_once(found, question, at_most=at_most, dask=dask, labels=master)
    else:
        answer = _look_again(case, found, question, labels=master)
    result = {**answer.result, **_hinted(found, question)}
    if explain:
        _explain({**result, "explanations": answer.report.explanations}, lang)
    else:
        for sentence in answer.sentences:
            say(sentence)
    if json:
        put(result)
    if answer.report.outcome is not Outcome.NAMED:
        raise typer.Exit(NOBODY_NAMED)


@dataclass(frozen=True, slots=True)
class _Question:
    """What a trace compares leaks with."""

    key: MasterKey
    masters: Sequence[Master]
    suspects: Suspects | None
    bound: float | None
    disclosed: Collection[bytes]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What it comes to, for people and for programs."""

    report: Report
    sentences: Sequence[str]
    result: dict[str, Any]


def _look_once(
    found: Gathered, question: _Question, *, at_most: int, dask: str | None, labels: Sequence[str]
) -> _Answer:
    """Trace leaks that belong to no case."""
    assert question.suspects is not None
    with executor_at(dask) as executor, counting("Tracing", len(found.leaks)) as progress:
        report = trace(
            [leak.read for leak in found.leaks],
            key=question.key,
            masters=question.masters,
            suspects=question.suspects,
            bound=BOUND if question.bound is None else question.bound,
            at_most=_group(at_most),
            disclosed=question.disclosed,
            progress=progress,
            executor=executor,
        )
    return _Answer(report, report.sentences(), report.to_json(labels=labels))


def _look_again(path: Path, found: Gathered, question: _Question, *, labels: Sequence[str]) -> _Answer:
    """Add leaks to a case, which is begun when there is none."""
    with open_case(path, suspects=question.suspects, bound=question.bound, at=_now()) as case:
        if case.torn:
            say(f"An unfinished record of {case.torn} bytes was cut off the end of the case file.")
        with counting("Tracing", len(found.leaks)) as progress:
            traced = case.trace(
                [leak.read for leak in found.leaks],
                originals=[leak.data for leak in found.leaks],
                key=question.key,
                masters=question.masters,
                at=_now(),
                disclosed=question.disclosed,
                progress=progress,
            )
    say(f"Head of the case: {traced.head}. Keep it outside this machine.")
    return _Answer(traced.report, traced.sentences(), traced.to_json(labels=labels))


def _hinted(found: Gathered, question: _Question) -> dict[str, list[int]]:
    """Recipients to whom backgrounds of scanned pages point; nothing when nobody was given to look among."""
    if question.suspects is None:
        return {}
    whom = {master.edition: question.suspects.numbers for master in question.masters}
    leaks = [leak.read for leak in found.leaks]
    pairs = hints(leaks, key=question.key, masters=question.masters, recipients=whom)
    pointed = sorted({number for _, number in pairs})
    for number in pointed:
        say(
            f"Hint: the background says the pseudonym of recipient {number}. Backgrounds can be copied: "
            "this is no evidence and names nobody."
        )
    return {"hints": pointed} if pointed else {}


@app.command("bundle")
def bundle_command(
    leaks: LeakFiles,
    *,
    key: KeyFile,
    master: MasterFiles,
    recipients: Annotated[
        str, typer.Option(metavar="COUNT|FILE", help="Suspects: 1 to COUNT, or one a line.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="BUNDLE", help="The bundle to write.")],
    bound: Annotated[float, typer.Option(help="The most that naming any innocent may be likely.")] = BOUND,
    at_most: AtMost = AT_MOST,
    json: Json = False,
) -> None:
    """Write everything that proves an accusation, for others to check with `wenxing verify`.

    The bundle shows the keys of the editions that leaked, and so burns them: later leaks of them prove
    nothing, and `trace` refuses them. Exit status: 0 written, 3 nobody is named, 2 the input cannot be used.
    """
    _refuse(leaks, bound)
    files.refuse_overwriting(output, [*leaks, *master, key])
    suspects = suspects_in(recipients)
    masters = [load_master(path) for path in master]
    secret = open_key(key)
    found = _gather(leaks)
    data = [leak.data for leak in found.leaks]
    register = register_of(key)
    try:
        with working("Tracing …"):
            made = make_bundle(
                [(Path(leak.name).name, leak.data) for leak in found.leaks],
                key=secret,
                masters=masters,
                suspects=suspects,
                at=_now(),
                bound=bound,
                at_most=_group(at_most),
                disclosed={d.edition for d in burned(register) if d.leaks != leaks_digest(data)},
            )
    except NothingToProve as nobody:
        say(str(nobody))
        raise typer.Exit(NOBODY_NAMED) from None

    def remember() -> None:
        burn(register, made.editions, leaks=data, bundle=made.data, at=_now())

    files.write_whole(output, made.data, mode=0o600, before=remember)
    for sentence in made.report.sentences():
        say(sentence)
    say(f"Wrote {output}. It shows the keys of these editions, which are burned from now on:")
    for title in _titles(masters, made.editions):
        say(f"  {title}")
    say("Whoever has the bundle can forge copies of them. Prepare new editions for further copies.")
    if json:
        put({**made.report.to_json(), "disclosed": [edition.hex() for edition in made.editions]})


@app.command("verify")
def verify_command(
    bundle: Annotated[str, typer.Argument(metavar="BUNDLE", help="An evidence bundle.")],
    *,
    json: Json = False,
) -> None:
    """Recompute an evidence bundle, without any key. Says agree or differ, line by line.

    Exit status: 0 all agrees, 1 something differs or was tampered with, 2 it is not a bundle.
    """
    data = files.read_input(bundle, limit=_BUNDLE_BYTES)
    with working("Recomputing …"):
        verdict = verify(data)
    for check in verdict.checks:
        say(str(check))
    for line in _summary(verdict):
        say(line)
    if json:
        put(_verdict_json(verdict))
    if not verdict.agrees:
        raise typer.Exit(DIFFERS)


def _summary(verdict: Verdict) -> list[str]:
    if not verdict.agrees:
        return ["The bundle does not prove what it says: something above differs or was tampered with."]
    lines = ["Everything agrees. Compare these with what was published and stamped before the leak:"]
    for edition, commitment in verdict.commitments.items():
        lines.append(f"  edition {edition}: commitment {commitment}, master {verdict.masters[edition]}")
    lines.append("Read in the bundle's statement what this rests on and what it does not prove.")
    return lines


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "format": 1,
        "agrees": verdict.agrees,
        "named": [{"recipient": n, "p_value": p} for n, p in sorted(verdict.named.items())],
        "checks": [{"what": c.what, "agrees": c.agrees, "note": c.note} for c in verdict.checks],
        "commitments": verdict.commitments,
        "masters": verdict.masters,
    }


def _group(at_most: int) -> int | None:
    """0 and 1 assume nothing."""
    return at_most if at_most > 1 else None


def _refuse(leaks: Sequence[str], bound: float | None) -> None:
    if bound is not None and not is_bound(bound):
        raise typer.BadParameter(
            "it is a probability between 0 (at least 1e-100) and 1.", param_hint="--bound"
        )
    if leaks.count(files.STANDARD_INPUT) > 1:
        raise typer.BadParameter("standard input can be read once.", param_hint="LEAK")


def _gather(leaks: Sequence[str]) -> Gathered:
    with working("Reading the leaks …"):
        found = gather(leaks)
    if found.skipped:
        names = ", ".join(Path(name).name for name in found.skipped[:5])
        more = f" and {len(found.skipped) - 5} more" if len(found.skipped) > 5 else ""
        say(f"Skipped {len(found.skipped)} files that cannot be read: {names}{more}.")
        for reason in found.reasons[:3]:
            say(f"  {reason}")
    return found


def _explain(result: dict[str, Any], language: Language) -> None:
    sys.stderr.write(explain(Findings.of_json(result), language=language).text())
    sys.stderr.flush()


def _titles(masters: Collection[Master], editions: Collection[bytes]) -> list[str]:
    return [f"{m.edition.hex()} {m.title}".rstrip() for m in masters if m.edition in editions]


def _now() -> datetime:
    return datetime.now(UTC)
