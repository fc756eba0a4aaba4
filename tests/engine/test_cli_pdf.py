"""The command line with PDF: documents, copies and leaks."""

import json
from pathlib import Path

import pytest

from engine.command_line import Run, assert_refused
from engine.hostile_files import pdf_file
from engine.typefaces import needs_font

_FILES = Path(__file__).parent / "pdf_files"
_CORPUS = Path(__file__).parent / "corpus"


def _named(run: Run, *leaks: str) -> tuple[str, list[int]]:
    result = run("trace", *leaks, "--key", "key", "--master", "m.wxm", "--recipients", "100000", "--json")
    assert result.code in (0, 3), result.err
    report = json.loads(result.out)
    return report["outcome"], [line["recipient"] for line in report["named"]]


@needs_font
@pytest.mark.parametrize("policy", ["adaptable", "verbatim"])
def test_a_leaked_pdf_names_the_one_it_was_made_for(run: Run, policy: str) -> None:
    text = "\n".join(f.read_text(encoding="utf-8") for f in sorted(_CORPUS.glob("*.txt"))[:3])
    Path("doc.txt").write_text(text, encoding="utf-8")
    assert run("keygen", "key").code == 0
    assert (
        run("prepare", "doc.txt", "--key", "key", "-o", "m.wxm", "--policy", policy, "--approve", "AB").code
        == 0
    )
    assert run("mark", "m.wxm", "--key", "key", "--recipient", "77", "-o", "copy.pdf").code == 0
    assert _named(run, "copy.pdf") == ("named", [77])
    assert _named(run, "copy.pdf", "copy.pdf") == ("named", [77])


@pytest.mark.parametrize("name", ["chromium", "libreoffice", "reportlab", "weasyprint"])
def test_a_publishers_pdf_is_prepared_verbatim_and_its_copies_name(run: Run, name: str) -> None:
    Path("doc.pdf").write_bytes((_FILES / f"{name}.pdf").read_bytes())
    assert run("keygen", "key").code == 0
    prepared = run("prepare", "doc.pdf", "--key", "key", "-o", "m.wxm")
    assert prepared.code == 0
    assert "verbatim" in prepared.err
    for recipient in ("5", "99999"):
        assert run("mark", "m.wxm", "--key", "key", "--recipient", recipient, "-o", "copy.pdf").code == 0
        assert _named(run, "copy.pdf") == ("named", [int(recipient)])
    assert run("mark", "m.wxm", "--key", "key", "--recipient", "5", "-o", "copy.txt").code == 0
    assert "基层" in Path("copy.txt").read_text(encoding="utf-8")


def test_the_publishers_own_pdf_names_nobody(run: Run) -> None:
    Path("doc.pdf").write_bytes((_FILES / "libreoffice.pdf").read_bytes())
    assert run("keygen", "key").code == 0
    assert run("prepare", "doc.pdf", "--key", "key", "-o", "m.wxm").code == 0
    assert _named(run, "doc.pdf") == ("not-enough", [])


def test_a_pdf_that_cannot_be_read_is_refused_in_a_sentence(run: Run) -> None:
    assert run("keygen", "key").code == 0
    for data, says in (
        (b"%PDF-1.7\n", "damaged"),
        (pdf_file(b""), "no text"),
        (pdf_file(b"BT /F1 9 Tf (a) Tj ET", pages=2_001), "2,001 pages"),
    ):
        Path("doc.pdf").write_bytes(data)
        assert_refused(run("prepare", "doc.pdf", "--key", "key", "-o", "m.wxm"), says)
        assert not Path("m.wxm").exists()
