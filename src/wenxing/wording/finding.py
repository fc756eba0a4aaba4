"""All rules over a document → sites whose alternatives can be chosen independently of each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from wenxing.document import Document, Role, Unwrapped
from wenxing.script import script_of
from wenxing.sites import Grade, Site, Span
from wenxing.wording.jarring import jars
from wenxing.wording.language import Language, is_english, language_of
from wenxing.wording.loading import rules_of
from wenxing.wording.matching import Hit, aligned, hits, occurrences, passage, written_like
from wenxing.wording.protection import is_statute, shield, without_endless
from wenxing.wording.rule import Link, Rule
from wenxing.wording.segmentation import Passage
from wenxing.wording.traditional import in_simplified, rewritten

GAP = 1  # characters that stay between two sites, so that every combination can be read
_GAPS = {Language.CHINESE: GAP, Language.ENGLISH: 6}  # about a word of letters, and the spaces beside it
_HALF_PARALLEL = {Language.CHINESE: 30, Language.ENGLISH: 80}
"""A repeat so close, in characters, that cannot move keeps its partner from moving."""


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one rule and one word that move together, in order; offsets into `Document.text`."""

    hits: tuple[Hit, ...]
    alternatives: tuple[str, ...]

    @property
    def rank(self) -> tuple[bool, str, int, int]:
        """A habit of the whole document first, then grade A, then the longer word, then the earlier place."""
        first = self.hits[0]
        return first.rule.link is not Link.DOCUMENT, first.rule.grade, -len(first.word), first.start


def find(document: Document) -> tuple[Site, ...]:
    """All places of the document that may be varied, in order of their first character.

    Args:
        document: any document; only body and cell paragraphs are looked at, each with the rules of the
            language it is in. Latin letters that are not English have no rules.

    Returns:
        Sites whose spans neither overlap nor touch. At every span the document reads `alternatives[0]`.
        Deterministic: the same text gives the same sites. What is *not* guaranteed: that every alternative
        reads well to every editor. Grade A is for batch approval with a skim, B for reading one by one.
        Wrapped lines are read joined; no span holds the end of a line. A text in traditional characters is
        read as if it were in simplified ones, and its alternatives are written as it is.
        A text built like a law yields few sites, all of grade B: such texts belong under the verbatim policy.
    """
    script = script_of(document.text)
    if script is not None:
        return tuple(rewritten(_find(in_simplified(document)), document.text, script))
    return _find(document)


def _find(document: Document) -> tuple[Site, ...]:
    unwrapped = document.unwrapped
    document = unwrapped.document
    statute = is_statute(document)
    places = [
        (start, paragraph.text)
        for start, paragraph in zip(document.starts, document.paragraphs, strict=True)
        if paragraph.role in (Role.BODY, Role.CELL) and not all(shield(paragraph.text))
    ]
    latin = [text for _, text in places if language_of(text) is Language.ENGLISH]
    if not is_english(latin):
        places = [(start, text) for start, text in places if language_of(text) is not Language.ENGLISH]
    prose = without_endless(document.text)
    allowed = {language: _rules(language, prose, statute) for language in Language}
    offered = [*_habits(places, document, allowed)]
    for start, text in places:
        offered.extend(_moved(group, start) for group in _groups(text, allowed))
    whole = [group for group in offered if _is_whole(group, unwrapped)]
    kept = _without_conflicts(whole, document.text)
    found = (_site(group, statute, unwrapped) for group in kept)
    return tuple(sorted(found, key=lambda site: site.start))


def _rules(language: Language, text: str, statute: bool) -> list[Rule]:
    """The rules for the paragraphs in one language; few of them in a statute."""
    return [rule for rule in rules_of(language) if _suits(rule, text, statute)]


def _suits(rule: Rule, text: str, statute: bool) -> bool:
    """Whether nothing in the document as a whole speaks against a rule."""
    return (
        (rule.statutes or not statute)
        and (rule.document is None or rule.document.search(text) is not None)
        and (rule.not_document is None or rule.not_document.search(text) is None)
    )


def _habits(
    places: Sequence[tuple[int, str]], document: Document, allowed: Mapping[Language, Sequence[Rule]]
) -> Iterator[Group]:
    """Spellings and commas that a document keeps throughout: all of them move, or none does."""
    for language in sorted({language_of(text) for _, text in places}):
        mine = [(start, text) for start, text in places if language_of(text) is language]
        fixed = _fixed(document, {start for start, _ in mine}, language)
        for rule in allowed[language]:
            if rule.link is Link.DOCUMENT:
                yield from _kept_throughout(rule, mine, fixed)


def _fixed(document: Document, starts: set[int], language: Language) -> list[str]:
    """Paragraphs in the language that no rule may touch: headings, notes, page headers."""
    pairs = zip(document.starts, document.paragraphs, strict=True)
    return [p.text for start, p in pairs if start not in starts and language_of(p.text) is language]


def _kept_throughout(rule: Rule, places: Sequence[tuple[int, str]], fixed: Sequence[str]) -> Iterator[Group]:
    """One group for each row of the rule that the document writes in one way only, where it can change."""
    bound = {hit.word for text in fixed for hit in hits(rule, passage(text), bytes(len(text)))}
    found = [
        (start, passage(text), hit)
        for start, text in places
        for hit in hits(rule, passage(text), shield(text))
    ]
    for row in rule.rows:
        here = [(start, there, hit) for start, there, hit in found if hit.word in row]
        if not here or len({hit.word for _, _, hit in here}) > 1 or bound & set(row):
            continue
        own = here[0][2].word
        kept = [w for w in rule.others(own) if not any(jars(w, [hit], there) for _, there, hit in here)]
        if kept:
            yield Group(tuple(_move(hit, start) for start, _, hit in here), (own, *kept))


def _groups(text: str, allowed: Mapping[Language, Sequence[Rule]]) -> Iterator[Group]:
    """What one paragraph offers; offsets count from its first character."""
    mask, here = shield(text), passage(text)
    small = text.casefold()
    for rule in allowed[here.language]:
        if rule.link is not Link.DOCUMENT and any(word.casefold() in small for word in rule.only):
            yield from _linked(rule, here, mask)


def _linked(rule: Rule, here: Passage, mask: bytes) -> Iterator[Group]:
    """The hits of one rule, repeats tied together, alternatives that would jar left out."""
    found = sorted(hits(rule, here, mask), key=lambda hit: (hit.word, hit.start))
    for word, same in groupby(found, key=lambda hit: hit.word):
        for together in _tied(rule, here, list(same)):
            if rule.strict and _half_of_a_parallel(here, together):
                continue
            alternatives = [w for w in written_like(word, rule) if not jars(w, together, here)]
            if alternatives:
                yield Group(tuple(together), (word, *alternatives))


def _tied(rule: Rule, here: Passage, found: list[Hit]) -> list[list[Hit]]:
    if rule.link is Link.NONE:
        return [[hit] for hit in found]
    if rule.link is Link.PARAGRAPH:
        return [found]
    bounds = here.sentence if rule.link is Link.SENTENCE else here.clause
    return [list(tied) for _, tied in groupby(found, key=lambda hit: bounds(hit.start, hit.end))]


def _half_of_a_parallel(here: Passage, together: Sequence[Hit]) -> bool:
    """Whether the same word stands close by, in the same sentence, where it cannot move."""
    word = together[0].word
    taken = {hit.start for hit in together}
    low, high = here.sentence(together[0].start, together[-1].end)
    for start in occurrences(word, here.text):
        if start in taken or not low <= start < high or not aligned(here, start, start + len(word)):
            continue
        if any(abs(start - hit.start) <= _HALF_PARALLEL[here.language] for hit in together):
            return True
    return False


def _without_conflicts(offered: Iterable[Group], text: str) -> list[Group]:
    """Groups that keep their distance from each other: the better ones."""
    room = max(_GAPS.values())
    taken = bytearray(len(text) + 2 * room)
    kept = []
    for group in sorted(offered, key=lambda group: group.rank):
        gap = _GAPS[group.hits[0].rule.language]
        if any(any(taken[room + hit.start - gap : room + hit.end + gap]) for hit in group.hits):
            continue
        for hit in group.hits:
            taken[room + hit.start : room + hit.end] = b"\x01" * (hit.end - hit.start)
        kept.append(group)
    return kept


def _moved(group: Group, start: int) -> Group:
    return Group(tuple(_move(hit, start) for hit in group.hits), group.alternatives)


def _move(hit: Hit, start: int) -> Hit:
    return replace(hit, start=hit.start + start, end=hit.end + start)


def _is_whole(group: Group, unwrapped: Unwrapped) -> bool:
    """Whether no word of a group is cut by the end of a line."""
    return all(unwrapped.original(hit.start, hit.end) is not None for hit in group.hits)


def _site(group: Group, statute: bool, unwrapped: Unwrapped) -> Site:
    rule = group.hits[0].rule
    places = (unwrapped.original(hit.start, hit.end) for hit in group.hits)
    spans = tuple(Span(*place) for place in places if place is not None)
    return Site(spans, group.alternatives, Grade.B if statute else rule.grade, rule.name)
