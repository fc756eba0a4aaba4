"""The commands `stamp` and `check-stamp`: what the ledger says, fixed outside this machine.

An operator who rewrites the whole database leaves no trace on that machine alone. A
time-stamping authority that has signed the ledger's head, the commitments of all
editions and the digest of the number → account table makes that impossible for
everything before the stamp. Run `stamp` by a timer, once a day.
"""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer()

Roots = Annotated[
    Path | None,
    typer.Option("--root", envvar="WENXING_STAMP_ROOT", help="The authority's root certificates, PEM."),
]


@app.command("stamp")
def stamp_command(
    authority: Annotated[
        str, typer.Option(envvar="WENXING_STAMP_AUTHORITY", help="Address of an RFC 3161 authority.")
    ],
    root: Roots = None,
) -> None:
    """Have the ledger's head, the commitments and the account table stamped by an authority.

    Exit status: 0 stamped and kept, 1 no stamp that is good.
    """
    _set_up()
    from django.utils import timezone

    from wenxing_web.gateways import timestamp
    from wenxing_web.ledger.actions.stamp import stamp
    from wenxing_web.members.queries import number_table

    try:
        roots = timestamp.roots_in(root) if root else []
        server = timestamp.over_http(authority)
        kept = stamp(
            number_table(),
            ask=lambda data: timestamp.stamp(data, authority=server, roots=roots),
            at=timezone.now(),
        )
    except timestamp.TimestampError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    if not roots:
        typer.echo("The authority's signature was not checked: give its root certificate, --root.", err=True)
    typer.echo(f"Row {kept.head.number} is stamped: {kept.statement}, {kept.answer}.", err=True)


@app.command("check-stamp")
def check_stamp_command(
    statement: Annotated[Path, typer.Argument(help="The .json of a stamp; the .tsr stands beside it.")],
    root: Roots = None,
) -> None:
    """Compare a stamp with the ledger of today, line by line.

    Exit status: 0 all agrees, 1 something differs, 2 it is no stamp.
    """
    _set_up()
    from wenxing_web.gateways import timestamp

    content, answer = _read(statement)
    told = _told(content)
    lines: list[tuple[bool, str]] = []
    try:
        roots = timestamp.roots_in(root) if root else []
        at = timestamp.check(answer, content, roots=roots)
        signed = "signed under the root given" if roots else "signature not checked, give --root"
        lines.append((True, f"stamp: the statement existed on {at:%Y-%m-%d %H:%M:%S} UTC ({signed})"))
    except timestamp.TimestampError as error:
        lines.append((False, f"stamp: {error}"))
    lines += _compare(told, statement)
    for agrees, line in lines:
        typer.echo(f"{'agrees ' if agrees else 'DIFFERS'}  {line}", err=True)
    if not all(agrees for agrees, _ in lines):
        raise typer.Exit(1)


def _compare(told: dict[str, Any], statement: Path) -> list[tuple[bool, str]]:
    """The ledger and the table kept, against what was stamped."""
    import hashlib

    from wenxing_web.ledger.queries import Head, commitments_digest, verify

    row = told["ledger"]["row"]
    verdict = verify(held=Head(row, told["ledger"]["digest"]))
    count, digest = commitments_digest(until=row)
    lines = [
        (verdict.ok, f"ledger: the chain up to row {row} is the one that was stamped"),
        (
            {"count": count, "sha256": digest} == told["editions"],
            f"editions: {count} commitments up to row {row}",
        ),
    ]
    table = statement.with_suffix(".accounts")
    if table.exists():
        data = table.read_bytes()
        same = hashlib.sha256(data).hexdigest() == told["accounts"]["sha256"]
        lines.append((same, f"accounts: {table.name} is the table that was stamped"))
    return lines


def _read(statement: Path) -> tuple[bytes, bytes]:
    try:
        return statement.read_bytes(), statement.with_suffix(".tsr").read_bytes()
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror}.", err=True)
        raise typer.Exit(2) from None


def _told(content: bytes) -> dict[str, Any]:
    """The statement's fields, each of the right kind; anything else is no stamp."""
    try:
        told: dict[str, Any] = json.loads(content)
        whole = (
            told["kind"] == "wenxing stamp"
            and told["format"] == 1
            and type(told["ledger"]["row"]) is int
            and len(bytes.fromhex(told["ledger"]["digest"])) == 32
            and len(bytes.fromhex(told["accounts"]["sha256"])) == 32
            and isinstance(told["editions"], dict)
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = False
    if not whole:
        typer.echo("This file is not the statement of a stamp of this version.", err=True)
        raise typer.Exit(2)
    return told


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenxing_web.settings")
    import django

    django.setup()
