"""Wording, spacing and glyphs: a table, a numbering and keys for each, and one accusation for all."""

import copy as copying
import io
import random
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import docx
import numpy as np
import pytest

from engine.made_texts import made_document, made_edition, made_key
from engine.word_files import tables_alone
from wenxing.accusation import Evidence, Statistic, Suspects
from wenxing.bundle import bundle, layout, verify
from wenxing.casefile import CaseReport, open_case
from wenxing.codebook import joint_commitment
from wenxing.leaks import Leak
from wenxing.marking import commitment, mark, settings_of
from wenxing.master import Master
from wenxing.placing import glyph_places, spacing_spans
from wenxing.preparing import prepare
from wenxing.reading import read
from wenxing.sealing import open_codebook, open_codebooks, seal_master
from wenxing.sites import Sighting, SiteKind, Span
from wenxing.tracing import Outcome, Report, SiteState, evidence_of, trace

KEY = made_key()
CROWD = 100_000
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def edition(number: int, policy: str = "verbatim", characters: int = 1_600, profile: str = "solo") -> Master:
    document, sites = made_document(number, characters)
    return prepare(
        document.text.encode(),
        key=KEY,
        sites=sites,
        policy=policy,
        profile=profile,
        edition=made_edition(number),
    )


VERBATIM, ADAPTABLE = edition(1), edition(1, "adaptable")


def copy(recipient: int, master: Master = VERBATIM, format: str = "docx") -> bytes:
    return mark(master, key=KEY, recipient=recipient, format=format)


def traced(
    *leaks: bytes | str | Leak, masters: Sequence[Master] = (VERBATIM,), suspects: int = CROWD
) -> Report:
    return trace(leaks, key=KEY, masters=masters, suspects=suspects)


def flow(data: bytes) -> str:
    """The text of a file without headers and footers."""
    return "\n".join(p.text for p in read(data).paragraphs if p.role.in_flow)


def shares(report: Report) -> dict[str, tuple[int, int]]:
    return {str(k.kind): (k.read, k.total) for k in report.kinds}


def sightings(
    master: Master, recipient: int, kind: SiteKind = SiteKind.GLYPH, reliability: float = 1.0
) -> tuple[Sighting, ...]:
    """What a reader of a picture would give for a recipient's copy."""
    symbols = [s.symbol for s in settings_of(master, kind, key=KEY, recipient=recipient)]
    return tuple(Sighting(master.edition, kind, i, s, reliability) for i, s in enumerate(symbols))


def test_a_verbatim_word_copy_has_the_text_to_the_letter_and_names_its_recipient() -> None:
    copies = {recipient: copy(recipient) for recipient in (4321, 99_999)}
    assert len(set(copies.values())) == 2
    for recipient, data in copies.items():
        assert flow(data) == VERBATIM.document.text
        report = traced(data)
        assert [n.recipient for n in report.named] == [recipient]
        assert report.named[0].p_value <= 1e-6
        assert shares(report) == {"wording": (0, 0), "spacing": (len(VERBATIM.spacing),) * 2}
        assert report.sites_read == report.sites_total == len(VERBATIM.spacing)


def test_a_pasted_text_counts_wording_only() -> None:
    text = copy(7, format="txt").decode()
    report = traced(text)
    assert (report.outcome, report.sites_read, report.sites_total) == (Outcome.NOT_ENOUGH, 0, 0)
    assert "kinds" not in report.to_json()
    report = traced(copy(7, ADAPTABLE, "txt").decode(), masters=[ADAPTABLE])
    assert report.sites_total == len(ADAPTABLE.approved)
    assert report.kinds == ()


def test_wording_and_spacing_of_one_leak_are_one_accusation() -> None:
    leak = copy(77, ADAPTABLE)
    report = traced(leak, masters=[ADAPTABLE])
    words, runs = len(ADAPTABLE.approved), len(ADAPTABLE.spacing)
    assert [n.recipient for n in report.named] == [77]
    assert shares(report) == {"wording": (words, words), "spacing": (runs, runs)}
    assert report.sites_read == words + runs
    alone = traced(read(leak).text, masters=[ADAPTABLE])
    assert alone.sites_read == words
    assert report.to_json()["kinds"]["spacing"] == {"read": runs, "total": runs}
    assert report.to_json()["documents"][0]["sites_read"] == words + runs
    assert "kinds" not in alone.to_json()
    assert any("spacing" in sentence for sentence in report.sentences())


def test_repeats_in_any_format_add_nothing() -> None:
    leak = copy(77, ADAPTABLE)
    cut = Leak(read(leak).text[:500])
    once = traced(leak, masters=[ADAPTABLE])
    for leaks in ([leak] * 3, [leak, read(leak).text, cut], [copy(77, ADAPTABLE, "txt"), leak]):
        again = traced(*leaks, masters=[ADAPTABLE])
        assert again.named == once.named
        assert (again.sites_read, again.sites_total) == (once.sites_read, once.sites_total)


def test_copies_that_contradict_each_other_leave_erasures_in_doubt() -> None:
    report = traced(copy(5), copy(6))
    observations = report.documents[0].others[SiteKind.SPACING]
    code = open_codebooks(VERBATIM, key=KEY)[SiteKind.SPACING]
    equal = code.codeword(5) == code.codeword(6)
    assert [o.symbol is not None for o in observations] == equal.tolist()
    assert all(o.doubtful == (o.symbol is None) for o in observations)


def test_a_word_file_whose_spacing_was_lost_shows_erasures() -> None:
    opened = docx.Document(io.BytesIO(copy(5)))
    for element in opened.element.body.iter("{*}spacing"):
        element.getparent().remove(element)
    out = io.BytesIO()
    opened.save(out)
    report = traced(out.getvalue())
    assert (report.outcome, report.sites_read) == (Outcome.NOT_ENOUGH, 0)
    assert report.sites_total == len(VERBATIM.spacing)
    assert report.more_sites_needed is not None
    assert not any(o.doubtful for o in report.documents[0].others[SiteKind.SPACING])


def test_the_tables_change_nothing_of_the_wording() -> None:
    bare = replace(ADAPTABLE, spacing=(), glyphs=())
    codes = open_codebooks(ADAPTABLE, key=KEY)
    assert set(codes) == set(SiteKind)
    assert bare.kinds == (SiteKind.WORDING,)
    wording = open_codebook(ADAPTABLE, key=KEY)
    assert wording.arities == tuple(site.arity for site in ADAPTABLE.approved_sites)
    assert wording.commitment == codes[SiteKind.WORDING].commitment
    assert b'"format":1' in bare.sealed_bytes
    assert commitment(ADAPTABLE, key=KEY) == joint_commitment(
        ADAPTABLE.edition, {kind: code.commitment for kind, code in codes.items()}
    )
    assert commitment(ADAPTABLE, key=KEY) != wording.commitment
    assert joint_commitment(b"", {SiteKind.WORDING: wording.commitment}) == wording.commitment


def test_every_kind_has_keys_of_its_own() -> None:
    codes = open_codebooks(ADAPTABLE, key=KEY)
    keys = [part for code in codes.values() for part in (code.disclose().bits, code.disclose().roles)]
    assert len(set(keys)) == 2 * len(SiteKind)
    assert len({code.check for code in codes.values()}) == 1
    one, other = (codes[kind].codeword(9)[:60] for kind in (SiteKind.SPACING, SiteKind.GLYPH))
    assert 15 < int((one == other).sum()) < 45


def test_a_master_with_tables_is_kept_and_a_forged_table_is_refused() -> None:
    again = Master.from_bytes(ADAPTABLE.to_bytes())
    assert again == ADAPTABLE
    assert again.spacing
    assert again.glyphs
    taken = ADAPTABLE.approved_sites[0].spans[0]
    for spacing, glyphs in (
        ((Span(taken.start - 4, taken.start + 6),), ()),
        ((Span(5, 20), Span(10, 30)), ()),
        ((Span(10**6, 10**6 + 9),), ()),
        ((), (10**6,)),
        ((), (taken.start,)),
        ((), (20, 21)),
        ((), (20, 22, 21)),
    ):
        with pytest.raises(ValueError, match="run"):
            replace(ADAPTABLE, spacing=spacing, glyphs=glyphs).validate()


def test_runs_and_characters_keep_clear_of_the_wording_and_are_as_dense_as_they_should_be() -> None:
    document, sites = made_document(4, 20_000)
    taken = [span for site in sites for span in site.spans]
    touched = {at for span in taken for at in range(span.start, span.end)}
    runs, places = spacing_spans(document, taken), glyph_places(document, taken)
    assert runs == spacing_spans(document, taken)
    assert all(8 <= run.end - run.start <= 24 for run in runs)
    assert touched.isdisjoint(at for run in runs for at in range(run.start, run.end))
    assert touched.isdisjoint(at + d for at in places for d in (-1, 0, 1))
    assert min(np.diff(places)) >= 2
    bare = len(document.text) - document.text.count("\n")
    assert bare / 24 < len(spacing_spans(document, ())) < bare / 16
    assert bare / 2.5 < len(glyph_places(document, ())) < bare / 1.9
    assert len(runs) > 0.5 * len(spacing_spans(document, ()))


def test_glyphs_seen_without_any_text_name() -> None:
    seen = sightings(VERBATIM, 4321)[:60]
    report = traced(Leak("", sightings=seen))
    assert [n.recipient for n in report.named] == [4321]
    assert shares(report) == {"wording": (0, 0), "glyph": (60, len(VERBATIM.glyphs))}
    (strip,) = evidence_of(report, 4321, key=KEY, masters=[VERBATIM])
    assert {site.kind for site in strip.sites} == {SiteKind.GLYPH}
    assert sum(site.state is SiteState.AGREES for site in strip.sites) == 60


def test_what_a_reader_does_not_trust_is_an_erasure_in_doubt() -> None:
    seen = sightings(VERBATIM, 4321)[:60]
    weak = tuple(replace(s, reliability=0.7) for s in seen)
    report = traced(Leak("", sightings=weak))
    assert (report.outcome, report.sites_read) == (Outcome.NOT_ENOUGH, 0)
    assert sum(o.doubtful for o in report.documents[0].others[SiteKind.GLYPH]) == 60
    assert traced(Leak("", sightings=weak), Leak("", sightings=seen)).sites_read == 60


def test_evidence_of_all_kinds_and_formats_adds_up_where_each_alone_is_too_little() -> None:
    seen = Leak("", sightings=sightings(ADAPTABLE, 31)[:20])
    start = ADAPTABLE.approved_sites[12].start
    pasted = copy(31, ADAPTABLE, "txt").decode()[:start]
    for leak in (seen, pasted):
        assert traced(leak, masters=[ADAPTABLE]).outcome is Outcome.NOT_ENOUGH
    report = traced(seen, pasted, Leak("", sightings=sightings(ADAPTABLE, 31)[20:38]), masters=[ADAPTABLE])
    assert [n.recipient for n in report.named] == [31]


def test_a_picture_that_fits_two_editions_shares_the_bound() -> None:
    twin = prepare(VERBATIM.source, key=KEY, policy="verbatim", profile="solo", edition=made_edition(99))
    other = tuple(replace(s, edition=twin.edition) for s in sightings(VERBATIM, 4321)[:60])
    leak = Leak("", sightings=sightings(VERBATIM, 4321)[:60] + other)
    alone = traced(Leak("", sightings=leak.sightings[:60]), masters=[VERBATIM, twin])
    both = traced(leak, masters=[VERBATIM, twin])
    assert [n.recipient for n in both.named] == [4321]
    assert (alone.explanations, both.explanations) == (1, 2)
    assert both.named[0].p_value == pytest.approx(2 * alone.named[0].p_value)
    assert both.sites_read == 60


def test_a_word_file_of_a_text_prepared_twice_shares_the_bound() -> None:
    twin = prepare(VERBATIM.source, key=KEY, policy="verbatim", profile="solo", edition=made_edition(99))
    alone, both = traced(copy(12)), traced(copy(12), masters=[twin, VERBATIM])
    assert [n.recipient for n in both.named] == [12]
    assert both.explanations == 2
    assert both.named[0].p_value == pytest.approx(2 * alone.named[0].p_value)
    assert both.sites_read == len(VERBATIM.spacing)


def test_a_case_adds_up_kinds_and_replays_them(tmp_path: Path) -> None:
    file = tmp_path / "one.wxcase"
    half = len(ADAPTABLE.document.text) // 2

    def look(*leaks: bytes | str | Leak) -> CaseReport:
        with open_case(file, suspects=Suspects.of(CROWD), at=NOW) as case:
            return case.trace(leaks, key=KEY, masters=[ADAPTABLE], at=NOW)

    first = look(copy(77, ADAPTABLE, "txt").decode()[:half])
    second = look(copy(77, ADAPTABLE))
    assert [n.recipient for n in second.report.named] == [77]
    assert shares(second.report)["spacing"] == (len(ADAPTABLE.spacing),) * 2
    assert second.new_sites == second.report.sites_read - first.report.sites_read
    assert look(copy(77, ADAPTABLE)).new_sites == 0
    other = look(copy(78, ADAPTABLE))
    code = open_codebooks(ADAPTABLE, key=KEY)
    differing = [
        int((code[kind].codeword(77) != code[kind].codeword(78)).sum())
        for kind in (SiteKind.WORDING, SiteKind.SPACING)
    ]
    assert other.contradicted == sum(differing)
    assert other.report.sites_read == second.report.sites_read


def test_a_bundle_of_a_verbatim_word_file_can_be_checked_and_opens_no_other_kind() -> None:
    made = bundle(
        [("copy.docx", copy(77))],
        key=KEY,
        masters=[VERBATIM],
        suspects=Suspects.of(1_000),
        at=NOW,
    )
    verdict = verify(made.data)
    assert [str(check) for check in verdict.checks if not check.agrees] == []
    assert list(verdict.named) == [77]
    assert verdict.commitments == {VERBATIM.edition.hex(): commitment(VERBATIM, key=KEY).hex()}
    contents = layout.open_contents(made.data)
    kinds = contents.description["editions"][0]["kinds"]
    assert set(kinds["glyph"]) == {"commitment"}
    hidden = open_codebooks(VERBATIM, key=KEY)[SiteKind.GLYPH].disclose()
    assert hidden.bits.hex() not in contents.raw.decode()
    without = copying.deepcopy(contents.description)
    del without["editions"][0]["kinds"]["glyph"]
    assert not verify(layout.write(without, contents.parts)).agrees
    forged = copying.deepcopy(contents.description)
    line = forged["editions"][0]["kinds"]["spacing"]["read"]
    forged["editions"][0]["kinds"]["spacing"]["read"] = ("1" if line[0] == "0" else "0") + line[1:]
    assert not verify(layout.write(forged, contents.parts)).agrees


def test_innocents_of_a_leak_of_all_kinds_keep_the_bound() -> None:
    master = edition(3, "adaptable", profile="coalition")
    codes = open_codebooks(master, key=KEY)
    rng = random.Random(5)
    evidence = [
        Evidence(code, np.array([rng.randrange(a) for a in code.arities], np.int8)) for code in codes.values()
    ]
    p = Statistic(evidence).p_values(range(1, 20_001))
    for level in (0.1, 0.01, 0.001):
        assert np.mean(p <= level) <= level + 3 * (level / 20_000) ** 0.5


def test_an_older_master_gives_the_copies_that_it_gave() -> None:
    bare = replace(VERBATIM, spacing=(), glyphs=())
    assert settings_of(VERBATIM, SiteKind.SPACING, key=KEY, recipient=1)
    old = seal_master(bare, key=KEY)
    assert copy(1, old) == copy(2, old)
    assert b"w:spacing" not in _document(copy(1, old))
    assert commitment(old, key=KEY) == open_codebook(old, key=KEY).commitment


def _document(data: bytes) -> bytes:
    return zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml")


def test_long_cells_of_a_table_are_spaced_and_name_and_short_ones_stay() -> None:
    master = prepare(
        tables_alone(12, 2_600), key=KEY, policy="verbatim", profile="solo", edition=made_edition(12)
    )
    lengths = [
        len(master.document.paragraphs[master.document.paragraph_at(x.start)].text) for x in master.spacing
    ]
    assert len(lengths) > 60
    assert min(lengths) >= 40
    leak = copy(4_321, master)
    report = traced(leak, masters=[master])
    assert [n.recipient for n in report.named] == [4_321]
    assert flow(leak) == flow(tables_alone(12, 2_600))
