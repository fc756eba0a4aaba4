"""Members of another system come in by a table: tried first, then whole or not at all."""

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from web.browsing import Browser
from wenxing_web.billing.actions.admission import BadTable, Line, NotAdmitted, Outcome, admit, read
from wenxing_web.entitlements import Action, Denied, may
from wenxing_web.ledger.models import Entry
from wenxing_web.members.models import Member, Plan
from wenxing_web.notices.actions.send import Sent, send

pytestmark = pytest.mark.django_db
ADDRESS = "/console/admission/"
TODAY = date(2026, 11, 22)
HEADING = "邮箱,方案,到期"


def table(*lines: str, heading: str = HEADING) -> str:
    return "\n".join([heading, *lines])


def only(text: str) -> Line:
    (line,) = read(text, today=TODAY)
    return line


def take(text: str) -> list[Line]:
    operator = Member.objects.filter(is_superuser=True).first()
    operator = operator or Member.objects.create_superuser("operator@example.org")
    return admit(text, by=operator, today=TODAY, at=timezone.now())


def test_the_trial_says_what_happens_and_changes_nothing(plan: Plan) -> None:
    Member.objects.create_user("dora@example.org")
    text = table(
        "eve@example.org,全年会员,2027-03-31",
        "Dora@example.org,One year,2027/3/31",
        "f@x.org,全年会员,2026-11-21",
    )
    lines = read(text, today=TODAY)
    assert [line.outcome for line in lines] == [Outcome.ACCOUNT, Outcome.TERM, Outcome.NOTHING]
    assert [line.number for line in lines] == [2, 3, 4]
    assert Member.objects.count() == 1
    assert not Entry.objects.exists()


def test_a_member_comes_in_with_what_is_left_of_the_term(plan: Plan) -> None:
    take(table("eve@example.org,全年会员,2027-02-28,小叶", heading=HEADING + ",称呼"))
    eve = Member.objects.get(email="eve@example.org")
    term = eve.memberships.get()
    assert (term.starts_on, term.last_day, eve.nickname) == (TODAY, date(2027, 2, 28), "小叶")
    assert not eve.has_usable_password()
    assert eve.notice_seen_at is None
    kinds = [entry.kind for entry in Entry.objects.order_by("id")]
    assert kinds == ["term.granted", "members.admitted"]


def test_the_archive_reaches_back_from_the_day_the_term_began(plan: Plan) -> None:
    take(table("eve@example.org,全年会员,2027-02-28,2024-05-01", heading=HEADING + ",开始"))

    class Paper:
        dated_on = date(2021, 5, 1)
        is_free = False

    eve = Member.objects.get(email="eve@example.org")
    assert may(eve, Action.READ, Paper(), today=TODAY)
    Paper.dated_on = date(2021, 4, 30)
    assert isinstance(may(eve, Action.READ, Paper(), today=TODAY), Denied)


def test_the_same_table_again_changes_nothing(plan: Plan) -> None:
    text = table("eve@example.org,全年会员,2027-02-28")
    assert [line.outcome for line in take(text)] == [Outcome.ACCOUNT]
    rows = Entry.objects.count()
    assert [line.outcome for line in take(text)] == [Outcome.NOTHING]
    assert Member.objects.get(email="eve@example.org").memberships.count() == 1
    assert Entry.objects.count() == rows


def test_a_term_that_runs_is_extended_to_the_day(plan: Plan) -> None:
    take(table("eve@example.org,全年会员,2026-12-31"))
    take(table("EVE@example.org,全年会员,2027-02-28"))
    second = Member.objects.get(email="eve@example.org").memberships.latest("ends_on")
    assert (second.starts_on, second.last_day) == (date(2027, 1, 1), date(2027, 2, 28))


@pytest.mark.parametrize(
    "line",
    [
        "eve,全年会员,2027-02-28",
        ",全年会员,2027-02-28",
        "eve@example.org,半年,2027-02-28",
        "eve@example.org,全年会员,",
        "eve@example.org,全年会员,2027-02-29",
        "eve@example.org,全年会员,28/02/2027",
        "eve@example.org,全年会员,9999-12-31",
        "eve@example.org,全年会员",
        "eve@example.org",
        "dora@example.org,全年会员,2027-02-28",  # the second time
        f"{'e' * 300}@example.org,全年会员,2027-02-28",
        "<script>@x,全年会员,2027-02-28",
    ],
)
def test_one_wrong_line_is_named_and_nobody_comes_in(plan: Plan, line: str) -> None:
    text = table("dora@example.org,全年会员,2027-02-28", line)
    good, bad = read(text, today=TODAY)
    assert (good.outcome, bad.outcome) == (Outcome.ACCOUNT, Outcome.WRONG)
    assert bad.said
    assert bad.number == 3
    with pytest.raises(NotAdmitted):
        take(text)
    assert not Member.objects.filter(is_staff=False).exists()
    take(table("dora@example.org,全年会员,2027-02-28"))
    assert Member.objects.filter(is_staff=False).count() == 1


def test_a_term_that_is_to_begin_later_is_refused(plan: Plan) -> None:
    heading = HEADING + ",开始"
    assert only(table("e@x.org,全年会员,2027-02-28,2026-11-22", heading=heading)).outcome is Outcome.ACCOUNT
    assert only(table("e@x.org,全年会员,2027-02-28,2026-11-23", heading=heading)).outcome is Outcome.WRONG


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEADING,
        "邮箱,方案\na@x.org,全年会员",
        "a@x.org,全年会员,2027-02-28",
        HEADING + "\n" + "a@x.org,全年会员,2027-02-28\n" * 1_001,
        HEADING + "\n\x00",
        HEADING + "\n" + "x" * 200_000,
    ],
    ids=["empty", "heading", "two columns", "no heading", "too long", "binary", "one huge cell"],
)
def test_what_is_no_table_is_refused_with_a_sentence(plan: Plan, text: str) -> None:
    assert only(table("a@x.org,全年会员,2027-02-28")).outcome is Outcome.ACCOUNT
    with pytest.raises(BadTable) as refusal:
        read(text, today=TODAY)
    assert str(refusal.value)


@pytest.mark.parametrize("day", ["2027-02-28", "2027/2/28", "2027.02.28", "2027年2月28日", "20270228"])
def test_days_are_understood_as_people_write_them(plan: Plan, day: str) -> None:
    assert only(table(f"a@x.org,全年会员,{day}")).last_day == date(2027, 2, 28)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_a_file_is_read_as_spreadsheets_write_it(
    alice: Browser, plan: Plan, encoding: str, separator: str
) -> None:
    day = timezone.localdate() + timedelta(days=30)
    text = table(f"eve@example.org,全年会员,{day}").replace(",", separator).replace("\n", "\r\n")
    file = SimpleUploadedFile("members.csv", text.encode(encoding))
    answer = alice.post(ADDRESS, {"file": file, "do": "check"})
    assert answer.status_code == 200
    assert "eve@example.org" in answer.content.decode()
    assert not Member.objects.filter(email="eve@example.org").exists()


def test_the_operator_tries_then_admits_and_the_member_sets_a_password(
    alice: Browser, carol: Browser, plan: Plan
) -> None:
    day = timezone.localdate() + timedelta(days=30)
    page = alice.post(ADDRESS, {"text": table(f"eve@example.org,全年会员,{day}"), "do": "check"})
    held = re.search(r"<textarea name=\"text\" hidden>\n(.*?)</textarea>", page.content.decode(), re.S)
    assert held
    assert alice.post(ADDRESS, {"text": held[1], "do": "admit"}).status_code == 302
    carol.post("/accounts/password/reset/", {"email": "eve@example.org"})
    assert send(clock=timezone.now) == Sent(sent=1)
    link = re.search(r"http://[^/]+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link
    form = carol.get(link[1], follow=True).redirect_chain[-1][0]
    carol.post(form, {"password1": "correct horse", "password2": "correct horse"})
    assert Member.objects.get(email="eve@example.org").check_password("correct horse")


def test_the_page_answers_whatever_is_sent(alice: Browser, plan: Plan) -> None:
    for sent in ({}, {"text": "x"}, {"text": "\x00"}, {"text": "x" * 1_000_001}, {"do": "admit"}):
        assert alice.post(ADDRESS, sent).status_code == 422
    for data in (b"", b"\xff\xfe\x00", b"\x80\x81\xff" * 9, b"x" * 1_000_001, b"PK\x03\x04\x00\x00"):
        answer = alice.post(ADDRESS, {"file": SimpleUploadedFile("a.csv", data), "do": "check"})
        assert answer.status_code == 422
    wrong = {"text": table("<b>x,全年会员,2027-02-28"), "do": "admit"}
    answer = alice.post(ADDRESS, wrong)
    assert answer.status_code == 422
    assert "<b>x" not in answer.content.decode()
    assert not Member.objects.exclude(is_staff=True).exists()


def test_for_anybody_else_the_page_does_not_exist(alice: Browser, bob: Browser, carol: Browser) -> None:
    assert alice.get(ADDRESS).status_code == 200
    for other in (bob, carol):
        assert other.get(ADDRESS).status_code == 404
        assert other.post(ADDRESS, {"text": table("e@x.org,全年会员,2099-01-01")}).status_code == 404
    assert not Member.objects.filter(email="e@x.org").exists()
