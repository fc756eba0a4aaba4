"""A running case file: nothing is lost, nothing is counted twice, nobody is tried again."""

import os
import random
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.made_texts import made_document, made_edition, made_key, written
from wenxing.accusation import Suspects
from wenxing.casefile import Case, CaseReport, open_case
from wenxing.casefile.entries import ranges_of, suspects_of
from wenxing.casefile.records import Journal
from wenxing.errors import CaseFileError, DisclosedEdition, NewerFormat, SuspectsError, WrongKey
from wenxing.marking import mark
from wenxing.master import Master
from wenxing.preparing import prepare
from wenxing.sealing import open_codebook
from wenxing.tracing import Outcome

KEY = made_key()
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
CROWD = 10_000


def edition(number: int, seed: int, characters: int = 4_000, profile: str = "solo") -> Master:
    document, sites = made_document(seed, characters)
    return prepare(
        document.text.encode(), key=KEY, sites=sites, profile=profile, edition=made_edition(number)
    )


FIRST, SECOND = edition(1, 1), edition(2, 2)


def copy(recipient: int, master: Master = FIRST) -> str:
    return mark(master, key=KEY, recipient=recipient, format="txt").decode()


def opened(path: Path, suspects: int | list[int] | None = CROWD, bound: float | None = None) -> Case:
    return open_case(path, suspects=None if suspects is None else Suspects.of(suspects), bound=bound, at=NOW)


def look(path: Path, *leaks: str | bytes, masters: tuple[Master, ...] = (FIRST, SECOND)) -> CaseReport:
    with opened(path) as case:
        return case.trace(leaks, key=KEY, masters=masters, at=NOW)


def numbers(found: CaseReport) -> list[int]:
    return [n.recipient for n in found.report.named]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "one.wxcase"


def test_a_copy_is_named_and_the_naming_stands(file: Path) -> None:
    found = look(file, copy(77))
    assert numbers(found) == [77]
    assert found.report.named[0].p_value <= 1e-6
    assert (found.looks, found.leaks, found.new_leaks) == (1, 1, 1)
    assert found.new_sites == found.report.sites_read > 0
    again = look(file, "完全不同的文字。" * 60)
    assert numbers(again) == [77]
    assert (again.looks, again.leaks, again.new_sites) == (2, 2, 0)


def test_pieces_over_time_and_over_documents_add_up(file: Path) -> None:
    pieces = [copy(31)[:600], copy(31)[900:1_500], copy(31, SECOND)[:600], copy(31, SECOND)[900:1_600]]
    found = [look(file, piece) for piece in pieces]
    assert found[0].report.outcome is Outcome.NOT_ENOUGH
    assert found[0].report.more_sites_needed
    assert numbers(found[0]) == []
    assert numbers(found[-1]) == [31]
    read = [f.report.sites_read for f in found]
    assert read == sorted(set(read))
    assert sum(f.new_sites for f in found) == read[-1]


def test_a_repeat_adds_nothing_however_often_and_in_whatever_file(file: Path) -> None:
    piece = copy(8)[:800]
    first = look(file, piece)
    for again in (piece, piece + "\n", piece.encode("gb18030"), piece[100:700]):
        repeated = look(file, again)
        assert repeated.new_sites == 0
        assert repeated.report.sites_read == first.report.sites_read
        assert repeated.report.named == first.report.named == ()
    assert repeated.looks == 5


def test_the_first_reading_stands_and_contradictions_are_told(file: Path) -> None:
    short = copy(5)[:1_000]
    first = look(file, short)
    second = look(file, copy(6)[:1_000])
    assert second.report.sites_read == first.report.sites_read
    assert second.contradicted > 3
    assert any("first reading counts" in s for s in second.sentences())
    # What A's copy showed first is what counts: the rest of A's copy still names A, and never B.
    assert numbers(look(file, copy(5))) == [5]


def test_trying_other_lists_or_another_bound_is_refused(file: Path) -> None:
    look(file, copy(8)[:800])
    before = file.read_bytes()
    for suspects in (CROWD - 1, [7, 8, 9], [8]):
        with pytest.raises(SuspectsError, match="other suspects"):
            opened(file, suspects)
    with pytest.raises(CaseFileError, match="bound"):
        opened(file, bound=1e-2)
    opened(file, bound=1e-6).close()
    opened(file, None).close()
    assert file.read_bytes() == before
    with pytest.raises(SuspectsError, match="fixed when it is opened"):
        opened(file.with_name("new.wxcase"), None)
    assert not file.with_name("new.wxcase").exists()


def test_fragments_of_a_strangers_copy_name_nobody_however_many_are_tried(tmp_path: Path) -> None:
    rng = random.Random(5)
    for stranger in range(CROWD + 1, CROWD + 6):
        file = tmp_path / f"{stranger}.wxcase"
        for _ in range(6):
            at = rng.randrange(0, 3_000)
            found = look(file, copy(stranger)[at : at + rng.randrange(300, 1_500)])
            assert numbers(found) == []


def test_the_bound_holds_under_stopping_at_will(tmp_path: Path) -> None:
    """With a bound of 1 in 2, at most half of the cases may ever name an innocent."""
    rng = random.Random(6)
    named = 0
    cases = 40
    for trial in range(cases):
        file = tmp_path / f"{trial}.wxcase"
        with open_case(file, suspects=Suspects.of(50), bound=0.5, at=NOW) as case:
            for _ in range(5):
                master = rng.choice((FIRST, SECOND))
                text = copy(1_000 + trial, master)
                at = rng.randrange(0, 3_000)
                found = case.trace([text[at : at + 500]], key=KEY, masters=[FIRST, SECOND], at=NOW)
                if found.report.named:
                    named += 1
                    break
    # 3.2 standard deviations above a half.
    assert named <= cases * 0.5 + 3.2 * (cases * 0.25) ** 0.5


def test_twin_editions_are_both_followed(file: Path) -> None:
    twin = edition(3, 1)
    masters = (twin, FIRST)
    found = look(file, copy(55), masters=masters)
    assert numbers(found) == [55]
    assert found.report.explanations == 2
    assert numbers(look(file, copy(55)[:500], masters=masters)) == [55]
    alone = look(file.with_name("alone.wxcase"), copy(55))
    assert found.report.named[0].p_value == pytest.approx(2 * alone.report.named[0].p_value, rel=1e-6, abs=0)


def test_two_accounts_of_which_one_is_named(file: Path) -> None:
    master = edition(23, 23, 9_000)
    codewords = [open_codebook(master, key=KEY).codeword(n).tolist() for n in (10, 20_000)]
    rng = random.Random(8)
    mixed = [a if rng.random() < 0.8 else b for a, b in zip(*codewords, strict=True)]
    found = look(file, written(master.document, master.approved_sites, mixed), masters=(master,))
    assert numbers(found) == [10]
    assert found.report.accounts_at_least == 2


def test_the_master_of_an_earlier_leak_is_not_needed_again(file: Path) -> None:
    look(file, copy(31)[:700])
    later = look(file, copy(31, SECOND), masters=(SECOND,))
    assert numbers(later) == [31]
    assert later.report.sites_read > len(SECOND.approved)


def test_another_key_is_noticed_and_nothing_is_recorded(file: Path) -> None:
    look(file, copy(31)[:700])
    before = file.read_bytes()
    other = made_key(9)
    document, sites = made_document(4)
    master = prepare(document.text.encode(), key=other, sites=sites, edition=made_edition(40))
    with opened(file) as case, pytest.raises(WrongKey):
        case.trace([document.text], key=other, masters=[master], at=NOW)
    with opened(file) as case, pytest.raises(DisclosedEdition):
        case.trace([copy(31)], key=KEY, masters=[FIRST], at=NOW, disclosed={FIRST.edition})
    assert file.read_bytes() == before


@pytest.mark.parametrize("kept", [1, 9, 40, 74, 80, 300, -1])
def test_a_torn_tail_is_cut_off_and_the_rest_stays(file: Path, kept: int) -> None:
    look(file, copy(31)[:700])
    whole = file.read_bytes()
    look(file, copy(31, SECOND)[:700])
    tail = file.read_bytes()[len(whole) :].split(b"\n")[0] + b"\n"
    torn = tail[:kept]
    file.write_bytes(whole + torn)
    with opened(file) as case:
        assert case.torn == len(torn)
    assert file.read_bytes() == whole
    found = look(file, copy(31, SECOND))
    assert numbers(found) == [31]
    assert found.looks == 2


def test_a_case_torn_in_its_first_record_starts_afresh(file: Path) -> None:
    look(file, copy(31)[:700])
    first = file.read_bytes().split(b"\n")[0]
    for kept in (0, 5, 30, 100):
        file.write_bytes(first[:kept])
        assert numbers(look(file, copy(31))) == [31]


def test_damage_in_the_middle_is_refused_and_changes_nothing(file: Path) -> None:
    look(file, copy(31)[:700])
    look(file, copy(31, SECOND)[:700])
    whole = file.read_bytes()
    opened(file).close()
    lines = whole.splitlines(keepends=True)
    assert len(lines) == 5
    swapped = b"".join([lines[0], lines[3], lines[2], lines[1], lines[4]])
    without = b"".join(lines[:1] + lines[2:])
    flipped = whole.replace(b'"leaks":["', b'"leaks":["0', 1)
    for damaged in (swapped, without, flipped, whole[:-10] + b"x" + whole[-9:], whole + b"\n"):
        file.write_bytes(damaged)
        with pytest.raises(CaseFileError, match="damaged"):
            opened(file)
        assert file.read_bytes() == damaged


@pytest.mark.parametrize("content", [b"a text\n", b"a text", b"PK\x03\x04" + bytes(40), b"\n", b"{}\n"])
def test_another_kind_of_file_is_refused_and_left_alone(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(CaseFileError, match="not a case file"):
        opened(file)
    assert file.read_bytes() == content


def test_a_newer_case_file_is_refused(file: Path) -> None:
    look(file, copy(31)[:700])
    with opened(file) as case:
        terms = case.terms.to_record()
    file.unlink()
    with Journal(file, kind="wenxing case") as journal:
        journal.append({**terms, "format": 2})
    with pytest.raises(NewerFormat):
        opened(file)


def test_a_case_in_use_is_not_opened_twice(file: Path) -> None:
    with opened(file), pytest.raises(CaseFileError, match="in use"):
        opened(file)
    opened(file).close()


def test_a_kill_at_any_moment_loses_nothing_up_to_the_last_whole_record(tmp_path: Path) -> None:
    program = """
        import sys
        from pathlib import Path
        from wenxing.casefile.records import Journal
        with Journal(Path(sys.argv[1]), kind="wenxing case") as journal:
            if not journal.records:
                journal.append({"kind": "wenxing case"})
            while True:
                number = len(journal.records)
                journal.append({"kind": "n", "n": number, "bulk": "x" * 20_000})
                print(number, flush=True)
    """
    file = tmp_path / "killed.wxcase"
    acknowledged = 0
    for _ in range(4):
        command = [sys.executable, "-c", textwrap.dedent(program), str(file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for _ in range(5):
                acknowledged = int(process.stdout.readline())
            os.kill(process.pid, signal.SIGKILL)
            rest = process.stdout.read().split()
            acknowledged = int(rest[-1]) if rest else acknowledged
        with Journal(file, kind="wenxing case") as journal:
            found = [r["n"] for r in journal.records[1:]]
        assert found == list(range(1, len(found) + 1))
        assert len(found) >= acknowledged


def test_suspects_survive_as_ranges() -> None:
    for whom in (5, [3, 4, 9, 10, 11, 4_294_967_295], [7]):
        suspects = Suspects.of(whom)
        ranges = ranges_of(suspects)
        assert list(suspects_of(ranges).numbers) == list(suspects.numbers)
    assert ranges_of(Suspects.of([3, 4, 9])) == [[3, 4], [9, 9]]
    wrong: list[Any] = [[[4, 3]], [[1, 5], [5, 9]], [[True, 2]], [[0, 2]], [["1", 2]]]
    for bad in wrong:
        with pytest.raises((ValueError, SuspectsError)):
            suspects_of(bad)


def test_the_file_is_private(file: Path) -> None:
    look(file, copy(31)[:700])
    assert file.stat().st_mode & 0o777 == 0o600
