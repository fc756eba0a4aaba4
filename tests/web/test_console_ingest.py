"""The operator takes a file from upload to release, and closes it again; nobody else sees any of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.utils import timezone

from web.browsing import Browser
from web.making import ADVERTISEMENT, PLAIN, SPEECH, make_draft, make_material
from wenxing_web import engine
from wenxing_web.ledger.models import Entry
from wenxing_web.library import queries
from wenxing_web.library.models import Draft, Edition, Material, Policy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key(home: Path) -> None:
    """The library has its key."""
    engine.ensure_key()


def _send(browser: Browser, data: bytes, name: str = "讲话.txt", **more: str) -> tuple[int, str]:
    """Upload a file; the status and the page, or the address that follows."""
    response = browser.post("/console/ingest/", {"file": SimpleUploadedFile(name, data), **more})
    return response.status_code, response.get("Location") or response.content.decode()


def _details(**changes: str) -> dict[str, str]:
    return {
        "title": "农田水利讲话",
        "kind": "speech",
        "dated_on": timezone.localdate().isoformat(),
        "right": "own",
        "publish": "1",
    } | changes


def _step(draft: Draft, step: str) -> str:
    return f"/console/ingest/{draft.pk}/{step}"


def _ticked(html: str) -> list[str]:
    return re.findall(r'name="remove" value="(\d+)"[^>]* checked', html)


# --- the whole way ------------------------------------------------------------------------------------


def test_a_file_goes_from_upload_to_a_published_edition(alice: Browser, bob: Browser) -> None:
    status, clean = _send(alice, (ADVERTISEMENT + SPEECH).encode())
    assert status == 302
    page = alice.get(clean).content.decode()
    assert "仅供学习 禁止外传" in page
    proof = alice.post(clean, {"remove": _ticked(page)})["Location"]
    alice.post(f"{proof}policy/", {"policy": "adaptable"})
    sheet = alice.get(proof).content.decode()
    assert re.search(r"认可全部 \d+ 处 A 级", sheet)
    alice.post(f"{proof}approve/", {"all": "approve"})
    draft = Draft.objects.get()
    publish = _step(draft, "publish/")
    assert 'value="在青石镇农田水利现场会上的讲话"' in alice.get(publish).content.decode()
    done = alice.post(publish, _details())
    edition = Edition.objects.get()
    assert done["Location"] == f"/console/editions/{edition.identity}/"
    assert edition.sites == len(queries.cleaned(draft).of_grade("A")) > 30
    assert "农田水利讲话" in alice.get(done["Location"]).content.decode()
    text = bob.get(f"/m/{edition.identity}/download.txt").content.decode()
    assert text.startswith("在青石镇农田水利现场会上的讲话\n")
    assert "打击倒卖" not in text
    for step in ("", "clean/", "proof/", "publish/"):
        assert alice.get(_step(draft, step)).status_code in (302, 404)
    assert alice.post(_step(draft, "publish/"), _details()).status_code == 302
    assert Edition.objects.count() == 1


def test_the_seed_comes_in_without_its_promotional_lines(alice: Browser, seed_text: str) -> None:
    _status, clean = _send(alice, seed_text.encode(), "seed.txt")
    page = alice.get(clean).content.decode()
    proof = alice.post(clean, {"remove": _ticked(page)})["Location"]
    draft = Draft.objects.get()
    assert draft.title == "在市管主要领导干部专题研讨班上的讲话"
    document = queries.cleaned(draft).document
    assert document.text.startswith(draft.title)
    assert "QQ" not in document.text
    alice.post(f"{proof}policy/", {"policy": "adaptable"})
    page = alice.get(proof).content.decode()
    assert "一是" in page  # the outline
    assert len(queries.cleaned(draft).of_grade("A")) >= 60


# --- bad files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "没有文字"), (bytes(range(256)) * 99, "认不出"), (b"PK\x03\x04" + b"x" * 99, "损坏")],
    ids=["empty", "binary", "broken-zip"],
)
def test_a_bad_file_gets_a_clear_message_and_leaves_nothing(alice: Browser, data: bytes, says: str) -> None:
    assert _send(alice, SPEECH.encode())[0] == 302
    kept = _kept()
    status, page = _send(alice, data)
    assert status == 422
    assert says in page
    assert "errorlist" in page
    assert Draft.objects.count() == 1
    assert _kept() == kept


def _kept() -> list[Path]:
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


def test_fifty_megabytes_are_refused_with_the_limit_and_nothing_is_kept(alice: Browser) -> None:
    assert _send(alice, SPEECH.encode())[0] == 302
    kept = _kept()
    status, page = _send(alice, bytes(50_000_000))
    assert status == 422
    assert "超过 20 MB" in page
    assert Draft.objects.count() == 1
    assert _kept() == kept


def test_a_form_without_a_file_is_asked_again(alice: Browser) -> None:
    for post in ({}, {"file": "not a file"}):
        response = alice.post("/console/ingest/", post)
        assert response.status_code == 422
        assert "请选择一个文件" in response.content.decode()


def test_removing_everything_is_refused_on_the_page(alice: Browser) -> None:
    draft = make_draft()
    everything = {"remove": [str(number) for number in range(queries.paragraphs_in(draft))]}
    refused = alice.post(_step(draft, "clean/"), everything)
    assert refused.status_code == 422
    assert "一个字也不剩" in refused.content.decode()
    assert alice.post(_step(draft, "clean/"), {"remove": ["1"]}).status_code == 302


# --- the proof ----------------------------------------------------------------------------------------


@pytest.fixture
def proofed(alice: Browser) -> Iterator[Draft]:
    """A draft whose sites may be approved."""
    draft = make_draft()
    alice.post(_step(draft, "proof/policy/"), {"policy": "adaptable"})
    draft.refresh_from_db()
    yield draft


def test_all_of_grade_a_in_one_click_and_back(alice: Browser, proofed: Draft) -> None:
    text = queries.cleaned(proofed)
    approve = _step(proofed, "proof/approve/")
    alice.post(approve, {"all": "approve"})
    proofed.refresh_from_db()
    assert tuple(proofed.approved) == text.of_grade("A")
    assert len(proofed.approved) < len(text.sites)
    b_site = text.of_grade("B")[0]
    alice.post(approve, {"site": f"approve-{b_site}"})
    alice.post(approve, {"all": "reject"})
    proofed.refresh_from_db()
    assert proofed.approved == [b_site]


def test_single_sites_are_toggled_and_the_page_comes_back_to_them(alice: Browser, proofed: Draft) -> None:
    last = queries.cleaned(proofed).of_grade("A")[-1]
    back = alice.post(_step(proofed, "proof/approve/"), {"site": f"approve-{last}"})["Location"]
    assert back.endswith(f"#site-{last}")
    html = alice.get(back).content.decode()
    assert f'value="reject-{last}"' in html
    alice.post(_step(proofed, "proof/approve/"), {"site": f"reject-{last}"})
    proofed.refresh_from_db()
    assert proofed.approved == []
    for nonsense in ("approve-99999", "approve-", "approve--1", "approve-١", "", "x"):
        assert alice.post(_step(proofed, "proof/approve/"), {"site": nonsense}).status_code == 404


def test_the_operator_sees_what_it_takes_to_name_an_account(alice: Browser, proofed: Draft) -> None:
    sheet = _step(proofed, "proof/")
    assert "一个也指认不了" in alice.get(sheet).content.decode()
    site = queries.cleaned(proofed).of_grade("A")[0]
    alice.post(_step(proofed, "proof/approve/"), {"site": f"approve-{site}"})
    assert "还不够" in alice.get(sheet).content.decode()
    alice.post(_step(proofed, "proof/approve/"), {"all": "approve"})
    html = alice.get(sheet).content.decode()
    assert re.search(r"外传约 \d+ 字，就能在现有 1 个账号中指认一个", html)
    assert re.search(r"1,000 个账号时约 \d+ 字", html)
    assert "还不够" not in html
    page = alice.post(_step(proofed, "publish/"), _details(), follow=True).content.decode()
    assert re.search(r"约 \d+ 字可在 1,000 个账号中指认一个", page)


def test_sites_one_by_one_lead_through_a_grade(alice: Browser, proofed: Draft) -> None:
    numbers = queries.cleaned(proofed).of_grade("B")
    address = _step(proofed, f"proof/{numbers[0]}/")
    seen = []
    while "/proof/" in address and not address.split("?")[0].endswith("proof/"):
        seen.append(int(address.rstrip("/").rsplit("/", 1)[1]))
        assert alice.get(address).status_code == 200
        answer = "approve" if len(seen) % 2 else "reject"
        address = alice.post(address, {"answer": answer})["Location"]
    assert tuple(seen) == numbers
    proofed.refresh_from_db()
    assert tuple(proofed.approved) == numbers[::2]
    assert alice.get(_step(proofed, "proof/99999/")).status_code == 404


def test_a_text_without_sites_offers_verbatim(alice: Browser) -> None:
    draft = make_draft(PLAIN)
    html = alice.get(_step(draft, "proof/")).content.decode()
    assert "没有找到可以微调的地方" in html
    assert 'value="verbatim"' in html
    assert 'value="adaptable"' not in html
    following = alice.post(_step(draft, "proof/policy/"), {"policy": "verbatim"})["Location"]
    assert following == _step(draft, "publish/")
    assert alice.post(following, _details(title="座位表")).status_code == 302
    assert Edition.objects.get().policy == Policy.VERBATIM


# --- release ------------------------------------------------------------------------------------------


def test_publishing_is_refused_without_a_right_and_nothing_typed_is_lost(alice: Browser) -> None:
    draft = make_draft()
    for right in ("", "unknown"):
        refused = alice.post(_step(draft, "publish/"), _details(right=right, title="改过的标题"))
        assert refused.status_code == 422
        assert "改过的标题" in refused.content.decode()
    assert (
        "凭什么可以发布这份材料" in alice.post(_step(draft, "publish/"), _details(right="")).content.decode()
    )
    assert not Edition.objects.exists()
    assert alice.post(_step(draft, "publish/"), _details()).status_code == 302
    assert Edition.objects.count() == 1


def test_an_official_text_is_published_verbatim_only(alice: Browser, proofed: Draft) -> None:
    alice.post(_step(proofed, "proof/approve/"), {"all": "approve"})
    refused = alice.post(_step(proofed, "publish/"), _details(right="official"))
    assert refused.status_code == 422
    assert "官方文件一个字也不改" in refused.content.decode()
    alice.post(_step(proofed, "proof/policy/"), {"policy": "verbatim"})
    assert alice.post(_step(proofed, "publish/"), _details(right="official")).status_code == 302
    assert Edition.objects.get().policy == Policy.VERBATIM


@pytest.mark.parametrize("wrong", [{"title": " "}, {"dated_on": "昨天"}, {"dated_on": ""}, {"kind": "poem"}])
def test_wrong_details_are_asked_again(alice: Browser, wrong: dict[str, str]) -> None:
    draft = make_draft()
    assert alice.post(_step(draft, "publish/"), _details(**wrong)).status_code == 422
    assert not Edition.objects.exists()
    assert alice.post(_step(draft, "publish/"), _details()).status_code == 302


def test_saving_is_not_publishing(alice: Browser) -> None:
    draft = make_draft()
    details = {name: value for name, value in _details(right="").items() if name != "publish"}
    assert alice.post(_step(draft, "publish/"), details | {"save": "1"}).status_code == 302
    draft.refresh_from_db()
    assert draft.title == "农田水利讲话"
    assert not Edition.objects.exists()


def test_the_code_of_an_edition_is_chosen_and_kept_with_the_draft(alice: Browser, proofed: Draft) -> None:
    alice.post(_step(proofed, "proof/approve/"), {"all": "approve"})
    saved = {name: value for name, value in _details().items() if name != "publish"} | {"save": "1"}
    assert alice.post(_step(proofed, "publish/"), saved | {"code": "coalition"}).status_code == 302
    page = alice.get(_step(proofed, "publish/")).content.decode()
    assert re.search(r'<option value="coalition" selected>', page)
    assert alice.post(_step(proofed, "publish/"), _details() | {"code": "none"}).status_code == 422
    assert alice.post(_step(proofed, "publish/"), _details() | {"code": "coalition"}).status_code == 302
    assert Edition.objects.get().profile == "coalition"


def test_a_new_edition_is_uploaded_for_a_material(alice: Browser) -> None:
    edition = make_material()
    page = alice.get(f"/console/ingest/?material={edition.material_id}").content.decode()
    assert "新版本" in page
    changed = SPEECH.replace("三个村", "五个村").encode()
    _status, clean = _send(alice, changed, material=str(edition.material_id))
    alice.post(clean)
    draft = Draft.objects.get(edition__isnull=True)
    alice.post(_step(draft, "publish/"), _details())
    assert Material.objects.count() == 1
    assert Edition.objects.filter(material=edition.material).count() == 2
    for nonsense in ("x", "٣", "9" * 40, "-1"):
        assert alice.get(f"/console/ingest/?material={nonsense}").status_code == 200


def test_withdrawing_closes_an_edition_to_members(alice: Browser, bob: Browser) -> None:
    edition = make_material()
    assert bob.get(f"/m/{edition.identity}/").status_code == 200
    alice.post(f"/console/editions/{edition.identity}/withdraw/")
    assert bob.get(f"/m/{edition.identity}/").status_code == 404
    assert "已于" in alice.get(f"/console/editions/{edition.identity}/").content.decode()
    assert Entry.objects.filter(kind="edition.withdrawn").count() == 1


def test_the_edition_page_counts_accounts_and_shows_no_text(alice: Browser, bob: Browser) -> None:
    edition = make_material()
    bob.get(f"/m/{edition.identity}/")
    html = alice.get(f"/console/editions/{edition.identity}/").content.decode()
    assert re.search(r"打开过的账号</dt><dd>1</dd>", html)
    assert "水到不了田头" not in html


# --- the desk -----------------------------------------------------------------------------------------


def test_the_desk_says_what_needs_a_person(alice: Browser) -> None:
    assert "没有等人处理的事" in alice.get("/console/").content.decode()
    make_draft()
    make_material(SPEECH.replace("青石", "白石"), title="白石镇讲话")
    html = alice.get("/console/").content.decode()
    assert "没有等人处理的事" not in html
    assert "在青石镇农田水利现场会上的讲话" in html
    assert "白石镇讲话" in html


def test_a_draft_can_be_discarded_with_its_file(alice: Browser) -> None:
    draft = make_draft()
    assert len(_kept()) == 1
    with TestCase.captureOnCommitCallbacks(execute=True):
        alice.post(_step(draft, "discard/"))
    assert not Draft.objects.exists()
    assert _kept() == []


# --- who may ------------------------------------------------------------------------------------------


_CHANGING = ("clean/", "proof/policy/", "proof/approve/", "proof/own/", "proof/0/", "publish/")


def _addresses(draft: Draft, edition: Edition) -> dict[str, list[str]]:
    steps = ["", "clean/", "proof/", "proof/preview/", "proof/0/", "publish/"]
    return {
        "get": [
            "/console/",
            "/console/ingest/",
            *(_step(draft, step) for step in steps),
            "/console/editions/",
            f"/console/editions/{edition.identity}/",
        ],
        "post": [
            "/console/ingest/",
            *(_step(draft, step) for step in _CHANGING),
            f"/console/editions/{edition.identity}/withdraw/",
            _step(draft, "discard/"),
        ],
    }


def test_for_members_and_strangers_the_console_does_not_exist(
    alice: Browser, bob: Browser, carol: Browser
) -> None:
    draft, edition = make_draft(), make_material(SPEECH.replace("青石", "白石"))
    addresses = _addresses(draft, edition)
    for browser in (bob, carol):
        for address in addresses["get"]:
            assert browser.get(address).status_code == 404
        for address in addresses["post"]:
            assert browser.post(address, {"all": "approve", **_details()}).status_code == 404
    draft.refresh_from_db()
    assert (draft.approved, draft.title, draft.policy) == ([], "在青石镇农田水利现场会上的讲话", "verbatim")
    assert not Edition.objects.exclude(withdrawn_at=None).exists()
    for address in addresses["get"]:
        response = alice.get(address)
        assert response.status_code in (200, 302)
        assert "no-store" in response["Cache-Control"]
    for address in addresses["post"]:
        assert alice.post(address, {"all": "approve"}).status_code in (302, 422)


def test_every_change_is_a_post_with_a_token(alice: Browser) -> None:
    draft, edition = make_draft(), make_material(SPEECH.replace("青石", "白石"))
    strict = Browser(enforce_csrf_checks=True)
    assert alice.member
    strict.force_login(alice.member)
    for address in _addresses(draft, edition)["post"]:
        assert strict.post(address, {"all": "approve"}).status_code == 403
    for address in (_step(draft, "discard/"), _step(draft, "proof/approve/"), _step(draft, "proof/policy/")):
        assert alice.get(address).status_code == 405
    assert alice.get(f"/console/editions/{edition.identity}/withdraw/").status_code == 405


def test_unknown_drafts_and_editions_are_not_found_for_the_operator_either(alice: Browser) -> None:
    for step in ("", "clean/", "proof/", "proof/0/", "publish/"):
        assert alice.get(f"/console/ingest/4711/{step}").status_code == 404
    for identity in ("0" * 32, "x"):
        assert alice.get(f"/console/editions/{identity}/").status_code == 404
        assert alice.post(f"/console/editions/{identity}/withdraw/").status_code == 404


def test_an_uncleaned_draft_goes_to_cleaning_first(alice: Browser) -> None:
    _send(alice, SPEECH.encode())
    draft = Draft.objects.get()
    for step in ("", "proof/"):
        assert alice.get(_step(draft, step))["Location"] == _step(draft, "clean/")
    following = alice.get(_step(draft, "publish/"), follow=True)
    assert following.redirect_chain[-1][0] == _step(draft, "clean/")
    assert alice.get(_step(draft, "proof/0/")).status_code == 404
