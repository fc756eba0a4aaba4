"""A browser's client that knows whose it is."""

from django.test import Client

from wenxing_web.members.models import Member


class Browser(Client):
    """A test client; `member` is `None` for a stranger."""

    member: Member | None = None


def signed_in(member: Member) -> Browser:
    """The browser of somebody who has signed in."""
    browser = Browser()
    browser.force_login(member)
    browser.member = member
    return browser
