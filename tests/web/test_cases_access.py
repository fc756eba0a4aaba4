"""Who may open what: operators by permission, members their own, strangers a receipt they hold."""

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from web.browsing import Browser
from web.leaking import member_called, named_case, traced
from wenxing_web.cases.actions.ask import ask
from wenxing_web.cases.actions.order_trace import order_trace
from wenxing_web.cases.models import Case, Hearing, Ruling, Trace, Unmasking
from wenxing_web.members.models import Member
from wenxing_web.members.queries import number_of

pytestmark = pytest.mark.django_db
GET, POST = "get", "post"
TEXT = "<script>alert(1)</script>外传的文字"


@pytest.fixture(autouse=True)
def _nobody_has_reported_yet() -> None:
    cache.clear()


@pytest.fixture
def case(alice: Browser, bob: Browser) -> Case:
    """A case in which Bob's number was named."""
    assert alice.member
    assert bob.member
    return named_case(bob.member, alice.member)


@pytest.fixture
def hearing(case: Case, bob: Browser) -> Hearing:
    """Bob is asked."""
    assert bob.member
    return ask(case, number_of(bob.member), days=7, at=timezone.now())


def _browser(member: Member) -> Browser:
    browser = Browser()
    browser.force_login(member)
    browser.member = member
    return browser


def _staff(*codenames: str) -> Browser:
    member = Member.objects.create_user(f"{'-'.join(codenames) or 'editor'}@example.org", is_staff=True)
    member.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return _browser(member)


def _addresses(case: Case) -> list[tuple[str, str, dict[str, str]]]:
    """Every address of the operator's side: method, address, what is sent."""
    named = Trace.objects.filter(case=case).latest("id").result["named"][0]["recipient"]
    place = {"number": case.number}
    key = f"{case.reports.earliest('id').pk}-text"
    account = {**place, "recipient": named}
    order_trace(case, by=Member.objects.get(email="alice@example.org"), at=timezone.now(), chosen=[key])
    return [
        (GET, reverse("console-cases"), {}),
        (GET, reverse("console-case", kwargs=place), {}),
        (GET, reverse("console-tracing", kwargs=place), {}),
        (GET, reverse("console-exhibit", kwargs={**place, "key": key}), {}),
        (POST, reverse("console-trace", kwargs=place), {"exhibit": key}),
        (POST, reverse("console-exhibit-add", kwargs=place), {"text": "又一段"}),
        (POST, reverse("console-unmask", kwargs=account), {"reason": "核对订单"}),
        (POST, reverse("console-ask", kwargs=account), {"days": "7"}),
        (POST, reverse("console-rule", kwargs=place), {"decision": "dismiss", "reasons": "证据不足"}),
    ]


def _status(browser: Browser, method: str, address: str, sent: dict[str, str]) -> int:
    return int((browser.post if method == POST else browser.get)(address, sent).status_code)


def test_the_operator_opens_everything_and_members_and_strangers_find_nothing(
    case: Case, alice: Browser, bob: Browser, carol: Browser
) -> None:
    addresses = _addresses(case)
    for method, address, sent in addresses:
        for outsider in (bob, carol, _browser(member_called(f"m{abs(hash(address))}"))):
            assert _status(outsider, method, address, sent) == 404, address
    assert not Unmasking.objects.exists()
    assert not Ruling.objects.exists()
    assert Trace.objects.count() == 1
    ran = 0
    for method, address, sent in addresses:
        assert _status(alice, method, address, sent) == (302 if method == POST else 200), address
        ran += traced() if address.endswith("/trace/") else 0  # before the case is ruled
    assert ran == 1
    assert Unmasking.objects.count() == 1
    assert Trace.objects.count() == 2


def test_an_operator_without_the_permission_is_refused_and_nothing_happens(case: Case) -> None:
    editor = _staff("add_edition", "change_edition", "view_edition")
    for method, address, sent in _addresses(case):
        assert _status(editor, method, address, sent) == 403, address
    assert not Unmasking.objects.exists()
    assert not Ruling.objects.exists()
    assert Trace.objects.count() == 1


@pytest.mark.parametrize(
    ("permission", "opened"),
    [
        ("view_case", ["console-cases", "console-case", "console-tracing", "console-exhibit"]),
        ("trace_case", ["console-trace", "console-exhibit-add"]),
        ("unmask_account", ["console-unmask"]),
        ("rule_case", ["console-ask", "console-rule"]),
    ],
)
def test_each_permission_opens_its_own_steps_and_no_other(
    case: Case, permission: str, opened: list[str]
) -> None:
    from django.urls import resolve

    operator = _staff(permission)
    allowed = []
    for method, address, sent in _addresses(case):
        if _status(operator, method, address, sent) != 403:
            allowed.append(str(resolve(address).url_name))
    assert allowed == opened


def test_an_operator_who_may_not_unmask_is_not_offered_it_and_sees_no_account(case: Case) -> None:
    viewer = _staff("view_case", "trace_case")
    shown = viewer.get(reverse("console-case", kwargs={"number": case.number})).content.decode()
    assert "查看账号需要另外的权限" in shown
    assert "unmask" not in shown
    assert "@example.org" not in shown


def test_guessed_cases_exhibits_and_accounts_are_not_found_even_by_operators(
    case: Case, alice: Browser
) -> None:
    assert alice.get(reverse("console-case", kwargs={"number": case.number})).status_code == 200
    assert alice.get(reverse("console-case", kwargs={"number": "2026-9999"})).status_code == 404
    wrong = {"number": case.number, "key": "999-text"}
    assert alice.get(reverse("console-exhibit", kwargs=wrong)).status_code == 404
    other = {"number": "2026-9999", "key": f"{case.reports.get().pk}-text"}
    assert alice.get(reverse("console-exhibit", kwargs=other)).status_code == 404


def test_steps_are_taken_by_post_only(case: Case, alice: Browser) -> None:
    for method, address, _sent in _addresses(case):
        if method == POST:
            assert alice.get(address).status_code == 405, address


def test_every_step_needs_the_token_of_the_form(case: Case, alice: Browser) -> None:
    strict = Browser(enforce_csrf_checks=True)
    assert alice.member
    strict.force_login(alice.member)
    for method, address, sent in _addresses(case):
        if method == POST:
            assert strict.post(address, sent).status_code == 403, address
    assert not Ruling.objects.exists()


def test_only_the_account_that_is_asked_finds_its_hearing(
    hearing: Hearing, alice: Browser, bob: Browser, carol: Browser
) -> None:
    page = reverse("hearing", kwargs={"hearing_id": hearing.pk})
    assert bob.get(page).status_code == 200
    for other in (alice, carol, _browser(member_called("dora"))):
        assert other.get(page).status_code == 404
        assert other.post(page, {"answer": "冒名的说明"}).status_code == 404
    assert bob.get(reverse("hearing", kwargs={"hearing_id": hearing.pk + 1})).status_code == 404
    hearing.refresh_from_db()
    assert hearing.answer == ""


def test_ones_own_lists_show_nothing_of_others(hearing: Hearing, bob: Browser, carol: Browser) -> None:
    dora = _browser(member_called("dora"))
    assert hearing.case.number in bob.get(reverse("my-hearings")).content.decode()
    assert hearing.case.number not in dora.get(reverse("my-hearings")).content.decode()
    for name in ("my-hearings", "my-reports"):
        assert dora.get(reverse(name)).status_code == 200
        assert carol.get(reverse(name)).status_code == 302


def test_anybody_opens_the_report_page_and_a_receipt_they_hold(
    case: Case, alice: Browser, bob: Browser, carol: Browser
) -> None:
    receipt = case.reports.get().receipt
    for browser in (alice, bob, carol):
        assert browser.get(reverse("report")).status_code == 200
        shown = browser.get(reverse("report-status", kwargs={"receipt": receipt}))
        assert shown.status_code == 200
        assert "no-store" in shown.headers["Cache-Control"]


def test_what_a_stranger_sends_is_shown_as_text_and_downloaded_never_opened(
    alice: Browser, carol: Browser
) -> None:
    carol.post(reverse("report"), {"text": TEXT, "link": "javascript:alert(1)", "remark": "<img src=x>"})
    case = Case.objects.get()
    shown = alice.get(reverse("console-case", kwargs={"number": case.number})).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;外传的文字" in shown
    assert "<script>alert" not in shown
    assert 'href="javascript' not in shown
    assert "<img src=x>" not in shown
    key = f"{case.reports.get().pk}-text"
    got = alice.get(reverse("console-exhibit", kwargs={"number": case.number, "key": key}))
    assert got.content.decode() == TEXT
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["X-Content-Type-Options"] == "nosniff"


def test_an_exhibit_file_is_returned_to_the_byte_under_its_own_name(alice: Browser, carol: Browser) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    data = b"<html><script>alert(1)</script></html>"
    carol.post(reverse("report"), {"file": SimpleUploadedFile("外传.html", data, content_type="text/html")})
    case = Case.objects.get()
    key = f"{case.reports.get().pk}-file"
    got = alice.get(reverse("console-exhibit", kwargs={"number": case.number, "key": key}))
    assert got.content == data
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["Content-Disposition"] == "attachment; filename*=utf-8''%E5%A4%96%E4%BC%A0.html"
