"""Feeds: an address that only its owner has, titles and what opens them, nothing of any text."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from web.browsing import Browser, signed_in
from web.making import make_material
from wenxing_web.library.actions.withdraw import withdraw
from wenxing_web.library.models import Policy
from wenxing_web.members.models import Member
from wenxing_web.notices.models import Feed

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
SECRET = "请各组按时到会，材料当场发放。"


def published(title: str, *, years_ago: int = 0, is_free: bool = False) -> None:
    day = timezone.localdate() - timedelta(days=366 * years_ago)
    text = f"{title}\n{SECRET}\n"
    make_material(text, policy=Policy.VERBATIM, title=title, dated_on=day, is_free=is_free)


def address_of(browser: Browser) -> str:
    page = browser.post("/me/notices/feed/", {"do": "make"}).content.decode()
    (found,) = re.findall(r"<code>http://127\.0\.0\.1:8000(/feeds/\S+)</code>", page)
    return str(found)


def entries(content: bytes) -> dict[str, str]:
    """Summary by title."""
    root = ElementTree.fromstring(content)
    return {
        str(e.findtext(f"{ATOM}title")): str(e.findtext(f"{ATOM}summary"))
        for e in root.findall(f"{ATOM}entry")
    }


def test_a_feed_tells_titles_and_what_opens_them(bob: Browser, carol: Browser) -> None:
    published("新的<b>通知</b> & 附件")
    published("很久以前", years_ago=9)
    answer = carol.get(address_of(bob))
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    told = entries(answer.content)
    assert set(told) == {"新的<b>通知</b> & 附件", "很久以前"}
    assert "早于您的会员可读的年份" in told["很久以前"]
    assert "早于" not in told["新的<b>通知</b> & 附件"]
    assert SECRET not in answer.content.decode()
    assert "bob" not in answer.content.decode()


def test_a_feed_that_has_not_changed_is_not_sent_again(bob: Browser, carol: Browser) -> None:
    published("第一份通知")
    address = address_of(bob)
    first = carol.get(address)
    again = carol.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    since = carol.get(address, headers={"if-modified-since": first["Last-Modified"]})
    assert since.status_code == 304
    published("第二份通知")
    assert carol.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200
    assert bob.member
    bob.member.memberships.all().delete()  # what opens an entry is another now
    locked = carol.get(address)
    assert "没有开通会员" in locked.content.decode()
    assert locked["ETag"] != first["ETag"]


def test_a_wrong_an_ended_and_a_suspended_address_lead_nowhere(bob: Browser, carol: Browser) -> None:
    first = address_of(bob)
    assert carol.get(first).status_code == 200
    second = address_of(bob)
    assert carol.get(first).status_code == 404
    assert carol.get(second).status_code == 200
    for bad in ("/feeds/x/new.atom", "/feeds/%00/new.atom", f"/feeds/{'9' * 500}/new.atom", second[:-10]):
        assert carol.get(bad).status_code == 404
    Member.objects.filter(pk=bob.member.pk).update(is_active=False)  # type: ignore[union-attr]
    assert carol.get(second).status_code == 404
    Member.objects.update(is_active=True)
    bob.post("/me/notices/feed/", {"do": "end"})
    assert carol.get(second).status_code == 404
    assert not Feed.objects.exists()


def test_the_address_is_shown_once_and_kept_as_a_hash(bob: Browser, carol: Browser) -> None:
    assert carol.post("/me/notices/feed/", {"do": "make"}).status_code == 302
    assert not Feed.objects.exists()
    token = address_of(bob).split("/")[2]
    assert len(token) >= 32
    assert token not in bob.get("/me/notices/settings/").content.decode()
    assert token not in str(Feed.objects.values_list().get())


def test_a_feed_is_of_its_owner_whoever_asks(alice: Browser, bob: Browser) -> None:
    other = signed_in(Member.objects.create_user("dora@example.org"))
    published("第一份通知")
    first, second = address_of(bob), address_of(other)
    assert first != second
    for browser in (alice, bob, other):
        assert "没有开通会员" not in browser.get(first).content.decode()
        assert "没有开通会员" in browser.get(second).content.decode()


def test_what_was_withdrawn_is_in_no_feed(bob: Browser, carol: Browser) -> None:
    edition = make_material(f"第一份通知\n{SECRET}\n", policy=Policy.VERBATIM, title="第一份通知")
    address = address_of(bob)
    assert "第一份通知" in entries(carol.get(address).content)
    withdraw(edition, at=timezone.now())
    assert entries(carol.get(address).content) == {}
