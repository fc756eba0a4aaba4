"""The histogram behind the picture of a trace: everybody is in it, and nobody can be found in it."""

from math import log10

import numpy as np
import pytest

from wenxing.accusation import Evidence, Statistic, Suspects, accuse, distribute
from wenxing.codebook import Codebook, new_edition, new_key
from wenxing.profiles import COALITION, SOLO, Profile


def codebook_for(seed: int, sites: int, profile: Profile = SOLO) -> Codebook:
    rng = np.random.default_rng(seed)
    return Codebook(new_key(rng.bytes), new_edition(rng.bytes), profile, [2] * sites)


def copied(codebook: Codebook, recipient: int) -> list[Evidence]:
    return [Evidence(codebook, codebook.codeword(recipient).astype(np.int8))]


@pytest.mark.parametrize("profile", [SOLO, COALITION], ids=str)
def test_every_suspect_lies_in_the_bin_that_its_own_p_says(profile: Profile) -> None:
    evidence, suspects = copied(codebook_for(1, 60, profile), 77), Suspects.of(3000)
    made = distribute(evidence, suspects, bound=1e-6, shares=2, named=[77])
    p_values = Statistic(evidence).p_values(range(1, 3001))
    places = [-log10(p * 3000 * 2) for number, p in enumerate(p_values.tolist(), start=1) if number != 77]
    slowly = [0] * len(made.counts)
    for place in places:
        assert place < 6
        at = sum(place >= edge - 1e-9 for edge in made.edges) - 1
        slowly[max(0, at)] += 1
    assert list(made.counts) == slowly
    assert sum(made.counts) == 2999
    assert made.reached == 0


def test_the_last_edge_is_the_line_of_the_bound_and_the_first_holds_p_of_one() -> None:
    made = distribute(copied(codebook_for(2, 40), 5), Suspects.of(500), bound=2e-4)
    assert made.edges[-1] == pytest.approx(-log10(2e-4))
    assert made.edges[0] <= -log10(500) < made.edges[1]
    assert np.diff(made.edges) == pytest.approx(0.5)


def test_whoever_reaches_the_line_without_being_named_is_counted_apart() -> None:
    evidence, suspects = copied(codebook_for(3, 60), 9), Suspects.of(1000)
    assert [named.recipient for named in accuse(evidence, suspects, bound=1e-6).named] == [9]
    unnamed, named = (
        distribute(evidence, suspects, bound=1e-6),
        distribute(evidence, suspects, bound=1e-6, named=[9]),
    )
    assert (unnamed.reached, named.reached) == (1, 0)
    assert unnamed.counts == named.counts


def test_innocents_lie_no_further_out_than_chance_allows() -> None:
    # At most 10^-x are expected at x or beyond; five standard deviations of room for 40,000 draws.
    made = distribute(copied(codebook_for(4, 50), 50_000), Suspects.of(40_000), bound=1e-6)
    for at, edge in enumerate(made.edges[:-1]):
        beyond, expected = sum(made.counts[at:]), 10**-edge
        assert beyond <= expected + 5 * expected**0.5 + 3


def test_a_bound_that_is_no_probability_is_refused() -> None:
    evidence = copied(codebook_for(5, 40), 5)
    assert distribute(evidence, Suspects.of(10), bound=0.5).counts
    for bound in (0.0, 1.0):
        with pytest.raises(ValueError, match="probability"):
            distribute(evidence, Suspects.of(10), bound=bound)
