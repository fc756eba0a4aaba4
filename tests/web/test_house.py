"""Rules that every address keeps, those of tomorrow included."""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from web.browsing import Browser
from web.pages import PAGES, furnish

pytestmark = pytest.mark.django_db

_EXAMPLES = {
    "identity": "0" * 32,
    "form": "txt",
    "number": 7,
    "site": 0,
    "key": "aA0",
    "room": "free",
    "recipient": 3,
    "receipt": "AAAAA-AAAAA-AAAAA-AAAAA",
    "reference": "23456789",
    "do": "confirm",
    "token": "x",
    "gateway": "transfer",
    "hearing_id": 5,
    "uidb36": "1",
    "page": "1",
}
_OTHERWISE = {"paper": {"form": "css"}}  # where one name means several things


def addresses() -> list[str]:
    """One address of every named pattern."""
    return sorted({_address(pattern) for pattern in _patterns(get_resolver())})


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry)
        elif entry.name:
            yield entry


def _address(pattern: URLPattern) -> str:
    name, groups = str(pattern.name), pattern.pattern.regex.groupindex
    examples = _EXAMPLES | _OTHERWISE.get(name, {})
    return reverse(name, kwargs={group: examples[group] for group in groups})


def test_a_form_of_another_site_changes_nothing(alice: Browser) -> None:
    """No address takes a POST without the token that only our own pages hold."""
    careless = Browser(enforce_csrf_checks=True)
    assert alice.member
    careless.force_login(alice.member)
    assert len(addresses()) > 40
    assert {address: careless.post(address).status_code for address in addresses()} == dict.fromkeys(
        addresses(), 403
    )


def test_for_a_stranger_the_console_does_not_exist(alice: Browser, carol: Browser) -> None:
    console = [address for address in addresses() if address.startswith("/console/")]
    assert alice.get("/console/").status_code == 200
    assert len(console) > 15
    for address in console:
        assert carol.get(address).status_code == 404, address
        assert carol.post(address).status_code == 404, address


def test_no_address_fails_on_a_stranger(carol: Browser) -> None:
    for address in addresses():
        assert carol.get(address).status_code < 500, address


def test_no_cache_keeps_what_a_signed_in_browser_receives(
    alice: Browser, bob: Browser, carol: Browser
) -> None:
    assert "Cache-Control" not in carol.get("/").headers
    assert bob.get("/").status_code == 200
    for browser in (alice, bob):
        for address in addresses():
            directives = browser.get(address).headers.get("Cache-Control", "").split(", ")
            assert {"no-store", "private"} <= set(directives), address


@pytest.mark.parametrize(("who", "address"), PAGES)
def test_pages_hold_no_script_or_style_of_their_own(
    who: str, address: str, alice: Browser, request: pytest.FixtureRequest
) -> None:
    browser: Browser = request.getfixturevalue(who)
    answer = browser.get(address.format(**furnish(alice)))
    page = answer.content.decode()
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "<main" in page
    assert not re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page)
