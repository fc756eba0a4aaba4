"""What a member finds: as if the member's own copies were the only texts there are.

The index is asked broadly, and every paragraph that it offers is read in the
member's own wording before it counts. Which paragraphs match, how many they
are, how they are ordered and where the list ends depends on nothing else, so
that no result tells what another copy reads or where copies differ.

Of a material that is not open to the member only the title can be found: whether
its text has a word is already something of the text.
"""

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple

from wenxing_web import engine, entitlements
from wenxing_web.delivery.queries import wording
from wenxing_web.entitlements import Action, Denied
from wenxing_web.library import queries as library
from wenxing_web.library.models import Edition
from wenxing_web.library.search.folding import fold
from wenxing_web.library.search.index import snapshot
from wenxing_web.library.search.language import Expression, about, matches, wanted
from wenxing_web.library.search.passages import TITLE, Place
from wenxing_web.library.search.retrieving import Candidate, Filters, candidates
from wenxing_web.library.search.scoring import Scored, scores
from wenxing_web.members.models import Member

logger = logging.getLogger(__name__)

MOST = 2_000
"""Places that are looked through for the best; the newest when there are more."""

_AT_ONCE = 250  # editions in one question to the database
_NOT_SHOWN = ("published_at", "withdrawn_at", "material__created_at", "material__summary")  # of a list
_TITLE_COUNTS = 1.5  # times as much as a passage of the same score
_ALIKE = 5
_ALIKE_SHARE = 1 / 3  # of the words that a place must have
_ALIKE_LENGTH = 400  # characters of a text that others are to be like


@dataclass(frozen=True, slots=True)
class Match:
    """A paragraph, or the title, that matches. `number` is the paragraph's, or `TITLE`."""

    number: int
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """An edition with what matches in it, the best first.

    Attributes:
        locked: why it cannot be opened, or `None`; then only its title matches.
    """

    edition: Edition
    locked: Denied | None
    matches: tuple[Match, ...]

    @property
    def score(self) -> float:
        """The edition's: of its best place."""
        return self.matches[0].score

    @property
    def numbers(self) -> list[int]:
        """Paragraphs that match, the best first."""
        return [match.number for match in self.matches if match.number != TITLE]


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was found.

    Attributes:
        found: the best first, or the newest documents.
        more: there are more places than `MOST`; only the newest were looked at.
        complete: the index has everything that was published.
    """

    found: tuple[Found, ...]
    more: bool
    complete: bool

    @property
    def places(self) -> int:
        """How many paragraphs and titles."""
        return sum(len(one.matches) for one in self.found)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the reader narrows a search to."""

    year: int | None = None
    kind: str = ""
    materials: Collection[int] | None = None


def find(
    member: Member, expression: Expression, narrowing: Narrowing, *, today: date, newest: bool = False
) -> Findings:
    """Look for an expression in everything that is there for a member.

    Args:
        newest: newest documents first instead of the best.
    """
    known = snapshot()
    filters = Filters(
        entitlements.opens_since(member, today=today), narrowing.year, narrowing.kind, narrowing.materials
    )
    reading = _Reading(member, today)
    offered = candidates(known, expression, filters)
    matching = (one for one in reading.read(offered) if matches(expression, one.text))
    kept = list(islice(matching, MOST + 1))
    found = _grouped(kept[:MOST], expression, reading, today)
    if not newest:
        found.sort(key=lambda one: -one.score)
    return Findings(tuple(found), more=len(kept) > MOST, complete=known.complete)


def similar(text: str, member: Member, *, today: date) -> list[Found]:
    """Materials that are about what a text asks for, the best first; at most five. For a list of titles."""
    expression = about(text[:_ALIKE_LENGTH], share=_ALIKE_SHARE)
    if expression is None:
        return []
    return list(find(member, expression, Narrowing(), today=today).found[:_ALIKE])


class _Read(NamedTuple):
    """A candidate as the member's own copy reads it, folded."""

    place: Place
    text: str


class _Reading:
    """Reads candidates with a member's eyes. Remembers the editions it has met."""

    def __init__(self, member: Member, today: date) -> None:
        self._member = member
        self._decide = entitlements.decider(member, today=today)
        self._editions: dict[int, Edition | None] = {}
        self._locked: dict[int, Denied | None] = {}

    def edition(self, key: int) -> Edition:
        """One that was met and is there."""
        edition = self._editions[key]
        assert edition is not None, "only editions that are there are read"
        return edition

    def locked(self, key: int) -> Denied | None:
        """Why an edition cannot be opened."""
        return self._locked[key]

    def read(self, offered: Iterator[Candidate]) -> Iterator[_Read]:
        """In the same order, without what is not there for the member, or not open."""
        while some := list(islice(offered, _AT_ONCE)):
            self._meet({one.place.edition for one in some})
            for one in some:
                if (text := self._text(one)) is not None:
                    yield _Read(one.place, text)

    def _meet(self, keys: set[int]) -> None:
        new = keys - self._editions.keys()
        if not new:
            return
        current = library.current().filter(pk__in=new).order_by().defer(*_NOT_SHOWN)
        there = entitlements.visible_to(self._member, current)
        self._editions.update(dict.fromkeys(new))
        for edition in there:
            decision = self._decide(Action.READ, edition.material)
            self._editions[edition.pk] = edition
            self._locked[edition.pk] = decision if isinstance(decision, Denied) else None

    def _text(self, one: Candidate) -> str | None:
        edition = self._editions[one.place.edition]
        if edition is None or (one.place.number != TITLE and self._locked[edition.pk] is not None):
            return None  # the index was asked for what is open; this is the rule itself
        if one.text is not None:
            return one.text
        try:
            text = wording(self._member, edition).get(one.place.number)
        except (engine.MasterError, OSError) as error:
            logger.error("edition %s: its master cannot be used: %s", edition.identity, error)
            return None
        folded = fold(text or "")
        return None if folded in ("", fold(edition.material.title)) else folded  # the title counts once


def _grouped(kept: list[_Read], expression: Expression, reading: _Reading, today: date) -> list[Found]:
    """One entry an edition, in the order in which they were met; in each the best place first."""
    texts = [Scored(one.text, reading.edition(one.place.edition).material.dated_on) for one in kept]
    places: dict[int, list[Match]] = {}
    for one, score in zip(kept, scores(wanted(expression), texts, today=today), strict=True):
        match = Match(one.place.number, score * (_TITLE_COUNTS if one.place.number == TITLE else 1.0))
        places.setdefault(one.place.edition, []).append(match)
    return [
        Found(reading.edition(key), reading.locked(key), tuple(sorted(own, key=lambda match: -match.score)))
        for key, own in places.items()
    ]
