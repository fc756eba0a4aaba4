"""The background of a member's page is the member's own, and nobody else's to fetch."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from web.browsing import Browser
from web.making import make_material
from wenxing.carriers import background
from wenxing_web.ledger.models import Entry
from wenxing_web.library import queries
from wenxing_web.library.actions.withdraw import withdraw
from wenxing_web.library.models import Edition

pytestmark = pytest.mark.django_db

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _paper(edition: Edition, form: str = "png") -> str:
    return f"/m/{edition.identity}/paper.{form}"


def _said(browser: Browser, edition: Edition) -> str:
    """What the tile says, as the visible code says it."""
    response = browser.get(_paper(edition))
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    tile = Image.open(io.BytesIO(response.content)).convert("RGB")
    page = Image.new("RGB", (3 * tile.width, 3 * tile.height))
    for n in range(9):
        page.paste(tile, (n % 3 * tile.width, n // 3 * tile.height))
    found = background.read(page)
    assert found is not None
    number = int.from_bytes(found.message[:5], "big")
    letters = "".join(_LETTERS[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def test_the_page_lies_on_a_paper_that_says_what_its_code_says(bob: Browser, alice: Browser) -> None:
    edition = make_material()
    for browser in (bob, alice):
        page = browser.get(f"/m/{edition.identity}/").content.decode()
        code = page.split("副本代码")[1].split("<code>")[1].split("</code>")[0]
        link = f'href="{_paper(edition, "css")}?c={code}" media="screen and (prefers-color-scheme: light)"'
        assert link in page
        sheet = browser.get(f"{_paper(edition, 'css')}?c={code}")
        assert sheet["Content-Type"].startswith("text/css")
        assert f'url("paper.png?c={code}")' in sheet.content.decode()
        assert _said(browser, edition) == code
    assert _said(alice, edition) != _said(bob, edition)


def test_owner_member_and_stranger_at_the_paper(alice: Browser, bob: Browser, carol: Browser) -> None:
    edition = make_material()
    for form in ("css", "png"):
        for browser in (alice, bob):
            response = browser.get(_paper(edition, form))
            assert response.status_code == 200
            assert "private" in response["Cache-Control"]
            assert "Cookie" in response["Vary"]
            assert browser.post(_paper(edition, form)).status_code == 405
        assert carol.get(_paper(edition, form)).status_code == 404


def test_what_a_member_may_not_read_has_no_paper(bob: Browser) -> None:
    edition = make_material()
    assert bob.get(_paper(edition)).status_code == 200
    old = make_material(dated_on=timezone.localdate() - timedelta(days=5 * 365), title="早年的讲话")
    free = make_material(title="公开的讲话", is_free=True)
    assert bob.get(_paper(old)).status_code == 404
    assert bob.get(_paper(free)).status_code == 404
    assert "paper.css" not in bob.get(f"/m/{free.identity}/").content.decode()
    assert bob.get("/m/" + "0" * 32 + "/paper.png").status_code == 404
    withdraw(edition, at=timezone.now())
    assert bob.get(_paper(edition)).status_code == 404


def test_the_paper_leaves_no_row_and_a_damaged_master_has_none(
    bob: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = make_material()
    before = Entry.objects.count()
    assert bob.get(_paper(edition)).status_code == 200
    assert Entry.objects.count() == before
    monkeypatch.setattr(queries, "master_of", _missing)
    assert bob.get(_paper(edition)).status_code == 404


def _missing(edition: Edition) -> None:
    raise OSError("gone")


def test_the_sheet_holds_nothing_that_was_asked_for_but_a_code(bob: Browser) -> None:
    edition = make_material()
    sheet = bob.get(_paper(edition, "css"), {"c": '");} body{display:none} /*'}).content.decode()
    assert sheet.count("{") == sheet.count("}") == 1
    assert sheet.count('"') == 2
