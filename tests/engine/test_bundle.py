"""An evidence bundle can be checked by anybody, notices every change, and gives nothing else away."""

import copy as copying
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from engine.made_texts import made_document, made_edition, made_key
from wenxing.accusation import Suspects
from wenxing.bundle import Bundle, bundle, burn, burned, layout, register_of, verify
from wenxing.bundle.register import leaks_digest
from wenxing.codebook import Codebook
from wenxing.errors import BundleError, DisclosedEdition, NewerFormat
from wenxing.formats.package import Package, pack
from wenxing.marking import mark
from wenxing.master import Master
from wenxing.preparing import prepare
from wenxing.profiles import PROFILES
from wenxing.tracing import trace

KEY = made_key()
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
SUSPECTS = Suspects.of([*range(1, 300), 777, 900])


def edition(number: int, characters: int = 1_500) -> Master:
    document, sites = made_document(number, characters)
    return prepare(document.text.encode(), key=KEY, sites=sites, profile="solo", edition=made_edition(number))


LEAKED, OTHER = edition(1), edition(2)
LEAK = mark(LEAKED, key=KEY, recipient=77, format="docx")


def made(*leaks: tuple[str, bytes], at_most: int | None = 5) -> Bundle:
    return bundle(
        leaks or [("copy.docx", LEAK)],
        key=KEY,
        masters=[OTHER, LEAKED],
        suspects=SUSPECTS,
        at=NOW,
        at_most=at_most,
    )


MADE = made()


def rewritten(change: dict[str, Any], *, seal: bool, parts: dict[str, bytes] | None = None) -> bytes:
    """The bundle with another description; `seal` computes its digest anew, as a forger would."""
    contents = layout.open_contents(MADE.data)
    members = contents.parts if parts is None else parts
    if seal:
        return layout.write(change, members)
    return pack({layout.DESCRIPTION: layout.canonical(change), **members})


def description() -> dict[str, Any]:
    return copying.deepcopy(layout.open_contents(MADE.data).description)


def test_an_untouched_bundle_agrees_line_by_line() -> None:
    verdict = verify(MADE.data)
    assert [str(check) for check in verdict.checks if not check.agrees] == []
    assert verdict.agrees
    assert list(verdict.named) == [77]
    assert verdict.named[77] == MADE.report.named[0].p_value
    assert len(verdict.checks) >= 9
    assert MADE.editions == (LEAKED.edition,)


def test_the_leak_and_the_master_are_in_it_untouched_and_nothing_of_other_editions() -> None:
    contents = layout.open_contents(MADE.data)
    assert contents.parts["leaks/0001"] == LEAK
    assert contents.parts[f"masters/{LEAKED.edition.hex()}.wxm"] == LEAKED.to_bytes()
    assert len(contents.parts) == 2
    assert OTHER.edition.hex().encode() not in contents.raw
    assert contents.description["suspects"]["ranges"] == [[1, 299], [777, 777], [900, 900]]
    assert len(contents.description["editions"][0]["sites"]) == len(LEAKED.approved)
    assert contents.description["tool"].startswith("wenxing ")
    assert any("anybody's copy" in s for s in contents.description["statement"]["en"]["not_proved"])


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of everything in a JSON value that can be changed on its own; long lists by their ends."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list) and value:
        for at in sorted({0, len(value) // 2, len(value) - 1}):
            yield from leaves(value[at], (*path, at))
    else:
        yield path


def changed(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * 1.01
    if isinstance(value, str) and value:
        return ("1" if value[0] != "1" else "2") + value[1:]
    return "x"


PATHS = list(leaves(description()))
FREE = {("tool",), ("made",), ("leaks", 0, "name"), ("digest",), ("parameters", "at_most")}
"""What nobody can recompute, or what gives the same result: only the bundle's own digest covers it."""


@pytest.mark.parametrize("path", PATHS, ids=lambda path: "/".join(map(str, path)))
def test_every_field_that_is_changed_is_noticed(path: tuple[Any, ...]) -> None:
    forged = description()
    at = forged
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = changed(at[path[-1]])
    for seal in (False, True):
        if seal and path in FREE:
            continue
        if path in (("kind",), ("format",)):
            with pytest.raises((BundleError, NewerFormat)):
                verify(rewritten(forged, seal=seal))
            continue
        verdict = verify(rewritten(forged, seal=seal))
        assert not verdict.agrees
        assert verdict.named == {}
    assert verify(rewritten(description(), seal=True)).agrees


@pytest.mark.parametrize("path", [p for p in PATHS if len(p) > 1], ids=lambda p: "/".join(map(str, p)))
def test_a_field_that_is_taken_out_is_noticed_even_when_sealed_again(path: tuple[Any, ...]) -> None:
    forged = description()
    at = forged
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    assert not verify(rewritten(forged, seal=True)).agrees


@pytest.mark.parametrize("name", [*layout.open_contents(MADE.data).parts])
def test_a_member_that_is_changed_or_missing_or_added_is_noticed(name: str) -> None:
    parts = layout.open_contents(MADE.data).parts
    own = layout.open_contents(MADE.data).raw
    for forged in (
        {**parts, name: parts[name] + b" "},
        {n: data for n, data in parts.items() if n != name},
        {**parts, "leaks/0002": b"more"},
    ):
        assert not verify(pack({layout.DESCRIPTION: own, **forged})).agrees


def test_another_leak_sealed_again_does_not_prove_the_same() -> None:
    leak = mark(LEAKED, key=KEY, recipient=78, format="docx")
    forged = description()
    forged["leaks"][0] |= layout.leak_entry(1, "copy.docx", leak)
    parts = {**layout.open_contents(MADE.data).parts, "leaks/0001": leak}
    verdict = verify(rewritten(forged, seal=True, parts=parts))
    wrong = {check.what for check in verdict.checks if not check.agrees}
    assert {"readings", "result"} & wrong


def test_keys_of_another_edition_do_not_open_the_commitment() -> None:
    other = Codebook(
        KEY, OTHER.edition, PROFILES["solo"], [s.arity for s in LEAKED.approved_sites]
    ).disclose()
    forged = description()
    forged["editions"][0] |= {"bits": other.bits.hex(), "roles": other.roles.hex()}
    wrong = {c.what.split()[0] for c in verify(rewritten(forged, seal=True)).checks if not c.agrees}
    assert "commitment" in wrong


@pytest.mark.parametrize("data", [b"", b"a text", LEAK, pack({"x": b"y"}), MADE.data[: len(MADE.data) // 2]])
def test_what_is_not_a_bundle_is_refused(data: bytes) -> None:
    with pytest.raises(BundleError):
        verify(data)


def test_a_bundle_of_another_version_is_refused() -> None:
    with pytest.raises(NewerFormat):
        verify(rewritten({**description(), "format": 3}, seal=True))
    for form in (0, "1", None, -1):
        with pytest.raises(BundleError):
            verify(rewritten({**description(), "format": form}, seal=True))


def test_where_nobody_is_named_there_is_no_bundle() -> None:
    short = mark(LEAKED, key=KEY, recipient=77, format="txt").decode()[:300].encode()
    with pytest.raises(BundleError, match="Nobody is named"):
        made(("short.txt", short))
    with pytest.raises(BundleError, match="No match"):
        made(("other.txt", "别人的文字。".encode() * 60))


def test_several_leaks_and_single_decoding_are_proved_too() -> None:
    text = mark(LEAKED, key=KEY, recipient=900, format="txt")
    both = made(("a.txt", text[:1_500]), ("b.txt", text[1_500:]), at_most=None)
    assert verify(both.data).agrees
    assert list(verify(both.data).named) == [900]
    assert both.data == made(("a.txt", text[:1_500]), ("b.txt", text[1_500:]), at_most=None).data


# --- what a bundle gives away -------------------------------------------------------------------------


def test_no_key_but_those_of_the_editions_code_is_in_the_bundle() -> None:
    package = Package(MADE.data)
    everything = b"".join(package.read(name) for name in package.names)
    own, other = LEAKED.edition, OTHER.edition
    shown = {KEY.subkey(purpose, own, version=1, length=16) for purpose in ("bits", "roles")}
    assert all(key.hex().encode() in everything for key in shown)
    hidden = [KEY.sealed_by(bytes)]
    hidden += [KEY.subkey(purpose, own, version=1, length=32) for purpose in ("seal", "pseudonym")]
    for purpose in ("bits", "roles", "seal", "pseudonym", "check"):
        hidden.append(KEY.subkey(purpose, other, version=1, length=16))
    for secret in hidden:
        for form in (secret, secret.hex().encode()):
            assert form not in everything
            assert form[: len(form) // 2] not in everything


def test_the_keys_of_editions_and_purposes_are_unrelated() -> None:
    editions = [LEAKED.edition, OTHER.edition, bytes(15) + b"\x00", bytes(15) + b"\x01"]
    keys = [
        KEY.subkey(purpose, e, version=version, length=16)
        for e in editions
        for purpose in ("bits", "roles", "seal", "pseudonym", "check")
        for version in (1, 2)
    ]
    distances = [(int.from_bytes(a) ^ int.from_bytes(b)).bit_count() for a, b in combinations(keys, 2)]
    # 780 pairs of random 128-bit words: 64 ± 5.7 bits apart, none anywhere near equal.
    assert min(distances) > 64 - 6 * 5.66
    assert abs(sum(distances) / len(distances) - 64) < 4 * 5.66 / len(distances) ** 0.5


def test_disclosed_keys_say_nothing_about_copies_of_another_edition() -> None:
    arities = [2] * 4_000
    own = Codebook(KEY, LEAKED.edition, PROFILES["solo"], arities)
    other = Codebook(KEY, OTHER.edition, PROFILES["solo"], arities)
    guessed = Codebook.disclosed(own.disclose(), OTHER.edition, PROFILES["solo"], arities)
    agreeing = int((guessed.codeword(77) == other.codeword(77)).sum())
    assert abs(agreeing - 2_000) < 4 * 4_000**0.5 / 2
    assert (
        Codebook.disclosed(own.disclose(), LEAKED.edition, PROFILES["solo"], arities).codeword(7)
        == own.codeword(7)
    ).all()
    with pytest.raises(ValueError, match="neither seals"):
        guessed.seal(b"x")
    with pytest.raises(ValueError, match="neither seals"):
        guessed.pseudonym(1)


# --- burned editions ----------------------------------------------------------------------------------


def test_a_disclosed_edition_is_remembered_and_no_other(tmp_path: Path) -> None:
    register = register_of(tmp_path / "key")
    assert burned(register) == ()
    burn(register, MADE.editions, leaks=[LEAK], bundle=MADE.data, at=NOW)
    (line,) = burned(register)
    assert (line.edition, line.leaks) == (LEAKED.edition, leaks_digest([LEAK, LEAK]))
    assert register.stat().st_mode & 0o777 == 0o600
    disclosed = {d.edition for d in burned(register)}
    again = mark(LEAKED, key=KEY, recipient=5, format="txt")
    with pytest.raises(DisclosedEdition):
        trace([again], key=KEY, masters=[LEAKED, OTHER], suspects=SUSPECTS, disclosed=disclosed)
    elsewhere = mark(OTHER, key=KEY, recipient=5, format="txt")
    report = trace([elsewhere], key=KEY, masters=[LEAKED, OTHER], suspects=SUSPECTS, disclosed=disclosed)
    assert [n.recipient for n in report.named] == [5]


def test_a_register_cut_short_or_damaged_forgets_nothing_in_silence(tmp_path: Path) -> None:
    register = register_of(tmp_path / "key")
    burn(register, MADE.editions, leaks=[LEAK], bundle=MADE.data, at=NOW)
    whole = register.read_bytes()
    register.write_bytes(whole + OTHER.edition.hex().encode() + b" 12")
    assert [d.edition for d in burned(register)] == [LEAKED.edition, OTHER.edition]
    burn(register, [bytes(16)], leaks=[LEAK], bundle=MADE.data, at=NOW)
    assert [d.edition for d in burned(register)] == [LEAKED.edition, OTHER.edition, bytes(16)]
    register.write_bytes(b"what\n" + whole)
    with pytest.raises(BundleError, match="line 1"):
        burned(register)


# --- elsewhere ----------------------------------------------------------------------------------------


def test_a_process_without_key_and_database_verifies(tmp_path: Path) -> None:
    (tmp_path / "evidence.wxb").write_bytes(MADE.data)
    forged = description()
    forged["report"]["named"][0]["recipient"] = 78
    (tmp_path / "forged.wxb").write_bytes(rewritten(forged, seal=True))
    (tmp_path / "text.wxb").write_bytes(b"a text")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    for name, code in (("evidence.wxb", 0), ("forged.wxb", 1), ("text.wxb", 2)):
        command = [sys.executable, "-m", "wenxing", "verify", name, "--json"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert done.returncode == code, done.stderr
        assert b"Traceback" not in done.stderr
        if code < 2:
            assert json.loads(done.stdout)["agrees"] is (code == 0)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["evidence.wxb", "forged.wxb", "text.wxb"]
