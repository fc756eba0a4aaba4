"""Profiles: whole sixteenths, priors that add up, and what the one in between is for."""

import pytest

from wenxing.accusation import sites_needed
from wenxing.profiles import BALANCED, COALITION, PROFILES, SHARES, SOLO, Profile
from wenxing.simulation import Setting, Strategy, simulate, worst_choice

every_profile = pytest.mark.parametrize("profile", PROFILES.values(), ids=str)


@every_profile
def test_laws_are_whole_sixteenths_and_priors_add_up(profile: Profile) -> None:
    assert set(profile.laws) == {2, 3, 4}
    for arity, laws in profile.laws.items():
        for law in laws:
            assert (len(law), sum(law)) == (arity, SHARES)
            assert min(law) > 0
    assert sum(h.prior for h in profile.hypotheses) == pytest.approx(1)


def test_the_profile_in_between_needs_fewer_sites_for_a_lone_leaker_than_coalition() -> None:
    for arity in (2, 3, 4):
        needed = [sites_needed(p, 100_000, 1e-6, arities=(arity,)) for p in (SOLO, BALANCED, COALITION)]
        assert needed == sorted(set(needed))
    assert sites_needed(BALANCED, 100_000, 1e-6) == 52


def test_the_profile_in_between_has_no_blind_spot() -> None:
    worst = worst_choice(BALANCED, 2, 3)
    assert isinstance(worst, tuple)
    assert 0.5 < worst[1] < 1  # neither a vote nor a coin, but near the minority


@pytest.mark.slow
@pytest.mark.parametrize(
    "attack", [Strategy.INTERLEAVE, Strategy.MAJORITY, Strategy.MINORITY, Strategy.WORST]
)
def test_three_colluders_are_named_within_six_documents_of_140_sites(attack: Strategy) -> None:
    found = simulate(Setting(BALANCED, coalition=3, attack=attack), sites=840, trials=10, seed=1)
    assert found.caught >= 9
    assert found.false_namings == 0
