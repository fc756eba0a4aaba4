"""Reporting a leak: what is kept, what is refused, what belongs together, who may look."""

import hashlib
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from web.browsing import Browser
from web.leaking import member_called, reported
from wenxing_web.cases.actions import CaseError
from wenxing_web.cases.actions import report as reporting
from wenxing_web.cases.actions.admit import PER_ACCOUNT, PER_ADDRESS, TooMany, admit
from wenxing_web.cases.actions.claim import claim
from wenxing_web.cases.actions.dismiss import dismiss
from wenxing_web.cases.actions.report import report
from wenxing_web.cases.models import Case, Report
from wenxing_web.cases.queries import exhibits_in, open_case_like, report_by_receipt
from wenxing_web.ledger.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shanghai")]
NOON = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nobody_has_reported_yet() -> None:
    cache.clear()


def _file(data: bytes, name: str = "leak.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_a_pasted_text_is_kept_to_the_character_and_its_digest_is_in_the_ledger(carol: Browser) -> None:
    text = "  \r\n　　讲话全文。\t\r\n\r\n结尾有空行 \r\n"
    carol.post(reverse("report"), {"text": text})
    made = Report.objects.get()
    assert made.text == text
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    assert made.text_digest == digest
    assert Entry.objects.get(kind="report.made").facts["text"] == digest


def test_a_file_is_kept_to_the_byte_and_its_digest_is_in_the_ledger(carol: Browser) -> None:
    data = bytes(range(256)) * 40
    carol.post(reverse("report"), {"file": _file(data, "截图.png")})
    made = Report.objects.get()
    with made.file.open("rb") as kept:
        assert kept.read() == data
    assert made.file_name == "截图.png"
    assert Entry.objects.get(kind="report.made").facts["file"] == hashlib.sha256(data).hexdigest()


def test_a_link_and_a_price_are_enough(carol: Browser) -> None:
    answer = carol.post(reverse("report"), {"link": "https://shop.example/1", "price": "9.9"})
    assert answer.status_code == 302
    made = Report.objects.get()
    assert (made.link, made.price, made.text_digest, made.file_digest) == (
        "https://shop.example/1",
        "9.9",
        "",
        "",
    )


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({}, "至少一项"),
        ({"text": "   \n "}, "至少一项"),
        ({"price": "9.9", "remark": "有人在卖"}, "至少一项"),
        ({"text": "字" * 2_000_001}, "2,000,000"),
        ({"file": b""}, "是空的"),
        ({"file": b"x" * 20_000_001}, "20 MB"),
        ({"link": "h" * 501}, "500"),
    ],
)
def test_a_report_that_cannot_be_taken_is_refused_with_a_reason(
    carol: Browser, given: dict[str, str | bytes], complaint: str
) -> None:
    sent = {k: _file(v) if isinstance(v, bytes) else v for k, v in given.items()}
    answer = carol.post(reverse("report"), {"remark": "我写的话", **sent})
    assert answer.status_code == 422
    assert complaint in answer.content.decode()
    assert str(given.get("remark", "我写的话")) in answer.content.decode()
    assert not Report.objects.exists()
    assert carol.post(reverse("report"), {"text": "一段文字"}).status_code == 302


def test_the_longest_text_is_taken(carol: Browser) -> None:
    assert carol.post(reverse("report"), {"text": "字" * 2_000_000}).status_code == 302
    assert len(Report.objects.get().text) == 2_000_000


def test_a_file_of_exactly_the_limit_is_taken(carol: Browser) -> None:
    assert carol.post(reverse("report"), {"file": _file(b"x" * 20_000_000)}).status_code == 302


def test_several_files_are_kept_one_by_one_and_the_same_again_is_left_out(
    carol: Browser, alice: Browser
) -> None:
    files = [_file(content) for content in (b"page one", b"page two", b"page one", b"page three")]
    assert carol.post(reverse("report"), {"file": files}).status_code == 302
    made = Report.objects.get()
    exhibits = exhibits_in(made.case)
    assert [exhibit.content() for exhibit in exhibits] == [b"page one", b"page two", b"page three"]
    assert len({exhibit.key for exhibit in exhibits}) == 3
    shown = carol.get(reverse("report-status", kwargs={"receipt": made.receipt})).content.decode()
    assert all(hashlib.sha256(content).hexdigest() in shown for content in (b"page one", b"page three"))
    again = report(file=ContentFile(b"page three", name="x"), reporter=None, at=NOON)
    assert again.case == made.case


@pytest.mark.parametrize(
    ("sizes", "complaint"),
    [([1] * 11, "最多 10 个"), ([1, 20_000_001], "20 MB"), ([17_000_000] * 3, "50 MB"), ([1, 0], "是空的")],
)
def test_too_many_or_too_large_files_are_refused_together(
    carol: Browser, sizes: list[int], complaint: str
) -> None:
    files = [_file(bytes([65 + number]) * size) for number, size in enumerate(sizes)]
    answer = carol.post(reverse("report"), {"file": files})
    assert answer.status_code == 422
    assert complaint in answer.content.decode()
    assert not Report.objects.exists()
    assert carol.post(reverse("report"), {"file": [_file(b"one")]}).status_code == 302


def test_a_report_that_fails_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_facts: object) -> None:
        raise RuntimeError("disk full")

    reported_file = ContentFile(b"leaked", name="a.txt")
    report(file=reported_file, reporter=None, at=NOON)
    before = sorted(Path(settings.MEDIA_ROOT).rglob("*.bin"))
    assert len(before) == 1
    monkeypatch.setattr(reporting, "record", fail)
    with pytest.raises(RuntimeError):
        report(
            file=ContentFile(b"leaked too", name="b.txt"),
            more=[ContentFile(b"and this", name="c.txt")],
            reporter=None,
            at=NOON,
        )
    assert sorted(Path(settings.MEDIA_ROOT).rglob("*.bin")) == before
    assert Report.objects.count() == 1


def test_the_same_exhibit_joins_the_open_case() -> None:
    first, same, other = reported("流出的文字"), reported("流出的文字"), reported("另一段文字")
    assert first.case == same.case
    assert other.case != first.case
    assert Entry.objects.filter(kind="case.opened").count() == 2


def test_a_text_and_a_file_of_the_same_bytes_are_the_same_exhibit() -> None:
    first = reported("流出的文字")
    made = report(file=ContentFile("流出的文字".encode(), name="x.txt"), reporter=None, at=NOON)
    assert made.case == first.case


@pytest.mark.parametrize(
    "link",
    [
        "https://shop.example/item/7",
        "http://SHOP.example/item/7/",
        "shop.example/item/7",
        " https://shop.example/item/7#top",
    ],
)
def test_the_same_link_joins_the_open_case_however_it_was_typed(link: str) -> None:
    first = reported("甲", link="https://shop.example/item/7")
    assert reported("乙", link=link).case == first.case


@pytest.mark.parametrize(
    "link", ["https://shop.example/item/8", "https://shop.example/item/7?id=2", "https://[broken"]
)
def test_another_link_is_another_case(link: str) -> None:
    first = reported("甲", link="https://shop.example/item/7")
    assert reported("乙", link=link).case != first.case


def test_what_was_ruled_on_is_not_reopened_by_a_new_report(alice: Browser) -> None:
    assert alice.member
    first = reported("流出的文字")
    assert open_case_like([first.text_digest], "") == first.case
    dismiss(first.case, reasons="看不出来源", by=alice.member, at=timezone.now())
    assert reported("流出的文字").case != first.case


def test_case_numbers_carry_the_local_year_and_are_never_the_same() -> None:
    late = datetime(2026, 12, 31, 18, 0, tzinfo=UTC)  # already January in Shanghai
    made = [report(text=f"第 {n} 段", reporter=None, at=late) for n in range(3)]
    numbers = {m.case.number for m in made}
    assert len(numbers) == 3
    assert all(number.startswith("2027-") for number in numbers)


# --- receipts -----------------------------------------------------------------------------------------


def test_a_receipt_has_a_hundred_random_bits_and_forgives_typing(carol: Browser) -> None:
    letters = cycle("ABCDEFGHJK")
    made = report(text="甲", reporter=None, at=NOON, choose=lambda _all: next(letters))
    assert made.receipt == "ABCDE-FGHJK-ABCDE-FGHJK"
    assert report_by_receipt(" abcde fghjkabcde-fghjk ") == made
    assert report_by_receipt("ABCDE-FGHJK-ABCDE") is None
    assert report_by_receipt("") is None
    found = carol.get(reverse("report"), {"receipt": "abcdefghjkabcdefghjk"})
    assert found.headers["Location"] == reverse("report-status", kwargs={"receipt": made.receipt})
    others = {reported(f"第 {n} 段").receipt for n in range(50)}
    assert len(others) == 50


def test_an_unknown_receipt_is_answered_on_the_page_and_a_guessed_address_is_not_found(
    carol: Browser,
) -> None:
    made = reported()
    page = reverse("report-status", kwargs={"receipt": made.receipt})
    assert carol.get(page).status_code == 200
    guessed = made.receipt[:-1] + ("A" if made.receipt[-1] != "A" else "B")
    assert carol.get(reverse("report-status", kwargs={"receipt": guessed})).status_code == 404
    assert carol.post(reverse("report-claim", kwargs={"receipt": guessed})).status_code == 404
    assert "没有这个回执号" in carol.get(reverse("report"), {"receipt": guessed}).content.decode()


def test_the_status_page_shows_neither_the_text_nor_who_reported(carol: Browser) -> None:
    made = reported("很长的外传文字", reporter=member_called("dora"))
    shown = carol.get(reverse("report-status", kwargs={"receipt": made.receipt})).content.decode()
    assert made.receipt in shown
    assert made.text_digest in shown
    assert "很长的外传文字" not in shown
    assert "dora" not in shown


def test_a_member_may_report_without_linking_the_account(bob: Browser) -> None:
    bob.post(reverse("report"), {"text": "甲", "linked": "on"})
    bob.post(reverse("report"), {"text": "乙"})
    linked, loose = Report.objects.order_by("id")
    assert linked.reporter == bob.member
    assert loose.reporter is None
    shown = bob.get(reverse("my-reports")).content.decode()
    assert linked.receipt in shown
    assert loose.receipt not in shown


def test_a_report_is_claimed_once_and_only_by_a_signed_in_account(carol: Browser, bob: Browser) -> None:
    assert bob.member
    made = reported()
    address = reverse("report-claim", kwargs={"receipt": made.receipt})
    sent = carol.post(address)
    assert sent.headers["Location"].startswith(reverse("account_login"))
    made.refresh_from_db()
    assert made.reporter is None
    bob.post(address)
    bob.post(address)
    made.refresh_from_db()
    assert made.reporter == bob.member
    assert Entry.objects.filter(kind="report.claimed").count() == 1
    with pytest.raises(CaseError, match="另一个账号"):
        claim(made, member_called("dora"), at=NOON)


# --- too many -----------------------------------------------------------------------------------------


def test_an_account_that_reports_too_often_is_asked_to_wait_and_keeps_its_words(bob: Browser) -> None:
    for n in range(PER_ACCOUNT):
        assert bob.post(reverse("report"), {"text": f"第 {n} 段"}).status_code == 302
    answer = bob.post(reverse("report"), {"text": "再来一段"})
    assert answer.status_code == 429
    assert "再来一段" in answer.content.decode()
    assert Report.objects.count() == PER_ACCOUNT


def test_an_address_is_limited_by_the_hour_and_others_are_not() -> None:
    for _ in range(PER_ADDRESS):
        admit(account=None, address="192.0.2.1", at=NOON)
    with pytest.raises(TooMany):
        admit(account=None, address="192.0.2.1", at=NOON)
    admit(account=None, address="192.0.2.2", at=NOON)
    admit(account=None, address="192.0.2.1", at=NOON.replace(hour=5))


def test_cases_count_what_waits(alice: Browser) -> None:
    assert alice.member
    made = reported()
    reported("另一段")
    assert Case.objects.count() == 2
    dismiss(made.case, reasons="看不出来源", by=alice.member, at=timezone.now())
    shown = alice.get(reverse("console-cases")).content.decode()
    assert "不予认定" in shown
    assert "待处理" in shown


def test_more_than_a_request_may_hold_is_refused_with_a_word_on_what_to_do(carol: Browser) -> None:
    answer = carol.post(reverse("report"), {"text": "字" * 3_000_000})
    assert answer.status_code == 400
    assert "存成文件上传" in answer.content.decode()
    assert not Report.objects.exists()
