"""Secret laws of sites: what each alternative's probability is."""

from collections import Counter

import numpy as np
import pytest

from wenxing.codes.roles import draw_roles
from wenxing.profiles import COALITION, PROFILES, SHARES, SOLO, Profile, choose

KEY = bytes(range(16))


@pytest.mark.parametrize("profile", PROFILES.values(), ids=str)
@pytest.mark.parametrize("arity", [2, 3, 4])
def test_every_law_of_a_profile_adds_up_and_leaves_no_alternative_out(profile: Profile, arity: int) -> None:
    for law in profile.laws[arity]:
        assert len(law) == arity
        assert sum(law) == SHARES
        assert min(law) > 0


@pytest.mark.parametrize("profile", PROFILES.values(), ids=str)
def test_priors_add_up_to_one(profile: Profile) -> None:
    assert sum(h.prior for h in profile.hypotheses) == pytest.approx(1, abs=1e-15)


def test_probabilities_are_whole_sixteenths_of_the_sites_own_alternatives() -> None:
    arities = [2, 3, 4] * 50
    laws = draw_roles(KEY, COALITION, arities).probabilities()
    assert laws.shape == (150, 4)
    assert np.array_equal(laws * 16, np.rint(laws * 16))
    assert np.array_equal(laws.sum(axis=1), np.ones(150))
    assert np.array_equal((laws > 0).sum(axis=1), arities)
    assert all((row[:arity] > 0).all() for row, arity in zip(laws, arities, strict=True))


def test_half_of_the_two_way_sites_are_even_and_the_rest_lean_either_way() -> None:
    laws = draw_roles(KEY, COALITION, [2] * 40_000).probabilities()
    counts = Counter((laws[:, 0] * 16).astype(int).tolist())
    assert set(counts) == {2, 8, 14}
    assert abs(counts[8] - 20_000) < 450  # 4.5 standard deviations
    assert abs(counts[2] - 10_000) < 390
    assert abs(counts[14] - 10_000) < 390


@pytest.mark.parametrize("arity", [3, 4])
def test_every_alternative_plays_every_role_equally_often(arity: int) -> None:
    sites = 24_000
    roles = draw_roles(KEY, COALITION, [arity] * sites)
    for role in range(arity):
        counts = np.bincount(roles.alternatives[:, role], minlength=arity)
        expected = sites / arity
        assert np.abs(counts - expected).max() < 4.5 * expected**0.5


def test_roles_change_with_the_key_and_site() -> None:
    one = draw_roles(KEY, SOLO, [4] * 64).alternatives
    other = draw_roles(bytes(16), SOLO, [4] * 64).alternatives
    assert not np.array_equal(one, other)
    assert len(np.unique(one, axis=0)) > 10


def test_a_sites_law_does_not_depend_on_its_neighbours() -> None:
    long = draw_roles(KEY, COALITION, [2, 3, 4, 2, 3, 4]).probabilities()
    mixed = draw_roles(KEY, COALITION, [4, 3, 2, 2]).probabilities()
    assert np.array_equal(long[1], mixed[1])
    assert np.array_equal(long[3], mixed[3])


@pytest.mark.parametrize("arity", [0, 1, 5])
def test_an_arity_without_a_law_is_refused(arity: int) -> None:
    draw_roles(KEY, SOLO, [2, 4])
    with pytest.raises(ValueError, match="no law"):
        draw_roles(KEY, SOLO, [2, arity])


def test_short_editions_get_solo_and_long_ones_coalition() -> None:
    assert choose(0) is SOLO
    assert choose(199) is SOLO
    assert choose(200) is COALITION
