"""The operator sees PDF copies before there are any; what they see is nobody's."""

import io

import pytest
from PIL import Image

from engine.scanned_files import scan
from engine.typefaces import needs_font
from web.browsing import Browser, signed_in
from web.leaking import member_called
from web.making import PLAIN, SPEECH, make_draft, make_material
from wenxing.leaks import Leak
from wenxing_web import engine
from wenxing_web.delivery.models import Copy
from wenxing_web.ledger.models import Entry
from wenxing_web.library import queries
from wenxing_web.library.actions.choose import choose
from wenxing_web.library.actions.clean import clean
from wenxing_web.library.actions.proof import proof
from wenxing_web.library.actions.upload import upload
from wenxing_web.library.models import Draft, Policy
from wenxing_web.members.queries import numbers

pytestmark = [pytest.mark.django_db, needs_font]


@pytest.fixture
def draft(home: object) -> Draft:
    """A text with all places approved, not published."""
    engine.ensure_key()
    made = choose(make_draft(SPEECH), Policy.ADAPTABLE)
    return proof(made, approve=range(len(queries.cleaned(made).sites)))


def _address(draft: Draft, what: str = "") -> str:
    return f"/console/ingest/{draft.pk}/sample/{what}"


def test_the_proof_leads_to_the_pages_as_they_will_look(alice: Browser, draft: Draft) -> None:
    before = Entry.objects.count(), Copy.objects.count()
    assert _address(draft) in alice.get(f"/console/ingest/{draft.pk}/proof/").content.decode()
    shown = alice.get(_address(draft)).content.decode()
    assert _address(draft, "1.png") in shown
    assert "不是任何会员的副本" in shown
    picture = alice.get(_address(draft, "1.png"))
    assert "no-store" in picture["Cache-Control"]
    with Image.open(io.BytesIO(picture.content)) as page:
        assert (page.format, max(page.size)) == ("PNG", 1_300)
    file = alice.get(_address(draft, "copy.pdf"))
    assert file["Content-Type"] == "application/pdf"
    assert file.content.startswith(b"%PDF-")
    assert alice.get(_address(draft, "99.png")).status_code == 404
    assert (Entry.objects.count(), Copy.objects.count()) == before, "nothing was delivered"


def test_nobody_else_fetches_any_of_it(alice: Browser, bob: Browser, carol: Browser, draft: Draft) -> None:
    for what in ("", "1.png", "copy.pdf"):
        assert alice.get(_address(draft, what)).status_code == 200
        assert bob.get(_address(draft, what)).status_code in (302, 403, 404)
        assert carol.get(_address(draft, what)).status_code in (302, 403, 404)
    raw = make_draft(PLAIN)
    raw.cleaned = False
    raw.save(update_fields=["cleaned"])
    assert alice.get(_address(raw)).status_code == 404


def test_a_sample_accuses_nobody(alice: Browser, draft: Draft) -> None:
    """Leaked, it matches the words of the edition that was published, and names no account and no hint."""
    for n in range(20):
        signed_in(member_called(f"m{n}@example.org"))
    sample = alice.get(_address(draft, "copy.pdf")).content
    edition = make_material(SPEECH)
    master = queries.master_of(edition)
    leak = Leak.of(sample)
    found = engine.trace([leak], [master], suspects=numbers(), bound=1e-6)
    assert found.result["sites_read"] > 50, "it can be read"
    assert found.result["named"] == []


def test_a_scan_and_a_verbatim_text_have_a_sample_as_well(alice: Browser, home: object) -> None:
    engine.ensure_key()
    plain = make_draft(PLAIN)
    assert alice.get(_address(plain, "1.png")).status_code == 200
    scanned = clean(upload(scan(), name="老档案.pdf", today=plain.dated_on), remove=())
    assert alice.get(_address(scanned, "1.png")).status_code == 200
    leak = Leak.of(alice.get(_address(scanned, "1.png")).content)
    edition = make_material(data=scan(), policy=Policy.VERBATIM, title="老档案")
    everybody = {bytes.fromhex(edition.identity): range(1, 1_000)}
    assert leak.pseudonym, "the picture shows what copies will"
    assert engine.hints([leak], [queries.master_of(edition)], recipients=everybody) == ()


def test_without_a_font_the_page_says_so(
    alice: Browser, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_args: object, **_named: object) -> bytes:
        raise engine.MissingFont("no font")

    monkeypatch.setattr(engine, "sample", missing)
    queries.forget_samples()
    assert "缺少中文字体" in alice.get(_address(draft)).content.decode()
    assert alice.get(_address(draft, "1.png")).status_code == 404
