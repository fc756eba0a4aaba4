"""Texts, files and pictures that nobody's copy made: whatever is read in them, nobody may be named."""

import os
import random
import string
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np

from engine import harms, survival
from engine.printed_pages import printed
from wenxing.carriers import pdf
from wenxing.formats.pdf.pages import page_texts, render
from wenxing.reading import read

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
_CORPUS = sorted((_HERE / "corpus").glob("*.txt"))[16:]  # the editions are made from the others
_PRODUCERS = sorted((_HERE / "pdf_files").glob("*.pdf"))


def foreign(number: int) -> tuple[str, bytes | str]:
    """What it is, and the leak; the same for a number each time. A third of them are pictures to be read."""
    rng = random.Random(number)
    kinds = list(_FILES) if number % 3 else list(_PICTURES)
    kind = kinds[number // 3 % len(kinds)]
    return kind, {**_FILES, **_PICTURES}[kind](rng)


@cache
def _laws() -> tuple[str, ...]:
    """Laws where they are, else texts of the project's own."""
    data = Path(os.environ.get("WENXING_TEST_DATA", _ROOT / ".." / "shared" / "data"))
    if not (data / "laws.zip").is_file():
        return tuple(file.read_text(encoding="utf-8") for file in _CORPUS)
    with zipfile.ZipFile(data / "laws.zip") as laws:
        names = random.Random(3).sample([n for n in sorted(laws.namelist()) if n.endswith(".txt")], 500)
        return tuple(laws.read(name).decode("utf-8", "replace") for name in names)


def _part(rng: random.Random, text: str, length: int) -> str:
    at = rng.randrange(max(1, len(text) - length))
    return text[at : at + length]


def _law(rng: random.Random) -> str:
    return _part(rng, rng.choice(_laws()), rng.choice((400, 1_200, 4_000)))


def _own_genre(rng: random.Random) -> str:
    return _part(rng, rng.choice(_CORPUS).read_text(encoding="utf-8"), 600)


def _in_no_order(rng: random.Random) -> str:
    return "".join(rng.choices(rng.choice(_laws()), k=300))


def _ours_unmarked(rng: random.Random) -> str:
    return _part(rng, survival.edition("verbatim").document.text, rng.choice((300, 3_000)))


def _typeset_law(rng: random.Random) -> bytes:
    """In the very style of our copies."""
    return pdf.typeset(read(_part(rng, rng.choice(_laws()), 600).encode()))


def _typeset_ours(rng: random.Random) -> bytes:
    return pdf.typeset(read(_ours_unmarked(rng).encode()))


def _noise(rng: random.Random) -> bytes:
    grey = np.random.default_rng(rng.randrange(1 << 30)).normal(128, 60, (160, 240)).clip(0, 255)
    return survival.picture(grey.astype(np.uint8))


def _scrawl(rng: random.Random) -> bytes:
    letters = "".join(rng.choices(string.ascii_letters, k=40))
    return survival.picture(np.asarray(printed(letters, {}, columns=10).image))


def _page(rng: random.Random, text: str) -> bytes:
    words = text.replace("\n", "")
    page = np.asarray(printed(words, {}, em=rng.choice((16, 21, 26)), columns=16).image)
    harm = rng.choice((harms.jpeg(60), harms.jpeg(40), harms.scaled(1.3), harms.jpeg(90)))
    return survival.picture(harm(page))


def _page_of_law(rng: random.Random) -> bytes:
    return _page(rng, _part(rng, rng.choice(_laws()), 80))


def _unmarked_page(rng: random.Random) -> bytes:
    return _page(rng, _part(rng, survival.edition("verbatim").document.text, 80))


def _producers_page(rng: random.Random) -> bytes:
    return _crop(rng, rng.choice(_PRODUCERS).read_bytes())


def _typeset_page(rng: random.Random) -> bytes:
    return _crop(rng, _typeset_ours(rng) if rng.random() < 0.5 else _typeset_law(rng))


def _crop(rng: random.Random, file: bytes) -> bytes:
    """A third of one of its pages, on some screen."""
    grey = render(file, rng.randrange(len(page_texts(file))), dpi=rng.choice((96, 110, 150)))
    top = rng.uniform(0.05, 0.6)
    return survival.picture(harms.jpeg(rng.choice((60, 90)))(harms.cropped(top, top + 0.3)(grey)))


_FILES: Mapping[str, Callable[[random.Random], bytes | str]] = {
    "a law, pasted": _law,
    "a text of the same genre, pasted": _own_genre,
    "words in no order": _in_no_order,
    "our own text, unmarked": _ours_unmarked,
    "a law as a PDF in our style": _typeset_law,
    "our own text as a PDF, unmarked": _typeset_ours,
}
_PICTURES: Mapping[str, Callable[[random.Random], bytes | str]] = {
    "picture: noise": _noise,
    "picture: letters": _scrawl,
    "picture: a law": _page_of_law,
    "picture: our own text, unmarked": _unmarked_page,
    "picture: a page of another program's PDF": _producers_page,
    "picture: a page in our style, unmarked": _typeset_page,
}
