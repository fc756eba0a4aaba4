"""Quoting a paragraph: the card is made from each viewer's own copy, or says what would open it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from web.browsing import Browser, signed_in
from web.making import SPEECH, make_material
from web.talking import send, without_term
from wenxing_web import engine
from wenxing_web.delivery.models import Copy, Download
from wenxing_web.ledger.models import Entry
from wenxing_web.ledger.queries import verify
from wenxing_web.library import queries as library
from wenxing_web.library.actions.withdraw import withdraw
from wenxing_web.library.models import Edition, Policy
from wenxing_web.live.models import Event
from wenxing_web.members.models import Member, Plan
from wenxing_web.members.queries import number_of
from wenxing_web.rooms.models import Message, Revision

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def own_paragraph(browser: Browser, edition: Edition, number: int) -> str:
    assert browser.member
    document = engine.mark_document(library.master_of(edition), recipient=number_of(browser.member))
    return document.paragraphs[number].joined.text.strip()


def a_paragraph_that_differs(edition: Edition, one: Browser, other: Browser) -> int:
    """A paragraph short enough to be shown whole, and worded otherwise for these two members."""
    for number in range(len(library.master_of(edition).document.paragraphs)):
        ours, theirs = own_paragraph(one, edition, number), own_paragraph(other, edition, number)
        if ours != theirs and len(ours) < 280 and len(theirs) < 280:
            return number
    raise AssertionError("every copy reads the same")


@pytest.fixture
def dora(plan: Plan) -> Browser:
    """Another member with a term."""
    member = Member.objects.create_user("dora@example.org", "correct horse", notice_seen_at=timezone.now())
    today = timezone.localdate()
    member.memberships.create(plan=plan, starts_on=today, ends_on=today + timedelta(days=9))
    return signed_in(member)


def test_each_viewer_reads_a_card_in_the_words_of_their_own_copy(bob: Browser, dora: Browser) -> None:
    edition = make_material(SPEECH, title="修渠讲话")
    number = a_paragraph_that_differs(edition, bob, dora)
    ours, theirs = own_paragraph(bob, edition, number), own_paragraph(dora, edition, number)
    assert send(bob, "大家看这一段", quote=edition.identity, p=number).status_code == 302
    for browser, own, others in ((bob, ours, theirs), (dora, theirs, ours)):
        for page in (
            text_of(browser.get("/rooms/free/")),
            text_of(browser.get("/rooms/free/changes/?since=0&first=0&last=0&posted=0", headers=PART)),
        ):
            assert own in page
            assert others not in page
            assert f'href="/m/{edition.identity}/#p{number}"' in page
            assert "修渠讲话" in page


def test_a_card_is_a_delivery_recorded_with_its_paragraph(bob: Browser, dora: Browser) -> None:
    edition = make_material(SPEECH)
    number = a_paragraph_that_differs(edition, bob, dora)
    send(bob, "看", quote=edition.identity, p=number)
    assert dora.member
    assert not Copy.objects.filter(recipient__member=dora.member).exists()
    before = Entry.objects.count()
    dora.get("/rooms/free/")
    row = Entry.objects.order_by("-id")[0]
    assert Entry.objects.count() == before + 1
    assert row.kind == "copy.delivered"
    assert row.facts == {
        "edition": edition.identity,
        "recipient": number_of(dora.member),
        "form": "excerpt",
        "paragraphs": [number],
    }
    assert Copy.objects.filter(recipient__member=dora.member, edition=edition).count() == 1
    assert not Download.objects.exists()
    assert verify().ok


def test_several_cards_of_one_edition_are_one_delivery(bob: Browser) -> None:
    edition = make_material(SPEECH)
    for number in (2, 3, 2):
        send(bob, f"第{number}段", quote=edition.identity, p=number)
    before = Entry.objects.count()
    bob.get("/rooms/free/")
    assert Entry.objects.count() == before + 1
    assert Entry.objects.order_by("-id")[0].facts["paragraphs"] == [2, 3]


def test_whoever_may_not_read_it_is_shown_the_title_and_what_opens_it(
    bob: Browser, dora: Browser, alice: Browser
) -> None:
    edition = make_material(SPEECH, title="修渠讲话")
    number = a_paragraph_that_differs(edition, bob, dora)
    send(bob, "看", quote=edition.identity, p=number)
    dan = without_term("dan")
    before = Entry.objects.count()
    page = text_of(dan.get("/rooms/free/"))
    assert "修渠讲话" in page
    assert "您的账号还没有开通会员" in page
    assert "开通会员后即可阅读" in page
    assert own_paragraph(bob, edition, number)[:12] not in page
    assert own_paragraph(dora, edition, number)[:12] not in page
    assert Entry.objects.count() == before
    assert own_paragraph(alice, edition, number) in text_of(alice.get("/rooms/free/"))


def test_nothing_of_the_text_is_kept_or_announced(bob: Browser) -> None:
    edition = make_material(SPEECH)
    send(bob, "", quote=edition.identity, p=3)
    kept = Message.objects.get()
    assert (kept.text, kept.edition, kept.paragraph) == ("", edition, 3)
    words = own_paragraph(bob, edition, 3)[:6]
    for model in (Message, Revision, Event, Entry):
        assert not [row for row in model.objects.values() if words in str(row)]


def test_a_withdrawn_material_takes_its_cards_with_it(bob: Browser, alice: Browser) -> None:
    edition = make_material(SPEECH, title="修渠讲话")
    send(bob, "看", quote=edition.identity, p=3)
    words = own_paragraph(bob, edition, 3)
    assert words[:40] in text_of(bob.get("/rooms/free/"))
    withdraw(edition, at=timezone.now())
    for browser in (bob, alice):
        page = text_of(browser.get("/rooms/free/"))
        assert "引用的材料已经撤下" in page
        assert words[:12] not in page
        assert "修渠讲话" not in page
    assert send(bob, "再引", quote=edition.identity, p=3).status_code == 422


def test_a_free_material_is_quoted_for_everybody_and_recorded_for_nobody(bob: Browser) -> None:
    edition = make_material("公开课\n第一讲说的是怎样开头。\n", policy=Policy.VERBATIM, is_free=True)
    send(bob, "", quote=edition.identity, p=1)
    before = Entry.objects.count()
    assert "第一讲说的是怎样开头" in text_of(without_term("dan").get("/rooms/free/"))
    assert Entry.objects.count() == before


def test_a_deleted_message_shows_its_card_no_more(bob: Browser) -> None:
    edition = make_material(SPEECH, title="修渠讲话")
    send(bob, "", quote=edition.identity, p=3)
    bob.post(f"/rooms/free/{Message.objects.get().pk}/delete/")
    assert "修渠讲话" not in text_of(bob.get("/rooms/free/"))


def test_a_long_paragraph_is_cut_on_the_card(bob: Browser) -> None:
    edition = make_material("长文\n" + "很长的一段。" * 100 + "\n", policy=Policy.VERBATIM)
    send(bob, "", quote=edition.identity, p=1)
    page = text_of(bob.get("/rooms/free/"))
    assert "很长的一段。" * 46 in page
    assert "很长的一段。" * 48 not in page


@pytest.mark.parametrize(
    ("quote", "p", "words"),
    [
        ("0" * 32, "1", "已经不在了"),
        ("this", "999", "没有这一段"),
        ("this", "0x1", "写"),
        ("nonsense", "1", "写"),
        ("older", "1", "早于您的会员"),
    ],
)
def test_what_cannot_be_quoted_is_refused_and_the_words_are_kept(
    quote: str, p: str, words: str, bob: Browser
) -> None:
    this = make_material(SPEECH)
    older = make_material(
        "旧文\n很久以前的一段。\n", policy=Policy.VERBATIM, dated_on=date(1999, 1, 1), title="旧文"
    )
    identity = {"this": this.identity, "older": older.identity}.get(quote, quote)
    refused = send(bob, "写好的话", quote=identity, p=p)
    assert refused.status_code == 422
    assert words in text_of(refused)
    assert "写好的话</textarea>" in text_of(refused)
    assert "很久以前" not in text_of(refused)
    assert not Message.objects.exists()
    opened = text_of(bob.get(f"/rooms/free/?quote={identity}&p={p}"))
    assert "很久以前" not in opened
    assert 'name="quote"' not in opened


def test_from_the_reader_a_paragraph_is_taken_to_a_room(bob: Browser, carol: Browser) -> None:
    edition = make_material(SPEECH, title="修渠讲话")
    page = text_of(bob.get(f"/m/{edition.identity}/"))
    address = f"/rooms/quote/{edition.identity}/"
    assert f'formaction="{address}"' in page
    answer = bob.post(address, {"paragraph": "3", "text": "别处的字段"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/rooms/members/?quote={edition.identity}&p=3#say"
    form = text_of(bob.get(answer.headers["Location"]))
    assert own_paragraph(bob, edition, 3)[:60] in form
    assert f'name="quote" value="{edition.identity}"' in form
    assert f"/rooms/free/?quote={edition.identity}" in form
    dan = without_term("dan")
    assert dan.post(address, {"paragraph": "3"}).headers["Location"].startswith("/rooms/free/")
    assert "还没有开通会员" in text_of(dan.get(f"/rooms/free/?quote={edition.identity}&p=3"))
    assert carol.post(address, {"paragraph": "3"}).headers["Location"].startswith("/accounts/login/")
    odd = bob.post(address, {"paragraph": '"><script>' * 9})
    assert bob.get(odd.headers["Location"]).status_code == 200


def test_a_damaged_master_closes_the_card_and_not_the_room(
    bob: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = make_material(SPEECH, title="修渠讲话")
    send(bob, "话还在", quote=edition.identity, p=3)

    def broken(_edition: Edition) -> object:
        raise OSError("gone")

    monkeypatch.setattr(library, "master_of", broken)
    page = text_of(bob.get("/rooms/free/"))
    assert "话还在" in page
    assert "这一段暂时打不开" in page
