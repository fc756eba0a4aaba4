"""Write a note in one's own copy, or highlight a phrase of it."""

from datetime import datetime

from wenxing_web import engine
from wenxing_web.delivery.queries import lengths
from wenxing_web.library.models import Edition
from wenxing_web.members.models import Member
from wenxing_web.reader.models import Note


class NoSuchPlace(Exception):
    """The paragraph or the phrase is not in the member's copy."""


Unreadable = (engine.MasterError, OSError)
"""What is raised when the master is missing or damaged."""


def write_note(
    member: Member,
    edition: Edition,
    *,
    paragraph: int,
    phrase: tuple[int, int] | None = None,
    text: str = "",
    at: datetime,
) -> Note:
    """Keep a note at a place.

    Args:
        paragraph: number of a paragraph that the page shows.
        phrase: half-open offsets in characters into that paragraph; `None` for the whole paragraph.
        text: empty for a highlight.

    Raises:
        NoSuchPlace: the member's copy has no such paragraph, or it is shorter.
        MasterError, OSError (`Unreadable`): the master is missing or damaged.
    """
    length = lengths(member, edition).get(paragraph, 0)
    start, end = phrase or (0, length)
    if not 0 <= start < end <= length:
        raise NoSuchPlace(f"paragraph {paragraph}, {start}–{end} of {length}")
    start_end = phrase or (None, None)
    return Note.objects.create(
        member=member,
        edition=edition,
        paragraph=paragraph,
        start=start_end[0],
        end=start_end[1],
        text=text.strip(),
        made_at=at,
    )
