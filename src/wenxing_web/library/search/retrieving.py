"""From an expression to the paragraphs that may match it, newest documents first.

Every term is widened where it stands: what is asked of the index is met by each
paragraph that matches in some copy, and under NOT the term is narrowed in the
same way, so that nothing is lost whatever the expression. What comes back is
checked against the text; the index decides nothing.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import tantivy
from tantivy import Occur, Query

from wenxing_web.library.search.folding import GAP, grams, is_exact, runs, sequence
from wenxing_web.library.search.index import Snapshot, distrust
from wenxing_web.library.search.language import All, Expression, Not, Some, Term
from wenxing_web.library.search.passages import Place, day_of, place_of

_AT_ONCE = 4_000


@dataclass(frozen=True, slots=True)
class Filters:
    """What else a paragraph must be. Empty fields say nothing.

    Attributes:
        opens_from: the first day whose materials may be searched whole; of all others, free ones left out,
            only titles are. `None`: nothing but titles and free materials.
        materials: only these.
    """

    opens_from: date | None
    year: int | None = None
    kind: str = ""
    materials: Collection[int] | None = None


class Candidate(NamedTuple):
    """A paragraph that may match.

    Attributes:
        text: folded, when every copy reads it alike; `None` when the copy has to be asked.
    """

    place: Place
    text: str | None


def candidates(known: Snapshot, expression: Expression, filters: Filters) -> Iterator[Candidate]:
    """What may match, in the order of ranks; nothing that matches is left out."""
    asking = _Asking(known.schema)
    query = asking.all([asking.widest(expression), *asking.filters(filters)])
    try:
        for rank, address in _hits(known.searcher, query):
            document = known.searcher.doc(address)
            varied = document.get_first("varied")
            yield Candidate(place_of(rank), None if varied else stored_text(document))
    except ValueError:  # what tantivy raises for files that it cannot make sense of
        distrust()
        raise


def _hits(searcher: tantivy.Searcher, query: Query) -> Iterator[tuple[int, tantivy.DocAddress]]:
    """Ranks and places in the index, the highest rank first."""
    offset = 0
    while True:
        found = searcher.search(query, _AT_ONCE, count=False, order_by_field="rank", offset=offset).hits
        yield from ((int(rank), address) for rank, address in found)
        if len(found) < _AT_ONCE:
            return
        offset += _AT_ONCE


def stored_text(document: tantivy.Document) -> str:
    """The master's text of a paragraph, folded."""
    return bytes(document.get_first("text") or b"").decode()


class _Asking:
    """Makes tantivy's queries over one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def widest(self, expression: Expression) -> Query:
        """Met by everything that matches in some copy."""
        match expression:
            case Term(needles, need):
                asked = [self.any([self._loosely(needle), self._closely(needle)]) for needle in needles]
                return Query.boolean_query([(Occur.Should, one) for one in asked], need)
            case All(parts):
                return self.all([self.widest(part) for part in parts])
            case Some(parts):
                return self.any([self.widest(part) for part in parts])
            case Not(part):
                return self._not(self._narrowest(part))

    def _narrowest(self, expression: Expression) -> Query:
        """Met by nothing that does not match in every copy."""
        match expression:
            case Term(needles, need):
                exact = [needle for needle in needles if is_exact(needle)] if need == 1 else []
                return self.any([self._closely(needle) for needle in exact])
            case All(parts):
                return self.all([self._narrowest(part) for part in parts])
            case Some(parts):
                return self.any([self._narrowest(part) for part in parts])
            case Not(part):
                return self._not(self.widest(part))

    def filters(self, filters: Filters) -> list[Query]:
        """What a visitor may see of whatever matches."""
        readable = [self._is("title", 1), self._is("free", 1)]
        if filters.opens_from is not None:
            readable.append(self._days(filters.opens_from, date.max))
        asked = [self.any(readable)]
        if filters.year is not None:
            asked.append(self._days(date(filters.year, 1, 1), date(filters.year, 12, 31)))
        if filters.kind:
            asked.append(self._is("kind", filters.kind))
        if filters.materials is not None:
            asked.append(Query.term_set_query(self._schema, "material", list(filters.materials)))
        return asked

    def all(self, queries: Sequence[Query]) -> Query:
        """Met by what meets every one."""
        return Query.boolean_query([(Occur.Must, query) for query in queries])

    def any(self, queries: Sequence[Query]) -> Query:
        """Met by what meets at least one; by nothing when there is none."""
        return Query.boolean_query([(Occur.Should, query) for query in queries]) if queries else _NOTHING

    def _not(self, query: Query) -> Query:
        return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, query)])

    def _closely(self, needle: str) -> Query:
        """A needle as it is, where all copies read alike. Exact for a single run."""
        asked = [self._is("letters", run) for run in runs(needle) if not grams(run)]
        tokens = list(sequence(needle))[:-1]  # what comes after the needle is open
        if any(token != GAP for token in tokens):
            asked.append(self._in_order(tokens))
        return self.all(asked)

    def _loosely(self, needle: str) -> Query:
        """Everything in the needle, somewhere among what copies may read."""
        tokens = {token for run in runs(needle) for token in grams(run) or [run]}
        return self.all([self._is("loose", token) for token in sorted(tokens)])

    def _in_order(self, tokens: list[str]) -> Query:
        if len(tokens) == 1:
            return self._is("grams", tokens[0])
        return Query.phrase_query(self._schema, "grams", list(tokens))

    def _is(self, field: str, value: str | int) -> Query:
        return Query.term_query(self._schema, field, value, "basic")

    def _days(self, first: date, last: date) -> Query:
        ends = day_of(first), day_of(last)
        return Query.range_query(self._schema, "day", tantivy.FieldType.Unsigned, *ends)


_NOTHING = Query.empty_query()
