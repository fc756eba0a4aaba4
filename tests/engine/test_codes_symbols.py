"""The keyed stream: fast code against a slow reading of the layout, and uniformity."""

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from wenxing.codes.roles import Roles, draw_roles
from wenxing.codes.symbols import codeword, matches, planes, tallies, words_of
from wenxing.profiles import COALITION, SOLO, Profile

KEY = bytes(range(16))
ROLES_KEY = bytes(range(16, 32))
MIXED = [2, 3, 4, 2, 2] * 60


def draw_slowly(key: bytes, sites: int, recipient: int) -> list[int]:
    """The numbers 0 … 15 of one recipient, site by site and block by block, from the written layout."""
    words = 2 * ((sites + 127) // 128)
    drawn = []
    for site in range(sites):
        value = 0
        for plane in range(4):
            at = (plane * words + site // 64) * 8 + site % 64 // 8  # the byte within the recipient's stream
            counter = recipient * 2 * words + at // 16
            cipher = Cipher(algorithms.AES128(key), modes.CTR(counter.to_bytes(16, "big")))
            block = cipher.encryptor().update(bytes(16))
            value |= (block[at % 16] >> site % 8 & 1) << plane
        drawn.append(value)
    return drawn


def codeword_slowly(roles: Roles, drawn: list[int]) -> list[int]:
    """The alternatives those numbers stand for, by counting through the law."""
    symbols = []
    for site, u in enumerate(drawn):
        role = 0
        while u >= roles.bounds[site, role + 1]:
            role += 1
        symbols.append(int(roles.alternatives[site, role]))
    return symbols


@pytest.mark.parametrize("sites", [1, 63, 64, 65, 128, 129, 300])
@pytest.mark.parametrize("recipient", [1, 2, 65_537, 2**32 - 1])
def test_codewords_follow_the_written_layout(sites: int, recipient: int) -> None:
    roles = draw_roles(ROLES_KEY, COALITION, MIXED[:sites])
    expected = codeword_slowly(roles, draw_slowly(KEY, sites, recipient))
    assert codeword(KEY, roles, recipient).tolist() == expected


def test_an_edition_without_sites_has_empty_codewords() -> None:
    roles = draw_roles(ROLES_KEY, SOLO, [])
    assert codeword(KEY, roles, 7).shape == (0,)
    assert matches(KEY, roles, np.zeros(0, np.int8), range(1, 4)).shape == (3, 0)


def test_a_scattered_crowd_reads_the_same_stream_as_a_consecutive_one() -> None:
    whole = planes(KEY, 300, range(2**32 - 500, 2**32))
    some = np.array([2**32 - 500, 2**32 - 3, 2**32 - 1])
    assert np.array_equal(planes(KEY, 300, some), whole[some - (2**32 - 500)])


@pytest.mark.parametrize("sites", [1, 64, 100, 128, 300])
@pytest.mark.parametrize("erased", [0.0, 0.3, 0.97, 1.0])
def test_matches_are_equal_symbols_site_by_site(sites: int, erased: float) -> None:
    rng = np.random.default_rng(sites)
    roles = draw_roles(ROLES_KEY, COALITION, MIXED[:sites])
    arities = np.array(MIXED[:sites])
    leak = (rng.random(sites) * arities).astype(np.int8)
    leak[rng.random(sites) < erased] = -1
    crowd = np.array([1, 5, 6, 7, 1000, 2**32 - 1])
    words = np.stack([codeword(KEY, roles, int(recipient)) for recipient in crowd])
    expected = (words == leak)[:, leak >= 0]
    assert np.array_equal(matches(KEY, roles, leak, crowd), expected)
    assert np.array_equal(matches(KEY, roles, leak, range(5, 8)), expected[1:4])


@pytest.mark.parametrize("profile", [SOLO, COALITION], ids=str)
@pytest.mark.parametrize("erased", [0.0, 0.3, 0.97, 1.0])
def test_tallies_are_matches_counted_by_kind(profile: Profile, erased: float) -> None:
    rng = np.random.default_rng(7)
    roles = draw_roles(ROLES_KEY, profile, MIXED)
    leak = (rng.random(300) * np.array(MIXED)).astype(np.int8)
    leak[rng.random(300) < erased] = -1
    kind = rng.integers(0, 4, int((leak >= 0).sum()))
    for crowd in (range(5, 90), np.array([1, 5, 1000, 2**32 - 1])):
        agree = matches(KEY, roles, leak, crowd)
        counted = tallies(KEY, roles, leak, kind, crowd)
        expected = [agree[:, kind == g].sum(axis=1) for g in range(counted.shape[1])]
        assert counted.shape == (len(crowd), int(kind.max()) + 1 if kind.size else 0)
        assert np.array_equal(counted, np.reshape(expected, (-1, len(crowd))).T)


def test_a_fragment_of_a_long_edition_is_compared_in_the_right_columns() -> None:
    roles = draw_roles(ROLES_KEY, COALITION, MIXED * 4)
    leak = np.full(1200, -1, np.int8)
    leak[[3, 64, 700, 701, 1199]] = [0, 1, 1, 0, 1]
    for recipient in range(1, 50):
        expected = codeword(KEY, roles, recipient)[leak >= 0] == leak[leak >= 0]
        assert np.array_equal(matches(KEY, roles, leak, range(recipient, recipient + 1))[0], expected)


def test_every_draw_is_uniform() -> None:
    crowd, sites = 20_000, 128
    bits = np.unpackbits(planes(KEY, sites, range(1, crowd + 1)).view(np.uint8), axis=2, bitorder="little")
    drawn = bits[:, 0] | bits[:, 1] << 1 | bits[:, 2] << 2 | bits[:, 3] << 3
    counts = np.stack([np.bincount(drawn[:, site], minlength=16) for site in range(sites)])
    chi_square = ((counts - crowd / 16) ** 2 / (crowd / 16)).sum()
    freedom = sites * 15
    assert abs(chi_square - freedom) < 5 * (2 * freedom) ** 0.5


@pytest.mark.parametrize("profile", [SOLO, COALITION], ids=str)
def test_alternatives_occur_as_often_as_their_stated_probability(profile: Profile) -> None:
    arities = [2, 3, 4] * 20
    roles = draw_roles(ROLES_KEY, profile, arities)
    crowd = 20_000
    for symbol in range(4):
        leak = np.array([symbol if symbol < arity else -1 for arity in arities], np.int8)
        rate = matches(KEY, roles, leak, range(1, crowd + 1)).mean(axis=0)
        chance = roles.probabilities()[leak >= 0, symbol]
        assert (np.abs(rate - chance) < 5 * np.sqrt(chance * (1 - chance) / crowd)).all()


def test_recipients_and_sites_are_uncorrelated() -> None:
    roles = draw_roles(ROLES_KEY, SOLO, [2] * 128)
    signs = 2.0 * np.stack([codeword(KEY, roles, recipient) for recipient in range(1, 401)]) - 1
    between_recipients = signs @ signs.T / 128
    between_sites = signs.T @ signs / 400
    np.fill_diagonal(between_recipients, 0)
    np.fill_diagonal(between_sites, 0)
    assert np.abs(between_recipients).max() < 5.5 / 128**0.5
    assert np.abs(between_sites).max() < 5.5 / 400**0.5


def test_different_keys_give_unrelated_codewords() -> None:
    roles = draw_roles(ROLES_KEY, SOLO, [2] * 4000)
    one, other = codeword(KEY, roles, 9), codeword(bytes(16), roles, 9)
    assert abs((one == other).mean() - 0.5) < 4.5 * 0.5 / 4000**0.5


def test_planes_are_padded_to_whole_cipher_blocks() -> None:
    assert [words_of(sites) for sites in (0, 1, 64, 128, 129)] == [0, 2, 2, 2, 4]
