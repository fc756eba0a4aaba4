"""A key, a master and a copy made by the first version: they must open, mark and trace for ever.

The files hold made-up characters. They are never made again; a change that breaks this test breaks every
copy that members have.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

import wenxing
from engine.typefaces import needs_font
from wenxing.carriers.pdf import places
from wenxing.sites import BESIDE, BETWEEN

VECTORS = Path(__file__).parent / "vectors"


def test_what_the_first_version_made_still_marks_and_traces(tmp_path: Path) -> None:
    shutil.copy(VECTORS / "recipe-v1.key", tmp_path / "key")
    key = wenxing.load_key(tmp_path / "key", passphrase=None)
    master = wenxing.load(VECTORS / "recipe-v1.wxm")
    copy = (VECTORS / "recipe-v1-copy-77.txt").read_bytes()
    assert wenxing.mark(master, key=key, recipient=77, format="txt") == copy
    report = wenxing.trace([copy], key=key, masters=[master], suspects=100_000)
    assert [named.recipient for named in report.named] == [77]
    assert wenxing.Master.from_bytes(master.to_bytes()) == master


def test_an_evidence_bundle_of_the_first_version_still_agrees() -> None:
    verdict = wenxing.verify((VECTORS / "bundle-v1.zip").read_bytes())
    assert [str(check) for check in verdict.checks if not check.agrees] == []
    assert list(verdict.named) == [77]


def test_a_case_of_the_first_version_goes_on(tmp_path: Path) -> None:
    shutil.copy(VECTORS / "recipe-v1.key", tmp_path / "key")
    shutil.copy(VECTORS / "case-v1.wxcase", tmp_path / "case.wxcase")
    key = wenxing.load_key(tmp_path / "key", passphrase=None)
    master = wenxing.load(VECTORS / "recipe-v1.wxm")
    now = datetime(2026, 12, 1, tzinfo=UTC)
    with wenxing.open_case(tmp_path / "case.wxcase", at=now) as case:
        copy = wenxing.mark(master, key=key, recipient=77, format="docx")
        found = case.trace([copy], key=key, masters=[master], at=now)
    assert [named.recipient for named in found.report.named] == [77]
    assert (found.looks, found.new_sites) == (2, 0)


@pytest.mark.parametrize(
    ("format", "rule", "read"), [(3, BETWEEN, 89), (5, BESIDE, 167)], ids=["format 3", "format 5"]
)
def test_moved_characters_of_every_format_still_trace(
    tmp_path: Path, format: int, rule: str, read: int
) -> None:
    shutil.copy(VECTORS / "recipe-v1.key", tmp_path / "key")
    key = wenxing.load_key(tmp_path / "key", passphrase=None)
    master = wenxing.load(VECTORS / f"recipe-v{format}.wxm")
    assert f'"format":{format}'.encode() in master.sealed_bytes
    assert master.glyph_rule == rule
    copy = (VECTORS / f"recipe-v{format}-copy-77.pdf").read_bytes()
    report = wenxing.trace([copy], key=key, masters=[master], suspects=100_000)
    assert [named.recipient for named in report.named] == [77]
    assert report.sites_read == read
    assert wenxing.Master.from_bytes(master.to_bytes()) == master


@needs_font
def test_a_master_of_the_third_format_gives_the_copies_that_it_gave(tmp_path: Path) -> None:
    shutil.copy(VECTORS / "recipe-v1.key", tmp_path / "key")
    key = wenxing.load_key(tmp_path / "key", passphrase=None)
    master = wenxing.load(VECTORS / "recipe-v3.wxm")
    own = wenxing.mark(master, key=key, recipient=77, format="pdf")
    kept = (VECTORS / "recipe-v3-copy-77.pdf").read_bytes()
    one, other = (places(pdf, master.document) for pdf in (own, kept))
    shown = (one.page >= 0) & (other.page >= 0)
    assert abs(one.x - other.x)[shown].max() < 0.01
