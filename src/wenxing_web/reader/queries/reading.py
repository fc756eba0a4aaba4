"""Everything the reader page shows: the copy, and what this member left in it."""

from dataclasses import dataclass
from datetime import date

from wenxing_web.delivery.actions.deliver import Delivery
from wenxing_web.entitlements import Visitor
from wenxing_web.library.models import Edition
from wenxing_web.members.models import Member
from wenxing_web.reader.models import Progress
from wenxing_web.reader.queries import Row, downloads_left, is_favourite, newer_than, place_in
from wenxing_web.reader.queries.notes import elsewhere, notes_in
from wenxing_web.reader.queries.page import ReadingPage, reading_page
from wenxing_web.reader.queries.today import following


@dataclass(frozen=True, slots=True)
class Reading:
    """A copy and its surroundings.

    Attributes:
        newer: the edition that took this one's place.
        place: how far the member had read before; `None` for strangers, and the first time.
        elsewhere: another edition of the material that holds notes of the member.
        following: what to read next.
        downloads_left: how many downloads the plan leaves for today, when it counts them and this one counts.
    """

    page: ReadingPage
    newer: Edition | None
    place: Progress | None = None
    favourite: bool = False
    elsewhere: Edition | None = None
    downloads_left: int | None = None
    following: Row | None = None

    @property
    def resume(self) -> int | None:
        """Number of the line to go on from; `None` when nothing was begun, or nothing is left."""
        if self.place is None or not self.place.unfinished:
            return None
        lines = [line.number for line in self.page.lines if line.number <= self.place.paragraph]
        return lines[-1] if len(lines) > 1 else None


def reading(visitor: Visitor, edition: Edition, delivery: Delivery, *, words: str, today: date) -> Reading:
    """What to show of a delivery; `words` are looked for in the text when there are any."""
    newer, title = newer_than(edition), edition.material.title
    if not isinstance(visitor, Member):
        return Reading(reading_page(delivery, title, (), words), newer)
    return Reading(
        page=reading_page(delivery, title, notes_in(visitor, edition), words),
        newer=newer,
        place=place_in(visitor, edition),
        favourite=is_favourite(visitor, edition),
        elsewhere=elsewhere(visitor, edition),
        downloads_left=None if edition.material.is_free else downloads_left(visitor, today, edition),
        following=following(visitor, edition.material_id, today=today),
    )
