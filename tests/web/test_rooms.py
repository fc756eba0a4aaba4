"""Two rooms: who may enter, what is said, answered, edited and deleted, and how a page catches up."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from web.browsing import Browser, signed_in
from web.serving import environment
from web.talking import said, send, without_term
from wenxing_web.live.models import Event
from wenxing_web.members.actions.rename import rename
from wenxing_web.members.models import Member, Plan
from wenxing_web.rooms.models import Message, Revision
from wenxing_web.rooms.queries import ON_A_PAGE, addressed
from wenxing_web.rooms.queries.unread import unread

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}
START = "?since=0&first=0&last=0&posted=0"


def page(browser: Browser, address: str = "/rooms/free/") -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def lacking(browser: Browser, query: str = START, *, room: str = "free") -> str:
    answer = browser.get(f"/rooms/{room}/changes/{query}", headers=PART)
    assert answer.status_code == 200
    return answer.content.decode()


def cursor_of(text: str) -> str:
    """The cursor that a page or a part of one carries, as a query."""
    form = text[text.index('<form id="cursor"') :].partition("</form>")[0]
    fields = re.findall(r'name="(\w+)" value="(\d+)"', form)
    assert [name for name, _ in fields] == ["since", "first", "last", "posted"]
    return "?" + "&".join(f"{name}={value}" for name, value in fields)


# --- the door ---------------------------------------------------------------------------------------


def test_the_members_room_is_for_members_and_the_free_one_for_every_account(
    alice: Browser, bob: Browser, carol: Browser
) -> None:
    dan = without_term("dan")
    said(bob, "只给会员听", room="members")
    for browser in (alice, bob):
        assert "只给会员听" in page(browser, "/rooms/members/")
        assert page(browser)
        assert browser.get("/rooms/").headers["Location"] == "/rooms/members/"
    assert page(dan)
    assert dan.get("/rooms/").headers["Location"] == "/rooms/free/"
    refused = dan.get("/rooms/members/")
    assert refused.status_code == 403
    assert "您的账号还没有开通会员" in refused.content.decode()
    assert "只给会员听" not in refused.content.decode()
    for address in ("/rooms/", "/rooms/free/", "/rooms/members/"):
        assert carol.get(address).headers["Location"].startswith("/accounts/login/")
    assert bob.get("/rooms/cellar/").status_code == 404


def test_every_address_of_a_closed_room_is_closed_at_once(bob: Browser, plan: Plan) -> None:
    mine = said(bob, "我说过的话", room="members")
    base = f"/rooms/members/{mine.pk}/"
    gets = ["/rooms/members/", f"/rooms/members/changes/{START}", base]
    posts = [
        "/rooms/members/say/",
        "/rooms/members/read/",
        f"{base}edit/",
        f"{base}delete/",
        f"{base}report/",
    ]
    assert {bob.get(address).status_code for address in gets} == {200}
    plan.opens_room = False
    plan.save(update_fields=["opens_room"])
    for address in gets:
        assert bob.get(address).status_code == 403
        assert "我说过的话" not in bob.get(address, headers=PART).content.decode()
    for address in posts:
        answer = bob.post(address, {"text": "还没发的话", "client": str(uuid4())})
        assert answer.status_code == 403
        assert "还没发的话" in answer.content.decode()
    mine.refresh_from_db()
    assert (mine.text, mine.deleted_at) == ("我说过的话", None)
    assert Message.objects.count() == 1
    closed = bob.get(f"/rooms/members/changes/{START}", headers=PART)
    assert closed.status_code == 403
    assert '<div id="room"' in closed.content.decode()
    assert "不含会员会客厅" in closed.content.decode()


def test_a_part_for_somebody_who_is_not_signed_in_says_so_instead_of_a_page(carol: Browser) -> None:
    answer = carol.get(f"/rooms/free/changes/{START}", headers=PART)
    assert answer.status_code == 403
    assert "还没有登录" in answer.content.decode()
    assert carol.post("/rooms/free/say/", {"text": "x"}).status_code == 302


# --- saying something -------------------------------------------------------------------------------


def test_what_is_said_is_on_the_page_announced_and_without_any_address(bob: Browser, alice: Browser) -> None:
    answer = send(bob, "大家好")
    made = Message.objects.get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/rooms/free/#m{made.pk}"
    event = Event.objects.get(kind="message.posted")
    assert (event.audience, event.facts) == ("room:free", {"room": "free", "message": made.pk})
    assert made.change == event.pk
    seen = page(alice)
    assert "大家好" in seen
    assert f'id="m{made.pk}"' in seen
    assert "bob@" not in seen
    assert "example.org" not in seen


def test_names_are_chosen_and_whoever_has_none_is_a_member_with_a_code(bob: Browser, alice: Browser) -> None:
    assert bob.member
    said(bob, "没有名字")
    code = bob.member.voice.code
    assert f"会员 {code}" in page(alice)
    rename(bob.member, "小林")
    assert "<bdi>小林</bdi>" in page(alice)
    said(without_term("dan", "小林"), "我也叫小林")
    assert f"<bdi>小林 · {code}</bdi>" in page(alice)


def test_only_operators_are_marked_as_operators(alice: Browser, bob: Browser) -> None:
    assert bob.member
    rename(bob.member, "运营者")
    said(bob, "我不是")
    tag = '<span class="tag">运营者</span>'
    assert tag not in page(bob)
    said(alice, "我是")
    assert page(bob).count(tag) == 1


def test_an_answer_shows_what_it_answers(bob: Browser, alice: Browser) -> None:
    first = said(bob, "第一句" * 40)
    form = page(alice, f"/rooms/free/?reply={first.pk}")
    assert f'name="reply" value="{first.pk}"' in form
    send(alice, "回答", reply=first.pk)
    answer = Message.objects.order_by("-pk")[0]
    assert answer.reply_to == first
    seen = page(bob)
    assert f'href="/rooms/free/?at={first.pk}#m{first.pk}"' in seen
    assert seen.count("第一句" * 40) == 1
    assert "to-me" in seen
    assert addressed(answer.pk) == [bob.member]
    part = bob.get(f"/rooms/free/?reply={first.pk}", headers=PART).content.decode()
    assert 'id="attached"' in part
    assert "<main" not in part


def test_a_name_after_an_at_sign_calls_whoever_has_spoken_under_it(bob: Browser, alice: Browser) -> None:
    lin, lin_da, quiet = without_term("lin", "小林"), without_term("da", "小林大"), without_term("q", "小声")
    for browser in (lin, lin_da):
        said(browser, "在")
    calls = said(bob, "问一下@小林大叔的事，还有 ＠小林，@小声；邮箱 x@小林 不算")
    assert {mention.name for mention in calls.mentions.all()} == {"小林大", "小林"}
    assert addressed(calls.pk) == sorted([lin.member, lin_da.member], key=lambda m: m.pk)  # type: ignore[union-attr]
    assert "to-me" in page(lin)
    assert "to-me" not in page(quiet)
    assert "<strong>@小林大</strong>" in page(alice)
    assert bob.member
    by_code = said(lin, f"@{bob.member.voice.code} 你好")
    assert addressed(by_code.pk) == [bob.member]


def test_markup_is_text_and_only_plain_addresses_are_links(bob: Browser, alice: Browser) -> None:
    said(
        bob,
        '<script>alert(1)</script> <img src=x onerror=alert(1)> javascript:alert(1) "https://a.example/x?y=1&z=2"，'
        "http://b.example/路径 https://bank.example@evil.example/ ftp://c.example 见https://d.example/(1).",
    )
    seen = page(alice)
    assert "<script>alert" not in seen
    assert "<img src=x" not in seen
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in seen
    links = re.findall(r'<a href="(\w+:[^"]*)" rel="nofollow noopener ugc"', seen)
    assert links == ["https://a.example/x?y=1&amp;z=2", "http://b.example/", "https://d.example/(1"]


# --- editing and deleting ---------------------------------------------------------------------------


def test_an_author_edits_and_the_page_says_when(bob: Browser, alice: Browser) -> None:
    mine = said(bob, "原来的说法")
    before = Event.objects.count()
    form = page(bob, f"/rooms/free/{mine.pk}/")
    assert "原来的说法</textarea>" in form
    assert bob.post(f"/rooms/free/{mine.pk}/edit/", {"text": "后来的说法"}).status_code == 302
    seen = page(alice)
    assert "后来的说法" in seen
    assert "改过" in seen
    assert "原来的说法" not in seen
    assert Event.objects.count() == before + 1
    assert Event.objects.order_by("-pk")[0].kind == "message.changed"
    bob.post(f"/rooms/free/{mine.pk}/edit/", {"text": "后来的说法"})
    assert Event.objects.count() == before + 1
    assert "原来的说法" in page(alice, f"/rooms/free/{mine.pk}/")  # operators see it
    assert "原来的说法" not in page(bob, f"/rooms/free/{mine.pk}/")


def test_a_deleted_message_stays_as_a_line_without_its_words(bob: Browser, alice: Browser) -> None:
    mine = said(bob, "说错了")
    send(alice, "什么？", reply=mine.pk)
    assert bob.post(f"/rooms/free/{mine.pk}/delete/").status_code == 302
    for browser in (alice, bob):
        seen = page(browser)
        assert "这条消息已删除" in seen
        assert "（已删除）" in seen
        assert "说错了" not in seen
    mine.refresh_from_db()
    assert mine.text == ""
    assert Revision.objects.get().text == "说错了"
    assert "说错了" in page(alice, f"/rooms/free/{mine.pk}/")
    assert bob.post(f"/rooms/free/{mine.pk}/delete/").status_code == 404
    assert bob.post(f"/rooms/free/{mine.pk}/edit/", {"text": "又来了"}).status_code == 404


def test_nobody_else_changes_a_message(alice: Browser, bob: Browser, carol: Browser) -> None:
    mine = said(bob, "我的话")
    elsewhere = said(bob, "另一间的话", room="members")
    dan = without_term("dan")
    for other in (dan, alice):
        for do in ("edit", "delete"):
            assert other.post(f"/rooms/free/{mine.pk}/{do}/", {"text": "改掉"}).status_code == 404
    for do in ("edit", "delete", "report"):
        address = f"/rooms/free/{elsewhere.pk}/{do}/"
        assert bob.post(address, {"text": "改掉"}).status_code == 404
        assert bob.post(f"/rooms/free/999/{do}/", {"text": "改掉"}).status_code == 404
        assert carol.post(f"/rooms/free/{mine.pk}/{do}/", {"text": "改掉"}).status_code == 302
    assert bob.get(f"/rooms/free/{elsewhere.pk}/").status_code == 404
    assert dan.get(f"/rooms/members/{elsewhere.pk}/").status_code == 403
    assert "另一间的话" not in page(bob, f"/rooms/free/?reply={elsewhere.pk}")
    assert send(bob, "回答", reply=elsewhere.pk).status_code == 422
    mine.refresh_from_db()
    assert mine.text == "我的话"
    assert bob.post(f"/rooms/free/{mine.pk}/edit/", {"text": "改好"}).status_code == 302


# --- history and catching up --------------------------------------------------------------------------


def test_history_comes_page_by_page_and_stays_what_it_was_while_others_speak(bob: Browser) -> None:
    moment = timezone.now() - timedelta(hours=5)
    for number in range(75):
        said(bob, f"第{number:03}句", at=moment + timedelta(minutes=number))
    newest = page(bob)
    found = [re.findall(r"第(\d{3})句", newest)]
    more = re.search(r'\?before=(\d+)"', newest)
    assert more
    said(bob, "插进来的一句")
    while more:
        part = bob.get(f"/rooms/free/?before={more[1]}", headers=PART).content.decode()
        found.insert(0, re.findall(r"第(\d{3})句", part))
        assert found[0] == re.findall(r"第(\d{3})句", page(bob, f"/rooms/free/?before={more[1]}"))
        more = re.search(r'href="/rooms/free/\?before=(\d+)"', part)
    assert [number for some in found for number in some] == [f"{n:03}" for n in range(75)]
    assert {len(some) for some in found[1:]} == {ON_A_PAGE}


def test_a_link_to_a_message_shows_it_among_its_neighbours(bob: Browser) -> None:
    moment = timezone.now() - timedelta(hours=5)
    made = [said(bob, f"第{n:03}句", at=moment + timedelta(minutes=n)) for n in range(60)]
    seen = page(bob, f"/rooms/free/?at={made[20].pk}")
    assert re.findall(r"第(\d{3})句", seen) == [f"{n:03}" for n in range(1, 31)]
    assert "回到最新的消息" in seen
    assert 'id="feed"' not in seen
    assert 'id="feed"' in page(bob, f"/rooms/free/?at={made[55].pk}")
    for odd in ("x", "-1", "9" * 30, "１２"):
        assert "第059句" in page(bob, f"/rooms/free/?at={odd}&before={odd}&reply={odd}")


def test_a_page_that_was_away_gets_what_has_changed_and_nothing_else(bob: Browser, alice: Browser) -> None:
    first, second = said(bob, "第一句"), said(bob, "第二句")
    cursor = cursor_of(page(alice))
    nothing = lacking(alice, cursor)
    assert "<li" not in nothing
    assert cursor_of(nothing) == cursor
    bob.post(f"/rooms/free/{first.pk}/edit/", {"text": "第一句改了"})
    third = said(bob, "第三句")
    got = lacking(alice, cursor)
    assert f'<li id="m{first.pk}" class="said" hx-swap-oob="true"' in got
    assert "第一句改了" in got
    assert f'id="m{second.pk}"' not in got
    new = got.partition('hx-swap-oob="beforeend:#messages"')[2]
    assert f'<li id="m{third.pk}" class="said">' in new
    assert "<li" not in lacking(alice, cursor_of(got))
    assert "第三句" in lacking(alice, cursor)  # asked again, said again


def test_an_answer_changes_with_what_it_answers(bob: Browser, alice: Browser) -> None:
    first = said(bob, "一时气话")
    send(alice, "消消气", reply=first.pk)
    cursor = cursor_of(page(alice))
    bob.post(f"/rooms/free/{first.pk}/delete/")
    got = lacking(alice, cursor)
    assert got.count("<li") == 2
    assert "（已删除）" in got
    assert "一时气话" not in got


def test_a_page_that_was_away_for_long_is_made_anew(bob: Browser, alice: Browser) -> None:
    moment = timezone.now() - timedelta(hours=9)
    for number in range(101):
        said(bob, f"第{number}句", at=moment + timedelta(minutes=number))
    answer = alice.get(f"/rooms/free/changes/{START}", headers=PART)
    assert answer.headers["HX-Refresh"] == "true"
    for odd in ("", "?since=x&first=0&last=0&posted=0", "?since=-1&first=0&last=0&posted=0"):
        assert alice.get(f"/rooms/free/changes/{odd}", headers=PART).headers["HX-Refresh"] == "true"
    far = f"?since={2**63}&first=0&last=0&posted=0"
    assert alice.get(f"/rooms/free/changes/{far}", headers=PART).headers["HX-Refresh"] == "true"


def test_the_form_of_an_open_page_is_answered_with_what_the_page_lacks(bob: Browser, alice: Browser) -> None:
    known = dict(pair.split("=") for pair in cursor_of(page(bob))[1:].split("&"))
    other = said(alice, "同时说的")
    answer = send(bob, "我说的", part=True, **known)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert f'id="m{other.pk}"' in text
    assert "我说的" in text
    assert 'id="say-client"' in text


def test_the_menu_counts_what_was_not_seen(bob: Browser, alice: Browser, plan: Plan) -> None:
    assert bob.member
    today = timezone.localdate()
    said(alice, "还没来过的不算")
    assert unread(bob.member, today=today) == 0
    page(bob)
    for n in range(3):
        said(alice, f"第{n}句")
    assert unread(bob.member, today=today) == 3
    assert 'class="count">3<' in page(bob, "/me/")
    cursor = cursor_of(page(bob))
    assert unread(bob.member, today=today) == 0
    said(bob, "自己的不算")
    assert unread(bob.member, today=today) == 0
    said(alice, "又一句")
    known = dict(pair.split("=") for pair in cursor[1:].split("&"))
    assert bob.post("/rooms/free/read/", {**known, "posted": "0"}).status_code == 204
    assert unread(bob.member, today=today) == 1
    assert bob.post("/rooms/free/read/", {**known, "posted": str(2**60)}).status_code == 204
    assert unread(bob.member, today=today) == 0
    assert bob.post("/rooms/free/read/", {"posted": "x"}).status_code == 400
    page(bob, "/rooms/members/")
    said(alice, "会员厅里的", room="members")
    assert unread(bob.member, today=today) == 1
    plan.opens_room = False
    plan.save(update_fields=["opens_room"])
    assert unread(bob.member, today=today) == 0


# --- at once ------------------------------------------------------------------------------------------


def test_fifty_threads_with_one_form_make_one_message_and_numbers_stay_in_order(tmp_path: Path) -> None:
    command = [sys.executable, str(Path(__file__).with_name("chattering.py"))]
    done = subprocess.run(command, env=environment(tmp_path), check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout.splitlines()[-1])
    assert got == {
        "numbers": 1,
        "messages": 1,
        "posted": 1,
        "events": 1,
        "other": [],
        "all": 51,
        "in_order": True,
        "downloads": 2,
        "delivered": 2,
    }


def test_a_form_sent_twice_is_one_message_whatever_it_says_the_second_time(bob: Browser) -> None:
    form = str(uuid4())
    first = bob.post("/rooms/free/say/", {"client": form, "text": "一次"})
    again = bob.post("/rooms/free/say/", {"client": form, "text": "两次"})
    assert first.headers["Location"] == again.headers["Location"]
    assert Message.objects.get().text == "一次"
    elsewhere = bob.post("/rooms/members/say/", {"client": form, "text": "三次"})
    assert elsewhere.status_code == 422
    assert "已经发在另一间" in elsewhere.content.decode()
    dan = signed_in(Member.objects.create_user("dan@example.org"))
    assert dan.post("/rooms/free/say/", {"client": form, "text": "别人的"}).status_code == 302
    assert Message.objects.count() == 2
