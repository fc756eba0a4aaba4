"""A document comes in: it is read once to see that it can be, and kept as it came."""

import hashlib
from datetime import date

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from wenxing_web import engine
from wenxing_web.library.models import Draft, Material


class UploadRefused(Exception):
    """The file cannot become a draft. The message is for the person who chose it."""


def upload(data: bytes, *, name: str, today: date, material: Material | None = None) -> Draft:
    """Keep a file as a draft. The same file again, before it is published, is the same draft.

    Args:
        data: the file; one of an older word processor is kept as the .docx it becomes.
        name: as the sender called it: shown to the editor, never used as a path.
        today: the date a document has until the editor says otherwise.
        material: what it is a new edition of.

    Raises:
        UploadRefused: nothing was stored.
    """
    digest = hashlib.sha256(data).hexdigest()
    known = Draft.objects.filter(digest=digest, edition__isnull=True, material=material).first()
    if known:
        return known
    data = _readable(data, name)
    draft = Draft(name=_label(name), digest=digest, dated_on=today, material=material)
    if material:
        draft.title, draft.kind = material.title, material.kind
        draft.dated_on, draft.is_free = material.dated_on, material.is_free
    draft.source.save(digest, ContentFile(data), save=False)
    try:
        with transaction.atomic():
            draft.save()
    except BaseException:
        draft.source.delete(save=False)
        raise
    return draft


def _readable(data: bytes, name: str) -> bytes:
    """The file as it will be kept, once it is known that it can be read."""
    try:
        kept = engine.modern(data)
        engine.read_upload(kept, name=_label(name))
    except engine.EmptyFile as error:
        raise UploadRefused(_empty(data)) from error
    except engine.FileTooLarge as error:
        raise UploadRefused(_("文件过大，或解压后过大，没有收下。请拆成几份，或去掉其中的图片。")) from error
    except engine.ProtectedFile as error:
        raise UploadRefused(_("这个文件设有打开密码。请去掉密码后再上传。")) from error
    except engine.UnknownFormat as error:
        raise UploadRefused(
            _(
                "认不出这种文件。可以上传 Word 文档（.docx）、PDF、纯文本（.txt）、Markdown（.md）"
                "和网页（.html）。旧的 .doc、.wps、.rtf 和 .odt 要在服务器上装有 LibreOffice 才能收，"
                "没有的话请先另存为 .docx。"
            )
        ) from error
    except engine.UnreadableFile as error:
        raise UploadRefused(_("文件已损坏，或与它的名字不符，读不出来。请重新保存一份再上传。")) from error
    return kept


def _empty(data: bytes) -> str:
    if data.startswith(b"%PDF-"):
        return _("这份 PDF 里既没有文字，也没有扫描的页面。请检查是否选对了文件。")
    return _("这个文件里没有文字。请检查是否选对了文件。")


def _label(name: str) -> str:
    """A sender's file name fit to be shown on one line."""
    shown = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())
    return shown.strip()[:200] or _("未命名")
