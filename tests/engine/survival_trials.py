"""Rates: how often a lone leaker is named from pictures, and that nobody is from what is not ours."""

import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np

from engine import harms, survival
from engine.foreign_leaks import foreign as foreign_leak
from engine.harms import Harm
from engine.printed_pages import printed
from wenxing.errors import UnreadableFile
from wenxing.formats.pdf.pages import page_texts, render
from wenxing.leaks import Leak
from wenxing.marking import mark
from wenxing.master import Master
from wenxing.preparing import prepare
from wenxing.sealing import open_codebooks
from wenxing.tracing import trace

_HERE = Path(__file__).parent
_CORPUS = sorted((_HERE / "corpus").glob("*.txt"))
_LENGTH = 1_200
_TEXTS, _FIRST_LINE, _LINE = 5, 0.1139, 0.03476  # of a page's height: above the first line, and a line
_OCR_SUSPECTS, _OCR_BOUND = 10_000, 1e-3
_Result = TypeVar("_Result")


def ocr(trials: int) -> tuple[str, bool]:
    """1,200 characters in a row of an adaptable copy (A and B) as a JPEG 60: named among 10,000 at 1e-3?

    Returns what came of it, text by text, and whether anybody was named wrongly.
    """
    done = _all(_ocr_trial, trials)
    lines = [
        f"{_LENGTH:,} characters read from a picture, N = {_OCR_SUSPECTS:,}, bound {_OCR_BOUND:g}, profile "
        f"{survival.PROFILE}:"
    ]
    for source in dict.fromkeys(found[0] for found in done):
        own = [found for found in done if found[0] == source]
        lines.append(f"{source}: {_sum(own)}")
    lines.append(f"all: {_sum(done)}")
    return "\n".join(lines), any(wrong for _, _, wrong, _, _ in done)


def _sum(done: list[tuple[str, bool, bool, int, int]]) -> str:
    named, wrong = sum(found[1] for found in done), sum(found[2] for found in done)
    read, misread = sum(found[3] for found in done), sum(found[4] for found in done)
    return (
        f"{named} of {len(done)} named, {wrong} wrong; {read / len(done):.1f} sites read each, "
        f"{misread} of {read} wrong"
    )


@dataclass(frozen=True)
class Share:
    """What a part of a page shows, over many parts of many copies.

    Attributes:
        trials, named, wrongly: pictures, those that name their account, and those that name another.
        read: sites that were read in each, the fewest first.
        misread: how many of all these are wrong.
    """

    trials: int
    named: int
    wrongly: int
    read: tuple[int, ...]
    misread: int

    @property
    def row(self) -> str:
        """The last three columns of the table."""
        mean, low = sum(self.read) / self.trials, self.read[0]
        share = f"{self.misread / max(1, sum(self.read)):.1%}"
        return f"glyph {mean:.0f} in the mean, {low} at least | {share} | {self.named} of {self.trials} named"


WINDOWS: dict[str, Callable[[int], Harm]] = {
    "6 lines": lambda trial: _lines(trial, 6),
    "3 lines": lambda trial: _lines(trial, 3),
    "400 × 300 pixels": lambda trial: harms.window(
        400, 300, top=0.2 + 0.1 * (trial % 5), left=0.15 * (1 + trial % 3)
    ),
}
"""Parts of a page at 96 dpi, JPEG 60: by name, which part the n-th trial is of."""


def windows(name: str, trials: int) -> Share:
    """Parts of pages of verbatim copies of five texts, each of another account, place and page."""
    read, misread, named, wrongly = [], 0, 0, 0
    for trial in sorted(range(trials), key=lambda trial: trial % _TEXTS):
        master, recipient = survival.edition("verbatim", trial % _TEXTS), _account(trial)
        copy = mark(master, key=survival.KEY, recipient=recipient, format="pdf")
        page = render(copy, trial * 3 % (len(page_texts(copy)) - 1), dpi=96)
        picture = survival.picture(harms.jpeg(60)(WINDOWS[name](trial)(page)))
        report = trace([picture], key=survival.KEY, masters=[master], suspects=survival.SUSPECTS)
        numbers = [line.recipient for line in report.named]
        named += numbers == [recipient]
        wrongly += bool(set(numbers) - {recipient})
        sites, wrong, _ = survival.compared(report, master, recipient).get("glyph", (0, 0, 0))
        read.append(sites)
        misread += wrong
    return Share(trials, named, wrongly, tuple(sorted(read)), misread)


def saved_as_pdf(policy: str, trials: int) -> Share:
    """Word copies of several texts and accounts, each saved as PDF by LibreOffice; spacing is counted."""
    read: list[int] = []
    named = wrongly = misread = 0
    for trial in range(trials):
        master, recipient = survival.edition(policy, trial % _TEXTS), _account(trial)
        copy = mark(master, key=survival.KEY, recipient=recipient, format="docx")
        leak = survival.through_office(copy, "pdf")
        report = trace([leak], key=survival.KEY, masters=[master], suspects=survival.SUSPECTS)
        numbers = [line.recipient for line in report.named]
        named += numbers == [recipient]
        wrongly += bool(set(numbers) - {recipient})
        sites, wrong, _ = survival.compared(report, master, recipient).get("spacing", (0, 0, 0))
        read.append(sites)
        misread += wrong
    return Share(trials, named, wrongly, tuple(sorted(read)), misread)


def _account(trial: int) -> int:
    """Another one each time, of those who are suspected."""
    return 1 + (13 + trial * 7_919) % survival.SUSPECTS


def _lines(trial: int, count: int) -> Harm:
    """So many whole lines from one of eight places of a page, where it stops at the foot."""
    top = _FIRST_LINE + _LINE * (1, 3, 6, 9, 11, 13, 15, 16)[trial % 8]
    return harms.cropped(top, top + _LINE * (count - 0.06))


def _ocr_trial(trial: int) -> tuple[str, bool, bool, int, int]:
    """The text; whether its leaker was named, and anybody else; sites read, and read wrongly."""
    sources = _sources()
    source, text = sources[trial % len(sources)]
    master = _edition(trial % len(sources), text)
    rng = random.Random(trial)
    recipient = rng.randrange(1, _OCR_SUSPECTS + 1)
    copy = mark(master, key=survival.KEY, recipient=recipient, format="txt").decode()
    at = rng.randrange(max(1, len(copy) - _LENGTH))
    leak = Leak.of(_picture_of_words(copy[at : at + _LENGTH]))
    wording = Leak(leak.text)  # printed without moved characters: wording alone
    report = trace([wording], key=survival.KEY, masters=[master], suspects=_OCR_SUSPECTS, bound=_OCR_BOUND)
    numbers = [line.recipient for line in report.named]
    seen = [o for o in report.documents[0].observations if o.symbol is not None]
    code = next(iter(open_codebooks(master, key=survival.KEY).values())).codeword(recipient)
    misread = sum(o.symbol != code[o.site] for o in seen)
    return source, numbers == [recipient], bool(set(numbers) - {recipient}), len(seen), misread


@cache
def _sources() -> list[tuple[str, str]]:
    """The seed where it is, and the project's own texts, four at a time: long enough for many windows."""
    data = Path(os.environ.get("WENXING_TEST_DATA", _HERE.parents[1] / ".." / "shared" / "data"))
    seed = data / "seed.txt"
    found = [("the seed", seed.read_text(encoding="utf-8"))] if seed.is_file() else []
    for first in range(0, len(_CORPUS) - 3, 4):
        texts = [file.read_text(encoding="utf-8").strip() for file in _CORPUS[first : first + 4]]
        found.append((f"our own texts {first + 1}–{first + 4}", "\n".join(texts)))
    return found


@cache
def _edition(number: int, text: str) -> Master:
    return prepare(
        text.encode(),
        key=survival.KEY,
        approve="AB",
        profile=survival.PROFILE,
        edition=bytes([9, number] * 8),
    )


def _picture_of_words(text: str) -> bytes:
    page = printed(text, {}, em=21)
    return survival.picture(harms.jpeg(60)(np.asarray(page.image)))


def foreign(trials: int) -> tuple[str, bool]:
    """Texts, files and pictures that nobody's copy made, against four editions and 100,000 accounts.

    Returns what came of it, and whether anybody was named.
    """
    outcomes = Counter(_all(_foreign_trial, trials))
    named = sum(count for what, count in outcomes.items() if what.endswith(": named"))
    lines = [f"{count:5}  {what}" for what, count in sorted(outcomes.items())]
    return "\n".join((*lines, f"{trials} looked at, {named} named.")), named > 0


def _foreign_trial(trial: int) -> str:
    masters = [survival.edition(policy, n) for n, policy in enumerate(("adaptable", "verbatim") * 2)]
    kind, leak = foreign_leak(trial)
    try:
        read = Leak.of(leak)
    except UnreadableFile:
        return f"{kind}: nothing to read"
    report = trace([read], key=survival.KEY, masters=masters, suspects=survival.SUSPECTS)
    return f"{kind}: {report.outcome}"


def _all(trial: Callable[[int], _Result], trials: int) -> list[_Result]:
    """All trials in order, on every core; how far it is goes to standard error."""
    found: list[_Result] = []
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for result in pool.map(trial, range(trials)):
            found.append(result)
            sys.stderr.write(f"\r{len(found):,} of {trials:,}")
    sys.stderr.write("\n")
    return found
