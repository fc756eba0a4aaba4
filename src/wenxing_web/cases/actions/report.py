"""Somebody reports a leak. What they hand in is kept untouched."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from wenxing_web.cases.models import Attachment, Case, CaseError, Report
from wenxing_web.cases.queries import open_case_like
from wenxing_web.ledger.actions.record import record
from wenxing_web.members.models import Member

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is mistaken for another: 5 bits each
Choose = Callable[[Sequence[str]], str]


def report(
    *,
    text: str = "",
    file: "File[bytes] | None" = None,
    more: "Sequence[File[bytes]]" = (),
    link: str = "",
    price: str = "",
    remark: str = "",
    reporter: Member | None,
    at: datetime,
    case: Case | None = None,
    choose: Choose = secrets.choice,
) -> Report:
    """Keep a report; it joins the open case about the same exhibit or link, or opens one.

    Args:
        text, file, link: at least one of them.
        more: further files beside `file`; the same content again is left out.
        reporter: the account to link it to, or nobody.
        case: an operator adds an exhibit to this very case, wherever else it may have been seen.
        choose: where the receipt number's 100 bits come from.

    Raises:
        CaseError: nothing was handed in, or `case` is ruled already.
    """
    data = file.read() if file else b""
    if not (text.strip() or data or link.strip()):
        raise CaseError(gettext("请粘贴文字、选择文件，或填写链接，至少一项。"))
    made = Report(
        receipt="-".join("".join(choose(_LETTERS) for _ in range(5)) for _ in range(4)),
        reporter=reporter,
        text=text if text.strip() else "",
        text_digest=hashlib.sha256(text.encode("utf-8")).hexdigest() if text.strip() else "",
        file_name=(file.name or "")[-200:] if file and data else "",
        file_digest=hashlib.sha256(data).hexdigest() if data else "",
        link=link.strip(),
        link_key=_key_of(link),
        price=price.strip(),
        remark=remark.strip(),
        made_at=at,
    )
    attached = _attached(made, more)
    try:
        return _keep(made, data, attached, case, at)
    except BaseException:
        for kept in (made.file, *(attachment.file for attachment, _ in attached)):
            if kept.name:  # the database forgot the report; the disk must, too
                kept.storage.delete(kept.name)
        raise


def _attached(made: Report, more: "Sequence[File[bytes]]") -> list[tuple[Attachment, bytes]]:
    found: dict[str, tuple[Attachment, bytes]] = {}
    for file in more:
        data = file.read()
        digest = hashlib.sha256(data).hexdigest()
        if data and digest != made.file_digest and digest not in found:
            name = (file.name or "")[-200:]
            row = Attachment(report=made, number=len(found) + 2, file_name=name, file_digest=digest)
            found[digest] = row, data
    return list(found.values())


def _keep(
    made: Report, data: bytes, attached: list[tuple[Attachment, bytes]], case: Case | None, at: datetime
) -> Report:
    more = [attachment.file_digest for attachment, _ in attached]
    with transaction.atomic():
        made.case = _case_for(made, more, case, at)
        if data:
            made.file.save("", ContentFile(data), save=False)
        made.save()
        for attachment, content in attached:
            attachment.report = made
            attachment.file.save("", ContentFile(content), save=False)
            attachment.save()
        exhibits = {"text": made.text_digest or None, "file": made.file_digest or None}
        facts = {"case": made.case.number, "report": made.pk, "link": bool(made.link), **exhibits}
        record("report.made", {**facts, "more": more} if more else facts, at=at)
    return made


def _case_for(made: Report, more: Sequence[str], given: Case | None, at: datetime) -> Case:
    if given is not None:
        case = Case.objects.select_for_update().get(pk=given.pk)
        if case.is_ruled:
            raise CaseError(gettext("本案已经作出决定，不能再加入证据。"))
        return case
    digests = [digest for digest in (made.text_digest, made.file_digest, *more) if digest]
    found = open_case_like(digests, made.link_key)
    row = Case.objects.select_for_update().get(pk=found.pk) if found else None
    return row if row and not row.is_ruled else _new_case(at)


def _new_case(at: datetime) -> Case:
    case = Case.objects.create(number=secrets.token_hex(8), opened_at=at)
    case.number = f"{timezone.localtime(at).year}-{case.pk:04d}"
    case.save(update_fields=["number"])
    record("case.opened", {"case": case.number}, at=at)
    return case


def _key_of(link: str) -> str:
    """The link without what does not change the place: the scheme, capitals of the host, a last slash."""
    plain = link.strip()
    try:
        parts = urlsplit(plain if "://" in plain else f"//{plain}")
    except ValueError:  # not an address at all: compare it as it was typed
        return plain[:500]
    return urlunsplit(("", parts.netloc.lower(), parts.path.rstrip("/"), parts.query, ""))[:500]
