"""Bad input, haste and quarrels in the rooms: a kind word, nothing lost, nothing that should not be."""

from datetime import timedelta

import pytest
from django.utils import timezone

from web.browsing import Browser, signed_in
from web.talking import said, send, without_term
from wenxing_web.ledger.models import Entry
from wenxing_web.ledger.queries import verify
from wenxing_web.live.models import Event
from wenxing_web.members.models import Member
from wenxing_web.members.queries import number_of
from wenxing_web.rooms.actions.speak import BURST
from wenxing_web.rooms.models import Flag, Mention, Message, Revision, Room, Voice

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}
SURE = {"password": "correct horse", "sure": "on"}


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "还没有写字"),
        (" \n\t ", "还没有写字"),
        ("\u200b\u200d\ufeff", "还没有写字"),
        ("字" * 2001, "多了 1 字"),
        ("字" * 100_000, "多了 98000 字"),
        ("好\x00的", "控制字符"),
        ("好\x1b[31m的", "控制字符"),
    ],
)
def test_what_cannot_be_said_is_refused_kindly_and_kept(bob: Browser, text: str, words: str) -> None:
    assert send(bob, "这样可以").status_code == 302
    refused = send(bob, text)
    assert refused.status_code == 422
    assert words in text_of(refused)
    assert text.strip().replace("\u200b", "")[:50] in text_of(refused)
    part = send(bob, text, part=True)
    assert part.status_code == 422
    assert words in text_of(part)
    assert "<textarea" not in text_of(part)  # what was written stays as it is
    assert Message.objects.count() == 1
    mine = Message.objects.get()
    edited = bob.post(f"/rooms/free/{mine.pk}/edit/", {"text": text})
    assert edited.status_code == 422
    mine.refresh_from_db()
    assert mine.text == "这样可以"


def test_two_thousand_characters_are_just_enough_however_lines_end(bob: Browser) -> None:
    text = "\r\n".join(["字" * 999, "字" * 1000])
    assert send(bob, text).status_code == 302
    assert Message.objects.get().text == text.replace("\r\n", "\n")
    assert len(Message.objects.get().text) == 2000


def test_characters_that_turn_the_direction_of_text_are_left_out(bob: Browser) -> None:
    send(bob, "看\u202e反的\u2066字\u200f")
    assert Message.objects.get().text == "看反的字"


@pytest.mark.parametrize("client", ["", "x", "0" * 500, "\x00", "12345678-1234"])
def test_a_form_without_its_identity_is_offered_again_with_one(bob: Browser, client: str) -> None:
    refused = send(bob, "写好的话", client=client)
    assert refused.status_code == 422
    page = text_of(refused)
    assert "再发一次" in page
    assert "写好的话</textarea>" in page
    fresh = page.partition('name="client" value="')[2].partition('"')[0]
    assert send(bob, "写好的话", client=fresh).status_code == 302


@pytest.mark.parametrize("reply", ["x", "0", "-1", "999", str(2**70)])
def test_an_answer_to_nothing_is_refused_and_kept(bob: Browser, reply: str) -> None:
    refused = send(bob, "回答", reply=reply)
    assert refused.status_code == 422
    assert "回答</textarea>" in text_of(refused)
    assert not Message.objects.exists()


def test_an_answer_to_what_was_deleted_meanwhile_says_so(alice: Browser, bob: Browser) -> None:
    first = said(alice, "等一下")
    alice.post(f"/rooms/free/{first.pk}/delete/")
    refused = send(bob, "好的", reply=first.pk)
    assert refused.status_code == 422
    assert "已经删除" in text_of(refused)
    assert "好的</textarea>" in text_of(refused)


def test_too_many_in_a_minute_are_asked_to_wait(bob: Browser) -> None:
    for n in range(BURST):
        assert send(bob, f"第{n}句").status_code == 302
    last = str(Message.objects.order_by("-pk")[0].client_id)
    refused = send(bob, "再一句")
    assert refused.status_code == 429
    assert "再一句</textarea>" in text_of(refused)
    assert send(bob, "", part=True).status_code == 422
    assert send(bob, "再一句", part=True).status_code == 429
    again = bob.post("/rooms/free/say/", {"client": last, "text": "又点了一次"})
    assert again.status_code == 302  # what was taken stays taken
    Message.objects.update(made_at=timezone.now() - timedelta(minutes=2))
    assert send(bob, "再一句").status_code == 302


def test_too_many_edits_in_a_minute_are_asked_to_wait(bob: Browser) -> None:
    mine = said(bob, "初稿")
    for n in range(BURST):
        assert bob.post(f"/rooms/free/{mine.pk}/edit/", {"text": f"第{n}稿"}).status_code == 302
    refused = bob.post(f"/rooms/free/{mine.pk}/edit/", {"text": "定稿"})
    assert refused.status_code == 429
    assert "定稿</textarea>" in text_of(refused)
    Revision.objects.update(replaced_at=timezone.now() - timedelta(minutes=2))
    assert bob.post(f"/rooms/free/{mine.pk}/edit/", {"text": "定稿"}).status_code == 302


def test_slow_mode_holds_for_members_in_that_room_and_not_for_operators(alice: Browser, bob: Browser) -> None:
    assert alice.post("/console/rooms/free/slow/", {"seconds": "30"}).status_code == 302
    assert send(bob, "第一句").status_code == 302
    refused = send(bob, "第二句")
    assert refused.status_code == 429
    assert "每人每 30 秒一条" in text_of(refused)
    assert "第二句</textarea>" in text_of(refused)
    mine = Message.objects.get()
    bob.post(f"/rooms/free/{mine.pk}/delete/")
    assert send(bob, "第二句").status_code == 429  # deleting is no way round
    assert send(bob, "另一间", room="members").status_code == 302
    assert [send(alice, f"第{n}句").status_code for n in range(2)] == [302, 302]
    Message.objects.update(made_at=timezone.now() - timedelta(seconds=31))
    assert send(bob, "第二句").status_code == 302
    assert "每人每 30 秒一条" in text_of(bob.get("/rooms/free/"))
    row = Entry.objects.get(kind="room.slowed")
    assert alice.member
    assert row.facts == {"room": "free", "seconds": 30, "by": number_of(alice.member)}


@pytest.mark.parametrize("seconds", ["-1", "3601", "x", ""])
def test_a_pause_that_makes_no_sense_is_refused(alice: Browser, seconds: str) -> None:
    assert alice.post("/console/rooms/free/slow/", {"seconds": seconds}).status_code == 422
    assert alice.post("/console/rooms/cellar/slow/", {"seconds": "3"}).status_code == 404
    assert not Room.objects.filter(slow_seconds__gt=0).exists()


# --- muting -------------------------------------------------------------------------------------------


def test_a_muted_account_is_told_until_when_and_why_and_may_still_read_and_delete(
    alice: Browser, bob: Browser
) -> None:
    assert bob.member
    assert alice.member
    mine = said(bob, "吵架的话")
    form = {"hours": "24", "because": "请先冷静"}
    assert alice.post(f"/console/rooms/{mine.pk}/mute/", form).status_code == 302
    until = timezone.localtime(Voice.objects.get(member=bob.member).muted_until).strftime("%Y-%m-%d %H:%M")
    for room in ("free", "members"):
        refused = send(bob, "还要说", room=room)
        assert refused.status_code == 422
        assert f"到 {until} 为止" in text_of(refused)
        assert "请先冷静" in text_of(refused)
        assert "还要说</textarea>" in text_of(refused)
    assert bob.post(f"/rooms/free/{mine.pk}/edit/", {"text": "改成更难听的"}).status_code == 422
    assert f"到 {until} 为止" in text_of(bob.get("/rooms/free/"))
    assert f"到 {until} 为止" not in text_of(alice.get("/rooms/free/"))
    assert bob.post(f"/rooms/free/{mine.pk}/delete/").status_code == 302
    row = Entry.objects.get(kind="account.muted")
    assert set(row.facts) == {"recipient", "until", "by"}
    assert (row.facts["recipient"], row.facts["by"]) == (number_of(bob.member), number_of(alice.member))
    assert Event.objects.get(kind="voice.muted").audience == f"member:{bob.member.pk}"
    page = text_of(alice.get("/console/rooms/"))
    assert "请先冷静" in page
    assert "bob@" not in page
    voice = Voice.objects.get(member=bob.member)
    assert alice.post(f"/console/rooms/voices/{voice.pk}/unmute/").status_code == 302
    assert Entry.objects.filter(kind="account.unmuted").count() == 1
    assert send(bob, "对不起").status_code == 302
    assert verify().ok


def test_a_mute_ends_by_itself(alice: Browser, bob: Browser) -> None:
    mine = said(bob, "话")
    alice.post(f"/console/rooms/{mine.pk}/mute/", {"hours": "1", "because": "一小时"})
    assert send(bob, "还不行").status_code == 422
    Voice.objects.filter(member=bob.member).update(muted_until=timezone.now())
    assert send(bob, "可以了").status_code == 302


def test_operators_are_not_muted_and_a_mute_needs_a_reason(alice: Browser, bob: Browser) -> None:
    ours, mine = said(alice, "运营者的话"), said(bob, "会员的话")
    alice.post(f"/console/rooms/{ours.pk}/mute/", {"hours": "1", "because": "试试"})
    for form in ({"hours": "1", "because": ""}, {"hours": "5", "because": "x"}, {"because": "x" * 201}):
        answer = alice.post(f"/console/rooms/{mine.pk}/mute/", form, follow=True)
        assert "没有禁言" in text_of(answer)
    assert not Voice.objects.filter(muted_until__isnull=False).exists()
    assert alice.post("/console/rooms/999/mute/", {"hours": "1", "because": "x"}).status_code == 404
    alice.post(f"/console/rooms/{mine.pk}/mute/", {"hours": "1", "because": "x"})
    assert Voice.objects.filter(muted_until__isnull=False).count() == 1


# --- reporting and removing -----------------------------------------------------------------------------


def test_a_report_reaches_the_desk_once_and_is_settled_by_removing(alice: Browser, bob: Browser) -> None:
    dan = without_term("dan", "小丹")
    bad = said(dan, "加我买全套")
    assert "没有等人处理" in text_of(alice.get("/console/"))
    for _ in range(2):
        answer = bob.post(f"/rooms/free/{bad.pk}/report/", {"reason": "拉人倒卖"}, follow=True)
        assert "已经转给运营者" in text_of(answer)
    assert Flag.objects.count() == 1
    assert "有消息被举报" in text_of(alice.get("/console/"))
    page = text_of(alice.get("/console/rooms/"))
    for words in ("加我买全套", "拉人倒卖", "小丹"):
        assert words in page
    assert "example.org" not in page
    assert "拉人倒卖" not in text_of(dan.get(f"/rooms/free/{bad.pk}/"))
    assert alice.post(f"/console/rooms/{bad.pk}/remove/", {"back": "console"}).status_code == 302
    assert "运营者移除了这条消息" in text_of(bob.get("/rooms/free/"))
    assert "加我买全套" not in text_of(bob.get("/rooms/free/"))
    assert "加我买全套" in text_of(alice.get(f"/rooms/free/{bad.pk}/"))
    assert "加我买全套" not in text_of(dan.get(f"/rooms/free/{bad.pk}/"))
    assert not Flag.objects.filter(settled_at__isnull=True).exists()
    assert alice.member
    assert dan.member
    row = Entry.objects.get(kind="message.removed")
    assert row.facts == {
        "message": bad.pk, "recipient": number_of(dan.member), "by": number_of(alice.member)
    }  # fmt: skip


def test_a_report_may_be_settled_without_removing(alice: Browser, bob: Browser) -> None:
    fine = said(alice, "没什么不妥")
    bob.post(f"/rooms/free/{fine.pk}/report/", {"reason": ""}, headers=PART)
    assert Flag.objects.filter(settled_at__isnull=True).count() == 1
    assert alice.post(f"/console/rooms/{fine.pk}/settle/").status_code == 302
    assert not Flag.objects.filter(settled_at__isnull=True).exists()
    assert "没什么不妥" in text_of(bob.get("/rooms/free/"))


def test_reports_have_limits(bob: Browser, alice: Browser) -> None:
    moment = timezone.now() - timedelta(hours=2)
    made = [said(alice, f"第{n}句", at=moment + timedelta(minutes=n)) for n in range(22)]
    assert bob.post(f"/rooms/free/{made[0].pk}/report/", {"reason": "长" * 501}).status_code == 422
    statuses = [bob.post(f"/rooms/free/{m.pk}/report/", {"reason": "x"}).status_code for m in made]
    assert statuses == [302] * 20 + [429] * 2
    own = said(bob, "自己的")
    assert bob.post(f"/rooms/free/{own.pk}/report/").status_code == 404


# --- the desk -------------------------------------------------------------------------------------------


def test_a_pinned_message_is_at_the_top_until_it_is_let_go_or_deleted(alice: Browser, bob: Browser) -> None:
    rule = said(alice, "本厅约法三章")
    assert alice.post(f"/console/rooms/{rule.pk}/pin/", {"wanted": "1"}).status_code == 302
    link = f'<li><a href="/rooms/free/?at={rule.pk}#m{rule.pk}">本厅约法三章'
    assert link in text_of(bob.get("/rooms/free/"))
    assert "本厅约法三章" in text_of(alice.get("/console/rooms/"))
    assert Event.objects.order_by("-pk")[0].kind == "message.changed"
    alice.post(f"/console/rooms/{rule.pk}/pin/", {"wanted": "0"})
    assert link not in text_of(bob.get("/rooms/free/"))
    alice.post(f"/console/rooms/{rule.pk}/pin/", {"wanted": "1"})
    alice.post(f"/rooms/free/{rule.pk}/delete/")
    assert "pins" not in text_of(bob.get("/rooms/free/")).replace('id="pins"', "")
    alice.post(f"/console/rooms/{rule.pk}/pin/", {"wanted": "1"})
    assert not Message.objects.filter(pinned_at__isnull=False).exists()


def test_only_an_operator_with_the_duty_hosts(alice: Browser, bob: Browser, carol: Browser) -> None:
    mine = said(bob, "话")
    posts = {f"/console/rooms/{mine.pk}/{do}/": {"wanted": "1", "hours": "1", "because": "x"}
             for do in ("pin", "remove", "mute", "settle")}  # fmt: skip
    posts["/console/rooms/voices/1/unmute/"] = {}
    posts["/console/rooms/free/slow/"] = {"seconds": "9"}
    clerk = signed_in(Member.objects.create_user("clerk@example.org", is_staff=True))
    for address, form in posts.items():
        assert bob.post(address, form).status_code == 404
        assert carol.post(address, form).status_code == 404
        assert clerk.post(address, form).status_code == 403
    assert [browser.get("/console/rooms/").status_code for browser in (alice, bob, carol, clerk)] == [
        200, 404, 404, 403,
    ]  # fmt: skip
    mine.refresh_from_db()
    assert (mine.text, mine.pinned_at) == ("话", None)
    assert "console" not in text_of(clerk.get(f"/rooms/free/{mine.pk}/", headers=PART))
    assert "console" in text_of(alice.get(f"/rooms/free/{mine.pk}/", headers=PART))
    assert alice.post("/console/rooms/voices/999/unmute/").status_code == 404


# --- one's own ------------------------------------------------------------------------------------------


def test_the_export_holds_ones_own_words_and_nobody_elses(alice: Browser, bob: Browser) -> None:
    mine = said(bob, "初稿")
    bob.post(f"/rooms/free/{mine.pk}/edit/", {"text": "定稿"})
    theirs = said(alice, "别人的话")
    bob.post(f"/rooms/free/{theirs.pk}/report/", {"reason": "我的理由"})
    data = bob.get("/me/privacy/data.json").json()
    (message,) = data["messages"]
    assert (message["room"], message["text"]) == ("free", "定稿")
    assert [before["text"] for before in message["before"]] == ["初稿"]
    assert [flag["reason"] for flag in data["messages_reported"]] == ["我的理由"]
    assert "别人的话" not in text_of(bob.get("/me/privacy/data.json"))


def test_an_erased_account_leaves_empty_lines_and_open_pages_are_told(alice: Browser, bob: Browser) -> None:
    dan = without_term("dan", "小丹")
    mine, gone = said(dan, "我的真心话"), said(dan, "删过的话")
    dan.post(f"/rooms/free/{mine.pk}/edit/", {"text": "我的真心话，改过"})
    dan.post(f"/rooms/free/{gone.pk}/delete/")
    send(bob, "@小丹 说得对", reply=mine.pk)
    since = Event.objects.order_by("-pk")[0].pk
    assert dan.post("/me/privacy/", SURE).status_code == 302
    assert not Member.objects.filter(email="dan@example.org").exists()
    for browser in (alice, bob):
        for address in ("/rooms/free/", f"/rooms/free/{mine.pk}/", f"/rooms/free/{gone.pk}/"):
            seen = text_of(browser.get(address))
            assert "真心话" not in seen
            assert "删过的话" not in seen
        assert "<bdi>已注销的账号</bdi>" in text_of(browser.get("/rooms/free/"))
    assert not Revision.objects.exists()
    assert not Mention.objects.exists()
    assert not Message.objects.exclude(author=bob.member).exclude(text="").exists()
    event = Event.objects.get(pk__gt=since)
    assert (event.kind, event.audience) == ("message.changed", "room:free")
    known = f"?since={since}&first={mine.pk}&last={2**40}&posted=0"
    told = text_of(bob.get(f"/rooms/free/changes/{known}", headers=PART))
    assert f'id="m{mine.pk}"' in told
    assert f'id="m{gone.pk}"' in told


def test_ledger_and_events_hold_no_words(alice: Browser, bob: Browser) -> None:
    mine = said(bob, "一句不该留痕的话")
    bob.post(f"/rooms/free/{mine.pk}/edit/", {"text": "又一句"})
    alice.post(f"/console/rooms/{mine.pk}/mute/", {"hours": "1", "because": "一个理由"})
    alice.post(f"/console/rooms/{mine.pk}/remove/")
    kept = [str(facts) for model in (Entry, Event) for facts in model.objects.values_list("facts", flat=True)]
    assert kept
    for words in ("不该留痕", "又一句", "一个理由", "example.org"):
        assert not [facts for facts in kept if words in facts]
