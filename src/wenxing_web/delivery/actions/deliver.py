"""A member receives their own copy. The only maker of anything a member sees of an edition's text.

The copy is made in memory, then the row of the ledger is written and committed,
then the caller may send it. A row that cannot be written means that nothing is sent.
"""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wenxing_web import engine, entitlements
from wenxing_web.delivery.models import Copy, Download
from wenxing_web.delivery.queries import downloaded_on
from wenxing_web.entitlements import Action, Allowed, Denied
from wenxing_web.ledger.actions.record import Facts, record
from wenxing_web.library import queries as library
from wenxing_web.library.models import Edition
from wenxing_web.live.actions.announce import announce, to_member
from wenxing_web.members.models import Member, Recipient

logger = logging.getLogger(__name__)

_FILES: dict[str, engine.FileFormat] = {"txt": "txt", "docx": "docx", "pdf": "pdf"}
_UNSAFE_IN_NAMES = frozenset('\\/:*?"<>|%')


class Form(StrEnum):
    """What leaves the library."""

    PAGE = "page"
    TXT = "txt"
    DOCX = "docx"
    PDF = "pdf"

    @property
    def is_file(self) -> bool:
        """Whether it is a download, of which a plan may allow only so many a day."""
        return self is not Form.PAGE


class Undeliverable(Exception):
    """This visitor may not have this edition.

    Attributes:
        decision: why; `None` when for this visitor the edition does not exist.
    """

    def __init__(self, decision: Denied | None) -> None:
        super().__init__(decision.reason if decision is not None else "no such edition")
        self.decision = decision


class Damaged(Exception):
    """The master of this edition cannot be used; the operator has to restore it."""


class NoFont(Exception):
    """The text cannot be set in pages on this machine; the operator has to install a font."""


@dataclass(frozen=True, slots=True)
class MarkedParagraph:
    """A paragraph of a copy as a page shows it.

    Attributes:
        number: its number in the document; an outline entry points to it.
        role: `title`, `heading`, `body` or `cell`.
        level: 1 for the highest heading, 0 for what is not one.
    """

    number: int
    text: str
    role: str
    level: int


@dataclass(frozen=True, slots=True)
class Lead:
    """An entry of a copy's outline, in the copy's own words."""

    paragraph: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What may now be sent.

    Attributes:
        copy: whose it is; `None` for a free material, which is nobody's.
        content: the file, or the paragraphs of a page.
        file_name: made from the title; safe on any system. Empty for a page.
        outline: for a page.
        code: what is printed on the copy, such as `7K3M-Q2PX`; empty for a free material.
    """

    copy: Copy | None
    content: bytes | tuple[MarkedParagraph, ...]
    file_name: str
    outline: tuple[Lead, ...] = ()
    code: str = ""


def deliver(
    member: Member | AnonymousUser,
    edition: Edition,
    *,
    form: Form,
    at: datetime,
    only: Collection[int] | None = None,
) -> Delivery:
    """Make a member's copy of an edition and record it. When this returns, the record is committed.

    Free materials are served as they are to anybody, without marks and without a record.

    Args:
        at: when; aware of its time zone.
        only: of a page, these paragraphs and no others leave; recorded as an excerpt, with their numbers.

    Raises:
        Undeliverable: not for this visitor; nothing was made or recorded.
        Damaged: the master is missing or damaged; nothing was made or recorded.
        NoFont: a PDF is wanted and there is no font for it; nothing was made or recorded.
    """
    require(member, edition, form, at)
    master = usable_master(edition)
    name = "" if form is Form.PAGE else f"{_name(edition.material.title)}.{form.value}"
    if edition.material.is_free or not isinstance(member, Member):
        content, outline = _excerpt(_free(master, form), only)
        return Delivery(None, content, name, outline)
    content, outline = _excerpt(_marked(master, member.recipient.number, form), only)
    code = engine.visible_code(master, recipient=member.recipient.number)
    return Delivery(_record(member, edition, form, at, only), content, name, outline, code)


def require(member: Member | AnonymousUser, edition: Edition, form: Form, at: datetime) -> None:
    """Refuse (`Undeliverable`) what this visitor may not have."""
    _require_visible(member, edition)
    if edition.is_scan and form in (Form.TXT, Form.DOCX):  # there is no text to be set
        raise Undeliverable(None)
    action = Action.DOWNLOAD if form.is_file else Action.READ
    decision = entitlements.may(member, action, edition.material, today=timezone.localdate(at))
    if not isinstance(decision, Allowed):
        raise Undeliverable(decision)
    if form.is_file and isinstance(member, Member) and not edition.material.is_free:
        _require_allowance(member, edition, timezone.localdate(at))


def _require_allowance(member: Member, edition: Edition, day: date) -> None:
    """The plan allows this download today; the same edition again is not another one."""
    taken = downloaded_on(member, day)
    if edition.pk in taken:
        return
    decision = entitlements.may_download_another(member, taken=len(taken), today=day)
    if not isinstance(decision, Allowed):
        raise Undeliverable(decision)


def usable_master(edition: Edition) -> engine.Master:
    """The master of an edition, or `Damaged`."""
    try:
        return library.master_of(edition)
    except (engine.MasterError, OSError) as error:
        logger.error("edition %s: its master cannot be used: %s", edition.identity, error)
        raise Damaged from error


def _require_visible(member: Member | AnonymousUser, edition: Edition) -> None:
    if not entitlements.visible_to(member, Edition.objects.filter(pk=edition.pk)).exists():
        raise Undeliverable(None)


def _record(member: Member, edition: Edition, form: Form, at: datetime, only: Collection[int] | None) -> Copy:
    """Durable: a transaction around this one could still be rolled back after the text had left."""
    with transaction.atomic(durable=True):
        _require_visible(member, edition)  # it may have been withdrawn while the copy was made
        if form.is_file:
            _count(member, edition, at)
        copy, _new = Copy.objects.get_or_create(
            recipient=member.recipient, edition=edition, defaults={"first_at": at}
        )
        facts: Facts = {"edition": edition.identity, "recipient": copy.recipient_id, "form": form.value}
        if only is not None:
            facts = {**facts, "form": "excerpt", "paragraphs": sorted(only)}
        record("copy.delivered", facts, at=at)
    return copy


def _count(member: Member, edition: Edition, at: datetime) -> None:
    """One download more; of several at once, those beyond the plan's number are refused here.

    With the last of a day the account is told so.
    """
    day = timezone.localdate(at)
    recipient = Recipient.objects.select_for_update().get(member=member)
    _require_allowance(member, edition, day)
    _, new = Download.objects.get_or_create(recipient=recipient, edition=edition, day=day)
    limit = entitlements.downloads_a_day(member, today=day)
    if new and limit is not None and limit == len(downloaded_on(member, day)):
        announce("downloads.used", to_member(member.pk), {"day": day.isoformat(), "limit": limit}, at=at)


Content = tuple[bytes | tuple[MarkedParagraph, ...], tuple[Lead, ...]]


def _marked(master: engine.Master, recipient: int, form: Form) -> Content:
    if form is Form.PAGE:
        return _page(engine.mark_document(master, recipient=recipient))
    with _fonts():
        return engine.mark(master, recipient=recipient, form=_FILES[form]), ()


def _free(master: engine.Master, form: Form) -> Content:
    if form is Form.PAGE:
        return _page(master.document)
    with _fonts():
        return engine.plain(master, form=_FILES[form]), ()


@contextmanager
def _fonts() -> Iterator[None]:
    """A missing font is told to the operator's log, and to the caller as `NoFont`."""
    try:
        yield
    except engine.MissingFont as error:
        logger.error("no PDF can be made: %s", error)
        raise NoFont from error


def _excerpt(whole: Content, only: Collection[int] | None) -> Content:
    """The chosen paragraphs of a page, without its outline; all of it when nothing is chosen."""
    content, outline = whole
    if only is None or isinstance(content, bytes):
        return content, outline
    return tuple(paragraph for paragraph in content if paragraph.number in only), ()


def _page(document: engine.Document) -> Content:
    """The outline is taken from the copy itself: the master's words must not leave either.

    A paragraph that is nothing but a lead of the outline is shown as the heading that it is.
    """
    leads = tuple(Lead(e.paragraph, e.level, e.text) for e in engine.outline(document))
    headings = {(lead.paragraph, lead.text): lead.level for lead in leads}
    paragraphs = []
    for number, paragraph in library.shown(document):
        role, level, text = str(paragraph.role), paragraph.level, paragraph.text.strip()
        if role == "body" and (number, text) in headings:
            role, level = "heading", headings[number, text]
        paragraphs.append(MarkedParagraph(number, paragraph.text, role, level))
    return tuple(paragraphs), leads


def _name(title: str) -> str:
    """A file name from a title: one line, no path, nothing a file system trips over."""
    kept = "".join(" " if c in _UNSAFE_IN_NAMES or not c.isprintable() else c for c in title)
    return " ".join(kept.split()).strip(". ")[:80].strip(". ") or _("材料")
