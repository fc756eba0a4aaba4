"""A Word copy saved as PDF: its runs are read by where the characters stand, and name its account."""

import io
import json
import shutil
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from engine.command_line import CORPUS, Run
from engine.made_texts import made_document, made_edition, made_key
from engine.survival import through_office
from engine.typefaces import needs_font
from engine.word_files import publishers_file, tables_alone
from wenxing.carriers.docx.stretching import Piece, Row, wider
from wenxing.leaks import Leak
from wenxing.marking import mark, plain, settings_of
from wenxing.master import Master
from wenxing.preparing import prepare
from wenxing.reading import office
from wenxing.sites import SiteKind
from wenxing.tracing import Report, trace

KEY = made_key()
CROWD = 100_000
needs_office = pytest.mark.skipif(shutil.which(office.PROGRAM) is None, reason="LibreOffice is not installed")


@cache
def edition(number: int, policy: str = "verbatim", characters: int = 4_000) -> Master:
    document, sites = made_document(number, characters)
    source = document.text.encode()
    return prepare(source, key=KEY, sites=sites, policy=policy, profile="solo", edition=made_edition(number))


@cache
def printed(master: Master, recipient: int) -> bytes:
    return through_office(mark(master, key=KEY, recipient=recipient, format="docx"), "pdf")


def traced(*leaks: bytes | str | Leak, masters: Sequence[Master]) -> Report:
    return trace(leaks, key=KEY, masters=masters, suspects=CROWD)


def shares(report: Report) -> dict[str, tuple[int, int]]:
    return {str(k.kind): (k.read, k.total) for k in report.kinds if k.total}


LAYOUTS = {
    "as it was": (),
    "narrow columns": (('w:left="1588"', 'w:left="3000"'), ('w:right="1474"', 'w:right="3000"')),
    "smaller": (('w:sz w:val="32"', 'w:sz w:val="24"'),),
    "another typeface": (("仿宋", "Noto Serif CJK SC"),),
    "ragged": (('<w:jc w:val="both"/>', '<w:jc w:val="left"/>'),),
    "every line filled": (('<w:jc w:val="both"/>', '<w:jc w:val="distribute"/>'),),
}
_LAYOUTS = [
    pytest.param(name, marks=[] if name in ("as it was", "narrow columns") else pytest.mark.slow)
    for name in LAYOUTS
]


def _laid_out(data: bytes, layout: str) -> bytes:
    """A Word file after its reader changed how it looks."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            content = given.read(name)
            if name in ("word/document.xml", "word/styles.xml"):
                for old, new in LAYOUTS[layout]:
                    content = content.replace(old.encode(), new.encode())
            made.writestr(name, content)
    return out.getvalue()


# --- from the command line ----------------------------------------------------------------------------


def _trace(run: Run, leak: str) -> tuple[list[int], dict[str, dict[str, int]]]:
    result = run("trace", leak, "--key", "key", "--master", "m.wxm", "--recipients", "10000", "--json")
    assert result.code in (0, 3), result.err
    report = json.loads(result.out)
    return [line["recipient"] for line in report["named"]], report.get("kinds", {})


@needs_office
def test_the_pdf_saved_from_a_verbatim_word_copy_names_its_account(run: Run, seed_text: str) -> None:
    Path("doc.txt").write_text(seed_text, encoding="utf-8")
    assert run("keygen", "key").code == 0
    assert run("prepare", "doc.txt", "--key", "key", "-o", "m.wxm", "--policy", "verbatim").code == 0
    for recipient in ("77", "9999"):
        assert run("mark", "m.wxm", "--key", "key", "--recipient", recipient, "-o", "copy.docx").code == 0
        Path("leak.pdf").write_bytes(through_office(Path("copy.docx").read_bytes(), "pdf"))
        named, kinds = _trace(run, "leak.pdf")
        assert named == [int(recipient)]
        assert set(kinds) == {"wording", "spacing"}, "it is no PDF of ours: its glyphs are not missed"
        assert kinds["spacing"]["read"] > 0.75 * kinds["spacing"]["total"]


@needs_office
def test_of_an_adaptable_copy_wording_and_spacing_add_up_in_one_accusation(run: Run) -> None:
    texts = [file.read_text(encoding="utf-8") for file in sorted(CORPUS.glob("*.txt"))[:2]]
    Path("doc.txt").write_text("\n".join(texts), encoding="utf-8")
    assert run("keygen", "key").code == 0
    assert run("prepare", "doc.txt", "--key", "key", "-o", "m.wxm", "--approve", "AB").code == 0
    assert run("mark", "m.wxm", "--key", "key", "--recipient", "77", "-o", "copy.docx").code == 0
    Path("leak.pdf").write_bytes(through_office(Path("copy.docx").read_bytes(), "pdf"))
    named, kinds = _trace(run, "leak.pdf")
    assert named == [77]
    assert kinds["wording"]["read"] == kinds["wording"]["total"] > 0
    assert kinds["spacing"]["read"] > 0.75 * kinds["spacing"]["total"]


# --- what is read -------------------------------------------------------------------------------------


def _compared(master: Master, recipient: int, report: Report) -> tuple[int, int, int]:
    """Sites read, wrong and all."""
    own = settings_of(master, SiteKind.SPACING, key=KEY, recipient=recipient)
    pairs = zip(report.documents[0].others[SiteKind.SPACING], own, strict=True)
    read = [(seen.symbol, setting.symbol) for seen, setting in pairs if seen.symbol is not None]
    return len(read), sum(a != b for a, b in read), len(own)


@needs_office
@pytest.mark.parametrize("layout", _LAYOUTS)
def test_the_layout_may_be_changed_before_it_is_saved(layout: str) -> None:
    master = edition(6)
    copy = mark(master, key=KEY, recipient=4_321, format="docx")
    report = traced(through_office(_laid_out(copy, layout), "pdf"), masters=[master])
    assert [n.recipient for n in report.named] == [4_321]
    read, wrong, total = _compared(master, 4_321, report)
    assert (read > 0.6 * total, wrong) == (True, 0)


@needs_office
def test_a_publishers_own_spacing_is_no_evidence_and_does_no_harm() -> None:
    document, _ = made_document(6, 4_000)
    master = prepare(
        publishers_file(document), key=KEY, policy="verbatim", profile="solo", edition=made_edition(6)
    )
    report = traced(printed(master, 4_321), masters=[master])
    assert [n.recipient for n in report.named] == [4_321]
    read, wrong, total = _compared(master, 4_321, report)
    assert (read > 0.6 * total, wrong) == (True, 0)
    assert _shows_no_spacing(through_office(plain(master, format="docx"), "pdf"), master)


@needs_office
def test_cells_side_by_side_are_read_as_lines_of_their_own() -> None:
    master = prepare(
        tables_alone(12, 3_000), key=KEY, policy="verbatim", profile="solo", edition=made_edition(12)
    )
    report = traced(printed(master, 4_321), masters=[master])
    assert [n.recipient for n in report.named] == [4_321]
    read, wrong, total = _compared(master, 4_321, report)
    assert (read > 0.4 * total, wrong) == (True, 0)


@needs_office
def test_a_text_of_latin_letters_is_read_by_what_two_letters_usually_take() -> None:
    files = sorted((CORPUS / "en" / "holdout").glob("*.txt"))[:2]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    master = prepare(text.encode(), key=KEY, policy="verbatim", profile="solo", edition=made_edition(7))
    report = traced(printed(master, 4_321), masters=[master])
    assert [n.recipient for n in report.named] == [4_321]
    read, wrong, total = _compared(master, 4_321, report)
    assert (read > 0.8 * total, wrong) == (True, 0)
    unmarked = traced(through_office(plain(master, format="docx"), "pdf"), masters=[master])
    assert (unmarked.named, unmarked.sites_read) == ((), 0)


# --- what is not there is not read ----------------------------------------------------------------------


def _shows_no_spacing(leak: bytes, master: Master) -> bool:
    report = traced(leak, masters=[master])
    assert not report.named
    return "spacing" not in shares(report)


@needs_office
@pytest.mark.parametrize("layout", _LAYOUTS)
def test_an_unmarked_word_file_saved_as_pdf_shows_nothing_and_names_nobody(layout: str) -> None:
    master = edition(6)
    unmarked = _laid_out(plain(master, format="docx"), layout)
    assert _shows_no_spacing(through_office(unmarked, "pdf"), master)


@needs_font
def test_a_pdf_copy_of_ours_shows_its_glyphs_and_no_spacing() -> None:
    master = edition(6)
    report = traced(mark(master, key=KEY, recipient=5, format="pdf"), masters=[master])
    assert [n.recipient for n in report.named] == [5]
    assert set(shares(report)) == {"glyph"}


@pytest.mark.parametrize("name", ["chromium", "libreoffice", "reportlab", "weasyprint"])
def test_the_pdf_of_another_program_shows_no_spacing(name: str) -> None:
    folder = Path(__file__).parent / "pdf_files"
    text = (folder / "text.txt").read_bytes()
    master = prepare(text, key=KEY, policy="verbatim", edition=made_edition(9))
    assert master.spacing
    assert _shows_no_spacing((folder / f"{name}.pdf").read_bytes(), master)


# --- lines of numbers -----------------------------------------------------------------------------------


def _rows(draw: np.random.Generator, symbols: Sequence[int], *, apart: float = 0.095) -> list[Row]:
    """Lines of 27 characters with runs of 20, each line widened by something of its own."""
    rows, characters = [], len(symbols) * 20
    for start in range(0, characters, 27):
        last = start + 27 >= characters or draw.random() < 0.15
        widened = 0.0 if last else draw.uniform(0.0, 0.6)
        line = np.arange(start, min(start + 27, characters))
        pieces = []
        for run in dict.fromkeys((line // 20).tolist()):
            count = int((line // 20 == run).sum())
            if count < 3:
                continue
            added = apart * (2 * symbols[run] - 1) + widened
            places = np.round((np.arange(count + 1) * added + draw.random()) * 10) / 10  # whole tenths
            pieces.append(Piece(run, np.diff(places)))
        if pieces:
            rows.append(Row(tuple(pieces), last))
    return rows


def test_runs_are_read_against_the_rest_of_their_lines_and_none_is_guessed() -> None:
    read = wrong = 0
    for seed in range(40):
        draw = np.random.default_rng(seed)
        symbols = draw.integers(0, 2, 100).tolist()
        found = wider(_rows(draw, symbols))
        sure = {run: p > 0.5 for run, p in found.items() if not 0.02 < p < 0.98}
        read += len(sure)
        wrong += sum(symbols[run] != is_wide for run, is_wide in sure.items())
    assert read > 0.75 * 40 * 100
    assert wrong <= 0.002 * read


def test_lines_whose_runs_are_all_spaced_alike_say_nothing() -> None:
    draw = np.random.default_rng(1)
    rows = _rows(draw, draw.integers(0, 2, 60).tolist())
    alike = [
        Row(tuple(Piece(60 + piece.run, piece.gaps) for piece in row.pieces), last=False)
        for row in _rows(draw, [1] * 40)
    ]
    found = wider([*rows, *alike])
    assert sum(max(found[run], 1 - found[run]) > 0.98 for run in range(60)) > 40
    assert all(0.1 < found[run] < 0.9 for run in found if run >= 60)


def test_a_file_without_spaced_runs_seldom_seems_to_have_some() -> None:
    """Whatever its gaps do: they do it within runs as often as where runs end."""
    taken = 0
    for seed in range(200):
        draw = np.random.default_rng(seed)
        rows = _rows(draw, [0] * 100, apart=0.0)
        noise = draw.choice([0.0, 0.05, 0.1, 0.2])
        jumps = draw.random() < 0.5
        taken += bool(wider([_disturbed(draw, row, noise, jumps=jumps) for row in rows]))
    assert taken <= 1


def _disturbed(draw: np.random.Generator, row: Row, noise: float, *, jumps: bool) -> Row:
    """Noise at every gap, or a part of the line set wider than the rest of it."""
    counts = [len(piece.gaps) for piece in row.pieces]
    gaps = np.concatenate([piece.gaps for piece in row.pieces])
    gaps = gaps + draw.normal(0, noise, len(gaps))
    if jumps:
        gaps[draw.integers(len(gaps)) :] += 0.2
    cuts = np.split(gaps, np.cumsum(counts)[:-1])
    return Row(tuple(Piece(p.run, own) for p, own in zip(row.pieces, cuts, strict=True)), row.last)
