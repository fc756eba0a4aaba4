"""A scanned PDF from upload to a case: one hint, nobody named; and nothing stumbles over its lack of text."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from engine.scanned_files import page, scan
from web.browsing import Browser
from web.making import SPEECH, make_material, sort
from wenxing.errors import UnknownFormat
from wenxing.formats.pdf.pages import render
from wenxing.reading import bounded
from wenxing_web import engine
from wenxing_web.cases.actions import CaseError
from wenxing_web.cases.actions.report import report
from wenxing_web.cases.actions.trace import trace
from wenxing_web.cases.actions.unmask import unmask
from wenxing_web.cases.models import Trace
from wenxing_web.cases.queries.outcome import outcome_of
from wenxing_web.ledger.models import Entry
from wenxing_web.library.models import Draft, Edition, Policy
from wenxing_web.library.search.index import rebuild
from wenxing_web.members.queries import number_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library has its key; words of pictures are not read here, which costs seconds a page."""
    engine.ensure_key()

    def missing(_data: bytes) -> None:
        raise UnknownFormat("nothing reads words here")

    monkeypatch.setattr(bounded, "recognise", missing)


@pytest.fixture
def edition(home: Path) -> Edition:
    """A scanned material, published."""
    return make_material(data=scan(), policy=Policy.VERBATIM, title="老档案")


def _copy(browser: Browser, edition: Edition) -> bytes:
    response = browser.get(f"/m/{edition.identity}/download.pdf")
    assert response.status_code == 200
    return response.content


def _screenshot(pdf: bytes) -> bytes:
    out = io.BytesIO()
    Image.fromarray(render(pdf, 0, dpi=96)[200:700, 100:700]).save(out, "JPEG", quality=60)
    return out.getvalue()


def _traced(alice: Browser, leak: bytes, name: str) -> tuple[Trace, str]:
    assert alice.member
    case = report(file=ContentFile(leak, name), reporter=None, at=timezone.now()).case
    run = trace(case, by=alice.member, at=timezone.now())
    shown = alice.get(reverse("console-case", kwargs={"number": case.number}))
    assert shown.status_code == 200
    return run, shown.content.decode()


def test_a_scan_goes_from_upload_to_a_case(alice: Browser, bob: Browser, carol: Browser) -> None:
    file = SimpleUploadedFile("老档案.pdf", scan(page(1), page(2)))
    clean = alice.post("/console/ingest/", {"file": file})["Location"]
    assert "扫描件：2 页图片" in alice.get(clean).content.decode()
    proof = alice.post(clean, {})["Location"]
    sheet = alice.get(proof).content.decode()
    for words in ("2 页图片，没有文字", "不是指认", "识别（OCR）"):
        assert words in sheet
    assert 'value="adaptable"' not in sheet
    draft = Draft.objects.get()
    publish = f"/console/ingest/{draft.pk}/publish/"
    assert "能给线索，不能指认" in alice.get(publish).content.decode()
    today = timezone.localdate().isoformat()
    details = {"title": "老档案", "kind": "speech", "dated_on": today, "right": "own", "publish": "1"}
    assert alice.post(publish, details).status_code == 302
    edition = Edition.objects.get()
    assert (edition.is_scan, edition.sites, edition.policy) == (True, 0, "verbatim")
    assert "扫描件，没有文字" in alice.get(f"/console/editions/{edition.identity}/").content.decode()
    assert carol.get(f"/m/{edition.identity}/download.pdf").status_code == 404
    copy = _copy(bob, edition)
    assert copy == _copy(bob, edition) != _copy(alice, edition)
    run, shown = _traced(alice, _screenshot(copy), "截图.jpg")
    assert bob.member
    number = number_of(bob.member)
    assert run.result["named"] == []
    assert run.result["hints"] == [{"edition": edition.identity, "recipient": number}]
    assert "只有线索，不指认任何账号" in shown
    assert f"编号 {number} 收到的《老档案》" in shown
    assert "不是证据" in shown


def test_a_leaked_file_gives_the_hint_that_opens_nothing(
    alice: Browser, bob: Browser, edition: Edition
) -> None:
    make_material(SPEECH)
    run, _shown = _traced(alice, _copy(bob, edition), "流出.pdf")
    assert alice.member
    assert bob.member
    assert [hint["recipient"] for hint in run.result["hints"]] == [number_of(bob.member)]
    assert outcome_of(run).namings == ()
    with pytest.raises(CaseError):
        unmask(run.case, number_of(bob.member), by=alice.member, reason="看看是谁", at=timezone.now())
    assert run.outcome == "no-match"


def test_a_hint_points_only_to_an_account_that_has_a_copy(
    alice: Browser, bob: Browser, edition: Edition
) -> None:
    assert alice.member
    forged = engine.mark(_master(edition), recipient=number_of(alice.member), form="pdf")
    _copy(bob, edition)
    run, shown = _traced(alice, forged, "拼的.pdf")
    assert "hints" not in run.result
    assert "没有匹配" in shown


def _master(edition: Edition) -> engine.Master:
    with edition.master.open("rb") as file:
        return engine.load_master(file.read())


def test_the_reader_page_says_it_is_a_scan_and_offers_the_pdf_alone(bob: Browser, edition: Edition) -> None:
    shown = bob.get(f"/m/{edition.identity}/").content.decode()
    assert "这份材料是扫描件" in shown
    assert f"/m/{edition.identity}/download.pdf" in shown
    for form in ("docx", "txt"):
        assert f"download.{form}" not in shown
        assert bob.get(f"/m/{edition.identity}/download.{form}").status_code == 404
    assert "paper.css" not in shown
    assert bob.get(f"/m/{edition.identity}/paper.png").status_code == 404
    assert Entry.objects.filter(kind="copy.delivered", facts__form="docx").count() == 0


def test_lists_searches_and_topics_take_a_material_without_text(bob: Browser, edition: Edition) -> None:
    topic = sort(edition)
    other = make_material(SPEECH)
    rebuild()
    for address in ("/", "/library/", f"/topics/{topic.pk}/", "/me/"):
        response = bob.get(address, follow=True)
        assert response.status_code == 200, address
    assert "扫描件" in bob.get("/library/").content.decode()
    found = bob.get("/library/", {"q": "水利"}).content.decode()
    assert other.identity in found
    assert edition.identity not in found
    assert bob.get("/library/", {"q": "老档案"}).status_code == 200
    assert bob.get(f"/m/{edition.identity}/", {"q": "水利"}).status_code == 200


def test_a_free_scan_is_the_file_itself_and_an_old_one_stays_locked(bob: Browser, carol: Browser) -> None:
    free = make_material(data=scan(), policy=Policy.VERBATIM, title="公开档案", is_free=True)
    assert carol.get(f"/m/{free.identity}/").status_code == 200
    assert re.match(rb"%PDF-", _copy(carol, free))
    assert _copy(carol, free) == _copy(bob, free)
    day = timezone.localdate() - timedelta(days=9 * 365)
    old = make_material(data=scan(page(3)), policy=Policy.VERBATIM, title="早年档案", dated_on=day)
    locked = bob.get(f"/m/{old.identity}/")
    assert locked.status_code == 403
    assert "扫描件" in locked.content.decode()


def test_a_pdf_of_nothing_is_refused(alice: Browser) -> None:
    from engine.hostile_files import pdf_file

    file = SimpleUploadedFile("空.pdf", pdf_file(b"0 0 99 99 re f"))
    refused = alice.post("/console/ingest/", {"file": file})
    assert refused.status_code == 422
    assert "既没有文字，也没有扫描的页面" in refused.content.decode()
