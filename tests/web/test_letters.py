"""Letters: none is lost while the mail server is down, none is said twice, and every one can be ended."""

import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.core import mail, signing
from django.utils import timezone
from pytest_django.fixtures import Settings

from web.browsing import Browser
from web.leaking import member_called
from web.making import make_material
from web.posting import post, tell
from web.serving import environment, populate
from web.smtp import MailServer
from wenxing_web.library.models import Policy
from wenxing_web.members.actions.grant import grant
from wenxing_web.members.models import Member, Membership, Plan
from wenxing_web.notices.actions.choose import choose, stop_mail
from wenxing_web.notices.actions.send import Sent, send
from wenxing_web.notices.models import Kind, Language, Letter, Mail, Notice

DAY = datetime(2027, 5, 4, 9, tzinfo=ZoneInfo("Asia/Shanghai"))  # in the morning, after the hour of letters
NIGHT = DAY.replace(hour=3)
pytestmark = pytest.mark.usefixtures("shanghai")


@pytest.fixture
def postman(settings: Settings) -> Iterator[MailServer]:
    """A mail server that the library uses; it is there already."""
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield server


def opened(member: Member, plan: Plan, *, at: datetime = NIGHT) -> None:
    """A term is opened, which is told at once."""
    grant(member, plan, origin=Membership.Origin.GRANT, today=at.date(), at=at)


def published(title: str, *, at: datetime = NIGHT) -> None:
    text = f"{title}\n请各组按时到会。\n"
    make_material(text, policy=Policy.VERBATIM, title=title, is_free=True, at=at)


@pytest.fixture
def dora(db: None) -> Member:
    return Member.objects.create_user("dora@example.org", joined_at=NIGHT - timedelta(days=9))


def test_a_letter_says_it_in_the_language_of_its_reader(
    dora: Member, plan: Plan, postman: MailServer
) -> None:
    Language.objects.create(member=dora, code="en")
    opened(dora, plan)
    assert post(DAY) == Sent(sent=1)
    (letter,) = postman.orders.taken
    assert letter["To"] == "dora@example.org"
    assert letter["Subject"].strip() == "“One year” is open for you: 2027-05-04 to 2028-05-03, inclusive"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    for part in letter.iter_parts():
        assert "/me/" in part.get_content()
        assert not any("\u3400" <= c <= "\u9fff" for c in part.get_content())
        assert letter["List-Unsubscribe"].strip(" <>") in part.get_content()


def test_while_the_server_is_down_nothing_is_lost_and_afterwards_it_is_said_once(
    dora: Member, plan: Plan, settings: Settings
) -> None:
    with MailServer() as postman:
        port = postman.port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    eve = member_called("eve")
    opened(dora, plan)
    opened(eve, plan)
    at = DAY
    for _ in range(12):  # nobody listens at the port
        assert post(at) == Sent(failed=2)
        assert post(at) == Sent()  # not at once again
        at += timedelta(hours=1)
    with MailServer(port) as back:
        assert post(at) == Sent(sent=2)
        assert post(at + timedelta(days=1)) == Sent()
    assert sorted(letter["To"] for letter in back.orders.taken) == ["dora@example.org", "eve@example.org"]
    assert len({letter["Message-ID"] for letter in back.orders.taken}) == 2


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        ({"CONNECT": 421}, True),
        ({"CONNECT": 554}, True),
        ({"MAIL": 451}, True),
        ({"MAIL": 421}, True),
        ({"RCPT": 450}, True),
        ({"DATA": 452}, True),
        ({"RCPT": 550}, False),
        ({"DATA": 554}, False),
    ],
)
def test_what_the_server_does_not_want_now_is_tried_again_and_what_it_never_wants_is_kept_apart(
    answers: dict[str, int], kept: bool, dora: Member, plan: Plan, postman: MailServer
) -> None:
    opened(dora, plan)
    postman.orders.answers = answers
    assert post(DAY) == (Sent(failed=1) if kept else Sent(refused=1))
    letter = Letter.objects.get()
    assert letter.state == (Letter.State.WAITING if kept else Letter.State.REFUSED)
    assert letter.fault
    assert "dora" not in letter.fault
    postman.orders.answers = {}
    assert post(DAY + timedelta(hours=2)) == (Sent(sent=1) if kept else Sent())


def test_one_bad_address_holds_up_nobody(dora: Member, plan: Plan, postman: MailServer) -> None:
    bad = Member.objects.create_user("bad@example.org")
    Member.objects.filter(pk=bad.pk).update(email="bad@example.org\nBcc: all@example.org")
    opened(bad, plan)
    opened(dora, plan)
    assert post(DAY) == Sent(sent=1, refused=1)
    assert [letter["To"] for letter in postman.orders.taken] == ["dora@example.org"]


def test_the_pauses_grow_to_an_hour(dora: Member, plan: Plan, postman: MailServer) -> None:
    opened(dora, plan)
    postman.orders.answers = {"CONNECT": 421}
    at, pauses = DAY, []
    for _ in range(9):
        assert post(at) == Sent(failed=1)
        letter = Letter.objects.get()
        pauses.append((letter.next_try - at).total_seconds())
        at = letter.next_try
    assert pauses == [5, 15, 45, 135, 405, 1215, 3600, 3600, 3600]


def test_a_letter_that_another_worker_has_is_left_alone(
    dora: Member, plan: Plan, postman: MailServer
) -> None:
    opened(dora, plan)
    tell(DAY)
    Letter.objects.update(leased_until=DAY + timedelta(minutes=5))
    assert send(clock=lambda: DAY) == Sent()
    assert send(clock=lambda: DAY + timedelta(minutes=5)) == Sent(sent=1)


@pytest.mark.django_db
def test_the_daily_letter_gathers_what_was_not_read(dora: Member) -> None:
    Language.objects.create(member=dora, code="zh-hans")
    for title in ("第一份通知", "第二份通知", "第三份通知"):
        published(title)
    tell(NIGHT)
    Notice.objects.filter(pk=Notice.objects.latest("id").pk).update(read_at=NIGHT)
    assert post(NIGHT) == Sent()  # it is not the hour yet
    assert post(DAY) == Sent(sent=1)
    published("第四份通知", at=DAY)
    assert post(DAY + timedelta(hours=2)) == Sent()
    assert post(DAY + timedelta(days=1)) == Sent(sent=1)
    assert post(DAY + timedelta(days=2)) == Sent()
    first, second = mail.outbox
    assert first.subject == "文行：2 条新消息"
    assert "第一份通知" in first.body
    assert "第三份通知" not in first.body
    assert "请各组按时到会" not in str(first.message())
    assert "第四份通知" in second.body


@pytest.mark.django_db
def test_nothing_is_sent_about_what_is_gone_or_switched_off(dora: Member, plan: Plan) -> None:
    opened(dora, plan)
    published("第一份通知")
    tell(NIGHT)
    Membership.objects.all().delete()
    choose(dora, {Kind.EDITION: (True, Mail.NEVER)})
    assert post(DAY) == Sent()
    assert Letter.objects.get().state == Letter.State.VOID


@pytest.mark.django_db
def test_the_link_in_a_letter_ends_such_letters_without_signing_in(
    dora: Member, plan: Plan, carol: Browser
) -> None:
    opened(dora, plan)
    published("第一份通知")
    assert post(DAY) == Sent(sent=2)
    once, daily = (str(message.extra_headers["List-Unsubscribe"]).strip("<>") for message in mail.outbox)
    for link, kind in ((once, Kind.PLAN), (daily, Kind.EDITION)):
        address = link.partition("127.0.0.1:8000")[2]
        careful = Browser(enforce_csrf_checks=True)
        assert careful.get(address).status_code == 200
        assert mail_of(dora, kind) != Mail.NEVER  # following a link changes nothing
        assert careful.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert mail_of(dora, kind) == Mail.NEVER
        assert careful.post(address).status_code == 200
    assert mail_of(dora, Kind.CASE) == Mail.NOW
    dora.delete()
    assert carol.get(once.partition("127.0.0.1:8000")[2]).status_code == 404


def mail_of(member: Member, kind: Kind) -> Mail:
    from wenxing_web.notices.queries import all_choices

    return all_choices(member)[kind][1]


@pytest.mark.django_db
def test_a_link_that_we_have_not_signed_ends_nothing(dora: Member, carol: Browser, bob: Browser) -> None:
    good = signing.dumps({"m": dora.pk, "k": "edition"}, salt="wenxing.notices.off")
    other = signing.dumps({"m": dora.pk, "k": "edition"}, salt="something.else")
    assert carol.get(f"/notices/off/{good}/").status_code == 200
    for bad in ("x", good[:-1], good.replace(":", "."), other, "%00", "é"):
        for browser in (carol, bob):
            assert browser.get(f"/notices/off/{bad}/").status_code == 404
            assert browser.post(f"/notices/off/{bad}/").status_code == 403
    assert mail_of(dora, Kind.EDITION) == Mail.DAILY
    stop_mail(dora, kind=None)
    assert mail_of(dora, Kind.EDITION) == Mail.NEVER


_GRANT = """
import django; django.setup()
from django.utils import timezone
from wenxing_web.members.actions.grant import grant
from wenxing_web.members.models import Member, Membership, Plan
grant(Member.objects.get(), Plan.objects.get(), origin=Membership.Origin.GRANT, today=timezone.localdate())
"""


@pytest.mark.sqlite
def test_kill_9_between_sending_and_noting_it_repeats_the_letter_under_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MailServer() as postman:
        monkeypatch.setenv("WENXING_EMAIL_URL", f"smtp://127.0.0.1:{postman.port}")
        populate(tmp_path, members=1)
        subprocess.run([sys.executable, "-c", _GRANT], env=environment(tmp_path), check=True)
        postman.orders.hang = True
        first = worker(tmp_path)
        assert postman.orders.has_one.wait(300)
        first.kill()  # the server has the letter, the worker does not know
        first.wait()
        assert state_of(tmp_path) == "waiting"
        postman.orders.hang = False
        execute(tmp_path, "UPDATE notices_letter SET leased_until = '2020-01-01'")  # a while later
        second = worker(tmp_path)
        try:
            wait_for(lambda: state_of(tmp_path) == "sent")
        finally:
            second.terminate()
            assert second.wait(300) == 0
    names = [message["Message-ID"] for message in postman.orders.taken]
    assert len(names) == 2
    assert len(set(names)) == 1


def worker(home: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "wenxing_web", "work"], env=environment(home), stderr=subprocess.DEVNULL
    )


def execute(home: Path, statement: str) -> list[tuple[str, ...]]:
    database = sqlite3.connect(home / "wenxing.sqlite3", timeout=20)
    try:
        with database:
            return database.execute(statement).fetchall()
    finally:
        database.close()


def state_of(home: Path) -> str:
    return execute(home, "SELECT state FROM notices_letter")[0][0]


def wait_for(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 300
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


# --- the operator's page ------------------------------------------------------------------------------


def test_an_operator_sees_what_was_refused_for_good_and_has_it_sent_again(
    alice: Browser, bob: Browser, carol: Browser, dora: Member, plan: Plan
) -> None:
    there = "/console/letters/"
    assert "没有被拒收的邮件" in alice.get(there).content.decode()
    opened(dora, plan)
    tell(NIGHT)
    Letter.objects.update(state=Letter.State.REFUSED, fault="550", tries=1, settled_at=NIGHT)
    shown = alice.get(there).content.decode()
    assert "550" in shown
    assert "会员开通" in shown
    assert "dora@example.org" not in shown
    letter = Letter.objects.get()
    for outsider in (bob, carol):
        assert outsider.get(there).status_code == 404
        assert outsider.post(f"{there}{letter.pk}/again/").status_code == 404
    assert alice.post(f"{there}{letter.pk}/again/")["Location"] == there
    assert post(max(DAY, timezone.now())).sent == 1  # the page asked for it today, whenever that is
    assert [message.to for message in mail.outbox] == [["dora@example.org"]]
    assert alice.post(f"{there}{letter.pk}/again/").status_code == 404
    assert "没有被拒收的邮件" in alice.get(there).content.decode()


# --- what an account's own pages send -----------------------------------------------------------------

LINK = re.compile(r"http://[^/\s]+(/accounts/password/reset/key/\S+)")


def _address(browser: Browser) -> str:
    assert browser.member is not None
    return browser.member.email


def _asks_for_a_new_password(browser: Browser, address: str) -> None:
    answer = browser.post("/accounts/password/reset/", {"email": address})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/reset/done/")


def test_a_new_password_can_be_asked_for_while_there_is_no_mail_server(
    bob: Browser, carol: Browser, settings: Settings
) -> None:
    with MailServer() as postman:
        port = postman.port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    _asks_for_a_new_password(carol, _address(bob))
    assert send(clock=timezone.now) == Sent(failed=1)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    later = timezone.now() + timedelta(hours=5)
    assert send(clock=lambda: later) == Sent(sent=1)
    assert send(clock=lambda: later + timedelta(hours=5)) == Sent()
    (message,) = mail.outbox
    assert message.to == [_address(bob)]
    link = LINK.search(str(message.body))
    assert link
    form = carol.get(link[1], follow=True).redirect_chain[-1][0]
    carol.post(form, {"password1": "correct horse", "password2": "correct horse"})
    assert Member.objects.get(email=_address(bob)).check_password("correct horse")


def test_the_queue_holds_no_link_and_forgets_the_address(bob: Browser, carol: Browser) -> None:
    _asks_for_a_new_password(carol, _address(bob))
    held = str(list(Letter.objects.values()))
    assert _address(bob) in held
    assert "/accounts/" not in held
    send(clock=timezone.now)
    link = LINK.search(str(mail.outbox[0].body))
    assert link
    kept = str(list(Letter.objects.values()))
    assert _address(bob) not in kept
    assert link[1].split("/")[-2] not in kept


def test_an_address_without_an_account_is_told_so_in_the_language_of_the_page(
    carol: Browser, db: None
) -> None:
    carol.cookies["django_language"] = "en"
    _asks_for_a_new_password(carol, "nobody@example.org")
    assert send(clock=timezone.now) == Sent(sent=1)
    (message,) = mail.outbox
    assert message.to == ["nobody@example.org"]
    assert "/accounts/signup/" in str(message.body)
    assert not any("\u3400" <= c <= "\u9fff" for c in str(message.subject))


def test_a_link_that_nobody_waits_for_any_more_is_not_sent(bob: Browser, carol: Browser) -> None:
    _asks_for_a_new_password(carol, _address(bob))
    assert send(clock=lambda: timezone.now() + timedelta(days=1, minutes=1)) == Sent()
    assert Letter.objects.get().state == Letter.State.VOID
    assert mail.outbox == []


def test_an_address_is_confirmed_by_the_link_in_its_letter(bob: Browser, carol: Browser) -> None:
    bob.post("/accounts/email/", {"email": "bob@other.example", "action_add": ""})
    assert send(clock=timezone.now) == Sent(sent=1)
    (message,) = mail.outbox
    assert message.to == ["bob@other.example"]
    link = re.search(r"http://[^/\s]+(/accounts/confirm-email/\S+)", str(message.body))
    assert link
    assert not EmailAddress.objects.get(email="bob@other.example").verified
    bob.post(link[1])
    assert EmailAddress.objects.get(email="bob@other.example").verified


def test_the_operator_is_told_in_words_when_an_address_cannot_be_written_to(
    alice: Browser, dora: Member
) -> None:
    refused = {"state": Letter.State.REFUSED, "made_at": DAY, "next_try": DAY, "settled_at": DAY}
    for fault in ("550", "UnicodeError"):
        Letter.objects.create(member=dora, fault=fault, **refused)
    page = alice.get("/console/letters/").content.decode()
    assert "550" in page
    assert "不能写在信上" in page
    assert "UnicodeError" not in page


def test_a_refused_link_is_not_kept_for_the_operator(alice: Browser, carol: Browser) -> None:
    _asks_for_a_new_password(carol, "nobody@example.org")
    Letter.objects.update(state=Letter.State.REFUSED)
    page = alice.get("/console/letters/")
    assert page.status_code == 200
    assert "没有被拒收的邮件" in page.content.decode()
