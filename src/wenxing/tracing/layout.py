"""What leaks show besides their wording, added to the attributions that their texts gave."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from wenxing.alignment import MOST_EXPLANATIONS, Explanation, Match, Target, places
from wenxing.leaks import Leak
from wenxing.master import Master
from wenxing.sites import Observation, SiteKind, merged

RELIABLE = 0.9
"""A sighting that its reader trusts less is an erasure: a wrong one costs half a dozen right ones."""


def with_sightings(
    explanations: Sequence[Explanation], leaks: Sequence[Leak], masters: Sequence[Master]
) -> tuple[Explanation, ...]:
    """The explanations with the editions of what was seen without its text.

    A leak that fits several editions equally well is another choice, as it is for texts; what would make
    more than `MOST_EXPLANATIONS` is left out, which names nobody wrongly.
    """
    known = {master.edition: at for at, master in enumerate(masters)}
    grown = list(explanations)
    for leak in leaks:
        editions = {known[s.edition] for s in leak.sightings if s.edition in known}
        options = sorted(editions)
        if not options:
            continue
        more: list[Explanation] = []
        for explanation in grown or [{}]:
            if editions.isdisjoint(explanation):
                more += ({**explanation, at: _unread(masters[at])} for at in options)
            else:
                more.append(explanation)
        grown = more if len(more) <= MOST_EXPLANATIONS else grown
    return tuple(grown)


def with_layout(
    explanation: Explanation, leaks: Sequence[Leak], masters: Sequence[Master], targets: Sequence[Target]
) -> Explanation:
    """The explanation with every site of other kinds that the leaks can carry, each once."""
    return {
        at: replace(match, others=_others(match, leaks, masters[at], targets[at]))
        for at, match in explanation.items()
    }


def _unread(master: Master) -> Match:
    return Match(0.0, tuple(Observation(site, None) for site in range(len(master.approved))))


def _others(
    match: Match, leaks: Sequence[Leak], master: Master, target: Target
) -> dict[SiteKind, tuple[Observation, ...]]:
    seen: dict[SiteKind, dict[int, list[Observation]]] = defaultdict(lambda: defaultdict(list))
    for kind, observations in (*_read(match, leaks, master, target), *_sighted(leaks, master)):
        sites = seen[kind]
        for observation in observations:
            sites[observation.site].append(observation)
    return {
        kind: tuple(merged(site, seen[kind].get(site, ())) for site in range(len(master.sites_of(kind))))
        for kind in master.kinds
        if kind in seen
    }


def _read(
    match: Match, leaks: Sequence[Leak], master: Master, target: Target
) -> Iterator[tuple[SiteKind, Sequence[Observation]]]:
    """What readers see at the places where the text stands."""
    for at in sorted({leak for leak, _ in match.found}):
        readers = {k: r for k, r in leaks[at].readers.items() if k in master.kinds}
        pairs = [pairs for leak, pairs in match.found if leak == at]
        layers = places(target, leaks[at].text, pairs) if readers else ()
        yield from _shown(
            [
                (kind, reader(master.source, master.document, master.sites_of(kind), layer))
                for layer in layers
                for kind, reader in readers.items()
            ]
        )


def _shown(
    seen: Sequence[tuple[SiteKind, Sequence[Observation]]],
) -> Iterator[tuple[SiteKind, Sequence[Observation]]]:
    """What one leak shows, of the kinds that it shows; of the first that it could when it shows none.

    A PDF is a copy of ours or was printed from a Word copy: it is not counted as lacking the sites of both.
    """
    found = {kind for kind, sites in seen if any(site.symbol is not None for site in sites)}
    found = found or {kind for kind, _ in seen[:1]}
    yield from ((kind, sites) for kind, sites in seen if kind in found)


def _sighted(leaks: Sequence[Leak], master: Master) -> Iterator[tuple[SiteKind, Sequence[Observation]]]:
    """What was seen without the text."""
    for leak in leaks:
        for sighting in leak.sightings:
            if sighting.edition != master.edition or sighting.kind is SiteKind.WORDING:
                continue
            sure = sighting.symbol is not None and sighting.reliability >= RELIABLE
            symbol = sighting.symbol if sure else None
            seen = Observation(sighting.site, symbol, doubtful=sighting.symbol is not None and not sure)
            yield sighting.kind, (seen,)
