"""The proof: by rule, in the running text, undone; own sites; a look at how copies read."""

import re
from html import unescape

import pytest
from django.utils import timezone

from web.browsing import Browser
from web.making import SPEECH, make_draft
from wenxing_web import engine
from wenxing_web.ledger.models import Entry
from wenxing_web.library import queries
from wenxing_web.library.actions.add import NotAdded, add
from wenxing_web.library.actions.choose import choose
from wenxing_web.library.actions.clean import clean
from wenxing_web.library.actions.describe import describe
from wenxing_web.library.actions.narrow import narrow
from wenxing_web.library.actions.proof import proof
from wenxing_web.library.actions.publish import publish
from wenxing_web.library.actions.undo import undo
from wenxing_web.library.models import Draft, Edition, Kind, Policy, Right
from wenxing_web.members.models import Member

pytestmark = pytest.mark.django_db
PART = {"X-Wenxing-Part": "1"}


@pytest.fixture
def draft(db: None) -> Draft:
    """A cleaned draft whose sites may be approved."""
    return choose(make_draft(), Policy.ADAPTABLE)


@pytest.fixture
def sheet(draft: Draft) -> str:
    """The address of its proof."""
    return f"/console/ingest/{draft.pk}/proof/"


def _decided(draft: Draft) -> queries.Decisions:
    return queries.decisions(Draft.objects.get(pk=draft.pk))


def _plain(html: str) -> str:
    """Text as a reader of the source text has it: without alternatives, marks and labels."""
    aside = r"<(ins|sup)\b.*?</\1>|<span class=\"(?:quiet|visually-hidden)\">.*?</span>|<del>.*?</del>"
    return unescape(re.sub(r"<[^>]+>", "", re.sub(aside, "", html, flags=re.S)))


def _published(draft: Draft) -> Edition:
    describe(
        draft, title="讲话", kind=Kind.SPEECH, dated_on=timezone.localdate(), right=Right.OWN, is_free=False
    )
    return publish(draft, at=timezone.now())


# --- what the page shows ------------------------------------------------------------------------------


def test_every_site_is_shown_in_its_sentence_with_its_alternatives(
    alice: Browser, draft: Draft, sheet: str
) -> None:
    html = alice.get(sheet).content.decode()
    rows = re.findall(r'<li id="site-(\d+)".*?<div class="site-text">(.*?)</div>', html, re.S)
    text = queries.cleaned(draft)
    assert {int(number) for number, _row in rows} == set(range(len(text.sites)))
    for number, row in rows:
        site = text.sites[int(number)]
        assert row.count(f"<mark>{site.alternatives[0]}</mark>") == len(site.spans), "repeats stand together"
        sentence = row.split("</p>")[0]
        assert re.findall("<ins>(.*?)</ins>", sentence) == list(site.alternatives[1:])
        assert _plain(sentence).strip().strip("…").strip() in text.document.text


def test_sites_are_grouped_by_rule_in_words_grade_a_first(alice: Browser, draft: Draft, sheet: str) -> None:
    groups = queries.groups(draft)
    assert [group.grade for group in groups] == sorted(group.grade for group in groups)
    html = alice.get(sheet).content.decode()
    titles = re.findall(r'<h3 id="group-[^"]*-title">(.*?)</h3>', html)
    assert titles == [group.title for group in groups]
    assert all("／" in title for title in titles)
    for rule in {site.rule for site in queries.cleaned(draft).sites}:
        assert f">{rule}<" not in html


def test_only_what_is_asked_for_is_shown(alice: Browser, draft: Draft, sheet: str) -> None:
    text = queries.cleaned(draft)

    def shown(query: str) -> set[int]:
        return {int(n) for n in re.findall(r'id="site-(\d+)"', alice.get(sheet + query).content.decode())}

    assert shown("?show=A") == set(text.of_grade("A"))
    assert shown("?show=B") == set(text.of_grade("B"))
    proof(draft, approve=[0, 1], reject=[2])
    assert shown("?show=open") == set(range(3, len(text.sites)))
    for nonsense in ("?show=C", "?page=x", "?page=99", "?view=poem"):
        assert shown(nonsense) == set(range(len(text.sites)))


def test_the_running_text_is_the_document_with_its_sites_in_place(
    alice: Browser, draft: Draft, sheet: str
) -> None:
    html = alice.get(f"{sheet}?view=text").content.decode()
    article = html.partition('<article class="reader" id="running">')[2].partition("</article>")[0]
    shown = [_plain(paragraph) for paragraph in re.findall(r"<p [^>]*>(.*?)</p>", article, re.S)]
    assert shown == [line for line in queries.cleaned(draft).document.text.split("\n") if line.strip()]
    text = queries.cleaned(draft)
    places = {(int(n), int(at)) for n, at in re.findall(r'id="at-(\d+)-(\d+)"', article)}
    assert places == {(n, at) for n, site in enumerate(text.sites) for at in range(len(site.spans))}


def test_long_documents_are_cut_into_pages_between_groups(alice: Browser, sheet: str, draft: Draft) -> None:
    body = SPEECH.partition("\n")[2]
    long = choose(
        make_draft("长篇讲话\n" + "".join(f"{body}第{n}遍。\n" for n in range(8))), Policy.ADAPTABLE
    )
    address = f"/console/ingest/{long.pk}/proof/"
    seen: list[str] = []
    for page in range(1, 9):
        html = alice.get(f"{address}?page={page}").content.decode()
        rows = re.findall(r'id="site-(\d+)"', html)
        if rows == seen[-len(rows) :]:
            break
        seen += rows
    assert sorted(map(int, seen)) == list(range(len(queries.cleaned(long).sites)))
    assert len(seen) > 240


# --- deciding -----------------------------------------------------------------------------------------


def test_a_rule_is_approved_and_rejected_at_once(alice: Browser, draft: Draft, sheet: str) -> None:
    group = max(queries.groups(draft), key=lambda group: len(group.sites))
    where = alice.post(f"{sheet}approve/", {"group": f"approve-{group.key}"})["Location"]
    assert where.endswith(f"#group-{group.key}")
    assert _decided(draft).approved == set(group.numbers)
    alice.post(f"{sheet}approve/", {"group": f"reject-{group.key}"})
    assert _decided(draft).rejected == set(group.numbers)
    assert alice.post(f"{sheet}approve/", {"group": "approve-no-such-rule"}).status_code == 404


def test_a_batch_does_not_approve_what_was_rejected(alice: Browser, draft: Draft, sheet: str) -> None:
    a = queries.cleaned(draft).of_grade("A")
    alice.post(f"{sheet}approve/", {"site": f"reject-{a[3]}"})
    alice.post(f"{sheet}approve/", {"all": "approve"})
    assert _decided(draft).approved == set(a) - {a[3]}
    group = next(group for group in queries.groups(draft) if a[3] in group.numbers)
    alice.post(f"{sheet}approve/", {"group": f"approve-{group.key}"})
    assert a[3] in _decided(draft).rejected
    alice.post(f"{sheet}approve/", {"site": f"approve-{a[3]}"})
    assert _decided(draft).approved == set(a)


def test_a_script_gets_only_the_pieces_that_changed(alice: Browser, draft: Draft, sheet: str) -> None:
    group = next(group for group in queries.groups(draft) if len(group.sites) > 1)
    first, second = group.numbers[:2]
    answer = alice.post(f"{sheet}approve/", {"site": f"approve-{first}"}, headers=PART)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert re.findall(r' id="((?:site|group|status|views|proof)[^"]*)"', html) == [
        *("status", "views", f"group-{group.key}", f"group-{group.key}-title", f"site-{first}")
    ]
    assert "已认可 1 处" in html
    assert f"site-{second}" not in html
    assert "<html" not in html
    in_text = {"site": f"reject-{first}", "view": "text"}
    html = alice.post(f"{sheet}approve/", in_text, headers=PART).content.decode()
    spans = len(queries.cleaned(draft).sites[first].spans)
    assert re.findall(r'id="at-(\d+)-', html) == [str(first)] * spans
    assert 'data-state="rejected"' in html


def test_the_gauge_follows_every_decision(alice: Browser, draft: Draft, sheet: str) -> None:
    needed = []
    for number in queries.cleaned(draft).of_grade("A")[:35]:
        html = alice.post(f"{sheet}approve/", {"site": f"approve-{number}"}, headers=PART).content.decode()
        found = re.search(r"外传约 (\d+) 字，就能在现有 1 个账号中指认一个", html)
        needed.append(int(found.group(1)) if found else None)
    assert needed[0] is None
    reached = [n for n in needed if n is not None]
    assert needed[-len(reached) :] == reached
    assert reached == sorted(reached, reverse=True), "every approval makes a leak shorter"
    of = queries.cleaned(draft).document.characters
    assert reached[0] <= of


def test_the_gauge_counts_the_numbers_that_a_trace_would_search(draft: Draft) -> None:
    proof(draft, approve=queries.cleaned(draft).of_grade("A"))
    alone = queries.gauge(draft)
    for n in range(30):
        Member.objects.create_user(f"m{n}@example.org", "correct horse")
    crowded = queries.gauge(draft)
    assert (alone.accounts, crowded.accounts) == (1, 30)
    assert (crowded.sites or 0) > (alone.sites or 0)
    assert [later.accounts for later in crowded.later] == [1_000, 100_000]


def test_alternatives_are_chosen_one_by_one_and_two_always_stay(
    alice: Browser, draft: Draft, sheet: str
) -> None:
    sites = queries.cleaned(draft).sites
    three = next(n for n, site in enumerate(sites) if site.arity > 2)
    proof(draft, approve=[three])
    alice.post(f"{sheet}approve/", {"use": f"{three}-1"})
    assert _decided(draft).used(three) == (0, *range(2, sites[three].arity))
    for _ in range(2):  # the last of the others cannot be left out
        alice.post(f"{sheet}approve/", {"use": f"{three}-2"})
    assert len(_decided(draft).used(three)) >= 2
    two = next(n for n, site in enumerate(sites) if site.arity == 2)
    alice.post(f"{sheet}approve/", {"use": f"{two}-1"})
    assert _decided(draft).used(two) == (0, 1)
    for nonsense in ("99999-1", "-", "x-1", "1"):
        assert alice.post(f"{sheet}approve/", {"use": nonsense}).status_code in (302, 404)


def test_an_edition_has_only_the_alternatives_that_are_in_use(draft: Draft) -> None:
    sites = queries.cleaned(draft).sites
    three = next(n for n, site in enumerate(sites) if site.arity > 2)
    proof(draft, approve=[three])
    narrow(draft, three, alternative=1)
    [site] = queries.master_of(_published(draft)).approved_sites
    assert site.alternatives == (sites[three].alternatives[0], *sites[three].alternatives[2:])


# --- undoing ------------------------------------------------------------------------------------------


def test_decisions_are_undone_in_turn_to_the_very_beginning(draft: Draft) -> None:
    sites = queries.cleaned(draft).sites
    three = next(n for n, site in enumerate(sites) if site.arity > 2)
    states = [_decided(draft)]
    for number in range(22):
        proof(draft, approve=[number]) if number % 3 else proof(draft, reject=[number])
        states.append(_decided(draft))
    narrow(draft, three, alternative=1)
    states.append(_decided(draft))
    add(draft, "讲得都十分实在", ["说得都很实在"], which=1)
    states.append(_decided(draft))
    proof(draft, approve=range(len(sites)))
    for state in reversed(states):
        assert undo(draft)
        assert _decided(draft) == state
    assert undo(draft) == frozenset()


def test_what_changed_nothing_needs_no_undoing(alice: Browser, draft: Draft, sheet: str) -> None:
    assert 'name="undo"' not in alice.get(sheet).content.decode()
    alice.post(f"{sheet}approve/", {"site": "approve-1"})
    alice.post(f"{sheet}approve/", {"site": "approve-1"})
    assert 'name="undo"' in alice.get(sheet).content.decode()
    assert alice.post(f"{sheet}approve/", {"undo": "1"})["Location"].endswith("#site-1")
    assert _decided(draft).approved == set()
    assert alice.post(f"{sheet}approve/", {"undo": "1"}).status_code == 302


def test_cleaning_differently_starts_the_proof_again(draft: Draft) -> None:
    proof(draft, approve=[1], reject=[2])
    add(draft, "讲得都十分实在", ["说得都很实在"], which=1)
    clean(draft, remove=[3])
    fresh = Draft.objects.get(pk=draft.pk)
    assert (fresh.approved, fresh.rejected, fresh.narrowed, fresh.own, fresh.history) == ([], [], {}, [], [])


# --- sites of one's own -------------------------------------------------------------------------------


def _own(**changes: str) -> dict[str, str]:
    return {
        "phrase": "讲得都十分实在",
        "which": "1",
        "other1": "说得都很实在",
        "other2": "",
        "other3": "",
    } | changes


def test_an_own_site_is_in_the_copies(alice: Browser, draft: Draft, sheet: str) -> None:
    where = alice.post(f"{sheet}own/", _own(other2="讲的全是实话"))["Location"]
    number = len(queries.cleaned(draft).sites)
    assert where.endswith(f"#site-{number}")
    assert "自己加的" in alice.get(where).content.decode()
    draft.refresh_from_db()
    edition = _published(draft)
    [site] = queries.master_of(edition).approved_sites
    assert site.alternatives == ("讲得都十分实在", "说得都很实在", "讲的全是实话")
    texts = {engine.mark_document(queries.master_of(edition), recipient=n).text for n in range(1, 31)}
    assert len(texts) == 3


def test_an_own_site_puts_what_was_found_there_aside_while_it_is_approved(
    alice: Browser, draft: Draft, sheet: str
) -> None:
    text = queries.cleaned(draft)
    at = next(n for n, site in enumerate(text.sites) if len(site.spans) == 1 and site.grade == "A")
    proof(draft, approve=[at])
    word = text.sites[at].alternatives[0]
    which = [span.start for span in engine.occurrences(text.document, word)].index(text.sites[at].start) + 1
    number = add(draft, word, ["别的说法"], which=which)
    assert _decided(draft).live() == (number,)
    assert f'id="site-{at}"' not in alice.get(sheet).content.decode()
    assert proof(draft, approve=[at]).approved == [at, number]  # kept as it was, still aside
    assert _decided(draft).live() == (number,)
    proof(draft, reject=[number])
    assert _decided(draft).live() == (at,)
    assert f'id="site-{at}"' in alice.get(sheet).content.decode()
    assert _published(draft).sites == 1


def test_all_occurrences_change_together_when_asked(alice: Browser, draft: Draft, sheet: str) -> None:
    text = queries.cleaned(draft).document
    alice.post(f"{sheet}own/", _own(phrase="沟渠", other1="水渠", together="on"))
    [site] = _decided(draft).own
    assert site.spans == engine.occurrences(text, "沟渠")
    assert len(site.spans) > 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"phrase": "没有这句话"}, "正文里没有这个说法"),
        ({"phrase": ""}, "请从正文里复制"),
        ({"which": "9"}, "只出现 1 次"),
        ({"other1": ""}, "请至少写一种"),
        ({"other1": "讲得都十分实在"}, "互不相同"),
        ({"other1": "实" * 31}, "最多 30 个字"),
        ({"other1": "说了30句实话"}, "不能动的内容"),
        ({"phrase": "在青石镇农田水利现场会上"}, "正文里没有这个说法"),  # it stands in the title only
    ],
)
def test_what_cannot_be_added_is_explained_and_nothing_typed_is_lost(
    alice: Browser, draft: Draft, sheet: str, changes: dict[str, str], says: str
) -> None:
    for headers in ({}, PART):
        refused = alice.post(f"{sheet}own/", _own(**changes), headers=headers)
        assert refused.status_code == 422
        assert says in refused.content.decode()
    assert _decided(draft).own == ()
    if "other1" not in changes:
        assert "说得都很实在" in refused.content.decode()
    assert alice.post(f"{sheet}own/", _own()).status_code == 302


def test_two_own_sites_cannot_stand_in_one_place(draft: Draft) -> None:
    first = add(draft, "讲得都十分实在", ["说得都很实在"], which=1)
    with pytest.raises(NotAdded, match="已经有"):
        add(draft, "十分实在", ["很实在"], which=1)
    proof(draft, reject=[first])
    second = add(draft, "十分实在", ["很实在"], which=1)
    assert proof(draft, approve=[first]).approved == [second]


def test_own_sites_stay_when_the_rules_change_and_wait_to_be_approved_again(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(draft, "讲得都十分实在", ["说得都很实在"], which=1)
    find = engine.find_sites
    queries.forget_drafts()
    with monkeypatch.context() as patch:
        patch.setattr(engine, "find_sites", lambda document: find(document)[2:])
        now = queries.decisions(draft)
        assert [site.alternatives[1] for site in now.own] == ["说得都很实在"]
        assert now.approved == frozenset()
        assert proof(draft, approve=now.own_numbers).approved == [len(now.found)]
        assert undo(draft)
        assert not undo(draft), "decisions under other rules cannot come back"
        queries.forget_drafts()


# --- how a copy reads ---------------------------------------------------------------------------------


def test_the_preview_shows_two_readings_of_the_text_with_the_differences(
    alice: Browser, draft: Draft, sheet: str
) -> None:
    assert "与原文相同" in alice.get(f"{sheet}preview/").content.decode()
    proof(draft, approve=queries.cleaned(draft).of_grade("A"))
    entries = Entry.objects.count()
    html = alice.get(f"{sheet}preview/").content.decode()
    assert html.count("<mark>") > 20
    assert queries.specimens(draft, 1) == queries.specimens(draft, 1) != queries.specimens(draft, 2)
    assert Entry.objects.count() == entries
    sites = {site.start: site for site in queries.cleaned(draft).sites}
    for left, right in queries.specimens(draft, 7):
        for one, two in zip(left, right, strict=True):
            assert (one.text != two.text) == bool(one.at) == bool(two.at)
            if one.at:
                assert any({one.text, two.text} <= set(site.alternatives) for site in sites.values())


def test_the_preview_of_a_draft_tells_nothing_of_a_members_copy(draft: Draft) -> None:
    proof(draft, approve=queries.cleaned(draft).of_grade("A"))
    shown = queries.specimens(draft, 1)
    first = "\n".join("".join(piece.text for piece in left) for left, _right in shown)
    edition = _published(draft)
    master = queries.master_of(edition)
    copies = {engine.mark_document(master, recipient=number).text.strip() for number in range(1, 201)}
    assert len(copies) == 200
    assert first not in copies


# --- the choice of policy -----------------------------------------------------------------------------

ORDER = "青石镇人民政府关于做好冬修水利工作的通知\n" + SPEECH.partition("\n")[2]


def test_an_official_text_is_offered_verbatim_with_the_reason(alice: Browser) -> None:
    draft = make_draft(ORDER)
    sheet = f"/console/ingest/{draft.pk}/proof/"
    html = alice.get(sheet).content.decode()
    assert "看起来是官方文件：标题像法规、决定或通知" in html
    assert re.search(r'value="verbatim" class="button-primary"', html)
    assert 'value="adaptable"' in html  # a person decides
    choose(draft, Policy.ADAPTABLE)
    for page in (sheet, sheet.replace("proof/", "publish/")):
        assert "建议改为“原文不动”" in alice.get(page).content.decode()


def test_an_ordinary_text_is_not_called_official(alice: Browser) -> None:
    html = alice.get(f"/console/ingest/{make_draft().pk}/proof/").content.decode()
    assert "看起来是官方文件" not in html
    assert re.search(r'value="adaptable" class="button-primary"', html)
