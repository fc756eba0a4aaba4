"""The platform's commands: `python -m wenxing_web serve`, `migrate`, `check-ledger`, `reindex`, `demo` …

Django is set up by the first command that needs it, so that `--help` stays fast.
"""

import contextlib
import gc
import os
import resource
import signal
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Event
from typing import Annotated, Any

import typer

from wenxing_web import stamping

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The library Wenxing 文行.",
)

app.add_typer(stamping.app)

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_OPEN_FILES = 65_536
_PATIENCE = (
    25.0  # seconds; longer than a mail server may take. A trace does not end so soon: another takes it up
)


def main() -> None:
    """Entry point."""
    app()


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; the one of WENXING_ADDRESS when left out.")] = 0,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty library with samples first.")] = False,
) -> None:
    """Open the library: prepare the home folder, then serve until interrupted."""
    _set_up()
    private = _is_private(host)
    if demo and not private:
        raise typer.BadParameter("--demo makes accounts with known passwords; it serves this machine only")
    _prepare()
    if demo and _make_demo():
        _tell_the_news()
    if not private:
        _refuse_known_passwords()
    _raise_file_limit()
    _listen(host, port or _port_of_address(), banner=_banner(demo=demo))


@app.command()
def migrate() -> None:
    """Prepare the home folder: database, engine key, static files, languages."""
    _set_up()
    _prepare()


@app.command()
def demo() -> None:
    """Fill an empty library with samples, accounts and a report. Does nothing the second time."""
    _set_up()
    _prepare()
    _make_demo()
    typer.echo(_banner(demo=True), err=True)


@app.command("check-ledger")
def check_ledger(
    held: Annotated[str, typer.Option(help="A head kept elsewhere, NUMBER:DIGEST, to check against.")] = "",
) -> None:
    """Verify the ledger's chain. Prints its head; exits with 1 when a row was changed or is missing."""
    _set_up()
    from wenxing_web.ledger.queries import Head, head, verify

    number, _, digest = held.partition(":")
    if held and not (number.isdigit() and len(digest) == 64):
        raise typer.BadParameter("give NUMBER:DIGEST, as this command prints it")
    verdict = verify(held=Head(int(number), digest) if held else None)
    if not verdict.ok:
        typer.echo(f"The ledger is broken at row {verdict.broken_at}.", err=True)
        raise typer.Exit(1)
    last = head()
    typer.echo(f"{verdict.entries} rows, one chain.", err=True)
    typer.echo(f"{last.number}:{last.digest}")


@app.command()
def createoperator(
    email: str,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    may: Annotated[
        list[str] | None,
        typer.Option(
            help="publish, members, sell, host, trace, unmask or rule; repeatable. All when left out."
        ),
    ] = None,
) -> None:
    """Make an operator's account, for everything or for some duties only."""
    _set_up()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from wenxing_web.members.actions.appoint import Duty, appoint
    from wenxing_web.members.queries import member_by_email

    unknown = set(may or ()) - set(Duty)
    if unknown:
        raise typer.BadParameter(f"no such duty: {', '.join(sorted(unknown))}; there are {', '.join(Duty)}")
    if member_by_email(email):
        raise typer.BadParameter("there is an account with this address already")
    try:
        validate_password(password)
    except ValidationError as refusal:
        raise typer.BadParameter(" ".join(refusal.messages)) from None
    appoint(email, password, duties=[Duty(duty) for duty in may or ()])
    typer.echo(f"{email} may now sign in.", err=True)


@app.command()
def remind() -> None:
    """Tell members whose term runs out, and send every letter that is due. `serve` does both by itself."""
    _set_up()
    from wenxing_web.working import once

    done = once()
    typer.echo(f"{done.sent} sent, {done.failed} to be tried again, {done.refused} refused.", err=True)
    if done.failed:
        raise typer.Exit(1)


@app.command()
def work() -> None:
    """Make notices, send letters and run traces until interrupted: what `serve` does beside serving."""
    _set_up()
    from wenxing_web.working import start_all

    workers = start_all()
    ended = Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    typer.echo("Working.", err=True)
    ended.wait()
    for worker in workers:
        worker.stop()
    for worker in workers:
        worker.join(_PATIENCE)


@app.command()
def reindex() -> None:
    """Make the search index anew. It follows by itself; this is for when you do not trust it any more."""
    _set_up()
    from wenxing_web.library.search.index import rebuild

    def told(done: int, whole: int) -> None:
        typer.echo(f"\r{done} of {whole} editions", nl=done == whole, err=True)

    typer.echo(f"{rebuild(told)} editions indexed.", err=True)


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenxing_web.settings")
    import django

    django.setup()


def _prepare() -> None:
    """Bring the home folder up to this version. Quick when there is nothing to do."""
    from django.core.management import call_command

    from wenxing_web import engine

    compile_languages()
    os.umask(0o077)  # masters, reports and addresses are nobody's business on a shared machine
    engine.ensure_key()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def compile_languages() -> None:
    """Compile the catalogues that are newer than what was compiled from them."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in (Path(__file__).parent / "locale").glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as text, NamedTemporaryFile(dir=target.parent, delete=False) as compiled:
            write_mo(compiled, read_po(text))
        Path(compiled.name).replace(target)  # whole or not at all: others may be doing the same


def _make_demo() -> bool:
    from wenxing_web.samples import demo as samples

    return samples.make()


def _tell_the_news() -> None:
    """Letters are printed where there is no mail server: before the address and the accounts, not after."""
    from wenxing_web.working import once

    once()


def _is_private(host: str) -> bool:
    """Whether only this machine can reach the library."""
    from urllib.parse import urlsplit

    from django.conf import settings

    return host in _LOOPBACK and urlsplit(settings.ADDRESS).hostname in _LOOPBACK


def _refuse_known_passwords() -> None:
    from wenxing_web.samples import demo as samples

    if who := samples.open_to_anybody():
        raise typer.BadParameter(f"give {', '.join(who)} another password first: everybody knows this one")


def _banner(*, demo: bool) -> str:
    from django.conf import settings

    from wenxing_web.samples import demo as samples

    lines = [f"文行 Wenxing  {settings.ADDRESS}/"]
    if demo:
        lines += [f"  {who}" for who in samples.accounts()]
    return "\n".join(lines)


def _port_of_address() -> int:
    from urllib.parse import urlsplit

    from django.conf import settings

    return urlsplit(settings.ADDRESS).port or 8000


def _raise_file_limit() -> None:
    """Every open stream is an open file."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _listen(host: str, port: int, *, banner: str) -> None:
    import uvicorn

    from wenxing_web.asgi import application, streams
    from wenxing_web.live.protocol import LiveProtocol

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets=sockets)
            gc.collect()
            gc.freeze()  # what lives for ever need not be looked at by every collection
            if self.started:
                typer.echo(banner, err=True)

        async def shutdown(self, sockets: Any = None) -> None:
            streams.close()
            await super().shutdown(sockets=sockets)

    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        http=LiveProtocol,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        ws="none",
    )
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises it again once everything has ended well
        Server(config).run()
