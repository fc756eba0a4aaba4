"""From an uploaded file to an immutable edition: what each step keeps, changes and refuses."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from django.conf import settings
from django.test import TestCase
from django.utils import timezone

from web.making import ADVERTISEMENT, PLAIN, SPEECH, make_draft, make_material
from wenxing_web import engine
from wenxing_web.ledger.models import Entry, LedgerError
from wenxing_web.library import queries
from wenxing_web.library.actions import publish as publishing
from wenxing_web.library.actions.choose import choose
from wenxing_web.library.actions.clean import NothingLeft, clean
from wenxing_web.library.actions.describe import describe
from wenxing_web.library.actions.discard import AlreadyPublished, discard
from wenxing_web.library.actions.proof import proof
from wenxing_web.library.actions.publish import NotReady, publish
from wenxing_web.library.actions.upload import UploadRefused, upload
from wenxing_web.library.actions.withdraw import withdraw
from wenxing_web.library.models import Draft, Edition, Kind, Material, Policy, Right

pytestmark = pytest.mark.django_db

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def _files() -> list[Path]:
    root = Path(settings.MEDIA_ROOT)
    return sorted(path for path in root.rglob("*") if path.is_file())


def _send(data: bytes, name: str = "讲话.txt") -> Draft:
    return upload(data, name=name, today=timezone.localdate())


def _ready(
    right: Right | None = Right.OWN, policy: Policy = Policy.ADAPTABLE, *, free: bool = False
) -> Draft:
    engine.ensure_key()
    draft = make_draft()
    choose(draft, policy)
    day = timezone.localdate()
    return describe(draft, title="讲话", kind=Kind.SPEECH, dated_on=day, right=right, is_free=free)


def _zip(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in parts.items():
            bundle.writestr(name, data)
    return file.getvalue()


def _docx(document: bytes | None) -> bytes:
    """A Word file with another document part, or without one."""
    made = io.BytesIO()
    docx.Document().save(made)
    with zipfile.ZipFile(made) as bundle:
        parts = {name: bundle.read(name) for name in bundle.namelist()}
    del parts["word/document.xml"]
    return _zip(parts | ({} if document is None else {"word/document.xml": document}))


# --- upload -------------------------------------------------------------------------------------------


def test_the_source_is_kept_as_it_came() -> None:
    data = ("\ufeff" + SPEECH).replace("\n", "\r\n").encode("utf-16")
    assert queries.source_of(_send(data)) == data


def test_a_hostile_file_name_is_shown_but_never_a_path() -> None:
    draft = _send(SPEECH.encode(), name="../../etc/\u202ecron\n.txt")
    assert draft.name == "cron.txt"
    assert [path.parent.name for path in _files()] == ["drafts"]
    assert "cron" not in str(draft.source.name)


def test_the_same_file_again_is_the_same_draft_until_it_is_published() -> None:
    first = _send(SPEECH.encode())
    assert _send(SPEECH.encode()).pk == first.pk
    assert len(_files()) == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "没有文字"),
        (b" \n\n", "没有文字"),
        (bytes(range(256)) * 40, "认不出"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "认不出"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "损坏"),
        (_zip({"a": b"0" * 30_000_000}), "过大"),
        (_zip({"a": b"0"}), "认不出"),
        (_docx(b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><x>&b;</x>"), "损坏"),
        (_docx(None), "损坏"),
        (_OLE + b"\0" * 2000, "另存为"),
        (_OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "密码"),
        (SPEECH.encode() * 20_000, "过大"),
    ],
    ids=[
        "empty",
        "blank",
        "binary",
        "png",
        "pdf",
        "bomb",
        "zip",
        "entity",
        "no-document",
        "doc",
        "locked",
        "long",
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_nothing_is_kept(data: bytes, says: str) -> None:
    assert _send(SPEECH.encode()).pk
    kept = _files()
    with pytest.raises(UploadRefused, match=says) as refusal:
        _send(data)
    assert len(str(refusal.value)) > 10
    assert Draft.objects.count() == 1
    assert _files() == kept


# --- clean --------------------------------------------------------------------------------------------


def test_advertising_lines_are_offered_and_the_title_is_found_without_them() -> None:
    draft = _send((ADVERTISEMENT + SPEECH).encode())
    lines = queries.lines_of(draft)
    offered = [line.text for line in lines if line.offered]
    assert "仅供学习 禁止外传" in offered
    assert offered[-1].startswith("会员群")
    assert [line.text for line in lines if line.removed] == offered
    clean(draft, remove=[line.number for line in lines if line.offered])
    assert draft.title == "在青石镇农田水利现场会上的讲话"
    assert queries.cleaned(draft).document.text == SPEECH  # blank lines of the advertisement are gone, too


def test_a_word_file_is_cleaned_of_its_advertisement_too() -> None:
    made = io.BytesIO()
    document = docx.Document()
    for line in (ADVERTISEMENT + SPEECH).split("\n"):
        document.add_paragraph(line)
    document.save(made)
    draft = _send(made.getvalue(), "讲话.docx")
    lines = queries.lines_of(draft)
    clean(draft, remove=[line.number for line in lines if line.offered])
    text = queries.cleaned(draft)
    assert text.document.text.strip() == SPEECH.strip()
    assert text.source.startswith(b"PK")
    assert queries.source_of(draft) == made.getvalue()


def test_an_editor_may_keep_what_was_offered() -> None:
    draft = clean(_send((ADVERTISEMENT + SPEECH).encode()), remove=())
    assert queries.cleaned(draft).document.text == ADVERTISEMENT + SPEECH


def test_removing_everything_is_refused() -> None:
    draft = _send(SPEECH.encode())
    assert clean(draft, remove=[2]).removed == [2]
    with pytest.raises(NothingLeft):
        clean(draft, remove=range(queries.paragraphs_in(draft)))
    draft.refresh_from_db()
    assert draft.removed == [2]


def test_another_cleaning_starts_the_proof_again_and_the_same_does_not() -> None:
    draft = proof(make_draft(), approve=[0, 1])
    assert clean(draft, remove=()).approved == [0, 1]
    assert clean(draft, remove=[2]).approved == []


def test_paragraph_numbers_that_do_not_exist_are_ignored() -> None:
    assert clean(make_draft(), remove=[-1, 10_000]).removed == []


# --- proof --------------------------------------------------------------------------------------------


def test_a_site_is_shown_in_its_sentence_with_its_alternatives() -> None:
    draft = make_draft()
    text = queries.cleaned(draft)
    for number, site in enumerate(text.sites):
        shown = queries.proof(draft, number)
        assert shown
        assert (shown.text, *(choice.text for choice in shown.others)) == site.alternatives
        for context in shown.contexts:
            around = context.before.lstrip("…") + shown.text + context.after.rstrip("…")
            assert around in text.document.text
            assert not set("。！？\n") & set(context.before + context.after[:-1])


def test_approving_adds_rejecting_wins_and_unknown_numbers_are_ignored() -> None:
    draft = make_draft()
    assert proof(draft, approve=[3, 1, 99_999, -1]).approved == [1, 3]
    assert proof(draft, approve=[2, 3], reject=[3]).approved == [1, 2]


def test_two_editors_approving_at_once_both_count() -> None:
    draft = make_draft()
    stale = Draft.objects.get(pk=draft.pk)
    proof(draft, approve=[1])
    assert proof(stale, approve=[2]).approved == [1, 2]


def test_approvals_end_when_the_rules_change(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = proof(_ready(), approve=[0, 2])
    find = engine.find_sites
    queries.forget_drafts()
    with monkeypatch.context() as patch:
        patch.setattr(engine, "find_sites", lambda document: find(document)[1:])  # a rule is gone
        assert queries.approved_in(draft) == set()
        with pytest.raises(NotReady, match="规则"):
            publish(draft, at=timezone.now())
        queries.forget_drafts()
    assert queries.approved_in(draft) == {0, 2}
    assert publish(draft, at=timezone.now()).sites == 2


# --- publish ------------------------------------------------------------------------------------------


def test_publishing_makes_material_edition_and_ledger_row_together() -> None:
    draft = proof(_ready(), approve=[0, 2, 5])
    edition = publish(draft, at=timezone.now())
    assert draft.edition == edition
    assert edition.material.title == "讲话"
    assert queries.master_of(edition).approved == (0, 2, 5)
    row = Entry.objects.get(kind="edition.published")
    assert row.facts["edition"] == edition.identity
    assert (row.facts["policy"], row.facts["sites"]) == ("adaptable", 3)
    assert len(row.facts["commitment"]) == 64


@pytest.mark.parametrize(
    ("right", "policy", "approve", "says"),
    [
        (None, Policy.ADAPTABLE, [0], "凭什么"),
        (None, Policy.VERBATIM, [0], "凭什么"),
        (Right.OFFICIAL, Policy.ADAPTABLE, [0], "官方文件"),
        (Right.OWN, Policy.ADAPTABLE, [], "认可"),
    ],
    ids=["no-right", "no-right-verbatim", "official-adaptable", "nothing-approved"],
)
def test_what_is_not_ready_is_not_published(
    right: Right | None, policy: Policy, approve: list[int], says: str
) -> None:
    draft = proof(_ready(right, policy), approve=approve)
    with pytest.raises(NotReady, match=says):
        publish(draft, at=timezone.now())
    assert not Edition.objects.exists()
    assert not Entry.objects.exists()
    day = timezone.localdate()
    describe(draft, title="讲话", kind=Kind.SPEECH, dated_on=day, right=Right.OFFICIAL, is_free=False)
    choose(draft, Policy.VERBATIM)
    assert publish(draft, at=timezone.now()).policy == Policy.VERBATIM


def test_a_draft_must_be_cleaned_and_have_a_title_first() -> None:
    engine.ensure_key()
    draft = _send(SPEECH.encode())
    draft.right, draft.policy = Right.OWN, Policy.VERBATIM
    with pytest.raises(NotReady, match="段落"):
        publish(draft, at=timezone.now())
    clean(draft, remove=())
    draft.title = " "
    with pytest.raises(NotReady, match="标题"):
        publish(draft, at=timezone.now())


def test_publishing_twice_gives_one_edition() -> None:
    draft = proof(_ready(), approve=[0])
    stale = Draft.objects.get(pk=draft.pk)
    first = publish(draft, at=timezone.now())
    assert publish(stale, at=timezone.now()) == first
    assert publish(draft, at=timezone.now()) == first
    assert Entry.objects.filter(kind="edition.published").count() == 1


def test_when_the_ledger_cannot_be_written_nothing_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = proof(_ready(), approve=[0])
    kept = _files()

    def fail(*_args: object, **_kwargs: object) -> None:
        raise LedgerError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "record", fail)
        with pytest.raises(LedgerError):
            publish(draft, at=timezone.now())
    assert not Edition.objects.exists()
    assert not Material.objects.exists()
    assert _files() == kept
    draft.refresh_from_db()
    assert publish(draft, at=timezone.now()).material.title == "讲话"


def test_the_same_text_published_twice_is_two_editions() -> None:
    one, two = make_material(), make_material()
    assert one.identity != two.identity
    assert one.material_id != two.material_id


def test_a_free_material_is_released_verbatim() -> None:
    edition = publish(proof(_ready(free=True), approve=[0, 1]), at=timezone.now())
    assert (edition.policy, edition.sites) == (Policy.VERBATIM, 0)


def test_a_text_without_sites_is_published_verbatim() -> None:
    edition = make_material(PLAIN, policy=Policy.VERBATIM)
    assert queries.master_of(edition).document.text == PLAIN


def test_a_new_edition_belongs_to_the_same_material_and_takes_its_place() -> None:
    old = make_material()
    changed = SPEECH.replace("三个村", "五个村").encode()
    draft = upload(changed, name="x", today=timezone.localdate(), material=old.material)
    assert draft.title == old.material.title
    clean(draft, remove=())
    draft.right = Right.OWN
    new = publish(draft, at=timezone.now())
    assert new.material_id == old.material_id
    assert list(queries.current()) == [new]
    assert queries.newer_than(old) == new
    assert queries.newer_than(new) is None
    withdraw(new, at=timezone.now())
    assert list(queries.current()) == [old]


# --- afterwards ---------------------------------------------------------------------------------------


def test_withdrawing_is_recorded_once_and_keeps_the_master() -> None:
    edition = make_material()
    assert withdraw(edition, at=timezone.now()).withdrawn_at
    again = withdraw(Edition.objects.get(pk=edition.pk), at=timezone.now())
    assert again.withdrawn_at == edition.withdrawn_at
    assert Entry.objects.filter(kind="edition.withdrawn").count() == 1
    assert queries.master_of(edition).document.text == SPEECH


def test_an_edition_changes_in_nothing_but_its_withdrawal() -> None:
    edition = make_material()
    edition.withdrawn_at = timezone.now()
    edition.save(update_fields=["withdrawn_at"])
    edition.policy = Policy.VERBATIM
    with pytest.raises(TypeError):
        edition.save()
    with pytest.raises(TypeError):
        edition.save(update_fields=["policy"])


def test_a_discarded_draft_leaves_nothing_and_a_published_one_stays() -> None:
    draft = make_draft()
    with TestCase.captureOnCommitCallbacks(execute=True):
        discard(draft)
    assert _files() == []
    edition = make_material()
    with pytest.raises(AlreadyPublished):
        discard(Draft.objects.get(edition=edition))
