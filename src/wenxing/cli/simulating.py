"""The command `wenxing simulate`: what a code can do, by trying it."""

from typing import Annotated

import typer

from wenxing.cli.clusters import executor_at
from wenxing.cli.commands import Json, app
from wenxing.cli.results import counting, put, say
from wenxing.preparing import BOUND
from wenxing.profiles import PROFILES
from wenxing.simulation import ARITIES, Setting, Simulation, Strategy, length_needed, simulate

NO_LENGTH = 3
_MOST_SITES = 20_000
_LENGTHS = (128, 512, 2_048, 8_192)
_LENGTH_TRIALS = 100


@app.command("simulate")
def simulate_command(
    *,
    sites: Annotated[str, typer.Option(metavar="M|auto", help="Sites of the leak; auto finds 99 %.")],
    arity: Annotated[str, typer.Option(metavar="2|3|4|mixed", help="Alternatives of a site.")] = "2",
    recipients: Annotated[int, typer.Option(metavar="N", min=1, max=10_000_000, help="Suspects.")] = 100_000,
    coalition: Annotated[int, typer.Option(metavar="C", min=1, max=20, help="Accounts that mixed it.")] = 1,
    attack: Annotated[Strategy, typer.Option(help="How they mixed it.")] = Strategy.INTERLEAVE,
    noise: Annotated[float, typer.Option(metavar="E", help="Chance that a site is misread.")] = 0.0,
    erase: Annotated[float, typer.Option(metavar="F", help="Chance that a site is not read.")] = 0.0,
    trials: Annotated[int, typer.Option(metavar="T", min=1, max=1_000_000, help="Leaks to make.")] = 100,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="The same seed, the same result.")] = 0,
    profile: Annotated[str, typer.Option(help="Profile of the editions.")] = "coalition",
    bound: Annotated[float, typer.Option(help="Family-wise bound.")] = BOUND,
    at_most: Annotated[int, typer.Option(min=0, max=64, help="As for trace; 0 assumes nothing.")] = 5,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Use this Dask cluster.")] = None,
    json: Json = False,
) -> None:
    """Make leaks and accuse everybody: how often a maker is named, and ever an innocent.

    Exit status: 0 done, 3 no length up to 8192 sites is enough (--sites auto), 2 the input cannot be used.
    """
    if arity not in ARITIES:
        raise typer.BadParameter(f"it is one of {', '.join(ARITIES)}.", param_hint="--arity")
    if profile not in PROFILES:
        raise typer.BadParameter(f"it is one of {', '.join(PROFILES)}.", param_hint="--profile")
    try:
        setting = Setting(
            profile=PROFILES[profile],
            arity=arity,
            recipients=recipients,
            coalition=coalition,
            attack=attack,
            noise=noise,
            erase=erase,
            bound=bound,
            at_most=at_most if at_most > 1 else None,
        )
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from None
    length = _sites(sites, setting, trials=trials, seed=seed)
    if length is None:
        say(f"No leak of up to {_LENGTHS[-1]} sites names a maker in 99 of 100 cases.")
        raise typer.Exit(NO_LENGTH)
    with executor_at(dask) as executor, counting("Simulating", trials) as progress:
        result = simulate(
            setting, sites=length, trials=trials, seed=seed, executor=executor, progress=progress
        )
    for sentence in _sentences(result):
        say(sentence)
    if json:
        put(result.to_json())


def _sites(sites: str, setting: Setting, *, trials: int, seed: int) -> int | None:
    if sites != "auto":
        if not (sites.isascii() and sites.isdigit() and 1 <= int(sites[:9]) <= _MOST_SITES):
            raise typer.BadParameter(
                f"it is a number within 1 … {_MOST_SITES}, or auto.", param_hint="--sites"
            )
        return int(sites)
    count = max(20, min(trials, _LENGTH_TRIALS))
    for longest in _LENGTHS:
        with counting(f"Looking for a length up to {longest}", count) as progress:
            found = length_needed(setting, longest=longest, trials=count, seed=seed, progress=progress)
        if found.sites is not None:
            return found.sites
    return None


def _sentences(result: Simulation) -> list[str]:
    caught = f"{result.caught} of {result.trials} leaks of {result.sites} sites named a maker"
    return [
        f"{caught} ({result.catch_rate:.1%}); {result.not_enough} named nobody, {result.false_namings} named "
        "an innocent.",
        "Innocents' p-values against their nominal level (at most 1, beyond chance): "
        + ", ".join(f"{level}: {share:.2f}" for level, share in result.p_calibration.items())
        + ".",
    ]
