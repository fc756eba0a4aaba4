"""Where one can go from every page: to what is one's own, and nowhere else."""

import re

import pytest
from django.contrib.auth.models import Permission

from web.browsing import Browser, signed_in
from wenxing_web.members.models import Member

pytestmark = pytest.mark.django_db


def ways(browser: Browser, address: str) -> list[tuple[str, bool]]:
    """The links of the navigation, in their order: address, and whether the page is there."""
    page = browser.get(address).content.decode()
    nav = page[page.index('<nav class="ways"') : page.index("</nav>")]
    return [(href, bool(here)) for href, here in re.findall(r'<a href="([^"]+)"( aria-current="page")?', nav)]


def _operator(*permissions: str) -> Browser:
    member = Member.objects.create_user(email="desk@example.org", password=None, is_staff=True)
    for permission in permissions:
        app, _, name = permission.partition(".")
        member.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=name))
    return signed_in(member)


def test_a_member_has_five_ways_and_is_told_where_they_are(bob: Browser) -> None:
    assert ways(bob, "/library/") == [
        ("/", False), ("/library/", True), ("/demand/", False), ("/rooms/", False), ("/me/", False),
    ]  # fmt: skip
    assert ("/me/", True) in ways(bob, "/me/notes/"), "a page below is part of it"
    assert [way for way in ways(bob, "/me/") if way[1]] == [("/me/", True)], "today is not everywhere"


def test_a_stranger_is_offered_the_library_and_the_report(carol: Browser) -> None:
    assert ways(carol, "/plans/") == [("/library/", False), ("/report/", False)]


def test_an_operator_is_offered_only_what_their_duties_open(alice: Browser) -> None:
    everything = {href for href, _ in ways(alice, "/console/")}
    assert {"/console/members/", "/console/codes/", "/console/rooms/", "/console/admission/"} <= everything
    for href in everything:
        assert alice.get(href, follow=True).status_code == 200, href
    editor = _operator("library.change_draft")
    offered = {href for href, _ in ways(editor, "/console/")}
    assert offered == {
        "/console/", "/console/ingest/", "/library/", "/console/editions/", "/rooms/", "/me/",
    }  # fmt: skip
    for href in offered:
        assert editor.get(href, follow=True).status_code == 200, href
    for href in everything - offered - {"/demand/"}:
        assert editor.get(href).status_code == 403, href


def test_the_desk_lists_what_the_line_has_no_room_for(alice: Browser) -> None:
    page = alice.get("/console/").content.decode()
    section = page[page.index('id="others"') :]
    for address in ("/console/topics/", "/console/codes/", "/console/why/", "/console/rooms/"):
        assert f'href="{address}"' in section, address
