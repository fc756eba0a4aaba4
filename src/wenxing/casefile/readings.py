"""What all leaks of a case so far show, each site once: the first reading stands.

Where texts fit several editions equally well, every attribution is followed, each
with its share of one. The e-value of a case is the average over the attributions,
a bet that was divided among them before any codeword was seen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from wenxing.casefile.entries import Explanations, Reading
from wenxing.errors import CaseFileError
from wenxing.sites import SiteKind

MOST_BRANCHES = 32


@dataclass(frozen=True, eq=False)
class Branch:
    """One way to attribute everything that leaked so far.

    Attributes:
        share: of the bet, 0 … 1; the shares of all branches add up to at most 1.
        readings: by edition and kind of sites.
        chosen: for each ambiguity met, the editions that were chosen.
        contradicted: sites at which a later leak differs from the reading that counts.
    """

    share: float = 1.0
    readings: dict[tuple[bytes, SiteKind], Reading] = field(default_factory=dict)
    chosen: dict[frozenset[frozenset[bytes]], frozenset[bytes]] = field(default_factory=dict)
    contradicted: frozenset[tuple[bytes, SiteKind, int]] = frozenset()

    @property
    def sites_read(self) -> int:
        """Readable sites of all editions."""
        return sum(int((reading.symbols >= 0).sum()) for reading in self.readings.values())

    @property
    def sites_total(self) -> int:
        """Sites of all editions that were found, of the kinds that the leaks can carry."""
        return sum(len(reading.arities) for reading in self.readings.values())

    def with_readings(self, added: Iterable[Reading]) -> "Branch":
        """The branch after more leaks."""
        readings, contradicted = dict(self.readings), set(self.contradicted)
        for reading in added:
            before = readings.get(reading.code)
            if before is None:
                readings[reading.code] = reading
                continue
            if (before.arities, before.profile, before.version) != (
                reading.arities,
                reading.profile,
                reading.version,
            ):
                raise CaseFileError(
                    "An edition of the case was changed since; take its master from a backup."
                )
            both = (before.symbols >= 0) & (reading.symbols >= 0) & (before.symbols != reading.symbols)
            contradicted |= {(*reading.code, int(site)) for site in np.flatnonzero(both)}
            symbols = np.where(before.symbols >= 0, before.symbols, reading.symbols)
            readings[reading.code] = replace(before, symbols=symbols)
        return replace(self, readings=readings, contradicted=frozenset(contradicted))


def follow(branches: Sequence[Branch], explanations: Explanations) -> list[Branch]:
    """The branches after more leaks.

    The same ambiguity is answered once: a branch that chose an edition for some text stays with it. Beyond
    `MOST_BRANCHES` those with least to read are given up; their share is lost, which names nobody wrongly.
    """
    paying = [e for e in explanations if any((r.symbols >= 0).any() for r in e)] or list(explanations[:1])
    if not paying:
        return list(branches)
    ambiguity = frozenset(frozenset(r.edition for r in e) for e in paying)
    grown = []
    for branch in branches:
        fixed = branch.chosen.get(ambiguity)
        options = [e for e in paying if fixed in (None, frozenset(r.edition for r in e))]
        for option in options:
            editions = frozenset(r.edition for r in option)
            chosen = {**branch.chosen, ambiguity: editions} if len(paying) > 1 else branch.chosen
            after = branch.with_readings(option)
            grown.append(replace(after, share=branch.share / len(options), chosen=chosen))
    grown.sort(key=lambda branch: (-branch.sites_read, sorted(branch.readings)))
    return grown[:MOST_BRANCHES]
