"""Codebooks: what version 1 made must trace for ever, and nothing relates one edition to another."""

import copy
import hashlib
import hmac
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wenxing.accusation import Evidence, Statistic, Suspects, accuse
from wenxing.codebook import VERSION, Codebook, load_key, new_edition, new_key
from wenxing.errors import NewerFormat, UnknownRecipient
from wenxing.keys import MasterKey
from wenxing.profiles import COALITION, PROFILES, SOLO

VECTORS = Path(__file__).parent / "vectors"
FROZEN: dict[str, Any] = json.loads((VECTORS / "codebook-v1.json").read_text(encoding="utf-8"))
EDITION = bytes(range(16))


def codebook_of(frozen: dict[str, Any]) -> Codebook:
    return Codebook(
        MasterKey(bytes.fromhex(FROZEN["secret"])),
        bytes.fromhex(frozen["edition"]),
        PROFILES[frozen["profile"]],
        [int(arity) for arity in frozen["arities"]],
        version=1,
    )


def symbols_of(text: str) -> np.ndarray[Any, np.dtype[np.int8]]:
    return np.array([-1 if c == "-" else int(c) for c in text], np.int8)


every_frozen_edition = pytest.mark.parametrize("frozen", FROZEN["editions"], ids=lambda f: f["edition"][:6])


@every_frozen_edition
def test_version_1_codewords_hold_for_ever(frozen: dict[str, Any]) -> None:
    codebook = codebook_of(frozen)
    for recipient, expected in frozen["codewords"].items():
        assert "".join(map(str, codebook.codeword(int(recipient)))) == expected
    laws = [[int(share, 16) for share in row] for row in frozen["sixteenths"]]
    assert np.array_equal(codebook.probabilities * 16, laws)


@every_frozen_edition
def test_version_1_seals_and_commitments_hold_for_ever(frozen: dict[str, Any]) -> None:
    codebook = codebook_of(frozen)
    assert codebook.check.hex() == frozen["check"]
    assert codebook.commitment.hex() == frozen["commitment"]
    assert codebook.seal("文行".encode()).hex() == frozen["seal of 文行"]
    for recipient, expected in frozen["pseudonyms"].items():
        assert codebook.pseudonym(int(recipient)).hex() == expected


@every_frozen_edition
def test_version_1_leaks_are_judged_alike_for_ever(frozen: dict[str, Any]) -> None:
    codebook = codebook_of(frozen)
    evidence = [Evidence(codebook, symbols_of(frozen["leak"]))]
    scores = Statistic(evidence).scores(range(20260101, 20260102))[0]
    assert scores.tolist() == frozen["scores of 20260101"]
    result = accuse(evidence, Suspects.of([20260101, 5]), bound=1e-6)
    assert {t.hypothesis: t.score for t in result.thresholds} == frozen["thresholds"]
    assert [named.recipient for named in result.named] == [20260101]
    assert result.named[0].p_value == pytest.approx(frozen["p_value"], rel=1e-9, abs=0)


@pytest.mark.parametrize(
    ("file", "passphrase"), [("key-v1-plain.json", None), ("key-v1-sealed.json", "暗号")]
)
def test_version_1_key_files_open_for_ever(file: str, passphrase: str | None) -> None:
    key = load_key(VECTORS / file, passphrase)
    assert key.sealed_by(lambda secret: secret.hex()) == FROZEN["secret"]


def test_subkeys_are_plain_hkdf() -> None:
    def hkdf(secret: bytes, info: bytes) -> bytes:  # RFC 5869, one block, no salt
        return hmac.digest(hmac.digest(bytes(32), secret, "sha256"), info + b"\x01", "sha256")

    secret = bytes.fromhex(FROZEN["secret"])
    codebook = Codebook(MasterKey(secret), EDITION, SOLO, [2, 3])
    assert codebook.check == hkdf(secret, b"wenxing/1/check/" + EDITION)[:16]
    seal_key = hkdf(secret, b"wenxing/1/seal/" + EDITION)
    assert codebook.seal(b"text") == hmac.digest(seal_key, b"text", "sha256")
    keys = [hkdf(secret, f"wenxing/1/{purpose}/".encode() + EDITION)[:16] for purpose in ("bits", "roles")]
    public = b"wenxing/1/commitment/solo/" + EDITION
    opened = len(public).to_bytes(2, "big") + public + b"\x02\x03" + b"".join(keys)
    assert codebook.commitment == hashlib.sha256(opened).digest()


def test_the_same_document_prepared_twice_has_unrelated_codewords_and_laws() -> None:
    rng = np.random.default_rng(1)
    key, sites = new_key(rng.bytes), 4000
    one, other = (Codebook(key, new_edition(rng.bytes), COALITION, [2] * sites) for _ in range(2))
    same_symbol = (one.codeword(5) == other.codeword(5)).mean()
    assert abs(same_symbol - 0.5) < 4.5 * 0.5 / sites**0.5
    leaning = [codebook.probabilities[:, 0] != 0.5 for codebook in (one, other)]
    assert abs((leaning[0] == leaning[1]).mean() - 0.5) < 4.5 * 0.5 / sites**0.5


@pytest.mark.parametrize("derived", ["check", "commitment"])
def test_keys_and_editions_are_told_apart(derived: str) -> None:
    rng = np.random.default_rng(2)
    one, other = new_key(rng.bytes), new_key(rng.bytes)
    values = {
        getattr(Codebook(key, edition, SOLO, [2, 2]), derived)
        for key in (one, other)
        for edition in (EDITION, bytes(16))
    }
    assert len(values) == 4
    assert getattr(Codebook(one, EDITION, SOLO, [2, 2]), derived) in values


def test_a_commitment_binds_profile_and_sites() -> None:
    key = new_key(np.random.default_rng(3).bytes)
    made = [(SOLO, [2, 2]), (COALITION, [2, 2]), (SOLO, [2, 3]), (SOLO, [2])]
    assert len({Codebook(key, EDITION, profile, arities).commitment for profile, arities in made}) == 4


def test_seals_and_pseudonyms_are_of_one_edition_and_one_purpose() -> None:
    key = new_key(np.random.default_rng(4).bytes)
    one, other = Codebook(key, EDITION, SOLO, [2]), Codebook(key, bytes(16), SOLO, [2])
    number = (7).to_bytes(4, "big")
    assert one.pseudonym(7) == Codebook(key, EDITION, SOLO, [2]).pseudonym(7)
    assert len({one.pseudonym(7), other.pseudonym(7), one.pseudonym(8), one.seal(number)[:16]}) == 4
    assert one.seal(b"a") != one.seal(b"b")
    assert one.seal(b"a") != other.seal(b"a")


@pytest.mark.parametrize("use", [Codebook.codeword, Codebook.pseudonym], ids=lambda f: f.__name__)
@pytest.mark.parametrize("wrong", [0, -1, 2**32, 2**200, True, 1.0, "1", None])
def test_a_recipient_is_a_number_from_1_to_4294967295(
    use: Callable[[Codebook, Any], object], wrong: object
) -> None:
    codebook = Codebook(new_key(), EDITION, SOLO, [2] * 10)
    for valid in (1, 2**32 - 1, np.int64(5)):
        use(codebook, valid)
    with pytest.raises(UnknownRecipient):
        use(codebook, wrong)


def test_neighbouring_recipients_share_nothing_of_the_stream() -> None:
    codebook = Codebook(new_key(np.random.default_rng(5).bytes), EDITION, SOLO, [2] * 512)
    words = [codebook.codeword(recipient) for recipient in (1, 2, 2**31, 2**31 + 1, 2**32 - 1)]
    agreement = [(a == b).mean() for i, a in enumerate(words) for b in words[:i]]
    assert max(abs(share - 0.5) for share in agreement) < 4.5 * 0.5 / 512**0.5


def test_a_verbatim_edition_has_a_codebook_without_sites() -> None:
    codebook = Codebook(new_key(), EDITION, SOLO, [])
    assert codebook.codeword(1).shape == (0,)
    assert codebook.probabilities.shape == (0, 4)
    assert codebook.sites == 0
    assert len(codebook.seal(b"text")) == 32


def test_a_later_or_impossible_format_is_refused() -> None:
    key = new_key()
    Codebook(key, EDITION, SOLO, [2], version=VERSION)
    with pytest.raises(NewerFormat):
        Codebook(key, EDITION, SOLO, [2], version=VERSION + 1)
    with pytest.raises(ValueError, match="count from 1"):
        Codebook(key, EDITION, SOLO, [2], version=0)


def test_an_edition_of_the_wrong_length_is_refused() -> None:
    Codebook(new_key(), EDITION, SOLO, [2])
    with pytest.raises(ValueError, match="16 bytes"):
        Codebook(new_key(), EDITION[:15], SOLO, [2])


def test_a_codebook_shows_no_key_and_is_never_pickled_or_copied() -> None:
    secret = bytes.fromhex(FROZEN["secret"])
    codebook = Codebook(MasterKey(secret), EDITION, SOLO, [2, 3])
    assert repr(codebook) == f"Codebook(edition={EDITION.hex()}, profile='solo', sites=2)"
    for copying in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="never copied or pickled"):
            copying(codebook)
