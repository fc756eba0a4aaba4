"""Notices: made once of what was announced, shown to their owner only, in words of the moment."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from web.browsing import Browser, signed_in
from web.leaking import member_called, named_case
from web.making import make_material
from web.posting import tell
from wenxing_web.cases.actions.ask import ask
from wenxing_web.demand.actions.ask import ask as ask_for
from wenxing_web.demand.actions.take import take as take_on
from wenxing_web.entitlements import Room
from wenxing_web.library.actions.withdraw import withdraw
from wenxing_web.library.models import Edition, Policy
from wenxing_web.library.models import Kind as LibraryKind
from wenxing_web.live import queries as live
from wenxing_web.live.actions.announce import announce
from wenxing_web.live.actions.prune import prune
from wenxing_web.live.models import Event
from wenxing_web.members.actions.grant import grant
from wenxing_web.members.actions.rename import rename
from wenxing_web.members.models import Member, Membership, Plan
from wenxing_web.members.queries import number_of, own_data
from wenxing_web.notices.actions import follow as following
from wenxing_web.notices.actions.follow import follow
from wenxing_web.notices.models import Choice, Kind, Mail, Notice, Place
from wenxing_web.notices.queries import followed, unread
from wenxing_web.notices.queries.kinds import DEFAULTS, EVENTS
from wenxing_web.notices.queries.lines import Facts
from wenxing_web.rooms.actions.mute import mute
from wenxing_web.rooms.actions.say import say
from wenxing_web.rooms.models import Message

pytestmark = pytest.mark.django_db


def published(title: str = "第一份通知", **options: object) -> Edition:
    return make_material(f"{title}\n请各组按时到会。\n", policy=Policy.VERBATIM, title=title, **options)  # type: ignore[arg-type]


def told(kind: Kind = Kind.EDITION) -> list[str]:
    """Whom notices of a kind are for."""
    rows = Notice.objects.filter(kind=kind).order_by("member__email")
    return list(rows.values_list("member__email", flat=True))


def test_a_new_material_is_told_to_whoever_may_read_it(alice: Browser, bob: Browser) -> None:
    member_called("dora")  # has no plan
    today = timezone.localdate()
    published()
    tell(timezone.now())
    assert told() == ["bob@example.org"]
    published("很久以前", dated_on=today - timedelta(days=365 * 9))
    tell(timezone.now())
    assert told() == ["bob@example.org"]
    published("人人可读", is_free=True)
    tell(timezone.now())
    assert told() == ["bob@example.org", "bob@example.org", "dora@example.org"]


def test_who_came_later_or_is_suspended_is_told_nothing(bob: Browser) -> None:
    member = member_called("dora")
    Member.objects.filter(pk=member.pk).update(is_active=False)
    published(is_free=True)
    member_called("eve")
    tell(timezone.now())
    assert told() == ["bob@example.org"]


def test_following_again_tells_nothing_twice(bob: Browser) -> None:
    published()
    tell(timezone.now())
    tell(timezone.now())
    assert len(told()) == 1
    Place.objects.update(event=0)  # as after an old backup
    tell(timezone.now())
    assert len(told()) == 1


def test_a_step_that_fails_leaves_nothing_and_is_taken_again(
    bob: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    published()
    with monkeypatch.context() as patched:
        patched.setattr(Place, "save", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            follow(at=timezone.now())
    assert told() == []
    tell(timezone.now())
    assert len(told()) == 1


def test_an_event_for_everybody_is_taken_in_parts(monkeypatch: pytest.MonkeyPatch, plan: Plan) -> None:
    everybody = [member_called(f"reader{n}") for n in range(7)]
    published(is_free=True)
    monkeypatch.setattr(following, "_AT_ONCE", 3)
    steps = 0
    while follow(at=timezone.now()):
        steps += 1
        assert Event.objects.filter(kind="notice.new").count() == (1 if steps == 3 else 0)
    assert (steps, len(told())) == (3, len(everybody))


def test_pages_that_are_open_hear_of_it(bob: Browser, plan: Plan) -> None:
    assert bob.member
    grant(bob.member, plan, origin=Membership.Origin.GRANT, today=timezone.localdate())
    tell(timezone.now())
    heard = Event.objects.filter(kind="notice.new").values_list("audience", "facts")
    assert list(heard) == [(f"member:{bob.member.pk}", {})]


def test_every_event_has_a_kind_that_can_be_told(bob: Browser) -> None:
    assert bob.member
    assert set(DEFAULTS) == {event.kind for event in EVENTS.values()} == set(Kind)
    facts: Facts = {
        "edition": "0" * 32, "term": 0, "last": "2000-01-01", "case": "1999-0001", "request": 0,
        "message": 0, "room": "free", "voice": 0, "day": "2000-01-01", "limit": 1,
    }  # fmt: skip
    for event in EVENTS.values():
        assert event.tell(bob.member, [facts, facts]) == [None, None]  # nothing of it is there
        assert event.tell(bob.member, []) == []


def test_the_bell_counts_and_the_page_tells(alice: Browser, bob: Browser) -> None:
    first, second = published("第一份通知"), published("第二份通知")
    assert "未读" not in bob.get("/me/notices/").content.decode()
    tell(timezone.now())
    bell = bob.get("/me/notices/bell/").content.decode()
    assert ">2</span>" in bell
    assert "2 条未读" in bob.get("/library/").content.decode()
    page = bob.get("/me/notices/").content.decode()
    assert page.index("第二份通知") < page.index("第一份通知")
    assert "请各组按时到会" not in page
    assert bob.member
    notice = Notice.objects.get(member=bob.member, facts__edition=first.identity)
    assert bob.get(f"/me/notices/{notice.pk}/")["Location"] == f"/m/{first.identity}/"
    assert unread(bob.member) == 1
    bob.post("/me/notices/read/", {"upto": str(Notice.objects.latest("id").pk)})
    assert unread(bob.member) == 0
    withdraw(second, at=timezone.now())
    page = bob.get("/me/notices/").content.decode()
    assert "第二份通知" not in page
    assert "已经不在了" in page


def test_what_came_after_the_page_stays_unread(bob: Browser) -> None:
    assert bob.member
    published("第一份通知")
    tell(timezone.now())
    upto = Notice.objects.latest("id").pk
    published("第二份通知")
    tell(timezone.now())
    bob.post("/me/notices/read/", {"upto": str(upto)})
    assert unread(bob.member) == 1
    for bad in ("", "x", "-1", "9" * 30, "²"):
        assert bob.post("/me/notices/read/", {"upto": bad}).status_code == 302
    assert unread(bob.member) == 1


def test_a_notice_is_its_owners(alice: Browser, bob: Browser, carol: Browser) -> None:
    published()
    tell(timezone.now())
    number = Notice.objects.get(member=bob.member).pk
    other = signed_in(member_called("dora"))
    for address in (f"/me/notices/{number}/", f"/me/notices/{2**80}/"):
        assert alice.get(address).status_code == 404
        assert other.get(address).status_code == 404
        assert carol.get(address).status_code == 302
    other.post("/me/notices/read/", {"upto": str(number)})
    assert bob.member
    assert unread(bob.member) == 1
    for address in ("/me/notices/", "/me/notices/bell/", "/me/notices/settings/"):
        assert "第一份通知" not in other.get(address).content.decode()
        assert carol.get(address).status_code == 302
    assert "第一份通知" in bob.get("/me/notices/").content.decode()
    assert bob.get(f"/me/notices/{number}/").status_code == 302


def test_both_sides_of_a_case_are_told_without_a_word_of_it(alice: Browser, bob: Browser) -> None:
    assert alice.member
    assert bob.member
    case = named_case(bob.member, alice.member, reporter=member_called("reporter"))
    hearing = ask(case, number_of(bob.member), days=7, at=timezone.now())
    tell(timezone.now())
    assert told(Kind.CASE) == ["bob@example.org"]
    page = bob.get("/me/notices/").content.decode()
    assert "先听您说明" in page
    notice = Notice.objects.get(kind=Kind.CASE)
    assert bob.get(f"/me/notices/{notice.pk}/")["Location"] == f"/me/hearings/{hearing.pk}/"


def test_what_an_account_switches_off_it_is_not_told(bob: Browser) -> None:
    form = {f"{kind}-mail": "now" for kind in Kind} | {f"{kind}-bell": "on" for kind in Kind}
    wanted = {**form, "edition-mail": "never", "language": "en"}
    del wanted["edition-bell"]
    assert bob.post("/me/notices/settings/", wanted).status_code == 302
    published()
    tell(timezone.now())
    assert told() == []
    page = bob.get("/me/notices/settings/").content.decode()
    assert '<option value="en" selected>' in page
    bob.post("/me/notices/settings/", {**form, "edition-mail": "daily", "language": ""})
    published("第二份通知")
    tell(timezone.now())
    assert Notice.objects.get().mail == Mail.DAILY


def test_settings_that_make_no_sense_are_refused_and_change_nothing(bob: Browser) -> None:
    for bad in ({}, {"edition-mail": "hourly"}, {"language": "tlh"}, {"edition-mail": "x" * 100_000}):
        form = {f"{kind}-mail": "now" for kind in Kind} | bad
        assert bob.post("/me/notices/settings/", form if bad else {}).status_code == 422
    assert not Choice.objects.exists()


def test_notices_are_exported_and_end_with_the_account(bob: Browser) -> None:
    assert bob.member
    published()
    tell(timezone.now())
    about = own_data(bob.member)["notices"]
    assert [row["of"] for row in about["told"]] == ["edition.published"]
    assert about["language"] == "zh-hans"
    bob.member.delete()
    assert not Notice.objects.exists()


def test_an_event_of_an_account_that_is_gone_stops_nobody(bob: Browser) -> None:
    with transaction.atomic():
        announce("plan.opened", "member:999999", {"term": 1}, at=timezone.now())
    published()
    tell(timezone.now())
    assert told() == ["bob@example.org"]


def test_whoever_wanted_a_material_is_told_what_became_of_the_request(alice: Browser, bob: Browser) -> None:
    assert alice.member
    assert bob.member
    now = timezone.now()
    asked = ask_for(bob.member, "夜班公交调研", "", kind=LibraryKind.RESEARCH, at=now)
    take_on(asked, by=alice.member, at=now)
    tell(now)
    assert told(Kind.REQUEST) == ["bob@example.org"]
    page = bob.get("/me/notices/").content.decode()
    assert "您要的《夜班公交调研》已经安排写作" in page
    notice = Notice.objects.get(kind=Kind.REQUEST)
    assert bob.get(f"/me/notices/{notice.pk}/")["Location"] == f"/demand/{asked.pk}/"


def test_events_that_nobody_needs_any_more_are_forgotten(bob: Browser) -> None:
    now = timezone.now()
    for days in (40, 31, 29, 0):
        with transaction.atomic():
            announce("test.said", "all", {}, at=now - timedelta(days=days))
    before = now - timedelta(days=30)
    prune(before=before, upto=0)
    assert Event.objects.count() == 4  # nobody has followed yet
    published()
    tell(now)
    assert not prune(before=before, upto=followed())
    recent = list(
        Event.objects.filter(kind__in=["edition.published", "notice.new"]).values_list("at", flat=True)
    )
    assert list(Event.objects.values_list("at", flat=True)) == [now - timedelta(days=29), now, *recent]
    assert live.forgotten() == Event.objects.order_by("id")[0].pk - 1
    prune(before=now + timedelta(days=1), upto=followed())
    assert Event.objects.count() == 1  # the numbers go on from it


def test_events_that_concern_nobody_are_passed_over_together(
    bob: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_SKIPPED", 3)
    with transaction.atomic():
        begun = announce("test.said", "all", {}, at=timezone.now()).pk
    Place.objects.update_or_create(pk=1, defaults={"event": begun})
    for moves in (False, False, False, True):
        with transaction.atomic():
            last = announce("test.said", "all", {}, at=timezone.now()).pk
        tell(timezone.now())
        assert followed() == (last if moves else begun)
    published()
    tell(timezone.now())
    assert told() == ["bob@example.org"]


def spoken(member: Member, room: str, text: str, *, reply_to: Message | None = None) -> Message:
    now = timezone.now()
    return say(member, Room(room), client_id=uuid4(), text=text, reply_to=reply_to, at=now)


def test_whom_a_message_answers_or_calls_is_told_and_nobody_else(bob: Browser) -> None:
    assert bob.member
    rename(bob.member, "小波")
    dora, now = member_called("dora"), timezone.now()
    member_called("bystander")
    spoken(bob.member, "free", "大家好")  # who has spoken can be called
    first = spoken(dora, "free", "@小波 这份材料读了吗")
    tell(now)
    assert told(Kind.ROOM) == ["bob@example.org"]
    spoken(bob.member, "free", "读了", reply_to=first)
    tell(now)
    assert told(Kind.ROOM) == ["bob@example.org", "dora@example.org"]
    page = bob.get("/me/notices/").content.decode()
    assert "公共会客厅里找您" in page
    assert "这份材料读了吗" not in page
    notice = Notice.objects.get(kind=Kind.ROOM, member=bob.member)
    assert bob.get(f"/me/notices/{notice.pk}/")["Location"] == f"/rooms/free/{first.pk}/"
    Message.objects.update(deleted_at=now)
    assert "里找您" not in bob.get("/me/notices/").content.decode()


def test_who_may_not_enter_a_room_is_not_told_what_goes_on_there(bob: Browser) -> None:
    assert bob.member
    outside, now = member_called("dora"), timezone.now()
    rename(outside, "朵拉")
    spoken(outside, "free", "大家好")
    spoken(bob.member, "members", "@朵拉 你看不到这里")
    tell(now)
    assert told(Kind.ROOM) == []


def test_a_muted_account_is_told_until_when_and_why(alice: Browser, bob: Browser) -> None:
    assert alice.member
    assert bob.member
    now = timezone.now()
    mute(bob.member, until=now + timedelta(days=1), because="广告", by=alice.member, at=now)
    tell(now)
    page = bob.get("/me/notices/").content.decode()
    assert "被禁言到" in page
    assert "广告" in page


def test_an_event_that_nobody_understands_keeps_no_later_one_from_being_told(bob: Browser) -> None:
    with transaction.atomic():
        for facts in ({}, {"edition": 7}, {"edition": "nonsense"}):
            announce("edition.published", "all", facts, at=timezone.now())
        announce("message.posted", "room:free", {"room": "cellar", "message": 1}, at=timezone.now())
        announce("case.news", "staff", {"case": "1999-0001"}, at=timezone.now())
    published()
    tell(timezone.now())
    assert told() == ["bob@example.org"]
