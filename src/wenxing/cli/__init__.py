"""The command line: `wenxing keygen | prepare | mark | trace | …`, and what other packages add.

    commands    keys, masters, copies
    evidence    leaks: trace, bundle, verify
    simulating  what a code can do
    files       files in and out: bounded, whole or not at all
    leaks       files, folders and archives that leaked
    clusters    where the comparing is done
    results     what a command says: an object on stdout, words on stderr
    streams     standard streams that are closed, or that nobody reads any more

Standard output carries the JSON object and nothing else; everything for people
goes to standard error. Exit status: 0 done (for `trace`: somebody is named), 3
nobody is named, 2 the input cannot be used, 1 for `verify`: something differs.

A package adds commands through the entry-point group `wenxing.commands`: each
entry names a `typer.Typer` whose commands join the engine's. They are loaded only
when the command asked for is not the engine's own.
"""

import sys
from importlib.metadata import entry_points

import typer

from wenxing.cli import evidence, simulating, streams
from wenxing.cli.commands import app
from wenxing.cli.results import say
from wenxing.errors import WenxingError

BAD_INPUT = 2

__all__ = ["BAD_INPUT", "app", "evidence", "main", "simulating"]


def main() -> None:
    """Run the command line and exit. Bad input ends in one clear sentence, never in a traceback."""
    streams.open_missing()
    try:
        if not (set(sys.argv[1:2]) & _own_commands()):
            _add_commands()
        app(prog_name="wenxing")
    except BrokenPipeError:
        sys.stderr.close()  # nobody listens any more
        sys.exit(BAD_INPUT)
    except WenxingError as error:
        say(f"Error: {error}")
    except OSError as error:
        say(f"Error: {_in_words(error)}")
    sys.exit(BAD_INPUT)


def _in_words(error: OSError) -> str:
    reason = error.strerror or "the file cannot be used"
    return f"{error.filename}: {reason}." if error.filename is not None else f"{reason}."


def _own_commands() -> set[str]:
    return {command.name for command in app.registered_commands if command.name}


def _add_commands() -> None:
    for entry in entry_points(group="wenxing.commands"):
        try:
            added = entry.load()
        except ImportError as error:
            say(f"The commands of {entry.value} cannot be loaded: {error}.")
            continue
        if isinstance(added, typer.Typer):
            app.add_typer(added)
