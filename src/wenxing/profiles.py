"""Parameter sets of the code, by name. What a name means never changes.

A profile says how the alternatives of a site are shared out among recipients
and which attacks the score reckons with. Masters record the profile by name, so
a changed parameter needs a new name.

`solo` makes every alternative about equally likely: the shortest leak that names
a lone leaker, but three accounts that mix their copies by minority stay unseen.
`coalition` makes half of the two-way sites uneven (and all others), in secret
roles: it needs about 1.7 times the sites for a lone leaker and has no blind spot.
`balanced` lies between them and relies on decoding pairs and triples.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

SHARES = 16
"""Probabilities are whole sixteenths: four bits of the keyed stream choose a symbol."""


class Attack(StrEnum):
    """How a coalition chooses, at each site, among the symbols its copies show there.

    INTERLEAVING takes the symbol of a copy drawn at random. MAJORITY takes the symbol most copies
    show and MINORITY the one that fewest show, ties at random.
    """

    INTERLEAVING = "interleaving"
    MAJORITY = "majority"
    MINORITY = "minority"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A leak made by `colluders` accounts with `attack`. `prior` is its share of the bound."""

    colluders: int
    attack: Attack
    prior: float

    @property
    def name(self) -> str:
        """A short English name for reports."""
        return "single" if self.colluders == 1 else f"{self.colluders} {self.attack}"


FAMILY = (
    Hypothesis(1, Attack.INTERLEAVING, 1 / 2),
    Hypothesis(2, Attack.INTERLEAVING, 1 / 4),
    *(Hypothesis(colluders, attack, 1 / 24) for colluders in (3, 5) for attack in Attack),
)
"""The hypotheses that every naming answers for. Their priors add up to 1: the union bound needs no more."""

NOISES: Mapping[str, float] = MappingProxyType({"spacing": 0.005})
"""Spacing is a number in a file: what another program does not keep is lost, hardly ever changed.

Glyphs are read from pictures, with the errors of wording that went through OCR: what is near the middle is an
erasure, and one in fifty of the rest may be wrong on a photograph.
"""


@dataclass(frozen=True, eq=False)
class Profile:
    """Frozen parameters of a code.

    Attributes:
        name: recorded in masters.
        laws: for each arity, the laws a site may follow, equally often. A law lists the sixteenths of its
            roles and adds up to 16; which alternative plays which role is secret and drawn per site.
        noise: probability, in (0, 1/2), with which the score expects a read symbol to be wrong. It tunes
            the score's power only: false accusations stay bounded whatever the true rate is.
        hypotheses: the attacks the score reckons with; priors add up to 1.
        noises: the same for kinds of sites that are read otherwise than wording, by the kind's name.
    """

    name: str
    laws: Mapping[int, tuple[tuple[int, ...], ...]]
    noise: float = 0.02
    hypotheses: tuple[Hypothesis, ...] = FAMILY
    noises: Mapping[str, float] = field(default_factory=lambda: NOISES)

    def of_kind(self, kind: str) -> "Profile":
        """The profile with the reader noise of a kind of sites; the same object when it has no other."""
        noise = self.noises.get(kind, self.noise)
        return self if noise == self.noise else replace(self, noise=noise)

    def __repr__(self) -> str:
        return f"Profile({self.name!r})"


SOLO = Profile("solo", MappingProxyType({2: ((8, 8),), 3: ((6, 5, 5),), 4: ((4, 4, 4, 4),)}))
"""As near to uniform as sixteenths allow: the most information about a single copy."""

COALITION = Profile(
    "coalition", MappingProxyType({2: ((8, 8), (14, 2)), 3: ((11, 3, 2),), 4: ((10, 2, 2, 2),)})
)
"""Uneven roles. Half of the two-way sites lean 7 to 1: against three or five colluders, whatever they do.

Three-way sites: 11, 3, 2 names a lone leaker from 44 sites (N = 100,000, bound 1e-6), three colluders from
341 and five from 930 at worst. 10, 3, 3 needs 38 but is nearly blind to a minority of five (2,800); 12, 2, 2
needs 54.
"""

BALANCED = Profile(
    "balanced",
    MappingProxyType(
        {2: ((8, 8), (8, 8), (8, 8), (14, 2)), 3: ((6, 5, 5), (11, 3, 2)), 4: ((4, 4, 4, 4), (10, 2, 2, 2))}
    ),
)
"""Between the two: a quarter of the two-way sites lean, half of the others.

It is made for joint decoding. A lone leaker is named from 52 two-way sites (N = 100,000, bound 1e-6),
where `solo` takes 38 and `coalition` 63. Three colluders were named in 5 of 5 leaks of 840 two-way sites (six
documents of 140) against the worst way of mixing: triples find them, naming one by one takes 1,300 sites.
Five colluders and minorities of three in shorter leaks remain the business of `coalition`.
"""

PROFILES: Mapping[str, Profile] = MappingProxyType({p.name: p for p in (SOLO, COALITION, BALANCED)})

COALITION_FROM = 200
"""Sites from which `choose` prefers `coalition`: a third of such an edition still names a lone leaker."""


def choose(sites: int) -> Profile:
    """The profile for an edition of `sites` approved sites when its editor names none."""
    return COALITION if sites >= COALITION_FROM else SOLO
