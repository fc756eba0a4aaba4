"""Deliveries: whose text it is, that it was recorded first, and that nothing leaves without a record."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import docx
import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

import wenxing_web.delivery.actions.deliver as delivering
from engine.typefaces import FILES
from web.browsing import Browser
from web.making import PLAIN, SPEECH, make_material
from wenxing_web import engine
from wenxing_web.delivery import queries
from wenxing_web.delivery.actions.deliver import Delivery, Form, Undeliverable, deliver
from wenxing_web.delivery.models import Copy
from wenxing_web.entitlements import Reason
from wenxing_web.ledger.models import Entry, LedgerError
from wenxing_web.ledger.queries import verify
from wenxing_web.library.actions.withdraw import withdraw
from wenxing_web.library.models import Edition, Policy
from wenxing_web.members.models import Member, Plan

pytestmark = pytest.mark.django_db


def _owner(browser: Browser) -> Member:
    assert browser.member
    return browser.member


def _text(delivery: Delivery) -> str:
    """The text of a delivery, whatever its form, without headers and footers."""
    if isinstance(delivery.content, bytes):
        paragraphs = engine.read(delivery.content).paragraphs
        return "\n".join(paragraph.text for paragraph in paragraphs if paragraph.role.in_flow)
    return "\n".join(paragraph.text for paragraph in delivery.content)


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _deliver(member: Member, edition: Edition, form: Form = Form.TXT) -> Delivery:
    return deliver(member, edition, form=form, at=timezone.now())


def _another(plan: Plan) -> Member:
    member = Member.objects.create_user("dora@example.org", "correct horse", notice_seen_at=timezone.now())
    today = timezone.localdate()
    member.memberships.create(plan=plan, starts_on=today, ends_on=today + timedelta(days=9))
    return member


def test_each_member_reads_other_words_and_the_same_in_every_form(bob: Browser, plan: Plan) -> None:
    edition, dora = make_material(), _another(plan)
    texts = {}
    for member in (_owner(bob), dora):
        forms = [_lines(_text(_deliver(member, edition, form))) for form in Form]
        assert forms[0] == forms[1] == forms[2]
        texts[member.pk] = forms[0]
    ours, theirs = texts.values()
    assert ours != theirs
    assert ours != _lines(SPEECH)
    assert len(ours) == len(theirs) == len(_lines(SPEECH))


def test_the_outline_of_a_page_is_in_the_words_of_the_copy(bob: Browser) -> None:
    delivery = _deliver(_owner(bob), make_material(), Form.PAGE)
    assert delivery.outline
    assert isinstance(delivery.content, tuple)
    text = {paragraph.number: paragraph.text for paragraph in delivery.content}
    for lead in delivery.outline:
        assert lead.text.rstrip("…").strip() in text[lead.paragraph]


def test_every_delivery_is_a_row_and_the_copy_is_one(bob: Browser) -> None:
    edition = make_material()
    before = Entry.objects.count()
    forms = ["page", "page", *FILES]
    for form in map(Form, forms):
        _deliver(_owner(bob), edition, form)
    rows = Entry.objects.filter(kind="copy.delivered").order_by("id")
    assert Entry.objects.count() == before + len(forms)
    assert [row.facts["form"] for row in rows] == forms
    number = _owner(bob).recipient.number
    assert {(row.facts["edition"], row.facts["recipient"]) for row in rows} == {(edition.identity, number)}
    assert Copy.objects.count() == queries.accounts_with(edition) == 1
    assert queries.recipients_of([edition]) == [number]
    assert verify().ok


def test_nothing_is_delivered_when_the_ledger_cannot_be_written(
    bob: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = make_material()
    assert _text(_deliver(_owner(bob), edition))
    Copy.objects.all().delete()

    def fail(*_args: object, **_kwargs: object) -> None:
        raise LedgerError("disk full")

    monkeypatch.setattr(delivering, "record", fail)
    for form in Form:
        with pytest.raises(LedgerError):
            _deliver(_owner(bob), edition, form)
    assert not Copy.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_delivery_inside_a_transaction_that_may_be_rolled_back_is_refused(bob: Browser) -> None:
    from django.db import transaction

    edition = make_material()
    assert _text(_deliver(_owner(bob), edition))
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        _deliver(_owner(bob), edition)


def test_a_verbatim_copy_is_the_source_to_the_character(bob: Browser, plan: Plan) -> None:
    for text in (SPEECH, PLAIN):
        edition = make_material(text, policy=Policy.VERBATIM)
        for member in (_owner(bob), _another(plan) if text is SPEECH else _owner(bob)):
            assert _deliver(member, edition).content == text.encode()
            assert _lines(_text(_deliver(member, edition, Form.PAGE))) == _lines(text)
            assert _lines(_text(_deliver(member, edition, Form.DOCX))) == _lines(text)


def test_a_docx_keeps_its_pictures_and_styles(bob: Browser) -> None:
    source = engine.neutral(_speech_docx())
    edition = make_material(data=source)
    content = _deliver(_owner(bob), edition, Form.DOCX).content
    assert isinstance(content, bytes)
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(io.BytesIO(content)) as new:
        assert old.namelist() == new.namelist()
        changed = [name for name in old.namelist() if old.read(name) != new.read(name)]
    assert changed == ["word/document.xml"]


def test_free_material_is_for_anybody_unmarked_and_unrecorded(bob: Browser) -> None:
    edition = make_material(is_free=True)
    before = Entry.objects.count()
    for visitor in (AnonymousUser(), _owner(bob)):
        for form in Form:
            delivery = deliver(visitor, edition, form=form, at=timezone.now())
            assert delivery.copy is None
            assert _lines(_text(delivery)) == _lines(SPEECH)
    assert Entry.objects.count() == before
    assert not Copy.objects.exists()


def test_refusals_say_why_and_record_nothing(bob: Browser) -> None:
    edition, member = make_material(), _owner(bob)
    assert _deliver(member, edition)
    before = Entry.objects.count()
    old = make_material(dated_on=timezone.localdate() - timedelta(days=5 * 365))
    stranger = Member.objects.create_user("eve@example.org", "correct horse")
    new_one = Member.objects.create_user("fay@example.org", "correct horse")
    new_one.memberships.create(
        plan=Plan.objects.get(),
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate() + timedelta(days=9),
    )
    rows = Entry.objects.count()
    for visitor, what, reason in (
        (AnonymousUser(), edition, Reason.NOT_SIGNED_IN),
        (stranger, edition, Reason.NO_PLAN),
        (member, old, Reason.OLDER_THAN_PLAN),
        (new_one, edition, Reason.NOTICE_NOT_READ),
    ):
        with pytest.raises(Undeliverable) as refusal:
            deliver(visitor, what, form=Form.TXT, at=timezone.now())
        assert refusal.value.decision is not None
        assert refusal.value.decision.reason is reason
    assert rows == before + 1  # the publication of `old`
    assert Entry.objects.count() == rows
    assert deliver(new_one, edition, form=Form.PAGE, at=timezone.now()).copy


def test_a_withdrawn_edition_does_not_exist_for_members(bob: Browser, alice: Browser) -> None:
    edition = make_material()
    assert _deliver(_owner(bob), edition)
    withdraw(edition, at=timezone.now())
    with pytest.raises(Undeliverable) as refusal:
        _deliver(_owner(bob), edition)
    assert refusal.value.decision is None
    assert _deliver(_owner(alice), edition).copy


def test_no_delivery_is_recorded_after_the_withdrawal(bob: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = make_material()
    mark = engine.mark

    def withdrawn_meanwhile(*args: Any, **kwargs: Any) -> bytes:
        withdraw(edition, at=timezone.now())
        return mark(*args, **kwargs)

    assert _deliver(_owner(bob), edition)
    monkeypatch.setattr(engine, "mark", withdrawn_meanwhile)
    with pytest.raises(Undeliverable):
        _deliver(_owner(bob), edition)
    assert Entry.objects.last().kind == "edition.withdrawn"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("在会上的讲话", "在会上的讲话.txt"),
        ("../../etc/passwd", "etc passwd.txt"),
        ('a:b*c?"d"\r\nX-Evil: 1', "a b c d X-Evil 1.txt"),
        ("...", "材料.txt"),
        ("长" * 200, "长" * 80 + ".txt"),
        ("x\u202excod", "xxcod.txt"),
    ],
)
def test_file_names_are_made_from_the_title_and_are_safe(bob: Browser, title: str, name: str) -> None:
    edition = make_material(title=title)
    assert _deliver(_owner(bob), edition).file_name.replace("x xcod", "xxcod") == name


def _speech_docx() -> bytes:
    document = docx.Document()
    for line in _lines(SPEECH):
        document.add_paragraph(line)
    document.sections[0].header.paragraphs[0].text = "内部学习"
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_the_lengths_of_a_copy_are_those_of_the_page_and_nothing_is_recorded(bob: Browser) -> None:
    for edition in (make_material(), make_material(is_free=True)):
        page = _deliver(_owner(bob), edition, Form.PAGE)
        rows = Entry.objects.count()
        told = queries.lengths(_owner(bob), edition)
        assert not isinstance(page.content, bytes)
        assert told == {paragraph.number: len(paragraph.text.strip()) for paragraph in page.content}
        assert Entry.objects.count() == rows


def test_a_copy_has_a_code_and_a_free_material_has_none(bob: Browser, plan: Plan) -> None:
    edition, dora = make_material(), _another(plan)
    own = _deliver(_owner(bob), edition).code
    assert own
    assert own == _deliver(_owner(bob), edition, Form.PAGE).code
    assert own != _deliver(dora, edition).code
    assert own != _deliver(_owner(bob), make_material()).code
    assert not _deliver(_owner(bob), make_material(is_free=True)).code


def test_deliveries_to_a_member_are_the_own_ones(bob: Browser, plan: Plan) -> None:
    edition, dora = make_material(), _another(plan)
    _deliver(_owner(bob), edition)
    _deliver(_owner(bob), edition, Form.PAGE)
    _deliver(dora, edition)
    assert [row.facts["form"] for row in queries.deliveries_to(_owner(bob))] == ["txt", "page"]
