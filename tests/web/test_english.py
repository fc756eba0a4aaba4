"""English is complete: every string is translated, and no page mixes the two."""

import re
import subprocess
import sys

import pytest

from web.browsing import Browser
from web.pages import PAGES, furnish
from web.serving import ROOT

pytestmark = pytest.mark.django_db
HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff01-\uff5e]+")


@pytest.fixture
def places(alice: Browser) -> dict[str, str]:
    """Whatever pages are about, all of it in English."""
    return furnish(alice)


def test_every_string_has_an_english_translation() -> None:
    check = [sys.executable, str(ROOT / "bin" / "catalogue"), "--check"]
    result = subprocess.run(check, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("who", "address"), PAGES)
def test_a_page_in_english_has_no_chinese_in_it(
    who: str, address: str, places: dict[str, str], request: pytest.FixtureRequest
) -> None:
    browser: Browser = request.getfixturevalue(who)
    page = address.format(**places)
    in_chinese = HAN.findall(browser.get(page).content.decode())
    assert len(in_chinese) > 3
    browser.post("/language/", {"language": "en"})
    answer = browser.get(page)
    absent = "no-such" in page or (who == "carol" and page.startswith("/m/"))
    assert answer.status_code == (404 if absent else 200)
    assert HAN.findall(answer.content.decode()) == ["中文"]  # the switch back


def test_the_choice_of_language_is_remembered(carol: Browser) -> None:
    carol.post("/language/", {"language": "en", "next": "/library/"})
    assert '<html lang="en">' in carol.get("/").content.decode()
    carol.post("/language/", {"language": "zh-hans"})
    assert '<html lang="zh-Hans">' in carol.get("/").content.decode()


def test_a_browser_that_asks_for_english_gets_it(carol: Browser) -> None:
    assert '<html lang="en">' in carol.get("/", headers={"accept-language": "en-GB"}).content.decode()
    assert '<html lang="zh-Hans">' in carol.get("/", headers={"accept-language": "fr"}).content.decode()
