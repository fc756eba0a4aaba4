"""Editions whose keys were given away accuse nobody on the platform either."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from web.browsing import Browser
from web.leaking import copy_of, reported
from web.making import SPEECH, make_material
from wenxing.bundle import burn, register_of
from wenxing_web.cases.actions.trace import trace
from wenxing_web.cases.models import CaseError, Trace


@pytest.fixture
def register(home: Path) -> Iterator[Path]:
    """The register beside the key that all tests share; gone afterwards."""
    place = register_of(settings.ENGINE_KEY)
    yield place
    place.unlink(missing_ok=True)


@pytest.mark.django_db
def test_a_leak_of_a_disclosed_edition_is_refused_with_the_reason(
    alice: Browser, bob: Browser, register: Path
) -> None:
    assert alice.member is not None
    assert bob.member is not None
    edition = make_material(SPEECH)
    case = reported(copy_of(bob.member, edition)).case
    assert trace(case, by=alice.member, at=timezone.now()).outcome == "named"
    burn(register, [bytes.fromhex(edition.identity)], leaks=[b"x"], bundle=b"y", at=timezone.now())
    before = Trace.objects.count()
    with pytest.raises(CaseError, match="证据包"):
        trace(case, by=alice.member, at=timezone.now())
    assert Trace.objects.count() == before


@pytest.mark.django_db
def test_the_page_of_a_case_explains_its_result(alice: Browser, bob: Browser) -> None:
    assert alice.member is not None
    assert bob.member is not None
    case = reported(copy_of(bob.member, make_material(SPEECH))).case
    trace(case, by=alice.member, at=timezone.now())
    page = alice.get(f"/console/cases/{case.number}/").content.decode()
    assert "这不意味着什么" in page
    assert "编号代表账号，不代表使用账号的人" in page
