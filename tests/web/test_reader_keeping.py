"""What members leave in the reading room: places, favourites, notes. Whose they are, and who may."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from web.browsing import Browser, signed_in
from web.making import SPEECH, make_material
from wenxing_web.library import queries as library
from wenxing_web.library.actions.withdraw import withdraw
from wenxing_web.library.models import Edition, Policy
from wenxing_web.members.models import Member, Plan
from wenxing_web.reader.actions.keep_place import keep_place
from wenxing_web.reader.models import Favourite, Note, Progress

pytestmark = pytest.mark.django_db

PHRASE = "年久失修"


@pytest.fixture
def dora(plan: Plan) -> Browser:
    """Another member, with a term like Bob's."""
    member = Member.objects.create_user("dora@example.org", "correct horse", notice_seen_at=timezone.now())
    today = timezone.localdate()
    member.memberships.create(plan=plan, starts_on=today, ends_on=today + timedelta(days=300))
    return signed_in(member)


def _page(edition: Edition) -> str:
    return f"/m/{edition.identity}/"


def _html(browser: Browser, address: str, **query: str) -> str:
    response = browser.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def _lines(html: str) -> dict[int, str]:
    """Paragraph number → its words, as the page shows them."""
    article = re.search(r"<article[^>]*>(.*?)</article>", html, re.S)
    assert article
    found = re.findall(r'<(?:p|h\d) id="p(\d+)"[^>]*>(.*?)</(?:p|h\d)>', article[1], re.S)
    return {int(number): unescape(re.sub(r"<[^>]+>", "", inner)) for number, inner in found}


def _place_of(browser: Browser, edition: Edition, words: str) -> tuple[int, int, int]:
    lines = _lines(_html(browser, _page(edition)))
    number, text = next((n, t) for n, t in lines.items() if words in t)
    return number, text.index(words), text.index(words) + len(words)


def _write(browser: Browser, edition: Edition, **fields: Any) -> Any:
    return browser.post(_page(edition) + "notes/", fields)


def _end_terms(browser: Browser) -> None:
    assert browser.member
    today = timezone.localdate()
    browser.member.memberships.update(starts_on=today - timedelta(days=60), ends_on=today - timedelta(days=1))


# --- notes and highlights -----------------------------------------------------------------------------


def test_a_highlight_is_shown_in_the_own_copy_and_changes_no_character_of_it(bob: Browser) -> None:
    edition = make_material()
    before = _lines(_html(bob, _page(edition)))
    number, start, end = _place_of(bob, edition, PHRASE)
    answer = _write(bob, edition, paragraph=number, start=start, end=end, text="")
    assert answer["Location"] == f"{_page(edition)}#p{number}"
    html = _html(bob, _page(edition))
    assert f'<mark class=" own">{PHRASE}</mark>' in html
    assert _lines(html) == before


def test_a_note_on_a_paragraph_stands_beside_the_text_and_in_the_list(bob: Browser) -> None:
    edition = make_material()
    number, _start, _end = _place_of(bob, edition, PHRASE)
    _write(bob, edition, paragraph=number, text="  查一查 <b>数字</b>\n再引用 ")
    html = _html(bob, _page(edition))
    assert f'id="p{number}" class="noted"' in html
    assert "查一查 &lt;b&gt;数字&lt;/b&gt;<br>再引用</p>" in html
    assert "查一查 &lt;b&gt;" in _html(bob, "/me/notes/")
    assert "查一查" not in html.split("<article")[1].split("</article>")[0]


def test_a_note_keeps_places_and_no_words_of_the_material(bob: Browser) -> None:
    edition = make_material()
    number, start, end = _place_of(bob, edition, PHRASE)
    _write(bob, edition, paragraph=number, start=start, end=end, text="")
    note = Note.objects.get()
    assert (note.paragraph, note.start, note.end, note.text) == (number, start, end, "")


def test_a_place_that_the_copy_does_not_have_is_refused(bob: Browser) -> None:
    edition = make_material()
    lines = _lines(_html(bob, _page(edition)))
    number = max(lines)
    length = len(lines[number])
    assert _write(bob, edition, paragraph=number, start=0, end=length).status_code == 302
    assert Note.objects.count() == 1
    for fields in (
        {"paragraph": number, "start": 0, "end": length + 1},
        {"paragraph": number, "start": 5, "end": 5},
        {"paragraph": number, "start": 7, "end": 3},
        {"paragraph": number + 1},
        {"paragraph": 10**6, "text": "x"},
        {"paragraph": "x"},
        {"paragraph": -1},
        {"paragraph": number, "text": "长" * 4001},
        {},
    ):
        answer = bob.post(_page(edition) + "notes/", fields, follow=True)
        assert "笔记没有保存" in answer.content.decode(), fields
    assert Note.objects.count() == 1


def test_a_note_is_changed_and_discarded_by_its_owner_only(
    bob: Browser, dora: Browser, carol: Browser
) -> None:
    edition = make_material()
    _write(bob, edition, paragraph=1, text="只给自己看")
    address = f"/me/notes/{Note.objects.get().pk}/"
    assert bob.post(address, {"text": "改过了"}).status_code == 302
    assert Note.objects.get().text == "改过了"
    for fields in ({"text": "别人改的"}, {"do": "discard"}):
        assert dora.post(address, fields).status_code == 404
        assert carol.post(address, fields).status_code == 302
        assert Note.objects.get().text == "改过了"
    assert "改过了" not in _html(dora, _page(edition)) + _html(dora, "/me/notes/")
    assert bob.get(address).status_code == 405
    assert bob.post(f"/me/notes/{10**30}/", {"text": "x"}).status_code == 404
    assert bob.post(address, {"do": "discard"}).status_code == 302
    assert not Note.objects.exists()


def test_notes_outlive_the_term_and_the_edition(bob: Browser) -> None:
    edition = make_material(title="要撤下的讲话")
    _write(bob, edition, paragraph=1, text="还在")
    _end_terms(bob)
    assert _write(bob, edition, paragraph=1, text="新的").status_code == 403
    assert "还在" in _html(bob, "/me/notes/")
    assert bob.post(f"/me/notes/{Note.objects.get().pk}/", {"text": "还能改"}).status_code == 302
    withdraw(edition, at=timezone.now())
    html = _html(bob, "/me/notes/")
    assert "还能改" in html
    assert _page(edition) not in html


def test_a_new_edition_says_where_the_notes_are(bob: Browser) -> None:
    old, new = make_material(), make_material(SPEECH.replace("三个村", "五个村"))
    Edition.objects.filter(pk=new.pk).update(material=old.material)
    assert "另一版里有笔记" not in _html(bob, _page(new))
    _write(bob, old, paragraph=1, text="旧版的")
    assert "另一版里有笔记" in _html(bob, _page(new))
    assert "旧版的" not in _html(bob, _page(new))


# --- who may ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["notes/", "place/"])
def test_owner_member_and_stranger_where_things_are_kept(
    part: str, alice: Browser, bob: Browser, carol: Browser
) -> None:
    edition = make_material()
    old = make_material(dated_on=timezone.localdate() - timedelta(days=1900), title="早年的讲话")
    fields = {"paragraph": 1, "text": "记"}
    assert alice.post(_page(edition) + part, fields).status_code == 302
    assert bob.post(_page(edition) + part, fields).status_code == 302
    kept = Note.objects.count() + Progress.objects.filter(paragraph=1).count()
    assert kept == 2
    assert carol.post(_page(edition) + part, fields)["Location"].startswith("/accounts/login/")
    assert bob.post(_page(old) + part, fields).status_code == 403
    assert bob.post("/m/" + "0" * 32 + "/" + part, fields).status_code == 404
    assert bob.get(_page(edition) + part).status_code == 405
    withdraw(edition, at=timezone.now())
    assert bob.post(_page(edition) + part, fields).status_code == 404
    assert Note.objects.count() + Progress.objects.filter(paragraph=1).count() == kept


def test_what_is_kept_leads_back_to_this_site_only(bob: Browser) -> None:
    edition = make_material()
    address = _page(edition) + "favourite/"
    assert bob.post(address, {"wanted": "1", "next": "/me/"})["Location"] == "/me/"
    assert bob.post(address, {"wanted": "1", "next": "https://evil.example/"})["Location"] == "/library/"
    assert bob.post(address, {"wanted": "1", "next": "//evil.example/"})["Location"] == "/library/"


@pytest.mark.parametrize("part", ["notes/", "place/"])
def test_a_missing_master_is_said_to_be_our_fault(bob: Browser, part: str) -> None:
    edition = make_material()
    assert bob.post(_page(edition) + part, {"paragraph": 1}).status_code == 302
    library.forget_masters()
    Path(edition.master.path).unlink()
    assert bob.post(_page(edition) + part, {"paragraph": 1}).status_code == 503


# --- favourites ---------------------------------------------------------------------------------------


def test_favourites_are_kept_once_and_taken_out(bob: Browser, dora: Browser) -> None:
    edition, other = make_material(title="要留着的"), make_material(title="不留的")
    for _twice in range(2):
        bob.post(_page(edition) + "favourite/", {"wanted": "1"})
    assert Favourite.objects.count() == 1
    mine = _html(bob, "/library/", mine="1")
    assert "要留着的" in mine
    assert other.identity not in mine
    assert "已收藏" in _html(bob, _page(edition))
    assert edition.identity not in _html(dora, "/library/", mine="1")
    assert "收藏</h2>" in _html(bob, "/")
    for _twice in range(2):
        bob.post(_page(edition) + "favourite/", {"wanted": "0"})
    assert not Favourite.objects.exists()
    assert edition.identity not in _html(bob, "/library/", mine="1")


def test_favourites_survive_the_end_of_a_term(bob: Browser) -> None:
    edition = make_material(title="要留着的")
    bob.post(_page(edition) + "favourite/", {"wanted": "1"})
    _end_terms(bob)
    mine = _html(bob, "/library/", mine="1")
    assert "要留着的" in mine
    assert "会员期已经结束" in mine
    locked = bob.get(_page(edition))
    assert locked.status_code == 403
    assert "已收藏" in locked.content.decode()


def test_favourites_are_of_visible_materials_and_of_members(bob: Browser, carol: Browser) -> None:
    edition = make_material()
    assert carol.post(_page(edition) + "favourite/", {"wanted": "1"}).status_code == 302
    withdraw(edition, at=timezone.now())
    assert bob.post(_page(edition) + "favourite/", {"wanted": "1"}).status_code == 404
    assert not Favourite.objects.exists()


# --- places -------------------------------------------------------------------------------------------


def test_a_place_is_kept_and_offered_again(bob: Browser, dora: Browser) -> None:
    edition = make_material()
    last = max(_lines(_html(bob, _page(edition))))
    assert "上次读到" not in _html(bob, _page(edition))
    answer = bob.post(_page(edition) + "place/", {"paragraph": 5, "quietly": "1"})
    assert answer.status_code == 204
    html = _html(bob, _page(edition))
    assert "上次读到" in html
    assert '<a href="#p5">接着读</a>' in html
    assert f'href="{_page(edition)}#p5"' in _html(bob, "/")
    assert "接着读" not in _html(dora, "/")
    bob.post(_page(edition) + "place/", {"paragraph": last + 50})
    assert Progress.objects.get(member=bob.member).paragraph == last
    assert "上次读到" not in _html(bob, _page(edition))
    assert "接着读" not in _html(bob, "/")
    assert "读完" in _html(bob, "/library/")


def test_opening_again_does_not_lose_the_place(bob: Browser) -> None:
    edition = make_material()
    bob.post(_page(edition) + "notes/", {"do": "place", "paragraph": 5})
    _html(bob, _page(edition))
    assert Progress.objects.get().paragraph == 5
    assert not Note.objects.exists()
    assert bob.post(_page(edition) + "place/", {"paragraph": "x"}).status_code == 400
    assert Progress.objects.get().paragraph == 5


def test_a_place_holds_for_another_edition_and_never_points_beyond_it(bob: Browser) -> None:
    old, new = make_material(), make_material("\n".join(SPEECH.split("\n")[:5]))
    assert bob.member
    keep_place(bob.member, new.material, paragraph=11, last=14, at=timezone.now())
    html = _html(bob, _page(new))
    target = re.search(r'<a href="#p(\d+)">接着读', html)
    assert target
    assert int(target[1]) in _lines(html)
    assert "接着读" not in _html(bob, _page(old))


# --- searching, sizes, codes, plans -------------------------------------------------------------------


def test_words_are_found_in_the_own_copy_and_marked(bob: Browser) -> None:
    edition = make_material(SPEECH.replace("石桥", "Bridge 石桥"))
    before = _lines(_html(bob, _page(edition)))
    html = _html(bob, _page(edition), q="群众")
    hits = re.findall(r'<a href="#hit-(\d+)">', html)
    text = "".join(before.values())
    assert len(hits) == text.count("群众") >= 4
    for hit in hits:
        assert html.count(f'id="hit-{hit}"') == 1
    assert _lines(html) == before
    assert 'class="hit" id="hit-1">Bridge<' in _html(bob, _page(edition), q="bRIDGE")
    assert "文中没有" in _html(bob, _page(edition), q="没有这样的话")
    assert "文中没有“&lt;script&gt;”" in _html(bob, _page(edition), q="<script>")
    assert "文中没有“.*”" in _html(bob, _page(edition), q=".*")


def test_a_search_shows_the_words_that_only_this_copy_has(bob: Browser, dora: Browser) -> None:
    edition = make_material()
    ours, theirs = (_lines(_html(b, _page(edition))) for b in (bob, dora))
    number = next(n for n in ours if ours[n] != theirs[n])
    assert 'id="hit-1"' in _html(bob, _page(edition), q=ours[number][:100])
    first = next(i for i, (a, b) in enumerate(zip(ours[number], theirs[number], strict=False)) if a != b)
    words = ours[number][max(0, first - 10) : first + 4]
    assert 'id="hit-1"' in _html(bob, _page(edition), q=words)
    assert "文中没有" in _html(dora, _page(edition), q=words)


def test_hits_and_highlights_overlap_without_changing_the_text(bob: Browser) -> None:
    edition = make_material()
    before = _lines(_html(bob, _page(edition)))
    number, start, end = _place_of(bob, edition, PHRASE)
    for shift in (-2, 0, 1):
        _write(bob, edition, paragraph=number, start=start + shift, end=end + shift)
    html = _html(bob, _page(edition), q=PHRASE)
    assert _lines(html) == before
    assert 'class="hit own" id="hit-1"' in html


def test_the_size_of_the_text_is_remembered_by_the_browser(carol: Browser) -> None:
    edition = make_material(is_free=True)
    assert 'class="reader size-normal"' in _html(carol, _page(edition))
    assert carol.post("/reading/size/", {"size": "large", "next": _page(edition)})["Location"] == _page(
        edition
    )
    assert 'class="reader size-large"' in _html(carol, _page(edition))
    assert carol.post("/reading/size/", {"size": "small", "quietly": "1"}).status_code == 204
    assert 'class="reader size-small"' in _html(carol, _page(edition))
    assert carol.post("/reading/size/", {"size": '"><script>'}).status_code == 400
    carol.cookies["reading_size"] = '"><script>'
    assert 'class="reader size-normal"' in _html(carol, _page(edition))


def test_a_copy_shows_its_own_code_and_a_free_material_none(bob: Browser, dora: Browser) -> None:
    edition = make_material()
    codes = [
        re.findall(r"<code>([0-9A-Z]{4}-[0-9A-Z]{4})</code>", _html(b, _page(edition))) for b in (bob, dora)
    ]
    assert [len(found) for found in codes] == [1, 1]
    assert codes[0] != codes[1]
    assert "副本代码" not in _html(bob, _page(make_material(is_free=True)))


def test_a_stranger_reads_a_free_material_without_what_needs_an_account(carol: Browser) -> None:
    html = _html(carol, _page(make_material(is_free=True)), q="群众")
    assert 'id="hit-1"' in html
    for ours in ("/notes/", "/favourite/", "/place/", "reader-notes"):
        assert ours not in html
    assert not Progress.objects.exists()


def test_a_text_says_its_language(bob: Browser) -> None:
    english = "A short note\n" + "The library opens at nine and closes late.\n" * 3
    assert '<article class="reader size-normal" lang="en"' in _html(
        bob, _page(make_material(english, policy=Policy.VERBATIM))
    )
    assert 'lang="zh-Hans" data-place' in _html(bob, _page(make_material()))


def test_plans_are_shown_to_anybody_and_say_how_to_join(
    bob: Browser, carol: Browser, plan: Plan, settings: Any
) -> None:
    Plan.objects.create(name_zh="不再出售", name_en="Gone", on_offer=False)
    Plan.objects.create(name_zh="十年", name_en="Ten", years_back=10, price_minor=29_950)
    settings.CONTACT = "join@library.example"
    for browser in (bob, carol):
        html = _html(browser, "/plans/")
        assert "全年会员" in html
        assert "¥299.50" in html
        assert "不再出售" not in html
        assert "join@library.example" in html
    assert "/plans/" in _html(carol, "/")


def test_a_longer_list_asks_the_database_no_more_often(bob: Browser) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            _html(bob, "/library/")
        return len(queries)

    make_material(title="第一份")
    few = asked()
    for number in range(6):
        make_material(title=f"又一份 {number}")
    assert asked() == few <= 14
