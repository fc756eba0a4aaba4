"""Open pages show what happens elsewhere, without a reload; one connection a browser."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from web.serving import environment

Visit = Callable[..., Page]
TITLE = "在青年干部培训班开班式上的讲话"
MEMBER, REPORTER = "member@example.org", "reporter@example.org"

_PUBLISH = """
import django, sys; django.setup()
from web.making import make_material
from wenxing_web.library.models import Policy
make_material(sys.argv[1] + "\\n请各组按时到会，材料当场发放。\\n", policy=Policy.VERBATIM, title=sys.argv[1])
"""
_GRANT = """
import django, sys; django.setup()
from django.utils import timezone
from wenxing_web.members.actions.grant import grant
from wenxing_web.members.models import Membership, Plan
from wenxing_web.members.queries import member_by_email
plan = Plan.objects.order_by("id").first()
member = member_by_email(sys.argv[1])
grant(member, plan, origin=Membership.Origin.GRANT, today=timezone.localdate(), months=12)
"""


def elsewhere(home: Path, program: str, argument: str) -> None:
    """Run a program in a process of its own."""
    subprocess.run([sys.executable, "-c", program, argument], env=environment(home), check=True)


def test_a_published_material_appears_on_every_open_page(visitor: Visit, home: Path) -> None:
    today = visitor(MEMBER)
    with today.expect_event("requestfinished", lambda r: "/library/fresh/" in r.url):
        today.goto("/")
    shelf = today.context.new_page()
    connections: list[str] = []
    shelf.on("request", lambda r: connections.append(r.url) if urlsplit(r.url).path == "/live" else None)
    with shelf.expect_event("requestfinished", lambda r: "/library/fresh/" in r.url):
        shelf.goto("/library/")
    for title in ("第一份新到的通知", "第二份新到的通知"):
        elsewhere(home, _PUBLISH, title)
        for page in (today, shelf):
            status = page.get_by_role("status").filter(has_text="有新材料")
            expect(status.get_by_role("link", name=title)).to_be_visible()
    assert connections == []  # the second tab hears through the first
    with shelf.expect_request(lambda r: "/live?after=" in r.url):
        today.close()  # the tab that listened; the other one takes over, from the last that it heard
    elsewhere(home, _PUBLISH, "第三份新到的通知")
    expect(shelf.get_by_role("link", name="第三份新到的通知")).to_be_visible()


def test_a_plan_that_is_opened_opens_pages_that_are_open(visitor: Visit, home: Path) -> None:
    page = visitor(REPORTER)
    page.goto("/library/")
    with page.expect_response(lambda r: r.url.endswith("/live")):
        page.get_by_role("link", name=TITLE).click()
    expect(page.locator("[data-reload-on='plan.opened']")).to_contain_text(TITLE)
    elsewhere(home, _GRANT, REPORTER)
    expect(page.locator("article.reader")).to_be_visible()


def test_the_bell_rings_on_an_open_page_and_leads_to_what_is_new(visitor: Visit, home: Path) -> None:
    page = visitor(MEMBER, width=390)
    page.goto("/me/")
    bell = page.locator("#bell")
    before = int(bell.locator(".count").inner_text())
    elsewhere(home, _PUBLISH, "刚刚发布的通知")
    expect(bell.locator(".count")).to_have_text(str(before + 1))
    bell.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="新材料《刚刚发布的通知》").click()
    expect(page.locator("article.reader")).to_contain_text("刚刚发布的通知")
    expect(bell.locator(".count")).to_have_text(str(before))
    page.goto("/me/notices/")
    elsewhere(home, _PUBLISH, "又一份通知")
    expect(page.get_by_role("link", name="新材料《又一份通知》")).to_be_visible()  # without a reload
    page.get_by_role("button", name="全部标为已读").click()
    expect(bell.locator(".count")).to_have_count(0)
