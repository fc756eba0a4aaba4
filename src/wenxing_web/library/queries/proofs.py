"""A proof as its page shows it: sites by rule or in the running text, and what they are worth."""

import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils.translation import gettext as _

from wenxing_web import engine
from wenxing_web.library.models import Draft
from wenxing_web.library.queries.decisions import Decisions, decisions
from wenxing_web.library.queries.drafts import cleaned
from wenxing_web.members.queries import numbers

_SENTENCE_ENDS = "。！？!?…\n"
_CONTEXT = 60  # characters shown on either side of a site when its sentence is longer
_CROWDS = (1_000, 100_000)  # how many accounts a library may come to have


@dataclass(frozen=True, slots=True)
class Context:
    """One place of a site: the words before and after it in its sentence."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An alternative besides the text's own, and whether copies may read it."""

    index: int
    text: str
    used: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """A site as the proof page shows it.

    Attributes:
        state: `approved`, `rejected` or `open`.
        text: what the master reads.
        others: what copies may read instead.
        contexts: its places; more than one when repeats change together.
    """

    number: int
    grade: str
    rule: str
    text: str
    others: tuple[Choice, ...]
    contexts: tuple[Context, ...]
    state: str

    @property
    def approved(self) -> bool:
        """Whether copies will differ here."""
        return self.state == "approved"

    @property
    def can_be_narrowed(self) -> bool:
        """Whether one of its alternatives could be left out."""
        return len(self.others) > 1

    @property
    def toggled(self) -> str:
        """What pressing it in the running text does."""
        return "reject" if self.approved else "approve"


@dataclass(frozen=True, slots=True)
class Group:
    """The sites that one rule found.

    Attributes:
        title: the words that stand for each other.
        kind: what kind of words they are.
    """

    key: str
    title: str
    kind: str
    grade: str
    sites: tuple[Proof, ...]

    @property
    def approved(self) -> int:
        """How many of its sites are approved."""
        return sum(site.approved for site in self.sites)

    @property
    def open(self) -> int:
        """How many of its sites nobody has decided about."""
        return sum(site.state == "open" for site in self.sites)

    @property
    def numbers(self) -> tuple[int, ...]:
        """Its sites by number."""
        return tuple(site.number for site in self.sites)


@dataclass(frozen=True, slots=True)
class Place:
    """A piece of a paragraph: plain text, or the `at`-th place of a site."""

    text: str
    site: Proof | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of the running text. `start` is the offset of its first character in the document."""

    start: int
    level: int
    heading: bool
    pieces: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many sites a draft has, and how many of them are approved, by grade. The editor's own are B."""

    a: int
    b: int
    approved_a: int
    approved_b: int
    open_a: int
    open: int

    @property
    def total(self) -> int:
        """All sites."""
        return self.a + self.b

    @property
    def approved(self) -> int:
        """All approved sites."""
        return self.approved_a + self.approved_b


@dataclass(frozen=True, slots=True)
class Gauge:
    """What it takes to name one account of `accounts` with a lone leak, were the draft published now.

    Attributes:
        sites: how many of the approved places a leak must show; `None` when none is approved.
        characters: how long a passage must be so that nine in ten of that length have so many; `of` are all
            there are.
        later: the same for libraries that have grown.
    """

    accounts: int
    approved: int
    sites: int | None
    characters: int | None
    of: int
    later: tuple["Gauge", ...] = ()

    @property
    def enough(self) -> bool:
        """Whether the whole text is enough."""
        return self.sites is not None and self.sites <= self.approved

    @property
    def missing(self) -> int:
        """How many more places the whole text would need, at least."""
        return max((self.sites or 0) - self.approved, 0)

    @property
    def crowd(self) -> str:
        """The accounts, as 100,000 is written in either language here."""
        return f"{self.accounts:,}"


def tally(draft: Draft) -> Tally:
    """Sites and approvals by grade."""
    here = decisions(draft)
    shown = _shown(here)
    a = [number for number in shown if here.sites[number].grade == "A"]
    b = [number for number in shown if here.sites[number].grade != "A"]
    return Tally(
        a=len(a),
        b=len(b),
        approved_a=len(here.approved.intersection(a)),
        approved_b=len(here.approved.intersection(b)),
        open_a=sum(here.state(number) == "open" for number in a),
        open=sum(here.state(number) == "open" for number in shown),
    )


def gauge(draft: Draft) -> Gauge:
    """How much of this draft a leak would have to show, with the approvals of the moment.

    The accounts are those that a trace would search today: every number ever given out.
    """
    here, document = decisions(draft), cleaned(draft).document
    sites = [
        engine.Site(s.spans, s.alternatives[: len(here.used(n))], s.grade, s.rule)
        for n in here.live()
        for s in (here.sites[n],)
    ]
    now = max(len(numbers()), 1)
    crowds = (now, *(crowd for crowd in _CROWDS if crowd > now))
    needed = engine.sites_to_name(sites, crowds) if sites else {}
    first, *later = (
        Gauge(
            crowd,
            len(sites),
            needed.get(crowd),
            engine.characters_that_show(needed[crowd], sites, document) if sites else None,
            document.characters,
        )
        for crowd in crowds
    )
    return replace(first, later=tuple(later))


def groups(draft: Draft, show: str = "") -> list[Group]:
    """Sites by rule: grade A first, then the rule with most of them; the editor's own last.

    Args:
        show: `A`, `B`, `open` (not decided yet), or anything else for all.
    """
    here, text = decisions(draft), cleaned(draft).document.text
    numbers_shown = [
        number
        for number in _shown(here)
        if show not in ("A", "B", "open") or show in (str(here.sites[number].grade), here.state(number))
    ]
    numbers_shown.sort(key=lambda number: (here.sites[number].rule, number))
    found = [
        _group(rule, [_proof(here, text, number) for number in members])
        for rule, members in groupby(numbers_shown, key=lambda number: here.sites[number].rule)
    ]
    return sorted(found, key=lambda g: (g.key == engine.OWN, g.grade, -len(g.sites), g.sites[0].number))


def group(draft: Draft, key: str) -> Group | None:
    """The sites of one rule."""
    return next((found for found in groups(draft) if found.key == key), None)


def passages(draft: Draft) -> list[Passage]:
    """The running text with its sites in place."""
    here, document = decisions(draft), cleaned(draft).document
    places = sorted(
        (span.start, span.end, number, at)
        for number in _shown(here)
        for at, span in enumerate(here.sites[number].spans)
    )
    proofs = {number: _proof(here, document.text, number) for number in _shown(here)}
    shown = []
    for start, paragraph in zip(document.starts, document.paragraphs, strict=True):
        if not paragraph.text.strip() or not paragraph.role.in_flow:
            continue
        inside = [place for place in places if start <= place[0] < start + len(paragraph.text)]
        heading = paragraph.role in (engine.Role.TITLE, engine.Role.HEADING)
        pieces = tuple(_pieces(paragraph.text, start, inside, proofs))
        shown.append(Passage(start, paragraph.level, heading, pieces))
    return shown


def _pieces(
    text: str, start: int, places: list[tuple[int, int, int, int]], proofs: dict[int, Proof]
) -> Iterator[Place]:
    done = 0
    for first, end, number, at in places:
        if first - start > done:
            yield Place(text[done : first - start])
        yield Place(text[first - start : end - start], proofs[number], at)
        done = end - start
    if done < len(text):
        yield Place(text[done:])


def neighbours(draft: Draft, shown: Proof) -> tuple[int | None, int | None]:
    """Numbers of the sites of the same grade before and after a site."""
    here = decisions(draft)
    same = [number for number in _shown(here) if here.sites[number].grade == shown.grade]
    at = same.index(shown.number)
    return (same[at - 1] if at else None), (same[at + 1] if at + 1 < len(same) else None)


def proof(draft: Draft, number: int) -> Proof | None:
    """One site in context."""
    here = decisions(draft)
    return _proof(here, cleaned(draft).document.text, number) if number in _shown(here) else None


def specimens(draft: Draft, draw: int) -> list[tuple[tuple[Place, ...], tuple[Place, ...]]]:
    """Two copies as nobody will receive them, paragraph by paragraph; places where they differ are apart.

    Plain dice choose among the approved alternatives, each as likely as the next. No key and no number has a
    part in it, so that looking at it tells nothing about anybody's copy.

    Args:
        draw: the same draw gives the same pair.
    """
    here, document = decisions(draft), cleaned(draft).document
    dice = random.Random(draw)  # noqa: S311 -- not a secret
    wordings: dict[int, tuple[int, str, str]] = {}  # start → end and what either copy reads
    for number in here.live():
        site, used = here.sites[number], here.used(number)
        one, two = (site.alternatives[dice.choice(used)] for _copy in range(2))
        wordings |= {span.start: (span.end, one, two) for span in site.spans}
    pairs = []
    for start, paragraph in zip(document.starts, document.paragraphs, strict=True):
        if paragraph.text.strip() and paragraph.role.in_flow:
            inside = {
                at - start: value
                for at, value in wordings.items()
                if start <= at < start + len(paragraph.text)
            }
            pairs.append(_pair(paragraph.text, start, inside))
    return pairs


def _pair(
    text: str, start: int, wordings: dict[int, tuple[int, str, str]]
) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    left: list[Place] = []
    right: list[Place] = []
    done = 0
    for at, (end, one, two) in sorted(wordings.items()):
        for copy, wording in ((left, one), (right, two)):
            copy.append(Place(text[done:at]))
            copy.append(Place(wording, at=int(one != two)))
        done = end - start
    for copy in (left, right):
        copy.append(Place(text[done:]))
    return tuple(left), tuple(right)


def _shown(here: Decisions) -> list[int]:
    """Numbers of the sites that can be decided about, in the order of the text."""
    displaced: Collection[int] = here.displaced()
    shown = [number for number in range(len(here.sites)) if number not in displaced]
    return sorted(shown, key=lambda number: here.sites[number].start)


def _group(rule: str, sites: list[Proof]) -> Group:
    known = engine.rule_named(rule)
    words = known.words if known else tuple(dict.fromkeys(site.text for site in sites))
    title = _("自己加的") if rule == engine.OWN else _("／").join(words)
    return Group(rule, title, _kind(known.table if known else ""), sites[0].grade, tuple(sites))


def _kind(table: str) -> str:
    """What kind of words a table of rules holds, for people."""
    kinds = {
        "connectives": _("连接词"),
        "connectives-openers": _("句首连接词"),
        "adverbs": _("副词"),
        "adverbs-degree": _("程度副词"),
        "adverbs-manner": _("方式副词"),
        "adverbs-modal": _("语气和情态副词"),
        "adverbs-time": _("时间和频度副词"),
        "prepositions": _("介词"),
        "punctuation": _("标点"),
        "verbs": _("动词"),
        "words": _("其他用词"),
    }
    return kinds.get(table) or kinds.get(table.partition("-")[0], "")


def _proof(here: Decisions, text: str, number: int) -> Proof:
    site, used = here.sites[number], here.used(number)
    return Proof(
        number=number,
        grade=str(site.grade),
        rule=site.rule,
        text=site.alternatives[0],
        others=tuple(
            Choice(index, wording, index in used) for index, wording in enumerate(site.alternatives) if index
        ),
        contexts=tuple(_context(text, span) for span in site.spans),
        state=here.state(number),
    )


def _context(text: str, span: engine.Span) -> Context:
    """The sentence around a span, shortened where it is long."""
    start = max(text.rfind(mark, 0, span.start) for mark in _SENTENCE_ENDS) + 1
    ends = [at for at in (text.find(mark, span.end) for mark in _SENTENCE_ENDS) if at >= 0]
    end = min(ends, default=len(text) - 1) + 1
    before, after = text[start : span.start].lstrip(), text[span.end : end].rstrip()
    if len(before) > _CONTEXT:
        before = "…" + before[-_CONTEXT:]
    if len(after) > _CONTEXT:
        after = after[:_CONTEXT] + "…"
    return Context(before, after)
