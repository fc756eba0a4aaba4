"""What members, strangers and the operator see in the reading rooms."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.utils import timezone

import wenxing_web.delivery.actions.deliver as delivering
from engine.typefaces import FILES, needs_font
from web.browsing import Browser, signed_in
from web.making import PLAIN, SPEECH, make_material
from wenxing_web import engine
from wenxing_web.ledger.models import Entry, LedgerError
from wenxing_web.library import queries
from wenxing_web.library.actions.withdraw import withdraw
from wenxing_web.library.models import Edition, Kind, Policy
from wenxing_web.members.models import Member

pytestmark = pytest.mark.django_db

UNCHANGED = "水到不了田头。去年夏天连续四十天没有下雨"  # a passage of the text that no site touches


def _page(edition: Edition) -> str:
    return f"/m/{edition.identity}/"


def _file(edition: Edition, form: str) -> str:
    return f"/m/{edition.identity}/download.{form}"


def _read(page: bytes) -> str:
    """The document on a reader page, a paragraph a line."""
    article = re.search(r'<article class="reader[^>]*>(.*?)</article>', page.decode(), re.S)
    assert article
    lines = re.sub(r"<[^>]+>", "", article[1]).split("\n")
    return "\n".join(unescape(line.strip()) for line in lines if line.strip())


def _without_blank_lines(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line)


def _deliveries() -> int:
    return Entry.objects.filter(kind="copy.delivered").count()


def _old() -> Edition:
    return make_material(dated_on=timezone.localdate() - timedelta(days=5 * 365), title="早年的讲话")


# --- the text -----------------------------------------------------------------------------------------


def test_a_member_reads_the_same_words_that_the_downloads_have(bob: Browser) -> None:
    edition = make_material()
    page = bob.get(_page(edition))
    assert page.status_code == 200
    own = _read(page.content)
    assert UNCHANGED in own
    assert own != _without_blank_lines(SPEECH)
    text = bob.get(_file(edition, "txt"))
    assert _without_blank_lines(text.content.decode()) == own
    word = engine.read(bob.get(_file(edition, "docx")).content)
    assert "\n".join(p.text for p in word.paragraphs if p.role.in_flow and p.text) == own
    if "pdf" not in FILES:
        pytest.skip("no Chinese font: apt-get install fonts-noto-cjk")
    pages = engine.read(bob.get(_file(edition, "pdf")).content)
    assert ["".join(p.text.split()) for p in pages.paragraphs] == [
        "".join(line.split()) for line in own.split("\n")
    ]


@needs_font
def test_without_a_chinese_font_a_pdf_is_refused_in_words_and_nothing_is_recorded(
    bob: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = make_material()
    assert bob.get(_file(edition, "pdf")).status_code == 200
    before = _deliveries()

    def fail(*_args: object, **_kwargs: object) -> bytes:
        raise engine.MissingFont("No font with Chinese characters is installed.")

    monkeypatch.setattr(engine, "mark", fail)
    response = bob.get(_file(edition, "pdf"))
    assert response.status_code == 503
    assert "字体" in response.content.decode()
    assert _deliveries() == before


def test_the_outline_leads_to_paragraphs_of_the_page(bob: Browser) -> None:
    html = bob.get(_page(make_material())).content.decode()
    targets = re.findall(r'href="#(p\d+)"', html)
    assert len(targets) >= 3
    assert "一、看清形势" in html
    for target in targets:
        assert html.count(f'id="{target}"') == 1


def test_text_is_kept_by_no_cache_and_downloads_are_attachments(bob: Browser) -> None:
    edition = make_material(title='讲话"; filename="x.exe')
    for address in (_page(edition), *(_file(edition, form) for form in FILES)):
        response = bob.get(address)
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "ETag" not in response
        assert "Last-Modified" not in response
    header = bob.get(_file(edition, "txt"))["Content-Disposition"]
    assert header.startswith("attachment; filename*=utf-8''")
    assert ".exe" in header  # harmless inside the encoded name,
    assert header.count("filename") == 2  # of which it is a part
    assert '"' not in header
    assert header.endswith(".txt")


def test_html_in_a_text_is_shown_and_not_obeyed(bob: Browser) -> None:
    edition = make_material("标题一则\n" + "<script>alert(1)</script>文字。\n" * 3, policy=Policy.VERBATIM)
    html = bob.get(_page(edition)).content.decode()
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html


def test_pages_carry_no_inline_script_or_style(bob: Browser, alice: Browser, carol: Browser) -> None:
    edition = make_material()
    for browser, address in (
        (bob, "/"),
        (bob, "/library/"),
        (bob, _page(edition)),
        (bob, "/me/copies/"),
        (carol, "/"),
        (carol, _page(edition)),
        (bob, _page(_old())),
        (alice, _page(edition)),
    ):
        html = browser.get(address).content.decode()
        assert "<main" in html
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)


def test_leads_on_a_line_of_their_own_are_headings(bob: Browser) -> None:
    html = bob.get(_page(make_material())).content.decode()
    assert re.search(r'<h2 id="p\d+">一、看清形势，把水利摆到更加重要的位置</h2>', html)
    assert re.search(r'<p id="p\d+">第一，先修主渠', html)


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_master_is_said_to_be_our_fault_and_nothing_is_recorded(bob: Browser, damage: str) -> None:
    edition = make_material()
    assert bob.get(_page(edition)).status_code == 200
    master = Path(edition.master.path)
    whole = master.read_bytes()
    rows = _deliveries()
    queries.forget_masters()
    if damage == "cut":
        master.write_bytes(whole[: len(whole) // 2])
    else:
        master.unlink()
    for address in (_page(edition), _file(edition, "txt")):
        response = bob.get(address)
        assert response.status_code == 503
        assert "与您的账号无关" in response.content.decode()
    assert _deliveries() == rows
    master.write_bytes(whole)
    assert bob.get(_page(edition)).status_code == 200


# --- nothing leaves without a row ---------------------------------------------------------------------


def test_every_view_of_text_is_a_row(bob: Browser) -> None:
    edition = make_material()
    for seen, address in enumerate((_page(edition), _page(edition), _file(edition, "txt")), start=1):
        assert bob.get(address).status_code == 200
        assert _deliveries() == seen


@pytest.mark.parametrize("form", ["page", *FILES])
def test_when_the_row_cannot_be_written_no_text_leaves(
    bob: Browser, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    edition = make_material()
    address = _page(edition) if form == "page" else _file(edition, form)
    assert bob.get(address).status_code == 200

    def fail(*_args: object, **_kwargs: object) -> None:
        raise LedgerError("disk full")

    monkeypatch.setattr(delivering, "record", fail)
    bob.raise_request_exception = False
    response = bob.get(address)
    assert response.status_code == 500
    assert UNCHANGED not in response.content.decode()
    assert len(response.content) < 20_000


def test_head_conditional_and_range_requests_give_text_only_with_a_row(bob: Browser) -> None:
    edition = make_material()
    for address in (_page(edition), _file(edition, "txt")):
        before = _deliveries()
        head = bob.head(address)
        assert head.status_code == 405
        assert head.content == b""
        assert bob.options(address).status_code == bob.post(address).status_code == 405
        assert _deliveries() == before
        part = bob.get(address, headers={"range": "bytes=100-200", "if-range": '"x"'})
        assert part.status_code == 200
        assert _deliveries() == before + 1
        later = timezone.now().strftime("%a, %d %b %Y %H:%M:%S GMT")
        again = bob.get(address, headers={"if-modified-since": later, "if-none-match": "*"})
        assert again.status_code == 200
        assert _deliveries() == before + 2


# --- who may ------------------------------------------------------------------------------------------


def test_owner_member_and_stranger_at_a_protected_edition(
    alice: Browser, bob: Browser, carol: Browser
) -> None:
    edition = make_material()
    for address in (_page(edition), *(_file(edition, form) for form in FILES)):
        assert alice.get(address).status_code == 200
        assert bob.get(address).status_code == 200
        refused = carol.get(address)
        assert refused.status_code == 404
        assert UNCHANGED not in refused.content.decode()
        assert edition.material.title not in refused.content.decode()


def test_a_stranger_cannot_tell_a_locked_address_from_one_that_never_was(carol: Browser) -> None:
    locked, never = _page(make_material()), "/m/" + "0" * 32 + "/"
    there, nowhere = carol.get(locked), carol.get(never)
    assert there.status_code == nowhere.status_code == 404
    assert _shape(there.content, locked) == _shape(nowhere.content, never)


def _shape(page: bytes, address: str) -> str:
    """A page but for what differs between any two requests."""
    html = page.decode().replace(address, "").replace(address.replace("/", "%2F"), "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)


def test_a_locked_material_says_why_to_a_signed_in_member(bob: Browser, plan: object) -> None:
    old, new = _old(), make_material()
    assert bob.get(_page(new)).status_code == 200
    rows = _deliveries()
    for browser, edition, reason, opens in (
        (bob, old, "早于您的会员", "及以后的材料"),
        (
            signed_in(Member.objects.create_user("dora@example.org", "correct horse")),
            new,
            "还没有开通",
            "开通会员",
        ),
    ):
        for address in (_page(edition), _file(edition, "txt")):
            response = browser.get(address)
            html = response.content.decode()
            assert response.status_code == 403
            assert reason in html
            assert opens in html
            assert UNCHANGED not in html
    assert _deliveries() == rows


def test_withdrawn_and_unknown_editions_are_not_found(alice: Browser, bob: Browser, carol: Browser) -> None:
    edition = make_material()
    assert bob.get(_page(edition)).status_code == 200
    withdraw(edition, at=timezone.now())
    for browser in (bob, carol):
        for address in (_page(edition), *(_file(edition, form) for form in FILES)):
            assert browser.get(address).status_code == 404
    assert alice.get(_page(edition)).status_code == 200
    for browser in (alice, bob, carol):
        for address in (
            "/m/" + "0" * 32 + "/",
            "/m/1/",
            "/m/../etc/",
            _file(edition, "epub"),
            "/m/" + "A" * 32 + "/",
        ):
            assert browser.get(address).status_code == 404


def test_a_free_material_opens_for_anybody_without_a_row(bob: Browser, carol: Browser) -> None:
    edition = make_material(is_free=True)
    for browser in (bob, carol):
        assert _read(browser.get(_page(edition)).content) == "\n".join(
            line for line in SPEECH.split("\n") if line
        )
        assert browser.get(_file(edition, "txt")).content.decode() == SPEECH
    assert not _deliveries()
    assert edition.material.title in carol.get("/").content.decode()


def test_before_the_first_download_the_notice_is_read(plan: object, bob: Browser) -> None:
    assert bob.member
    bob.member.notice_seen_at = None
    bob.member.save(update_fields=["notice_seen_at"])
    edition = make_material()
    assert bob.get(_page(edition)).status_code == 200
    refused = bob.get(_file(edition, "docx"))
    assert refused.status_code == 302
    notice = bob.get(refused["Location"])
    assert notice.status_code == 200
    assert _file(edition, "docx") in notice.content.decode()
    read = bob.post("/me/notice/read/", {"next": _file(edition, "docx")})
    assert read["Location"] == _file(edition, "docx")
    assert bob.get(read["Location"]).content.startswith(b"PK")


# --- lists --------------------------------------------------------------------------------------------


def test_the_library_lists_locked_titles_with_the_reason(bob: Browser) -> None:
    make_material(title="新近的讲话")
    _old()
    html = bob.get("/library/").content.decode()
    assert html.index("新近的讲话") < html.index("早年的讲话")
    assert "早于您的会员" in html
    assert html.count("未开通") == 1
    assert UNCHANGED not in html


def test_a_locked_title_says_in_english_what_is_so_for_a_member_too(bob: Browser) -> None:
    _old()
    bob.post("/language/", {"language": "en"})
    html = bob.get("/library/").content.decode()
    assert "older than your membership opens. Your membership opens" in html
    assert "Not open to you" in html
    assert "No membership" not in html


def test_the_library_finds_titles_and_narrows_by_kind(bob: Browser) -> None:
    make_material(PLAIN, policy=Policy.VERBATIM, title="水利讲话", kind=Kind.SPEECH)
    make_material(PLAIN, policy=Policy.VERBATIM, title="水利调研", kind=Kind.RESEARCH)
    make_material(PLAIN, policy=Policy.VERBATIM, title="防火讲话", kind=Kind.SPEECH)

    def found(**query: str) -> set[str]:
        html = bob.get("/library/", query).content.decode()
        return {
            title
            for title in ("水利讲话", "水利调研", "防火讲话")
            if f">{title}</a>" in html.replace("<mark>", "").replace("</mark>", "")
        }

    assert found() == {"水利讲话", "水利调研", "防火讲话"}
    assert found(q="水利") == {"水利讲话", "水利调研"}
    assert found(q="水利 讲话") == {"水利讲话"}
    assert found(kind="speech") == {"水利讲话", "防火讲话"}
    assert found(kind="nonsense", page="999") == {"水利讲话", "水利调研", "防火讲话"}
    assert found(q="%") == set()


def test_the_library_shows_one_edition_a_material_and_none_withdrawn(bob: Browser) -> None:
    edition = make_material(title="只此一份")
    gone = make_material(title="已经撤下")
    withdraw(gone, at=timezone.now())
    html = bob.get("/library/").content.decode()
    assert edition.identity in html
    assert gone.identity not in html


def test_the_library_is_for_members_and_the_front_for_strangers(bob: Browser, carol: Browser) -> None:
    edition = make_material(title="会员才有的讲话")
    assert "会员才有的讲话" in bob.get("/").content.decode()
    front = carol.get("/")
    assert front.status_code == 200
    assert edition.identity not in front.content.decode()
    assert carol.get("/library/").status_code == 302
    assert carol.get("/library/")["Location"].startswith("/accounts/login/")


def test_many_materials_come_in_pages(bob: Browser) -> None:
    edition = make_material()
    for number in range(34):
        material = queries.material_numbered(edition.material_id)
        assert material
        material.pk = None
        material._state.adding = True
        material.title = f"第{number}份"
        material.save()
        Edition.objects.create(
            material=material,
            identity=f"{number:032x}",
            master=edition.master.name,
            policy=edition.policy,
            right=edition.right,
            profile=edition.profile,
            characters=1,
            sites=0,
            published_at=timezone.now(),
        )
    first, second = (bob.get("/library/", {"page": page}).content.decode() for page in (1, 2))
    assert first.count('class="title"') == 30
    assert second.count('class="title"') == 5
    assert 'rel="next"' in first
    assert 'rel="prev"' in second


def test_each_member_sees_the_own_copies_and_no_others(alice: Browser, bob: Browser, carol: Browser) -> None:
    ours, theirs = make_material(title="我们的"), make_material(title="他们的")
    bob.get(_page(ours))
    alice.get(_page(theirs))
    html = bob.get("/me/copies/").content.decode()
    assert "我们的" in html
    assert "他们的" not in html
    assert carol.get("/me/copies/").status_code == 302
    withdraw(ours, at=timezone.now())
    html = bob.get("/me/copies/").content.decode()
    assert "我们的" in html
    assert _page(ours) not in html


def test_an_older_edition_points_to_the_one_that_took_its_place(bob: Browser) -> None:
    old = make_material()
    later = make_material(SPEECH.replace("三个村", "五个村"))
    assert "新版本" not in bob.get(_page(old)).content.decode()
    Edition.objects.filter(pk=later.pk).update(material=old.material)
    assert _page(later) in bob.get(_page(old)).content.decode()


# --- the whole site -----------------------------------------------------------------------------------


def _crawl(browser: Browser) -> dict[str, str]:
    """Every page and file that links lead to from the first page, as text."""
    found: dict[str, str] = {}
    waiting = ["/"]
    while waiting:
        address = waiting.pop().split("#")[0]
        if address in found or address.startswith("/static/"):
            continue
        response = browser.get(address)
        if "wordprocessingml" in response["Content-Type"] or response["Content-Type"] == "application/pdf":
            found[address] = engine.read(response.content).text
        else:
            found[address] = unescape(re.sub(r"<[^>]+>", "", response.content.decode()))
        if "text/html" in response["Content-Type"]:
            waiting += re.findall(r'href="(/[^"]*)"', response.content.decode())
    return found


def test_no_address_shows_a_member_the_words_of_the_master_or_of_another_copy(bob: Browser) -> None:
    edition = make_material()
    dora = Member.objects.create_user("dora@example.org", "correct horse", notice_seen_at=timezone.now())
    assert bob.member
    term = bob.member.memberships.get()
    dora.memberships.create(plan=term.plan, starts_on=term.starts_on, ends_on=term.ends_on)
    crawled = {"bob": _crawl(bob), "dora": _crawl(signed_in(dora))}
    own = {name: set(pages[_file(edition, "txt")].split("\n")) for name, pages in crawled.items()}
    master = set(SPEECH.split("\n"))
    for name, other in (("bob", "dora"), ("dora", "bob")):
        assert {_page(edition), *(_file(edition, f) for f in FILES)} <= set(crawled[name])
        foreign = (master | own[other]) - own[name]
        assert len(foreign) >= 10
        for address, text in crawled[name].items():
            assert not [line for line in foreign if line in text], address
