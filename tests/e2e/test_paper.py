"""The background of the reader page: read from a small screenshot, gone in the dark and on paper."""

import io
import random
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page

from wenxing.carriers import background

Visit = Callable[..., Page]
MEMBER = "member@example.org"
TITLE = "在青年干部培训班开班式上的讲话"
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_BACKGROUND_IS_THERE = r"""async () => {
  const picture = new Image();
  picture.src = getComputedStyle(document.body).backgroundImage.match(/url\("(.*)"\)/)[1];
  await picture.decode();
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


def _opened(page: Page) -> str:
    """Open the reader at a protected material; returns the code that the page shows."""
    page.goto("/library/")
    page.get_by_role("link", name=TITLE).click()
    page.wait_for_url("**/m/*/")
    page.evaluate(_BACKGROUND_IS_THERE)
    return page.locator(".colophon code").inner_text()


def _code(message: bytes) -> str:
    number = int.from_bytes(message[:5], "big")
    letters = "".join(_LETTERS[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def _image(page: Page) -> str:
    image: str = page.evaluate("getComputedStyle(document.body).backgroundImage")
    return image


@pytest.mark.parametrize("width", [390, 1280])
def test_a_small_badly_saved_part_of_a_screenshot_says_the_code(visitor: Visit, width: int) -> None:
    page = visitor(MEMBER, width=width)
    code = _opened(page)
    rng = random.Random(width)
    tried = right = 0
    for top in (0, 500, 1_500, 2_500):
        page.evaluate("top => scrollTo(0, top)", top)
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        for _ in range(25):
            part = min(400, shot.width), 300
            left, upper = rng.randrange(shot.width - part[0] + 1), rng.randrange(shot.height - part[1] + 1)
            saved = io.BytesIO()
            shot.crop((left, upper, left + part[0], upper + part[1])).save(saved, "JPEG", quality=60)
            seen = background.read(Image.open(saved))
            assert seen is None or _code(seen.message) == code, "never another one"
            tried, right = tried + 1, right + (seen is not None)
    assert right >= 0.99 * tried


def test_it_is_gone_in_the_dark_and_on_paper(visitor: Visit) -> None:
    page = visitor(MEMBER)
    _opened(page)
    assert "paper.png" in _image(page)
    page.emulate_media(media="print")
    assert _image(page) == "none"
    page.emulate_media(media="screen", color_scheme="dark")
    assert _image(page) == "none"
    assert background.read(Image.open(io.BytesIO(page.screenshot()))) is None
