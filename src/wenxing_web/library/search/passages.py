"""What the index holds: one document a paragraph of an edition, and one for its title.

A paragraph that reads alike in every copy is indexed as it is, its bigrams in
order. One that may differ is indexed by everything that any copy of it could
read, in no order: whoever looks for words that only their own copy has must
find it. Whether they are in the copy is decided by the copy, not by the index.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import tantivy

from wenxing_web import engine
from wenxing_web.library.models import Edition
from wenxing_web.library.queries import master_of, shown
from wenxing_web.library.search.folding import fold, letters, possible, sequence

logger = logging.getLogger(__name__)

_FIRST_DAY = date(1900, 1, 1).toordinal()
_DAY_BITS, _EDITION_BITS, _NUMBER_BITS = 16, 26, 22
_LAST_NUMBER = (1 << _NUMBER_BITS) - 1
TITLE = -1
"""Stands for the title where a paragraph has its number."""


def schema() -> tantivy.Schema:
    """The fields. Whoever changes them, or what they mean, raises `index.VERSION`."""
    fields = tantivy.SchemaBuilder()
    fields.add_unsigned_field(
        "rank", stored=True, fast=True
    )  # newest documents first, then editions, then paragraphs
    fields.add_unsigned_field("entry", indexed=True, fast=True)  # row of the ledger that told of the edition
    fields.add_unsigned_field("day", indexed=True, fast=True)
    fields.add_unsigned_field("edition", indexed=True)
    fields.add_unsigned_field("material", indexed=True)
    fields.add_unsigned_field("title", indexed=True)  # 1: the document is a title
    fields.add_unsigned_field("free", indexed=True)
    fields.add_unsigned_field("varied", stored=True)  # 1: copies may read otherwise than `text`
    fields.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    fields.add_text_field("grams", tokenizer_name="whitespace", index_option="position")
    fields.add_text_field("letters", tokenizer_name="whitespace", index_option="basic")
    fields.add_text_field("loose", tokenizer_name="whitespace", index_option="basic")
    fields.add_bytes_field("text", stored=True)  # the master's, folded
    fields.add_bytes_field("digest", stored=True)  # of the row of the ledger; with titles only
    return fields.build()


class Place(NamedTuple):
    """Where a document of the index stands. `number` is the paragraph's, or `TITLE`."""

    edition: int
    number: int


def day_of(day: date) -> int:
    """A date as the index orders it; what lies before 1900 or after 2079 counts as the last day there is."""
    return min(max(day.toordinal() - _FIRST_DAY, 0), (1 << _DAY_BITS) - 1)


def rank_of(day: date, place: Place) -> int:
    """A number that is larger for newer documents, later editions, and what stands further up."""
    number = _LAST_NUMBER - min(place.number + 1, _LAST_NUMBER)
    return day_of(day) << (_EDITION_BITS + _NUMBER_BITS) | place.edition << _NUMBER_BITS | number


def place_of(rank: int) -> Place:
    """The place that a rank belongs to."""
    number = _LAST_NUMBER - (rank & _LAST_NUMBER)
    return Place(rank >> _NUMBER_BITS & ((1 << _EDITION_BITS) - 1), number - 1)


def documents(edition: Edition, *, entry: int, digest: str) -> Iterator[tantivy.Document]:
    """Everything the index holds of an edition.

    Args:
        entry: number of the row of the ledger that tells of its publication; `digest`: the row's.
    """
    title = fold(edition.material.title)
    yield _document(edition, TITLE, title, (), entry=entry, digest=digest)
    for number, text, choices in _paragraphs(edition):
        if choices or text != title:
            yield _document(edition, number, text, choices, entry=entry)


def marker(*, entry: int, digest: str) -> tantivy.Document:
    """Says only how far the ledger was read, where a row tells of no edition that there is."""
    document = tantivy.Document()
    document.add_unsigned("entry", entry)
    document.add_unsigned("title", 1)
    document.add_bytes("digest", digest.encode())
    return document


Choices = Sequence[Sequence[str]]


def _document(
    edition: Edition, number: int, text: str, choices: Sequence[Choices], *, entry: int, digest: str = ""
) -> tantivy.Document:
    material = edition.material
    document = tantivy.Document()
    document.add_unsigned("rank", rank_of(material.dated_on, Place(edition.pk, number)))
    document.add_unsigned("entry", entry)
    document.add_unsigned("day", day_of(material.dated_on))
    document.add_unsigned("edition", edition.pk)
    document.add_unsigned("material", material.pk)
    document.add_unsigned("title", int(number == TITLE))
    document.add_unsigned("free", int(material.is_free))
    document.add_unsigned("varied", int(bool(choices)))
    document.add_text("kind", material.kind)
    document.add_bytes("text", text.encode())
    if digest:
        document.add_bytes("digest", digest.encode())
    if choices:
        tokens = set[str]().union(*(possible(one) for one in choices))
        document.add_text("loose", " ".join(sorted(tokens)))
    else:
        document.add_text("grams", " ".join(sequence(text)))
        document.add_text("letters", " ".join(sorted(letters(text))))
    return document


def _paragraphs(edition: Edition) -> Iterator[tuple[int, str, list[Choices]]]:
    """Number, folded text of the master, and what copies may read, of each paragraph with text."""
    try:
        master = master_of(edition)
    except (engine.MasterError, OSError) as error:
        logger.error("edition %s is found by its title only: %s", edition.identity, error)
        return
    varied = _varied(master)
    for number, paragraph in shown(master.document):
        sites = varied.get(number, [])
        yield number, fold(paragraph.text), _choices(master, number, sites) if sites else []


Varied = dict[int, list[tuple[int, int, tuple[str, ...]]]]


def _varied(master: engine.Master) -> Varied:
    """Number of a paragraph → its places that may read otherwise: start, end, what they may read."""
    found: Varied = {}
    for site in master.approved_sites:
        if site.kind == engine.SiteKind.WORDING:
            for span in site.spans:
                number = master.document.paragraph_at(span.start)
                found.setdefault(number, []).append((span.start, span.end, site.alternatives))
    return found


def _choices(
    master: engine.Master, number: int, sites: list[tuple[int, int, tuple[str, ...]]]
) -> list[Choices]:
    """The paragraph as pieces with their choices; of a wrapped one, with and without spaces at the breaks."""
    paragraph, start = master.document.paragraphs[number], master.document.starts[number]
    pieces: list[Sequence[str]] = []
    at = 0
    for begin, end, alternatives in sorted(sites):
        pieces += [[paragraph.text[at : begin - start]], alternatives]
        at = end - start
    pieces.append([paragraph.text[at:]])
    ways = [_tight, _spaced] if paragraph.wrapped else [_spaced]
    return [[[way(text) for text in choices] for choices in pieces] for way in ways]


def _spaced(text: str) -> str:
    """Folded as a piece of a longer text: white space at its ends counts."""
    return fold(f".{text}.")[1:-1]


def _tight(text: str) -> str:
    """The same with lines joined."""
    return _spaced("".join(line.strip() if "\n" in text else line for line in text.split("\n")))
