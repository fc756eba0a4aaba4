"""Uploads in other formats than plain text, and what is left of their authors in a copy."""

import io

import pikepdf
import pytest
from django.utils import timezone

from engine.typefaces import needs_font
from engine.word_files import all_xml, tracked_file
from web.making import SPEECH
from wenxing.carriers import pdf
from wenxing.reading import bounded
from wenxing_web import engine
from wenxing_web.library import queries
from wenxing_web.library.actions.choose import choose
from wenxing_web.library.actions.clean import clean
from wenxing_web.library.actions.publish import publish
from wenxing_web.library.actions.upload import UploadRefused, upload
from wenxing_web.library.models import Draft, Edition, Policy, Right

pytestmark = pytest.mark.django_db


def _upload(data: bytes, name: str) -> Draft:
    return clean(upload(data, name=name, today=timezone.localdate()), remove=())


def _published(draft: Draft) -> Edition:
    engine.ensure_key()
    choose(draft, Policy.VERBATIM)
    draft.title, draft.right = "材料", Right.OWN
    draft.save()
    return publish(draft, at=timezone.now())


def test_a_published_word_file_holds_nothing_of_its_authors_and_the_upload_is_kept() -> None:
    source = tracked_file()
    draft = _upload(source, "稿子.docx")
    edition = _published(draft)
    master = queries.master_of(edition)
    for copy in (master.source, engine.mark(master, recipient=7, form="docx")):
        assert "新增" in all_xml(copy)
        for secret in ("张三秘", "机密旧文", "批注", "rsid"):
            assert secret not in all_xml(copy)
    assert queries.source_of(draft) == source


@pytest.mark.parametrize(
    ("name", "before", "between"), [("a.md", "# 题目\n\n", "\n\n"), ("a.html", "<!DOCTYPE html><p>", "<p>")]
)
def test_markdown_and_pages_become_drafts_by_their_name_or_look(name: str, before: str, between: str) -> None:
    source = (before + between.join(line for line in SPEECH.splitlines() if line.strip())).encode()
    draft = _upload(source, name)
    document = queries.cleaned(draft).document
    assert document.format == name.rpartition(".")[2]
    assert "#" not in document.text
    assert "<" not in document.text
    edition = _published(draft)
    assert queries.master_of(edition).document == document


def _pdf(text: str) -> bytes:
    return pdf.typeset(engine.read(text.encode()))


@needs_font
def test_a_pdf_is_published_verbatim_and_every_copy_is_an_accounts_own() -> None:
    draft = _upload(_pdf(SPEECH), "稿子.pdf")
    choose(draft, Policy.ADAPTABLE)
    draft.title, draft.right = "材料", Right.OWN
    draft.save()
    choose(draft, Policy.VERBATIM)
    engine.ensure_key()
    edition = publish(draft, at=timezone.now())
    assert edition.policy == Policy.VERBATIM
    master = queries.master_of(edition)
    assert master.document.format == "pdf"
    copies = [engine.mark(master, recipient=n, form="pdf") for n in (7, 8)]
    assert copies[0] != copies[1]
    assert {engine.read(copy).text for copy in copies} == {master.document.text}
    assert len(master.glyphs) > 100


@needs_font
def test_the_authors_and_remarks_of_a_pdf_are_not_in_a_copy() -> None:
    with pikepdf.open(io.BytesIO(_pdf(SPEECH))) as made:
        made.docinfo["/Author"] = "张三秘"
        made.pages[0].Annots = pikepdf.Array(
            [
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], Contents="批注秘"
                )
            ]
        )
        made.attachments["秘.txt"] = "附件秘".encode()
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        out = io.BytesIO()
        made.save(out)
    edition = _published(_upload(out.getvalue(), "稿子.pdf"))
    copy = engine.mark(queries.master_of(edition), recipient=7, form="pdf")
    with pikepdf.open(io.BytesIO(copy)) as kept:
        assert "/Info" not in kept.trailer
        assert not kept.attachments
        assert not kept.pages[0].get("/Annots")
        assert "/OpenAction" not in kept.Root
        assert len(kept.pages) >= 1


def test_a_scanned_pdf_is_taken_in_as_pages_without_text() -> None:
    with pikepdf.new() as blank:
        page = blank.add_blank_page()
        picture = pikepdf.Stream(blank, bytes(100), Width=10, Height=10, ColorSpace=pikepdf.Name.DeviceGray)
        picture.stream_dict.update(
            pikepdf.Dictionary(Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, BitsPerComponent=8)
        )
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=picture))
        page.Contents = blank.make_stream(b"q 612 0 0 792 0 0 cm /P Do Q")
        out = io.BytesIO()
        blank.save(out)
    draft = _upload(out.getvalue(), "扫描.pdf")
    assert queries.pages_scanned(draft) == 1
    assert queries.cleaned(draft).document.text == ""


def test_a_file_that_takes_too_much_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _upload(SPEECH.encode(), "a.txt").pk
    read = bounded.read
    monkeypatch.setattr(bounded, "read", lambda data, name: read(data, name=name, memory=1 << 20))
    with pytest.raises(UploadRefused, match="过大"):
        upload(SPEECH.encode() * 500, name="b.txt", today=timezone.localdate())
    assert Draft.objects.count() == 1
