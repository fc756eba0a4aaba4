"""How often a background is read: of the reader page in Chromium, and of the pages of scanned copies.

A line of the table is one harm over `TRIALS` places of the page; what is read is right, wrong or nothing. The
reader page is a page with the same tile, paper, ink and type; `tests/e2e/test_paper.py` reads the real one.
"""

import io
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from html import escape

import numpy as np
from PIL import Image

from engine import harms
from engine.harms import Grey
from engine.scanned_files import black_and_white, page, scan
from engine.survival import KEY, RECIPIENT, edition, text_of
from wenxing.carriers import background
from wenxing.formats.pdf.pages import render
from wenxing.marking import background_tile, mark, pseudonym
from wenxing.master import Master
from wenxing.preparing import prepare

TRIALS = 100
"""Places of a page that are cut out, where a line is about a part of it."""

_SHOTS = 4  # screens of the reader page, one below the other
_CUT = (400, 300)

Picture = Callable[[], list[Grey]]


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Attributes:
        copy: what is shown.
        harm: what happens to its picture.
        pictures: of it, harmed.
        said: what the background says, 6 bytes.
        needs: a program that taking the pictures takes.
    """

    copy: str
    harm: str
    pictures: Picture
    said: Callable[[], bytes]
    needs: str = ""

    @property
    def missing(self) -> str:
        """What is missing here, or nothing."""
        return self.needs if self.needs and shutil.which(self.needs) is None else ""


@dataclass(frozen=True)
class Count:
    """How often the pseudonym was read right, wrong, or not at all."""

    right: int
    wrong: int
    none: int


def run(line: Line) -> Count:
    """Read all pictures of a line."""
    seen = [background.read(Image.fromarray(picture)) for picture in line.pictures()]
    said = line.said()
    right = sum(found is not None and found.message == said for found in seen)
    none = sum(found is None for found in seen)
    return Count(right, len(seen) - right - none, none)


def lines() -> Iterator[Line]:
    """Every line, the cheap ones first."""
    for name, scanned in _SCANS.items():
        for harm, pictures in _harmed(lambda ratio, n=name: _scan_pages(n, ratio), scales=False):  # type: ignore[misc]
            yield Line(f"page of a scan, {name}", harm, pictures, lambda s=scanned: _said_by_scan(s()))  # type: ignore[misc]
    for harm, pictures in _harmed(_reader_screens, scales=True):
        yield Line("reader page", harm, pictures, _said_by_page, "chromium")


def _harmed(shots: Callable[[float], list[Grey]], *, scales: bool) -> Iterator[tuple[str, Picture]]:
    """What happens to pictures of a page; `shots` takes them at so many pixels a CSS pixel."""
    for ratio in (1, 2):
        dpr = f", {ratio} pixel{'s' if ratio > 1 else ''} per CSS pixel"
        yield f"whole screenshot{dpr}", lambda r=ratio: shots(r)  # type: ignore[misc]
        for quality in (60, 40):
            yield (
                f"whole, JPEG {quality}{dpr}",
                lambda r=ratio, q=quality: [harms.jpeg(q)(shot) for shot in shots(r)],  # type: ignore[misc]
            )
        yield f"400 × 300 pixels, JPEG 60{dpr}", lambda r=ratio: _cuts(shots(r))  # type: ignore[misc]
    for factor in (0.5, 0.75, 1.37, 2) if scales else ():
        yield (
            f"whole, {factor:g} times as large, JPEG 60",
            lambda f=factor: [harms.jpeg(60)(harms.scaled(f)(shot)) for shot in shots(1)],  # type: ignore[misc]
        )
    yield "photographed", lambda: [harms.photographed()(shot) for shot in shots(2)]


def _cuts(shots: list[Grey]) -> list[Grey]:
    """Small parts, badly saved."""
    rng, found = random.Random(5), []
    width, height = _CUT
    for n in range(TRIALS):
        shot = shots[n % len(shots)]
        top, left = rng.randrange(shot.shape[0] - height + 1), rng.randrange(shot.shape[1] - width + 1)
        found.append(harms.jpeg(60)(np.ascontiguousarray(shot[top : top + height, left : left + width])))
    return found


# --- the reader page ------------------------------------------------------------------------------------


def _said_by_page() -> bytes:
    return pseudonym(edition("verbatim"), key=KEY, recipient=RECIPIENT)


@cache
def _reader_screens(ratio: float) -> list[Grey]:
    """Screens of the page, as a member of 1280 CSS pixels sees them."""
    from base64 import b64encode

    from playwright.sync_api import sync_playwright

    tile = b64encode(background_tile(edition("verbatim"), key=KEY, recipient=RECIPIENT)).decode()
    text = "".join(f"<p>{escape(line)}</p>" for line in text_of(RECIPIENT).split("\n"))
    html = (
        f'<meta charset=utf-8><style>body{{background:#fbfaf7 url("data:image/png;base64,{tile}") 0 0/192px;'
        "margin:0;color:#1d1c1a;font:19px/2 'Noto Serif CJK SC'}"
        "article{max-width:38em;margin:3em auto}</style>"
        f"<article>{text}</article>"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": 1280, "height": 844}, device_scale_factor=ratio)
        shown.set_content(html)
        found = []
        for screen in range(_SHOTS):
            shown.evaluate("top => scrollTo(0, top)", 700 * screen)
            picture = Image.open(io.BytesIO(shown.screenshot()))
            found.append(np.asarray(picture.convert("L"), np.uint8))
        browser.close()
    return found


# --- scanned pages --------------------------------------------------------------------------------------

_SCANS: dict[str, Callable[[], bytes]] = {
    "grey JPEG": lambda: scan(page(1), page(2)),
    "black and white": lambda: scan(black_and_white(page(1)), black_and_white(page(2))),
}


@cache
def _scanned(source: bytes) -> Master:
    return prepare(source, key=KEY, policy="verbatim", edition=b"a scanned master")


def _said_by_scan(source: bytes) -> bytes:
    return pseudonym(_scanned(source), key=KEY, recipient=RECIPIENT)


@cache
def _scan_pages(name: str, ratio: float) -> list[Grey]:
    copy = mark(_scanned(_SCANS[name]()), key=KEY, recipient=RECIPIENT, format="pdf")
    return [render(copy, number, dpi=96 * ratio) for number in range(2)]
