"""What a plan opens besides documents: the room, the weight of requests, downloads a day."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from web.browsing import Browser, signed_in
from web.making import make_material
from web.posting import tell
from wenxing_web.console.queries import why
from wenxing_web.delivery.actions.deliver import Form, Undeliverable, deliver
from wenxing_web.delivery.models import Copy, Download
from wenxing_web.entitlements import Denied, Reason, Room, may_enter, request_priority
from wenxing_web.ledger.models import Entry
from wenxing_web.library.models import Edition, Policy
from wenxing_web.listening import recheck
from wenxing_web.live.listeners import Listener
from wenxing_web.members.models import Member, Plan
from wenxing_web.notices.models import Letter

pytestmark = pytest.mark.django_db


def note(number: int, *, is_free: bool = False) -> Edition:
    text = f"第{number}号通知\n请各组按时到会，材料当场发放。\n"
    return make_material(text, policy=Policy.VERBATIM, title=f"第{number}号通知", is_free=is_free)


def limit(plan: Plan, downloads: int) -> None:
    plan.downloads_a_day = downloads
    plan.save(update_fields=["downloads_a_day"])


def download(browser: Browser, edition: Edition, form: str = "txt") -> int:
    return browser.get(f"/m/{edition.identity}/download.{form}").status_code


def owner(browser: Browser) -> Member:
    assert browser.member
    return browser.member


def test_with_the_last_download_of_a_day_the_account_is_told_so_once(bob: Browser, plan: Plan) -> None:
    limit(plan, 2)
    first, second = (note(n) for n in range(2))
    download(bob, first)
    tell(timezone.now())
    assert "下载已经用完" not in bob.get("/me/notices/").content.decode()
    for edition in (second, second, first):
        assert download(bob, edition) == 200
    tell(timezone.now())
    assert bob.get("/me/notices/").content.decode().count("今天的 2 份下载已经用完") == 1
    assert not Letter.objects.exists()


def test_a_day_has_as_many_downloads_as_the_plan_says_and_then_a_kind_word(bob: Browser, plan: Plan) -> None:
    limit(plan, 2)
    first, second, third = (note(n) for n in range(3))
    assert "今天还可以下载 2 份" in bob.get(f"/m/{first.identity}/").content.decode()
    assert [download(bob, edition) for edition in (first, second)] == [200, 200]
    assert "已经用完" in bob.get(f"/m/{third.identity}/").content.decode()
    before = Entry.objects.filter(kind="copy.delivered").count()
    refused = bob.get(f"/m/{third.identity}/download.docx")
    assert refused.status_code == 403
    page = refused.content.decode()
    assert "已经下载了 2 份" in page
    assert "过了零点" in page
    assert f'href="/m/{third.identity}/"' in page
    assert "材料当场发放" not in page
    assert Entry.objects.filter(kind="copy.delivered").count() == before
    assert not Download.objects.filter(edition=third).exists()
    assert bob.get(f"/m/{third.identity}/").status_code == 200


def test_the_same_edition_again_and_free_materials_are_not_counted(bob: Browser, plan: Plan) -> None:
    limit(plan, 1)
    edition, free = note(1), note(2, is_free=True)
    assert [download(bob, edition, form) for form in ("txt", "docx", "txt")] == [200, 200, 200]
    assert "今天还可以下载" not in bob.get(f"/m/{edition.identity}/").content.decode()
    assert download(bob, free) == 200
    assert download(bob, note(3)) == 403
    assert Download.objects.count() == 1


def test_reading_is_no_download_and_a_plan_without_a_number_has_no_limit(bob: Browser, plan: Plan) -> None:
    editions = [note(n) for n in range(4)]
    assert {download(bob, edition) for edition in editions} == {200}
    limit(plan, 1)
    assert {bob.get(f"/m/{edition.identity}/").status_code for edition in editions} == {200}
    assert download(bob, note(9)) == 403


def test_operators_download_without_a_limit(alice: Browser, plan: Plan) -> None:
    limit(plan, 1)
    owner(alice).memberships.create(
        plan=plan, starts_on=timezone.localdate(), ends_on=timezone.localdate() + timedelta(days=9)
    )
    assert [download(alice, note(n)) for n in range(3)] == [200] * 3


@pytest.mark.usefixtures("shanghai")
def test_the_day_begins_at_midnight_in_the_librarys_time_zone(bob: Browser, plan: Plan) -> None:
    limit(plan, 1)
    first, second = note(1), note(2)
    today = timezone.localdate()
    evening = datetime(today.year, today.month, today.day, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    deliver(owner(bob), first, form=Form.TXT, at=evening)
    with pytest.raises(Undeliverable) as refusal:
        deliver(owner(bob), second, form=Form.TXT, at=evening)
    assert refusal.value.decision == Denied(Reason.DOWNLOADS_USED, limit=1)
    deliver(owner(bob), second, form=Form.TXT, at=evening + timedelta(minutes=1))
    assert [row.day for row in Download.objects.order_by("id")] == [today, today + timedelta(days=1)]


def test_what_is_taken_meanwhile_counts_when_the_row_is_written(
    bob: Browser, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two downloads pass the first question at once; the second one to be recorded is refused."""
    import wenxing_web.delivery.actions.deliver as delivering

    limit(plan, 1)
    first, second = note(1), note(2)
    make = delivering._marked

    def slow(master: object, recipient: int, form: Form) -> object:
        if not Download.objects.exists():
            Download.objects.create(recipient=owner(bob).recipient, edition=first, day=timezone.localdate())
        return make(master, recipient, form)  # type: ignore[arg-type]

    monkeypatch.setattr(delivering, "_marked", slow)
    assert download(bob, second) == 403
    assert not Copy.objects.filter(edition=second).exists()


def test_of_two_terms_the_more_generous_counts(bob: Browser, plan: Plan) -> None:
    limit(plan, 1)
    today = timezone.localdate()
    other = Plan.objects.create(name_zh="多", name_en="More", downloads_a_day=3, request_priority=4)
    owner(bob).memberships.create(plan=other, starts_on=today, ends_on=today + timedelta(days=1))
    assert [download(bob, note(n)) for n in range(4)] == [200, 200, 200, 403]
    assert request_priority(owner(bob), today=today) == 4


@pytest.mark.django_db(transaction=True)  # the streams let go of their connections
def test_a_plan_without_the_room_says_so_and_the_stream_leaves_it(bob: Browser, plan: Plan) -> None:
    today, member = timezone.localdate(), owner(bob)
    session = str(bob.session.session_key)
    listener = Listener(member.pk, frozenset(), session, member.password)
    heard = recheck([listener])[listener]
    assert heard
    assert "room:members" in heard.audiences
    plan.opens_room = False
    plan.save(update_fields=["opens_room"])
    decision = may_enter(member, Room.MEMBERS, today=today)
    assert getattr(decision, "reason", None) is Reason.ROOM_NOT_IN_PLAN
    assert may_enter(member, Room.FREE, today=today)
    heard = recheck([listener])[listener]
    assert heard
    assert "room:members" not in heard.audiences
    assert "room:free" in heard.audiences


def test_plans_and_the_members_page_say_what_is_opened_besides_documents(
    bob: Browser, carol: Browser, plan: Plan
) -> None:
    limit(plan, 5)
    Plan.objects.create(name_zh="静读", name_en="Quiet", opens_room=False, request_priority=3)
    page = carol.get("/plans/").content.decode()
    for words in ("含会员会客厅", "不含会员会客厅", "每天可下载 5 份", "下载不限份数", "求稿优先（3 级）"):
        assert words in page
    own = bob.get("/me/").content.decode()
    assert "每天可下载 5 份" in own
    assert "今天还可以下载 5 份" in own


def test_the_operator_sets_and_changes_benefits(alice: Browser, bob: Browser, carol: Browser) -> None:
    form = {"name_zh": "静读", "name_en": "Quiet", "years_back": "1", "months": "12"}
    said = {"request_priority": "2", "downloads_a_day": "5"}
    assert alice.post("/console/members/plans/", {**form, **said}).status_code == 302
    made = Plan.objects.get(name_zh="静读")
    assert (made.opens_room, made.request_priority, made.downloads_a_day) == (False, 2, 5)
    address = f"/console/members/plans/{made.pk}/"
    for other in (bob, carol):
        assert other.post(address, {"opens_room": "on"}).status_code == 404
    made.refresh_from_db()
    assert not made.opens_room
    changed = {"opens_room": "on", "request_priority": "0", "downloads_a_day": "0"}
    assert alice.post(address, changed).status_code == 302
    made.refresh_from_db()
    assert (made.opens_room, made.request_priority, made.downloads_a_day) == (True, 0, 0)
    row = Entry.objects.order_by("-id")[0]
    assert row.kind == "plan.changed"
    assert row.facts == {"plan": made.pk, "opens_room": True, "request_priority": 0, "downloads_a_day": 0}
    for wrong in ({"request_priority": "10"}, {"downloads_a_day": "-1"}, {"downloads_a_day": "x"}):
        answer = alice.post(address, {**changed, **wrong}, follow=True).content.decode()
        assert "没有保存" in answer
        assert alice.post("/console/members/plans/", {**form, **wrong}).status_code == 422
    made.refresh_from_db()
    assert made.opens_room
    assert alice.post("/console/members/plans/999/", changed).status_code == 404


def test_the_console_says_why_in_words(alice: Browser, bob: Browser, plan: Plan) -> None:
    limit(plan, 1)
    today, member = timezone.localdate(), owner(bob)
    taken, other = note(1), note(2)
    answer = why(member, other, today=today)
    assert answer.download
    assert "能进会员会客厅。" in answer.benefits
    assert "每天可下载 1 份，今天下载过 0 份。" in answer.benefits
    download(bob, taken)
    assert why(member, taken, today=today).download
    answer = why(member, other, today=today)
    assert (answer.read, answer.download) == (True, False)
    assert answer.refusal == Denied(Reason.DOWNLOADS_USED, limit=1)
    plan.opens_room, plan.request_priority = False, 3
    plan.save()
    answer = why(member, other, today=today)
    assert any("不含会员会客厅" in sentence for sentence in answer.benefits)
    assert "求稿优先级是 3。" in answer.benefits
    sent = {"email": "bob@example.org", "material": other.identity}
    page = alice.post("/console/why/", sent).content.decode()
    assert "不含会员会客厅" in page
    assert "今天下载过 1 份" in page


def test_a_term_that_ends_counts_no_more(bob: Browser, plan: Plan) -> None:
    plan.opens_room = True
    plan.save()
    tomorrow = timezone.localdate() + timedelta(days=1)
    owner(bob).memberships.update(ends_on=tomorrow)
    assert may_enter(owner(bob), Room.MEMBERS, today=tomorrow - timedelta(days=1))
    decision = may_enter(owner(bob), Room.MEMBERS, today=tomorrow)
    assert getattr(decision, "reason", None) is Reason.ROOM_EXPIRED
    dan = signed_in(Member.objects.create_user("dan@example.org"))
    decision = may_enter(owner(dan), Room.MEMBERS, today=tomorrow)
    assert getattr(decision, "reason", None) is Reason.ROOM_NO_PLAN
