"""Characters that were moved by a hair are read from pictures; where they cannot be, nothing is guessed."""

import io
import random
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from engine.made_texts import made_key
from engine.picture_files import needs_ocr, needs_type
from engine.printed_pages import Printed, printed
from wenxing.carriers import pdf
from wenxing.document import Document
from wenxing.leaks import Leak
from wenxing.marking import settings_of
from wenxing.master import Master
from wenxing.preparing import prepare
from wenxing.sites import SiteKind
from wenxing.tracing import Outcome, trace

pytestmark = [needs_ocr, needs_type]

KEY = made_key()
HAIR = 0.018
_CORPUS = Path(__file__).parent / "corpus"
_TEXT = "\n".join(
    line.strip()
    for line in sorted(_CORPUS.glob("*.txt"))[0].read_text("utf-8").splitlines()
    if len(line) > 40
)[:700]
_FOREIGN = "\n".join(
    line.strip()
    for line in sorted(_CORPUS.glob("*.txt"))[2].read_text("utf-8").splitlines()
    if len(line) > 40
)[:500]


@cache
def edition() -> Master:
    return prepare(_TEXT.encode(), key=KEY, policy="verbatim", profile="solo", edition=bytes(16))


@cache
def reference(document: Document) -> "object":
    from wenxing.carriers.picture import Reference

    return Reference(pdf.typeset(document), document)


def read(page: Printed, image: Image.Image | None = None, *, master: Master | None = None) -> dict[int, int]:
    """The symbols that a picture shows: offset in the master's text → symbol."""
    from wenxing.carriers.picture import GlyphReader

    own = master or edition()
    places = np.full(len(own.document.text), -1, np.int64)
    at = 0
    for place, character in enumerate(own.document.text):
        if character != "\n" and at < len(page.text) and page.text[at] == character:
            places[place] = at
            at += 1
    sites = own.sites_of(SiteKind.GLYPH)
    reader = GlyphReader(page.as_picture(image), lambda _, document: reference(document))  # type: ignore[arg-type, return-value]
    seen = reader(own.source, own.document, sites, places)
    assert [o.site for o in seen] == list(range(len(sites)))
    return {sites[o.site].start: o.symbol for o in seen if o.symbol is not None}


def shifts(symbols: Mapping[int, int]) -> dict[int, float]:
    return {at: HAIR if symbol else -HAIR for at, symbol in symbols.items()}


def drawn(seed: int) -> dict[int, int]:
    """A symbol for every site."""
    rng = random.Random(seed)
    return {site.start: rng.randrange(2) for site in edition().sites_of(SiteKind.GLYPH)}


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file)


def dark(image: Image.Image) -> Image.Image:
    return image.point(lambda grey: 255 - grey)


def soft(image: Image.Image) -> Image.Image:
    noise = np.random.default_rng(3).normal(0, 6, (image.height, image.width))
    light = np.linspace(0.75, 1.0, image.width)[None, :]
    blurred = np.asarray(image.filter(ImageFilter.GaussianBlur(0.9)), np.float64)
    return Image.fromarray((blurred * light + noise).clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    ("em", "columns", "stretch", "harm"),
    [
        (33, 28, 1.0, lambda image: image),
        (21, 28, 1.0, lambda image: jpeg(image, 60)),
        (21, 25, 1.02, lambda image: jpeg(image, 40)),
        (16, 20, 1.0, lambda image: image),
        (40, 22, 0.99, soft),
        (64, 24, 1.0, lambda image: jpeg(image, 60)),
        (24, 28, 1.0, dark),
    ],
    ids=["150 dpi", "96 dpi", "96 dpi, spaced", "72 dpi", "soft", "a large photograph", "dark"],
)
def test_what_was_moved_is_read_and_nothing_wrong(
    em: int, columns: int, stretch: float, harm: Callable[[Image.Image], Image.Image]
) -> None:
    symbols = drawn(em)
    page = printed(edition().document.text, shifts(symbols), em=em, columns=columns, stretch=stretch)
    seen = read(page, harm(page.image))
    assert all(symbols[at] == symbol for at, symbol in seen.items())
    whole = [at for at in symbols if _is_inside_a_line(page, edition().document.text, at)]
    assert len(seen) >= 0.85 * len(whole)


def _is_inside_a_line(page: Printed, text: str, at: int) -> bool:
    return any(text[at - 1 : at + 2] in line.text for line in page.lines)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(18, 44), st.integers(14, 30))
def test_any_symbols_in_any_layout_are_read_without_a_flip(seed: int, em: int, columns: int) -> None:
    symbols = drawn(seed)
    text = edition().document.text
    page = printed(text, shifts(symbols), em=em, columns=columns)
    seen = read(page)
    assert seen
    assert all(symbols[at] == symbol for at, symbol in seen.items())


@pytest.mark.parametrize("em", [16, 21, 33])
def test_a_page_without_marks_shows_none(em: int) -> None:
    page = printed(edition().document.text, {}, em=em)
    assert read(page) == {}
    assert read(page, jpeg(page.image, 60)) == {}


def test_a_page_in_another_layout_with_marks_shows_them_all_the_same() -> None:
    """The refusals above are not for want of looking: the same page with marks is read."""
    symbols = drawn(1)
    page = printed(edition().document.text, shifts(symbols), em=21)
    assert len(read(page, jpeg(page.image, 60))) > 100


def test_a_third_of_a_page_is_read_as_far_as_it_goes() -> None:
    symbols = drawn(7)
    page = printed(edition().document.text, shifts(symbols), em=21)
    shown = page.image.copy()
    shown.paste(255, (0, round(shown.height / 3), shown.width, shown.height))
    seen = read(page, shown)
    assert 20 < len(seen) < 0.5 * len(symbols)
    assert all(symbols[at] == symbol for at, symbol in seen.items())


def test_words_that_are_not_on_the_picture_are_not_found_there() -> None:
    page = printed(edition().document.text, shifts(drawn(2)), em=24)
    other = printed(_FOREIGN, {}, em=24)
    image = Image.new("L", page.image.size, 255)
    image.paste(other.image, (0, 0))
    assert len(read(page, image)) < 5


def test_a_screenshot_of_a_verbatim_copy_names_its_account_among_a_hundred_thousand() -> None:
    for recipient in (77, 99_998):
        symbols = {
            s.site.start: s.symbol
            for s in settings_of(edition(), SiteKind.GLYPH, key=KEY, recipient=recipient)
        }
        page = printed(edition().document.text, shifts(symbols), em=24)
        file = io.BytesIO()
        page.image.save(file, "JPEG", quality=60)
        report = trace([file.getvalue()], key=KEY, masters=[edition()], suspects=100_000)
        assert report.outcome is Outcome.NAMED
        assert [named.recipient for named in report.named] == [recipient]
        assert {str(share.kind) for share in report.kinds if share.read} == {"glyph"}


def test_the_same_screenshot_three_times_is_as_good_as_once() -> None:
    symbols = {s.site.start: s.symbol for s in settings_of(edition(), SiteKind.GLYPH, key=KEY, recipient=9)}
    page = printed(edition().document.text, shifts(symbols), em=24)
    file = io.BytesIO()
    page.image.save(file, "PNG")
    leak = Leak.of(file.getvalue())
    once, thrice = (trace([leak] * times, key=KEY, masters=[edition()], suspects=1_000) for times in (1, 3))
    assert once.named == thrice.named
    assert once.sites_read == thrice.sites_read
