"""A background says six bytes to whoever has a screenshot, and nothing to the eye."""

import hashlib
import io
import random
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from engine.made_texts import made_document, made_edition, made_key
from wenxing.carriers import background
from wenxing.carriers.background import PAPER, SIDE, tile
from wenxing.codes.convolution import CHIPS, decode, encode
from wenxing.formats import pictures
from wenxing.leaks import Leak
from wenxing.marking import background_tile, pseudonym, visible_code
from wenxing.preparing import prepare
from wenxing.reading import bounded
from wenxing.tracing import whose

KEY = made_key()
_TILE = "ea688132aa5da8f15101c1cc57a756c04c3a55601beb2d7ca2ef3b105d0cb5fc"


def _page(message: bytes, *, width: int = 900, height: int = 800, seed: int = 1) -> Image.Image:
    """What a browser shows: the tile repeated, and text on it."""
    made, piece = Image.new("RGB", (width, height)), Image.open(io.BytesIO(tile(message)))
    for left in range(0, width, SIDE):
        for top in range(0, height, SIDE):
            made.paste(piece, (left, top))
    draw, rng = ImageDraw.Draw(made), random.Random(seed)
    font = ImageFont.load_default(20)
    for top in range(8, height, 34):
        line = "".join(rng.choices("abcdefghknopqsuvxyzMWH", k=width // 11))
        draw.text((16, top), line, font=font, fill=(29, 28, 26))
    return made


def _jpeg(picture: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue()))


def _read(picture: Image.Image) -> bytes | None:
    found = background.read(picture)
    return None if found is None else found.message


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=6, max_size=6))
def test_what_a_tile_says_is_read_back(message: bytes) -> None:
    piece = np.asarray(Image.open(io.BytesIO(tile(message))).convert("RGB"), np.int16)
    assert piece.shape == (SIDE, SIDE, 3)
    assert abs(piece - np.array(PAPER)).max() == 1
    assert abs(piece.mean(axis=(0, 1)) - PAPER).max() < 0.4, "as light as the paper"
    assert decode(encode(message).astype(float)) == message
    assert _read(Image.fromarray(np.tile(piece, (3, 3, 1)).astype(np.uint8))) == message


def test_the_tile_of_the_first_version_stays_what_it_is() -> None:
    pixels = Image.open(io.BytesIO(tile(b"123456"))).convert("RGB").tobytes()
    assert hashlib.sha256(pixels).hexdigest() == _TILE


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=6, max_size=6), st.integers(0, 2**32))
def test_an_eighth_of_the_chips_wrong_and_a_quarter_lost_are_corrected(message: bytes, seed: int) -> None:
    rng = np.random.default_rng(seed)
    chips = encode(message).astype(float)
    assert chips.shape == (CHIPS,)
    chips[rng.random(CHIPS) < 0.125] *= -1
    chips[rng.random(CHIPS) < 0.25] = 0
    assert decode(chips) == message


def test_noise_says_nothing() -> None:
    rng = np.random.default_rng(2)
    assert [decode(rng.normal(size=CHIPS)) for _ in range(200)] == [None] * 200


def test_a_small_part_of_a_screenshot_saved_badly_is_read() -> None:
    rng = random.Random(5)
    right = 0
    for n in range(100):
        message = rng.randbytes(6)
        left, top = rng.randrange(500), rng.randrange(500)
        part = _page(message, seed=n).crop((left, top, left + 400, top + 300))
        seen = _read(_jpeg(part, 60))
        assert seen in (message, None), "never another one"
        right += seen == message
    assert right >= 99


@pytest.mark.parametrize("scale", [0.83, 1.1, 1.37, 2.0, 2.77])
def test_a_screenshot_is_read_at_any_scale(scale: float) -> None:
    page = _page(b"scaled", width=800, height=700)
    scaled = page.resize((round(800 * scale), round(700 * scale)), Image.Resampling.BICUBIC)
    found = background.read(_jpeg(scaled, 75))
    assert found is not None
    assert found.message == b"scaled"
    assert found.scale == pytest.approx(scale, rel=0.01)


def test_a_picture_of_a_page_as_a_leak_has_the_pseudonym(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page(b"reader", width=700, height=500)
    saved = io.BytesIO()
    page.save(saved, "PNG")
    grey = page.convert("L")
    recognised = pictures.Picture("", (), grey.width, grey.height, grey.tobytes())
    monkeypatch.setattr(bounded, "recognise", lambda _data: recognised)
    pytest.importorskip("cv2", reason="the extra ocr is not installed")
    leak = Leak.of(saved.getvalue())
    assert (leak.pseudonym, leak.sightings) == (b"reader", ())


def _foreign() -> Iterator[Image.Image]:
    rng = np.random.default_rng(3)
    yield Image.new("RGB", (900, 700), PAPER)
    yield Image.new("L", (1, 1))
    yield Image.new("RGB", (4_000, 40), "white")
    yield Image.new("RGB", (900, 700), "black")
    for n in range(12):
        grain = rng.integers(-2, 3, (600, 700, 3)) + np.array(PAPER)
        yield Image.fromarray(grain.clip(0, 255).astype(np.uint8))
        shades = rng.normal(128, 50, (30, 40, 3)).clip(0, 255).astype(np.uint8)
        yield _jpeg(Image.fromarray(shades).resize((800, 600), Image.Resampling.BICUBIC), 60 + n)


def test_pictures_without_a_tile_say_nothing() -> None:
    assert [_read(picture) for picture in _foreign()] == [None] * 28


def test_a_pseudonym_is_of_one_edition_and_one_recipient_and_is_never_the_number() -> None:
    document, sites = made_document(1, 600)
    masters = [prepare(document.text.encode(), key=KEY, sites=sites, edition=made_edition(n)) for n in (1, 2)]
    seen = {pseudonym(m, key=KEY, recipient=n) for m in masters for n in range(1, 200)}
    assert len(seen) == 2 * 199
    own = pseudonym(masters[0], key=KEY, recipient=77)
    assert len(own) == 6
    assert (77).to_bytes(4, "big") not in own
    assert background_tile(masters[0], key=KEY, recipient=77) == tile(own)
    assert visible_code(masters[0], key=KEY, recipient=77) != visible_code(masters[1], key=KEY, recipient=77)
    everybody = {m.edition: range(1, 200) for m in masters}
    assert whose(own, key=KEY, masters=masters, recipients=everybody) == ((masters[0].edition, 77),)
    assert whose(own, key=KEY, masters=masters, recipients={masters[1].edition: range(1, 200)}) == ()
    assert whose(b"", key=KEY, masters=masters, recipients=everybody) == ()
