"""Running a trace: who is searched, what is kept, and what is said in words."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from engine.picture_files import needs_ocr, needs_type, page, saved
from web.browsing import Browser
from web.leaking import copy_of, member_called, named_case, reported
from web.making import PLAIN, SPEECH, make_material
from wenxing_web import engine
from wenxing_web.cases.actions import CaseError
from wenxing_web.cases.actions.report import report
from wenxing_web.cases.actions.trace import trace
from wenxing_web.cases.models import Case, Trace
from wenxing_web.cases.queries import exhibits_in, named_in, spent_in, traces_in
from wenxing_web.cases.queries.outcome import bound_in_words, outcome_of
from wenxing_web.cases.queries.strip import WIDTH, strips_of
from wenxing_web.delivery.actions.deliver import Form, deliver
from wenxing_web.ledger.models import Entry
from wenxing_web.library.actions.withdraw import withdraw
from wenxing_web.library.models import Policy
from wenxing_web.members.models import Member, Recipient
from wenxing_web.members.queries import number_of

pytestmark = pytest.mark.django_db

FOREIGN = """关于做好今年春季植树工作的安排
各中队利用周末时间到北山指定地块植树。每人三棵，先挖坑再领苗，浇水由后勤统一安排车辆。
遇雨顺延，具体时间等通知。工具用后清点归还，缺损照价登记。苗木以侧柏和山桃为主，行距四米。
"""


@pytest.fixture
def operator(alice: Browser) -> Member:
    """Alice as a member."""
    assert alice.member
    return alice.member


@pytest.fixture
def member(bob: Browser) -> Member:
    """Bob as a member."""
    assert bob.member
    return bob.member


def _run(case: Case, by: Member, chosen: list[str] | None = None) -> Trace:
    return trace(case, by=by, at=timezone.now(), chosen=chosen)


def _words(run: Trace) -> str:
    outcome = outcome_of(run)
    return "\n".join([outcome.heading, *outcome.sentences])


# --- what it finds, in words --------------------------------------------------------------------------


def test_a_naming_is_a_number_with_the_bound_in_words_and_figures(operator: Member, member: Member) -> None:
    case = named_case(member, operator)
    run = traces_in(case)[0]
    words = _words(run)
    assert f"指认编号 {number_of(member)}" in words
    assert "假如被查的 2 个账号全都无辜" in words
    assert "不高于百万分之一 (≤ 1 in 1,000,000)" in words
    assert "此人" not in words
    assert run.result["named"][0]["p_value"] <= 1e-6
    assert outcome_of(run).namings[0].number == number_of(member)


def test_a_paragraph_is_not_enough_and_says_about_how_much_more(operator: Member, member: Member) -> None:
    leak = copy_of(member, make_material(SPEECH))
    run = _run(reported(leak[120:250]).case, operator)
    assert run.outcome == "not-enough"
    read, more = run.result["sites_read"], run.result["more_sites_needed"]
    assert f"读出微调 {read} 处" in _words(run)
    assert more > 0
    assert f"大约还需要 {more} 处" in _words(run)
    assert run.result["named"] == []
    assert not strips_of(run, number_of(member))


def test_a_verbatim_edition_is_recognised_with_the_number_of_accounts_that_opened_it(
    operator: Member, member: Member
) -> None:
    edition = make_material(SPEECH, policy=Policy.VERBATIM, title="现场会讲话")
    leak = copy_of(member, edition)
    copy_of(operator, edition)
    run = _run(reported(leak).case, operator)
    assert run.outcome == "not-enough"
    assert "《现场会讲话》" in _words(run)
    assert "有 2 个账号打开过" in _words(run)
    assert run.result["named"] == []
    assert [edition.identity] == list(run.editions.values_list("identity", flat=True))


def test_a_foreign_text_matches_nothing_and_nobody(operator: Member, member: Member) -> None:
    copy_of(member, make_material(SPEECH))
    run = _run(reported(FOREIGN).case, operator)
    assert run.outcome == "no-match"
    assert "没有匹配" in _words(run)
    assert not run.editions.exists()


@pytest.mark.parametrize("leak", ["三个字", "The quick brown fox jumps over the lazy dog. " * 40])
def test_a_leak_too_short_or_in_another_language_names_nobody(
    operator: Member, member: Member, leak: str
) -> None:
    copy_of(member, make_material(SPEECH))
    run = _run(reported(leak).case, operator)
    assert run.outcome in ("no-match", "not-enough")
    assert run.result["named"] == []


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        (1e-6, "百万分之一 (≤ 1 in 1,000,000)"),
        (3e-6, "百万分之三 (≤ 3 in 1,000,000)"),
        (2.1e-6, "百万分之三 (≤ 3 in 1,000,000)"),
        (9.5e-6, "十万分之一 (≤ 1 in 100,000)"),
        (3.2e-11, "千亿分之四 (≤ 4 in 100,000,000,000)"),
        (1e-12, "万亿分之一 (≤ 1 in 1,000,000,000,000)"),
        (4e-40, "万亿分之一 (≤ 1 in 1,000,000,000,000)"),
        (0.0, "万亿分之一 (≤ 1 in 1,000,000,000,000)"),
        (0.25, "十分之三 (≤ 3 in 10)"),
        (0.95, "不作保证"),
        (1.0, "不作保证"),
    ],
)
def test_a_bound_in_words_is_never_smaller_than_the_bound(bound: float, words: str) -> None:
    assert bound_in_words(bound) == words


# --- what is searched ---------------------------------------------------------------------------------


def test_all_accounts_ever_are_suspects_whatever_they_opened(operator: Member, member: Member) -> None:
    gone = member_called("gone")
    member_called("never-read-anything")
    gone.delete()
    case = named_case(member, operator)
    run = traces_in(case)[0]
    assert run.inputs["suspects"] == Recipient.objects.count() == 4
    assert run.result["suspects"] == 4


def test_withdrawn_editions_are_searched(operator: Member, member: Member) -> None:
    edition = make_material(SPEECH)
    leak = copy_of(member, edition)
    withdraw(edition, at=timezone.now())
    run = _run(reported(leak).case, operator)
    assert named_in([run]) == (number_of(member),)


def test_the_right_one_of_several_editions_is_found(operator: Member, member: Member) -> None:
    make_material(SPEECH)
    leaked = make_material(SPEECH)
    make_material(PLAIN, policy=Policy.VERBATIM)
    leak = copy_of(member, leaked)
    run = _run(reported(leak).case, operator)
    assert named_in([run]) == (number_of(member),)
    assert len(run.inputs["editions"]) == 3
    assert leaked.identity in run.editions.values_list("identity", flat=True)


def test_a_docx_exhibit_is_read_and_a_picture_is_said_not_to_be(
    alice: Browser, operator: Member, member: Member
) -> None:
    from wenxing_web.delivery.actions.deliver import Form, deliver

    edition = make_material(SPEECH)
    content = deliver(member, edition, form=Form.DOCX, at=timezone.now()).content
    assert isinstance(content, bytes)
    made = report(file=ContentFile(content, name="卖的.docx"), reporter=None, at=timezone.now())
    picture = b"\x89PNG\r\n\x1a\n" + bytes(500)
    report(file=ContentFile(picture, name="截图.png"), reporter=None, at=timezone.now(), case=made.case)
    run = _run(made.case, operator)
    assert named_in([run]) == (number_of(member),)
    assert len(run.inputs["unread"]) == 1
    shown = alice.get(reverse("console-case", kwargs={"number": made.case.number})).content.decode()
    assert "另有 1 件证据读不出文字" in shown


@needs_ocr
@needs_type
def test_screenshots_of_a_copy_name_it_together_and_one_report_brings_them(
    carol: Browser, operator: Member, member: Member
) -> None:
    edition = make_material(SPEECH)
    text = "　　" + "　　".join(copy_of(member, edition).split())
    lines = [text[at : at + 28] for at in range(0, len(text), 28)]
    pages = [lines[at : at + 18] for at in range(0, len(lines), 18)]
    files = [
        SimpleUploadedFile(f"{number}.jpg", saved(page(shown), "JPEG", quality=60))
        for number, shown in enumerate(pages)
    ]
    assert carol.post(reverse("report"), {"file": files}).status_code == 302
    run = _run(Case.objects.get(), operator)
    assert named_in([run]) == (number_of(member),)
    assert len(run.inputs["exhibits"]) == len(files)


def test_without_the_extra_the_case_says_how_pictures_are_read(
    alice: Browser, operator: Member, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    leak = copy_of(member, make_material(SPEECH))
    case = reported(leak).case
    report(
        file=ContentFile(b"\xff\xd8\xff" + bytes(99), name="a.jpg"),
        reporter=None,
        at=timezone.now(),
        case=case,
    )
    _run(case, operator)
    there = reverse("console-case", kwargs={"number": case.number})
    monkeypatch.setattr(engine, "reads_pictures", lambda: True)
    assert "make ocr" not in alice.get(there).content.decode()
    monkeypatch.setattr(engine, "reads_pictures", lambda: False)
    assert "make ocr" in alice.get(there).content.decode()


def test_a_case_without_a_readable_exhibit_says_what_to_do(operator: Member, member: Member) -> None:
    make_material(SPEECH)
    made = report(link="https://shop.example/1", reporter=None, at=timezone.now())
    with pytest.raises(CaseError, match="没有可以读出的文字"):
        _run(made.case, operator)
    assert not Trace.objects.exists()
    report(text=FOREIGN, reporter=operator, at=timezone.now(), case=made.case)
    assert _run(made.case, operator).outcome == "no-match"


def test_a_library_that_has_published_nothing_says_so(operator: Member) -> None:
    with pytest.raises(CaseError, match="还没有发布过"):
        _run(reported(SPEECH).case, operator)


def test_a_master_of_another_key_is_reported_and_nothing_is_kept(
    operator: Member, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    leak = copy_of(member, make_material(SPEECH))
    case = reported(leak).case

    def refuse(*_args: object, **_options: object) -> None:
        raise engine.MasterError("damaged")

    monkeypatch.setattr(engine, "trace", refuse)
    with pytest.raises(CaseError, match="母本"):
        _run(case, operator)
    assert not Trace.objects.exists()
    monkeypatch.undo()
    assert _run(case, operator).outcome == "named"


# --- repeating ----------------------------------------------------------------------------------------


def test_the_same_leak_reported_three_times_gives_the_result_of_once(
    operator: Member, member: Member
) -> None:
    leak = copy_of(member, make_material(SPEECH))
    case = reported(leak).case
    once = _run(case, operator)
    reported(leak)
    report(file=ContentFile(leak.encode(), name="a.txt"), reporter=None, at=timezone.now())
    assert len(exhibits_in(case)) == 3
    thrice = _run(case, operator)
    assert thrice.result == once.result
    assert thrice.fingerprint == once.fingerprint


def test_every_run_is_kept_and_shown_and_only_different_ones_spend(
    alice: Browser, operator: Member, member: Member
) -> None:
    leak = copy_of(member, make_material(SPEECH))
    made = reported(leak[100:400])
    _run(made.case, operator)
    _run(made.case, operator)
    page = reverse("console-case", kwargs={"number": made.case.number})
    shown = alice.get(page).content.decode()
    assert "与第 1 次完全相同" in shown
    assert "多重检验" not in shown
    report(text=leak[500:800], reporter=None, at=timezone.now(), case=made.case)
    _run(made.case, operator)
    _run(made.case, operator, [f"{made.pk}-text"])
    spent = spent_in(traces_in(made.case))
    assert (spent.runs, spent.tests) == (4, 2)
    assert spent.bound == pytest.approx(2e-6)
    shown = alice.get(page).content.decode()
    assert "本案已做过 2 次不同的追溯，合计误判概率不高于百万分之二 (≤ 2 in 1,000,000)" in shown
    assert all(f"第 {n} 次 ·" in shown for n in (1, 2, 3, 4))
    assert Entry.objects.filter(kind="trace.run").count() == 4


def test_the_ledger_says_what_a_trace_searched_and_found(operator: Member, member: Member) -> None:
    edition = make_material(SPEECH)
    case = reported(copy_of(member, edition)).case
    _run(case, operator)
    facts = Entry.objects.get(kind="trace.run").facts
    assert facts == {
        "case": case.number,
        "outcome": "named",
        "editions": [edition.identity],
        "suspects": 2,
        "bound": "1e-06",
    }


def test_a_ruled_case_is_not_traced_again(operator: Member, member: Member) -> None:
    from wenxing_web.cases.actions.dismiss import dismiss

    case = named_case(member, operator)
    dismiss(case, reasons="账号被盗。", by=operator, at=timezone.now() + timedelta(minutes=1))
    with pytest.raises(CaseError, match="已经作出决定"):
        _run(case, operator)


# --- the strip ----------------------------------------------------------------------------------------


def test_the_strip_shows_every_site_of_the_named_number_and_no_other(
    operator: Member, member: Member
) -> None:
    case = named_case(member, operator)
    run = traces_in(case)[0]
    (strip,) = strips_of(run, number_of(member))
    assert strip.agreeing == run.result["sites_read"] == len(strip.marks)
    assert strip.differing == strip.unreadable == 0
    assert [mark.x for mark in strip.marks] == sorted(mark.x for mark in strip.marks)
    assert all(0 <= mark.x <= WIDTH for mark in strip.marks)
    assert strips_of(run, number_of(operator)) == ()


def test_a_spoiled_leak_shows_where_it_differs_and_what_it_lacks(operator: Member, member: Member) -> None:
    edition = make_material(SPEECH)
    own, others = copy_of(member, edition).split("\n"), copy_of(operator, edition).split("\n")
    strange = next(n for n, line in enumerate(own) if line != others[n])
    own[strange] = others[strange]
    stained = "\n".join(own[:-3])
    run = _run(reported(stained).case, operator)
    (strip,) = strips_of(run, number_of(member))
    assert strip.differing > 0
    assert strip.unreadable > 0
    assert strip.agreeing + strip.differing == run.result["sites_read"]
    assert all(mark.read for mark in strip.marks if mark.state == "agrees")


def test_a_word_file_of_a_verbatim_edition_names_by_its_spacing(
    alice: Browser, bob: Browser, operator: Member, member: Member
) -> None:
    edition = make_material(SPEECH, policy=Policy.VERBATIM)
    content = deliver(member, edition, form=Form.DOCX, at=timezone.now()).content
    assert isinstance(content, bytes)
    assert content != deliver(operator, edition, form=Form.DOCX, at=timezone.now()).content
    case = report(file=ContentFile(content, "传出来的.docx"), reporter=None, at=timezone.now()).case
    run = _run(case, operator)
    assert [row["recipient"] for row in run.result["named"]] == [number_of(member)]
    (strip,) = strips_of(run, number_of(member))
    assert (strip.kind, strip.agreeing, strip.total) == ("spacing", len(strip.marks), strip.total)
    assert strip.unreadable == strip.total - strip.agreeing
    assert f"字符间距 {strip.agreeing} 处（共 {strip.total} 处）" in _words(run)
    assert "措辞" not in _words(run)
    assert run.result["pointed"] == [number_of(member)]
    assert f"代号也指向编号 {number_of(member)}。代号可以照抄，不是证据" in _words(run)
    shown = alice.get(reverse("console-case", kwargs={"number": case.number})).content.decode()
    assert "字符间距：《" in shown
    assert "加宽 0.1 磅" in shown
    assert 'data-label="母本"' not in shown


def test_a_forged_mark_neither_names_nor_is_spoken_of(operator: Member, member: Member) -> None:
    edition = make_material(SPEECH, policy=Policy.VERBATIM)
    copies = [deliver(m, edition, form=Form.DOCX, at=timezone.now()).content for m in (member, operator)]
    forged = _with_properties_of(*copies)
    case = report(file=ContentFile(forged, "拼的.docx"), reporter=None, at=timezone.now()).case
    run = _run(case, operator)
    assert [row["recipient"] for row in run.result["named"]] == [number_of(member)]
    assert run.result["pointed"] == []
    assert "代号" not in _words(run)


def _with_properties_of(copy: object, other: object) -> bytes:
    """A copy in which somebody has put another's mark."""
    assert isinstance(copy, bytes)
    assert isinstance(other, bytes)
    out, name = io.BytesIO(), "docProps/custom.xml"
    with (
        zipfile.ZipFile(io.BytesIO(copy)) as own,
        zipfile.ZipFile(io.BytesIO(other)) as theirs,
        zipfile.ZipFile(out, "w") as made,
    ):
        for member in own.namelist():
            made.writestr(member, (theirs if member == name else own).read(member))
    return out.getvalue()


def test_the_strip_can_be_read_without_seeing_it(alice: Browser, operator: Member, member: Member) -> None:
    case = named_case(member, operator)
    (strip,) = strips_of(traces_in(case)[0], number_of(member))
    shown = alice.get(reverse("console-case", kwargs={"number": case.number})).content.decode()
    assert f"相符 {strip.agreeing} 处，不符 0 处，未读出 0 处" in shown
    assert 'role="img"' in shown
    assert shown.count('data-label="与该副本"') == len(strip.marks)
    assert " style=" not in shown
