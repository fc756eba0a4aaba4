"""Search as members use it: in their own words, what is locked, what is gone, what is not understood."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from web.browsing import Browser, signed_in
from web.making import PLAIN, make_material
from wenxing_web.delivery.models import Copy, Excerpt
from wenxing_web.delivery.queries import accounts_with, wording
from wenxing_web.ledger.models import Entry
from wenxing_web.library.actions.withdraw import withdraw
from wenxing_web.library.models import Edition, Kind, Policy, Topic
from wenxing_web.members.models import Member, Plan
from wenxing_web.reader.queries.finding import similar
from wenxing_web.reader.queries.missed import missed

pytestmark = pytest.mark.django_db

NOTE = "读书笔记\n灯下读书，读到会意处就记一笔。\n春耕之前要把渠修好，水才到得了田头。\n"


def found(browser: Browser, query: str, **more: str) -> str:
    """The page of a search, without markup."""
    answer = browser.get("/library/", {"q": query, **more})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode().split("<main", 1)[1]))


def links(browser: Browser, query: str, **more: str) -> list[str]:
    """Addresses of the passages that a search shows."""
    page = browser.get("/library/", {"q": query, **more}).content.decode()
    return re.findall(r'class="passage"><a href="([^"]+)"', page)


def member_of(browser: Browser) -> Member:
    assert browser.member
    return browser.member


def another(plan: Plan, name: str = "dora") -> Browser:
    """One more member in the middle of a term."""
    member = Member.objects.create_user(f"{name}@example.org", notice_seen_at=timezone.now())
    today = timezone.localdate()
    member.memberships.create(plan=plan, starts_on=today, ends_on=today + timedelta(days=9))
    return signed_in(member)


def verbatim(text: str = NOTE, title: str = "读书笔记", **more: object) -> Edition:
    return make_material(text, policy=Policy.VERBATIM, title=title, **more)  # type: ignore[arg-type]


def test_a_word_of_two_characters_leads_to_its_paragraph(bob: Browser) -> None:
    edition = verbatim()
    page = bob.get("/library/", {"q": "春耕"}).content.decode()
    assert "<mark>春耕</mark>之前要把渠修好" in page
    assert links(bob, "春耕") == [f"/m/{edition.identity}/?q={quote('春耕')}#p2"]
    assert 'id="p2"' in bob.get(links(bob, "春耕")[0]).content.decode()
    assert "没有找到" in found(bob, "前要渠")


def test_words_meet_in_a_paragraph_and_operators_do_what_they_say(bob: Browser) -> None:
    verbatim("甲文\n苹果和梨。\n苹果和桃。\n只有梨。\n", title="甲文")
    hits = {
        "苹果 梨": 1,
        "苹果 AND 桃": 1,
        "梨 OR 桃": 3,
        "苹果 -梨": 1,
        "苹果 NOT 梨": 1,
        "(梨 或 桃) 苹果": 2,
        "“苹果和桃”": 1,
        "苹果 -(梨 OR 桃)": 0,
        "梨。": 2,
    }
    assert {query: len(links(bob, query)) for query in hits} == hits


def test_a_title_is_found_and_lit_and_counts_once(bob: Browser) -> None:
    verbatim()
    page = bob.get("/library/", {"q": "读书笔记"}).content.decode()
    assert "<mark>读书笔记</mark></a>" in page
    assert "1 份材料，1 处" in found(bob, "读书笔记")


def test_width_case_and_script_do_not_matter(bob: Browser) -> None:
    verbatim("乙文\n用ＰＤＦ排版，见第３章。\n", title="乙文")
    for query in ("pdf", "PDF", "第3章", "排版 pdf", "見第3章"):
        assert len(links(bob, query)) == 1, query
    assert links(bob, "df") == []


def test_hits_narrow_by_kind_year_and_topic_and_sort_by_day(bob: Browser, today: date) -> None:
    topic = Topic.objects.create(name_zh="春耕", name_en="Spring", starts_on=today, ends_on=today)
    old = verbatim("丙文\n说到修渠。\n", title="丙文", dated_on=today - timedelta(days=800), kind=Kind.NOTE)
    new = verbatim("丁文\n说到修渠，说到修渠，还是修渠。\n", title="丁文", kind=Kind.REPORT)
    new.material.topics.add(topic)

    def titles(**more: str) -> list[str]:
        return re.findall(r"[丙丁]文(?= )", found(bob, "修渠", **more))

    assert set(titles()) == {"丙文", "丁文"}
    assert titles(sort="new") == ["丁文", "丙文"]
    assert titles(kind="note") == ["丙文"]
    assert titles(year=str(new.material.dated_on.year)) == ["丁文"]
    assert titles(topic=str(topic.pk)) == ["丁文"]
    assert titles(topic=str(topic.pk), kind="note") == []
    assert titles(kind="x", year="x", topic="999") == titles()
    assert old.pk


def test_a_search_in_the_favourites_stays_there(bob: Browser) -> None:
    kept = verbatim("丙文\n说到修渠。\n", title="丙文")
    verbatim("丁文\n说到修渠。\n", title="丁文")
    bob.post(f"/m/{kept.identity}/favourite/", {"wanted": "1"})
    assert "丁文" in found(bob, "修渠")
    assert "丁文" not in found(bob, "修渠", mine="1")
    assert "丙文" in found(bob, "修渠", mine="1")


def test_of_what_is_locked_only_the_title_is_found_and_it_says_what_opens_it(
    bob: Browser, today: date
) -> None:
    verbatim(dated_on=today - timedelta(days=3_000))
    page = found(bob, "读书")
    assert "未开通" in page
    assert "早于您的会员可读的年份" in page
    assert "灯下" not in page
    assert "没有找到" in found(bob, "春耕")
    assert not Excerpt.objects.exists()


def test_an_index_that_offers_too_much_opens_nothing(
    bob: Browser, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    verbatim(dated_on=today - timedelta(days=3_000))
    open_now = verbatim("丁文\n春耕之后。\n", title="丁文")
    monkeypatch.setattr("wenxing_web.entitlements.opens_since", lambda *_args, **_kwargs: date.min)
    assert [address[3:35] for address in links(bob, "春耕")] == [open_now.identity]
    assert "要把渠修好" not in found(bob, "春耕 OR 读书笔记")


def test_what_is_withdrawn_is_gone_at_once_also_for_those_who_have_it(bob: Browser) -> None:
    edition = verbatim()
    assert links(bob, "春耕")
    withdraw(edition, at=timezone.now())
    assert "没有找到" in found(bob, "春耕")
    assert "没有找到" in found(bob, "读书笔记")


def test_a_new_edition_takes_the_place_of_the_old_one(bob: Browser, alice: Browser) -> None:
    from wenxing_web.library.actions.clean import clean
    from wenxing_web.library.actions.describe import describe
    from wenxing_web.library.actions.publish import publish
    from wenxing_web.library.actions.upload import upload
    from wenxing_web.library.models import Right

    first = verbatim()
    draft = clean(
        upload("读书笔记\n秋收之后再修渠。\n".encode(), name="新", today=timezone.localdate()), remove=()
    )
    draft.material = first.material
    draft.save()
    describe(
        draft, title="读书笔记", kind=Kind.NOTE, dated_on=timezone.localdate(), right=Right.OWN, is_free=False
    )
    publish(draft, at=timezone.now())
    assert "没有找到" in found(bob, "春耕")
    assert len(links(bob, "秋收")) == 1


def test_a_passage_is_a_delivery_recorded_once(bob: Browser, carol: Browser) -> None:
    protected, free = verbatim(), verbatim("己文\n春耕也免费。\n", title="己文", is_free=True)
    before = Entry.objects.count()
    for _ in range(3):
        assert len(links(bob, "春耕")) == 2
    rows = Entry.objects.order_by("id")[before:]
    number = member_of(bob).recipient.number
    facts = {"edition": protected.identity, "recipient": number, "form": "excerpt"}
    assert [(row.kind, row.facts) for row in rows] == [("copy.delivered", facts)]
    assert Excerpt.objects.get().edition == protected
    assert accounts_with(protected) == 0, "it was not opened"
    assert free.pk
    bob.get(f"/m/{protected.identity}/")
    assert Entry.objects.count() == before + 2, "the page that is opened is one more delivery"
    assert accounts_with(protected) == 1


def test_of_a_copy_that_was_opened_a_passage_is_nothing_new(bob: Browser) -> None:
    edition = verbatim()
    bob.get(f"/m/{edition.identity}/")
    before = Entry.objects.count()
    assert links(bob, "春耕")
    assert Entry.objects.count() == before
    assert Copy.objects.count() == 1
    assert not Excerpt.objects.exists()


def test_nothing_is_shown_when_the_ledger_cannot_be_written(
    bob: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    import wenxing_web.delivery.actions.excerpt as excerpting
    from wenxing_web.ledger.models import LedgerError

    verbatim()

    def fail(*_args: object, **_kwargs: object) -> None:
        raise LedgerError("disk full")

    monkeypatch.setattr(excerpting, "record", fail)
    with pytest.raises(LedgerError):
        bob.get("/library/", {"q": "春耕"})
    monkeypatch.undo()
    assert not Excerpt.objects.exists()
    assert links(bob, "春耕")


def test_a_head_request_delivers_nothing(bob: Browser) -> None:
    verbatim()
    assert bob.head("/library/", {"q": "春耕"}).status_code == 405
    assert bob.head("/library/").status_code == 200
    assert not Excerpt.objects.exists()
    answer = bob.get("/library/", {"q": "春耕"})
    assert answer["Cache-Control"] == "private, no-store"


def test_search_is_for_accounts(bob: Browser, alice: Browser, carol: Browser) -> None:
    verbatim()
    assert links(bob, "春耕")
    assert links(alice, "春耕")
    answer = carol.get("/library/", {"q": "春耕"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert "春耕之前" not in answer.content.decode()


def test_an_account_without_a_plan_finds_titles_and_what_is_free(plan: Plan) -> None:
    verbatim()
    verbatim("己文\n春耕也免费。\n", title="己文", is_free=True)
    erin = signed_in(Member.objects.create_user("erin@example.org"))
    page = found(erin, "春耕 OR 读书笔记")
    assert "春耕也免费" in page
    assert "未开通" in page
    assert "要把渠修好" not in page
    assert not Excerpt.objects.exists()


BAD = [
    "字" * 10_000,
    "AND OR NOT",
    "\x00",
    "春耕\x00修渠",
    '"没有关上',
    "”",
    "((((((((((((((((((((((((",
    "()",
    "-",
    "----------",
    "a" * 200,
    "NOT 春耕",
    "春耕 OR -修渠",
    "。、，",
    "<script>alert(1)</script>",
    "％_'; DROP TABLE library_edition; --",
    "* ? ~ ^ : [a TO b]",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "🐉" * 20,
    "(" * 17 + "春耕" + ")" * 17,
    " ".join("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄"),
]


@pytest.mark.parametrize("query", BAD)
def test_whatever_is_typed_ends_in_a_page(bob: Browser, query: str) -> None:
    verbatim()
    page = bob.get("/library/", {"q": query}).content.decode()
    main = page.split("<main", 1)[1].split("</main>")[0]
    assert "<h1>书库</h1>" in main
    assert "<script>alert" not in page
    assert len(main) < 5_000
    assert links(bob, "春耕")


def test_a_query_that_says_nothing_is_answered_with_what_is_missing(bob: Browser) -> None:
    said = {
        "字" * 201: "要找的话太长了：最多 200 个字",
        "春耕 AND": "“AND”后面还缺一个要找的词",
        "OR 春耕": "“OR”前面还缺一个要找的词",
        "(春耕": "少了一个右括号",
        "春耕)": "多了一个右括号",
        "“春耕": "引号没有成对",
        "-春耕": "只说了不要什么",
        "……": "没有看出要找什么",
    }
    for query, words in said.items():
        assert words in found(bob, query), query


def test_what_was_not_found_is_counted_without_saying_who_looked(
    bob: Browser, alice: Browser, today: date
) -> None:
    verbatim()
    for browser, query in ((bob, "乡村 振兴"), (alice, "乡村  振兴"), (bob, "低碳"), (bob, "春耕")):
        found(browser, query)
    found(bob, "没有这个", kind="note")
    found(bob, "“没有关上")
    assert [(miss.text, miss.count, miss.last) for miss in missed(since=today)] == [
        ("乡村 振兴", 2, today),
        ("低碳", 1, today),
    ]
    assert missed(since=today + timedelta(days=1)) == []


def test_what_is_similar_to_a_wish_is_offered_by_title(bob: Browser, today: date) -> None:
    own, locked = verbatim(), verbatim(dated_on=today - timedelta(days=3_000), title="修渠的老办法")
    verbatim(PLAIN, title="会场")
    offered = similar("想要一份春耕的材料，讲水怎么到田头", member_of(bob), today=today)
    assert [one.edition for one in offered] == [own]
    by_title = similar("修渠的老办法", member_of(bob), today=today)
    assert [(one.edition, one.locked is not None) for one in by_title] == [(locked, True)]
    assert similar("……", member_of(bob), today=today) == []
    assert similar("字" * 100_000, member_of(bob), today=today) == []
    assert not Excerpt.objects.exists(), "titles are no delivery"


# --- in one's own words ---------------------------------------------------------------------------------


def _words_of(text: str) -> Iterator[str]:
    yield from re.findall(r"[㐀-鿿]{2,6}", text)


def _differing(ours: dict[int, str], theirs: dict[int, str]) -> Iterator[tuple[int, str]]:
    """Number of a paragraph and a phrase of ours in it that theirs has nowhere."""
    everything = "\n".join(theirs.values())
    for number, text in ours.items():
        for at in range(len(text) - 5):
            piece = text[at : at + 6]
            if text != theirs[number] and re.fullmatch("[㐀-鿿]{6}", piece) and piece not in everything:
                yield number, piece


def test_everybody_finds_the_words_of_their_own_copy_and_no_others(bob: Browser, plan: Plan) -> None:
    edition, dora = make_material(title="水利"), another(plan)
    ours = dict(wording(member_of(bob), edition))
    theirs = dict(wording(member_of(dora), edition))
    pieces = list(_differing(ours, theirs))[::2]
    assert len(pieces) > 10
    for number, piece in pieces:
        assert any(address.endswith(f"#p{number}") for address in links(bob, f"“{piece}”")), piece
        assert piece in strip_tags(bob.get("/library/", {"q": f"“{piece}”"}).content.decode())
        assert "没有找到" in found(dora, f"“{piece}”"), piece


def test_no_passage_shows_anything_but_the_members_own_copy(bob: Browser, plan: Plan) -> None:
    edition, dora = make_material(title="水利"), another(plan)
    for browser in (bob, dora):
        own = "\n".join(wording(member_of(browser), edition).values())
        page = browser.get("/library/", {"q": "的 OR 渠 OR 水"}).content.decode()
        passages = [strip_tags(part) for part in re.findall(r'class="passage">(.*?)</p>', page, re.S)]
        assert len(passages) == 3
        assert all(passage.strip("…") in own for passage in passages)


def test_who_searches_faster_than_anybody_reads_is_asked_to_wait_and_nobody_else(
    alice: Browser, bob: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.cache import cache

    from wenxing_web.reader.actions import pace

    monkeypatch.setattr(pace, "MOST", 2)
    monkeypatch.setattr(pace, "WINDOW", 10**9)  # no window ends while this runs
    codes = []
    for _ in range(3):
        codes.append(bob.get("/library/?q=修渠").status_code)
        cache.clear()  # as another process, which has a memory of its own
    assert codes == [200, 200, 429]
    assert "找得太快了" in bob.get("/library/?q=修渠").content.decode()
    assert bob.get("/library/").status_code == 200
    assert alice.get("/library/?q=修渠").status_code == 200
    monkeypatch.setattr(pace, "WINDOW", 10**8)  # another window
    assert bob.get("/library/?q=修渠").status_code == 200
