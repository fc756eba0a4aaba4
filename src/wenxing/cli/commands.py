"""The engine's commands."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from wenxing.accusation import Suspects
from wenxing.bundle import burned, register_of
from wenxing.cli import files
from wenxing.cli.results import put, say, summary_json, summary_sentences, working
from wenxing.codebook import MasterKey, create_key, load_key
from wenxing.errors import DisclosedEdition, MasterError, SuspectsError, UnsupportedOutput
from wenxing.formats import limits, signatures
from wenxing.marking import FORMATS, mark
from wenxing.master import Master, Policy
from wenxing.preparing import prepare, summarise
from wenxing.reading import bounded

_DISCLOSED = (
    "This edition was disclosed in an evidence bundle: whoever has the bundle can forge any copy of it, and "
    "no leak of it will name anybody."
)
_MASTER_BYTES = limits.FILE_BYTES + limits.XML_BYTES + limits.MIB

app = typer.Typer(
    name="wenxing",
    help="Make every copy its recipient's own, and name the recipient of a leak, or nobody.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Approve(StrEnum):
    """Which grades of sites carry the code."""

    A = "A"
    AB = "AB"
    NONE = "none"


class ProfileName(StrEnum):
    """The code's profile."""

    AUTO = "auto"
    SOLO = "solo"
    BALANCED = "balanced"
    COALITION = "coalition"


KeyFile = Annotated[str, typer.Option("--key", metavar="KEY", help="The library's key.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]


@app.command("keygen")
def keygen_command(
    key: Annotated[Path, typer.Argument(metavar="KEY", help="Where to write it; nothing may be there yet.")],
) -> None:
    """Make a new secret key, mode 0600. WENXING_PASSPHRASE, when set, protects it."""
    create_key(key, passphrase())
    say(f"Wrote {key}. Keep it with every backup: without it no leak can be traced.")


@app.command("prepare")
def prepare_command(
    doc: Annotated[str, typer.Argument(metavar="DOC", help="A txt, md, html, docx or pdf file.")],
    *,
    key: KeyFile,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="MASTER.wxm", help="The master to write.")
    ],
    policy: Annotated[Policy, typer.Option(help="What may differ between copies.")] = Policy.ADAPTABLE,
    approve: Annotated[Approve, typer.Option(help="Grades of sites that carry the code.")] = Approve.A,
    profile: Annotated[ProfileName, typer.Option(help="auto: by the number of sites.")] = ProfileName.AUTO,
    json: Json = False,
) -> None:
    """Make the master of a new edition from a document. The text is kept as it is; a PDF is verbatim.

    A scanned PDF has no text that could differ. Its copies carry a visible code and a background, which say
    where to look and name nobody; ask for it with --policy verbatim.
    """
    files.refuse_overwriting(output, [doc, key])
    secret = load_key(key, passphrase())
    source = files.read_input(doc)
    with working("Looking for sites …"):
        known = bounded.publishable(source, name=doc) if signatures.is_pdf(source) else None
        master = prepare(
            source,
            key=secret,
            policy=policy,
            approve=approve,
            profile=profile,
            name=Path(doc).name,
            document=known,
        )
        summary = summarise(master)
    files.write_whole(output, master.to_bytes(), mode=0o600)
    for sentence in summary_sentences(summary, verbatim=master.policy is Policy.VERBATIM):
        say(sentence)
    say(f"Wrote {output}.")
    if json:
        put(summary_json(summary))


@app.command("mark")
def mark_command(
    master: Annotated[str, typer.Argument(metavar="MASTER.wxm", help="The edition.")],
    *,
    key: KeyFile,
    recipient: Annotated[int, typer.Option(metavar="N", help="The recipient's number, 1 to 4294967295.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT", help="The copy: .txt, .docx, .pdf, .md or .html.")
    ],
    even_if_disclosed: Annotated[
        bool,
        typer.Option("--even-if-disclosed", help="Also of an edition that a bundle discloses."),
    ] = False,
) -> None:
    """Make one recipient's copy; the suffix of OUT says in which format.

    A copy of an edition that was disclosed in an evidence bundle is refused: `trace` refuses leaks of it.
    """
    files.refuse_overwriting(output, [master, key])
    form = output.suffix.lower().removeprefix(".")
    form = {"markdown": "md", "htm": "html"}.get(form, form)
    if form not in FORMATS:
        raise UnsupportedOutput(
            f"The name of the copy must end in .txt, .docx, .pdf, .md or .html: {output} does not."
        )
    edition = load_master(master)
    if edition.edition in disclosed_with(key):
        if not even_if_disclosed:
            raise DisclosedEdition(f"{_DISCLOSED} Prepare a new edition for further copies.")
        say(f"Warning: {_DISCLOSED}")
    files.write_whole(output, mark(edition, key=open_key(key), recipient=recipient, format=form))
    say(f"Wrote {output}.")


def disclosed_with(key: str) -> frozenset[bytes]:
    """The editions whose keys were given away in evidence bundles, as the register beside the key says."""
    return frozenset(line.edition for line in burned(register_of(key)))


def passphrase() -> str | None:
    """The passphrase of the key, from the environment."""
    return os.environ.get("WENXING_PASSPHRASE") or None


def open_key(path: str) -> MasterKey:
    """The key in a file."""
    return load_key(path, passphrase())


def load_master(path: str) -> Master:
    """A master; errors say which file it was."""
    data = files.read_input(path, limit=_MASTER_BYTES)
    try:
        return Master.from_bytes(data)
    except MasterError as error:
        raise type(error)(f"{path}: {error}") from error


def suspects_in(recipients: str) -> Suspects:
    """1 … COUNT when it is written in digits, else the numbers in a file."""
    if recipients.isascii() and recipients.isdigit():
        return Suspects.of(int(recipients[:20]))
    if not recipients or not Path(recipients).exists():
        raise SuspectsError(
            f"Suspects are a count or a file with one number a line; {recipients} is neither."
        )
    return Suspects.parse(files.read_suspects(recipients))
