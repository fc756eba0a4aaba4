"""A member's own notes. Nobody else's are ever looked at."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from wenxing_web import entitlements
from wenxing_web.library import queries as library
from wenxing_web.library.models import Edition
from wenxing_web.members.models import Member
from wenxing_web.reader.models import Note

_NOTES_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Kept:
    """A note in the list of all notes.

    Attributes:
        there: whether the edition can still be opened; the note is shown in any case.
    """

    note: Note
    there: bool


def notes_in(member: Member, edition: Edition) -> list[Note]:
    """The notes in one copy, in the order of the text."""
    return list(Note.objects.filter(member=member, edition=edition).order_by("paragraph", "start", "id"))


def note_of(member: Member, number: int) -> Note | None:
    """A note, if it is this member's."""
    return Note.objects.filter(member=member, pk=number).select_related("edition__material").first()


def all_notes(member: Member, page: str | None) -> tuple[list[Kept], Page[Note]]:
    """All notes of a member, a page of them, the latest first."""
    notes = Note.objects.filter(member=member).select_related("edition__material").order_by("-made_at", "-id")
    shown = Paginator(notes, _NOTES_A_PAGE).get_page(page)
    there = _visible(member, {note.edition_id for note in shown})
    return [Kept(note, note.edition_id in there) for note in shown], shown


def elsewhere(member: Member, edition: Edition) -> Edition | None:
    """Another edition of the same material that has notes of this member, the latest of them."""
    noted = Note.objects.filter(member=member).values("edition_id")
    others: QuerySet[Edition] = library.siblings(edition).filter(pk__in=noted)
    return entitlements.visible_to(member, others).order_by("-published_at").first()


def _visible(member: Member, numbers: set[int]) -> set[int]:
    editions = entitlements.visible_to(member, Edition.objects.filter(pk__in=numbers))
    return set(editions.values_list("pk", flat=True))
