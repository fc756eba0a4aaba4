"""What survives what: copies are made, harmed, read and traced, a cell of the table at a time.

`cells` is the whole table. Everything in it is the same every time: the texts are those of `corpus`, the key
and the editions are fixed, and so are the harms. `bin/survival` prints it, `test_survival` keeps a part of
`docs/survival.md` current.
"""

import io
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from engine import harms
from engine.harms import Grey, Harm
from engine.made_texts import made_key
from engine.picture_files import typeface
from wenxing.formats import limits
from wenxing.formats.pdf.pages import page_texts, render
from wenxing.marking import mark
from wenxing.master import Master
from wenxing.preparing import prepare
from wenxing.reading import office, read, recognition
from wenxing.sealing import open_codebooks
from wenxing.tracing import Report, trace

SUSPECTS = 100_000
BOUND = 1e-6
PROFILE = "solo"
RECIPIENT = 31_415

KEY = made_key()
_CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.txt"))
_TURNED, _PAGE = 3.0, 1  # degrees, and the page that is shown where it is one

Leaks = Sequence[bytes | str]


@dataclass(frozen=True)
class Cell:
    """One line of the table.

    Attributes:
        copy: what is delivered.
        harm: what happens to it.
        leaks: makes the leaks of a recipient's copy.
        policy: of the edition.
        needs: programs and parts that making or reading it takes.
    """

    copy: str
    harm: str
    leaks: Callable[[int], Leaks]
    policy: str
    needs: tuple[str, ...] = ()

    @property
    def missing(self) -> str:
        """What is missing here, or nothing."""
        return next((name for name in self.needs if not _HAS[name]()), "")


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        kinds: by kind of site: how many were read, how many of these are wrong, how many there are.
        named: whoever is named.
    """

    kinds: dict[str, tuple[int, int, int]]
    named: tuple[int, ...]

    @property
    def verdict(self) -> str:
        """`named`, `nobody` or, which must never be, `WRONG`."""
        if not self.named:
            return "nobody"
        return "named" if self.named == (RECIPIENT,) else "WRONG"

    @property
    def read(self) -> str:
        """Sites read of how many, by kind."""
        shares = (f"{kind} {read}/{total}" for kind, (read, _, total) in self.kinds.items())
        return ", ".join(shares) or "–"

    @property
    def wrong(self) -> str:
        """How many of them are wrong."""
        return str(sum(wrong for _, wrong, _ in self.kinds.values()))


_HAS: dict[str, Callable[[], bool]] = {
    "LibreOffice": lambda: shutil.which(office.PROGRAM) is not None,
    "the extra ocr": recognition.is_available,
    "a Chinese typeface": lambda: typeface() is not None,
}


@cache
def edition(policy: str, number: int = 0) -> Master:
    """An edition of some 4,400 characters; others of other texts by their number."""
    texts = _CORPUS[4 * number : 4 * number + 4]
    text = "\n".join(file.read_text(encoding="utf-8").strip() for file in texts)
    return prepare(
        text.encode(),
        key=KEY,
        policy=policy,
        approve="AB",
        profile=PROFILE,
        edition=bytes([len(policy), number] * 8),
    )


def run(cell: Cell, *, recipient: int = RECIPIENT, suspects: int = SUSPECTS, bound: float = BOUND) -> Outcome:
    """Make, harm, read and trace. The edition is found among three of other texts as well."""
    masters = [edition(cell.policy), *(edition("verbatim", number) for number in (1, 2, 3))]
    report = trace(cell.leaks(recipient), key=KEY, masters=masters, suspects=suspects, bound=bound)
    return Outcome(compared(report, masters[0], recipient), tuple(named.recipient for named in report.named))


def compared(report: Report, master: Master, recipient: int) -> dict[str, tuple[int, int, int]]:
    """What was read of every kind against what the copy says, as `Outcome.kinds`."""
    document = report.documents[0]
    codes = open_codebooks(master, key=KEY)
    kinds = {}
    for kind, seen in document.by_kind.items():
        if not seen:
            continue
        own = codes[kind].codeword(recipient)
        read = [(o.symbol, own[o.site]) for o in seen if o.symbol is not None]
        kinds[str(kind)] = len(read), sum(a != b for a, b in read), len(seen)
    return kinds


# --- copies ---------------------------------------------------------------------------------------------


@cache
def copy(policy: str, recipient: int, form: str) -> bytes:
    """A recipient's copy."""
    return mark(edition(policy), key=KEY, recipient=recipient, format=form)


def text_of(recipient: int) -> str:
    """What somebody pastes."""
    return copy("adaptable", recipient, "txt").decode()


def page_of(policy: str, recipient: int, page: int, dpi: float) -> Grey:
    """A page of a PDF copy on the screen."""
    return render(copy(policy, recipient, "pdf"), page, dpi=dpi)


def picture(grey: Grey) -> bytes:
    """A file of it."""
    file = io.BytesIO()
    Image.fromarray(np.asarray(grey)).save(file, "PNG")
    return file.getvalue()


def through_office(data: bytes, *endings: str) -> bytes:
    """Saved in one format after another by LibreOffice."""
    program = shutil.which(office.PROGRAM)
    assert program is not None
    with TemporaryDirectory() as name:
        folder = Path(name)
        given = folder / "copy.docx"
        given.write_bytes(data)
        for number, ending in enumerate(endings):
            where = folder / str(number)
            profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
            options = ["--headless", "--convert-to", ending, "--outdir", str(where), str(given)]
            office._run([program, profile, *options], folder, limits.OFFICE_SECONDS)
            given = where / f"copy.{ending}"
        return given.read_bytes()


# --- the table ------------------------------------------------------------------------------------------


def cells() -> Iterator[Cell]:
    """Every line of the table, the cheap ones first."""
    yield from _texts()
    yield from _word_files()
    yield from _screens()
    yield from _pictures_of_words()


def _texts() -> Iterator[Cell]:
    harmed: dict[str, Callable[[str], bytes | str]] = {
        "pasted": lambda text: text,
        "typed again, 1 % of the characters lost": harms.retyped,
        "NFKC": harms.folded,
        "saved as GBK": harms.in_gbk,
        "1,500 characters pasted": lambda text: text[1_000:2_500],
        "500 characters pasted": lambda text: text[1_000:1_500],
        "reworded by hand, a clause of every seventh sentence gone": harms.reworded,
    }
    for name, harm in harmed.items():
        yield Cell("text, adaptable", name, lambda n, harm=harm: [harm(text_of(n))], "adaptable")  # type: ignore[misc]


def _word_files() -> Iterator[Cell]:
    needs = ("LibreOffice",)
    for policy in ("verbatim", "adaptable"):
        kind = f"Word, {policy}"
        yield Cell(kind, "as it is", lambda n, p=policy: [copy(p, n, "docx")], policy)  # type: ignore[misc]
        for endings in (("odt", "docx"), ("doc", "docx"), ("rtf", "docx"), ("odt",), ("doc",), ("pdf",)):
            name = " → ".join(("docx", *endings)) + " by LibreOffice"

            def leaks(n: int, policy: str = policy, endings: tuple[str, ...] = endings) -> Leaks:
                return [through_office(copy(policy, n, "docx"), *endings)]

            yield Cell(kind, name, leaks, policy, needs)
    yield Cell(
        "Word, verbatim", "its text pasted", lambda n: [read(copy("verbatim", n, "docx")).text], "verbatim"
    )


def _same(grey: Grey) -> Grey:
    return grey


SCREENS: dict[str, tuple[float, Harm]] = {
    "screenshot, 72 dpi": (72, _same),
    "screenshot, 96 dpi": (96, _same),
    "screenshot, 150 dpi": (150, _same),
    "96 dpi, JPEG 60": (96, harms.jpeg(60)),
    "96 dpi, JPEG 40": (96, harms.jpeg(40)),
    "96 dpi, JPEG 60, 6 lines": (96, lambda page: harms.jpeg(60)(harms.cropped(0.3225, 0.529)(page))),
    "96 dpi, JPEG 60, 7 lines": (96, lambda page: harms.jpeg(60)(harms.cropped(0.3225, 0.5635)(page))),
    "96 dpi, JPEG 60, 3 lines": (96, lambda page: harms.jpeg(60)(harms.cropped(0.3225, 0.4258)(page))),
    "150 dpi, JPEG 60, a third of the page": (
        150,
        lambda page: harms.jpeg(60)(harms.cropped(0.3, 0.63)(page)),
    ),
    "96 dpi, JPEG 60, 400 × 300 pixels": (96, lambda page: harms.jpeg(60)(harms.window(400, 300)(page))),
    "150 dpi, half as large, JPEG 60": (150, lambda page: harms.jpeg(60)(harms.scaled(0.5)(page))),
    "96 dpi, twice as large, JPEG 60": (96, lambda page: harms.jpeg(60)(harms.scaled(2)(page))),
    "150 dpi, turned by 3°, JPEG 60": (150, lambda page: harms.jpeg(60)(harms.rotated(_TURNED)(page))),
    "150 dpi, turned by −3°, JPEG 60": (150, lambda page: harms.jpeg(60)(harms.rotated(-_TURNED)(page))),
    "150 dpi, grey on grey, JPEG 60": (150, lambda page: harms.jpeg(60)((90 + page * 0.4).astype(np.uint8))),
    "96 dpi, white on black": (96, lambda page: 255 - page),
    "printed and scanned, 150 dpi": (150, harms.printed_and_scanned),
    "photographed": (200, harms.photographed()),
    "photographed: more blur and moiré": (150, harms.photographed(seed=2, blur=1.5, noise=8, moire=8)),
    "photographed: curled paper": (200, harms.photographed(seed=3, blur=1.2, moire=8, curl=6)),
}


def _screens() -> Iterator[Cell]:
    needs = ("the extra ocr", "a Chinese typeface")
    yield Cell("PDF, verbatim", "as it is", lambda n: [copy("verbatim", n, "pdf")], "verbatim", needs[1:])
    for name, (dpi, harm) in SCREENS.items():

        def leaks(n: int, dpi: float = dpi, harm: Harm = harm) -> Leaks:
            return [picture(harm(page_of("verbatim", n, _PAGE, dpi)))]

        yield Cell("page of a PDF, verbatim", name, leaks, "verbatim", needs)


def _pictures_of_words() -> Iterator[Cell]:
    needs = ("the extra ocr", "a Chinese typeface")
    harmed: dict[str, tuple[float, Harm, int | None]] = {
        "all pages, 96 dpi, JPEG 60": (96, harms.jpeg(60), None),
        "two pages photographed": (200, harms.photographed(), 2),
    }
    for name, (dpi, harm, count) in harmed.items():

        def leaks(n: int, dpi: float = dpi, harm: Harm = harm, count: int | None = count) -> Leaks:
            pages = range(len(page_texts(copy("adaptable", n, "pdf"))))[:count]
            return [picture(harm(page_of("adaptable", n, page, dpi))) for page in pages]

        yield Cell("pages of a PDF, adaptable", name, leaks, "adaptable", needs)
