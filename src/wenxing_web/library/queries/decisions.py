"""What an editor has decided about the sites of a draft, and what an edition of it would therefore have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from wenxing_web import engine
from wenxing_web.library.models import Draft
from wenxing_web.library.queries.drafts import cleaned


@dataclass(frozen=True, slots=True)
class Decisions:
    """The state of a proof. Sites that are in neither set have not been decided about.

    Attributes:
        found: what the rules found; their numbers are 0 and up.
        own: what the editor added; their numbers go on from there. Nothing is ever taken out of the middle.
        approved, rejected: numbers of sites, without common members.
        narrowed: number → which of the site's alternatives copies may read; 0, the text's own, is always one.
    """

    found: tuple[engine.Site, ...]
    own: tuple[engine.Site, ...] = ()
    approved: frozenset[int] = frozenset()
    rejected: frozenset[int] = frozenset()
    narrowed: Mapping[int, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def sites(self) -> tuple[engine.Site, ...]:
        """All sites, by number."""
        return self.found + self.own

    @property
    def own_numbers(self) -> range:
        """Numbers of the sites that the editor added."""
        return range(len(self.found), len(self.found) + len(self.own))

    def state(self, number: int) -> str:
        """`approved`, `rejected`, or `open`."""
        return "approved" if number in self.approved else "rejected" if number in self.rejected else "open"

    def used(self, number: int) -> tuple[int, ...]:
        """Which alternatives of a site copies may read."""
        return self.narrowed.get(number) or tuple(range(self.sites[number].arity))

    def displaced(self) -> frozenset[int]:
        """Numbers of the found sites that stand in the way of an approved one of the editor's own."""
        own = [self.sites[number] for number in self.own_numbers if number in self.approved]
        if not own:
            return frozenset()
        return frozenset(
            number
            for number, site in enumerate(self.found)
            if any(engine.in_the_way(site, other) for other in own)
        )

    def live(self) -> tuple[int, ...]:
        """Numbers of the sites that copies will differ at, in the order of the text."""
        numbers = self.approved - self.displaced()
        return tuple(sorted(numbers, key=lambda number: self.sites[number].start))

    def settled(self, number: int, state: str) -> "Decisions":
        """The same, with a site in another state."""
        approved, rejected = self.approved - {number}, self.rejected - {number}
        if state == "approved":
            approved |= {number}
        if state == "rejected":
            rejected |= {number}
        return replace(self, approved=approved, rejected=rejected)

    def narrowed_to(self, number: int, used: Iterable[int]) -> "Decisions":
        """The same, with only some alternatives of a site: the text's own and at least one other."""
        every = tuple(range(self.sites[number].arity))
        chosen = tuple(sorted({0, *used}.intersection(every)))
        others = {key: value for key, value in self.narrowed.items() if key != number}
        if chosen != every and len(chosen) > 1:
            others[number] = chosen
        return replace(self, narrowed=MappingProxyType(others))


def decisions(draft: Draft) -> Decisions:
    """What has been decided about a draft.

    Nothing about found sites once the rules have changed since: the same numbers would be other sites, which
    nobody has read. The editor's own sites stay, to be approved again.
    """
    text = cleaned(draft)
    own = tuple(own_site(text.document.text, entry) for entry in draft.own)
    if draft.proofed != text.digest:
        return Decisions(text.sites, own)
    count = len(text.sites) + len(own)
    return Decisions(
        text.sites,
        own,
        frozenset(number for number in draft.approved if number < count),
        frozenset(number for number in draft.rejected if number < count),
        MappingProxyType({int(number): tuple(used) for number, used in draft.narrowed.items()}),
    )


def own_site(text: str, entry: dict[str, Any]) -> engine.Site:
    """An editor's own site from a draft's row."""
    spans = tuple(engine.Span(start, end) for start, end in entry["spans"])
    own = text[spans[0].start : spans[0].end]
    return engine.Site(spans, (own, *entry["others"]), engine.Grade.B, engine.OWN)


def approved_in(draft: Draft) -> set[int]:
    """Numbers of the sites that the editor approved."""
    return set(decisions(draft).approved)


def is_outdated(draft: Draft) -> bool:
    """Whether approvals were lost because the rules have changed."""
    return bool(draft.approved) and draft.proofed != cleaned(draft).digest


def sites_of_edition(draft: Draft) -> tuple[tuple[engine.Site, ...], tuple[int, ...]]:
    """The sites an edition of this draft would have, in the order of the text, and which are approved.

    Found sites that are displaced are left out, alternatives that are not wanted too.
    """
    here = decisions(draft)
    live, displaced = set(here.live()), here.displaced()
    numbers = [n for n in range(len(here.found)) if n not in displaced]
    numbers += [n for n in here.own_numbers if n in live]
    numbers.sort(key=lambda number: here.sites[number].start)
    sites = tuple(_as_used(here, number) for number in numbers)
    return sites, tuple(at for at, number in enumerate(numbers) if number in live)


def _as_used(here: Decisions, number: int) -> engine.Site:
    site = here.sites[number]
    return replace(site, alternatives=tuple(site.alternatives[index] for index in here.used(number)))
