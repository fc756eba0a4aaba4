"""Tracing names the recipient of a leak, or nobody, and says why."""

import random
from dataclasses import replace

import pytest

from engine.made_texts import collapsed, made_document, made_edition, made_key, noisy, written
from wenxing.accusation import Accusation, Distribution, Named
from wenxing.document import Document
from wenxing.errors import DisclosedEdition, MasterError, SuspectsError, UnreadableFile, WrongKey
from wenxing.marking import mark
from wenxing.master import Master
from wenxing.preparing import prepare
from wenxing.reading import read
from wenxing.sealing import open_codebook
from wenxing.sites import Site
from wenxing.tracing import Outcome, Report, SiteState, evidence_of, trace, without_bystanders

KEY = made_key()
DOCUMENT, SITES = made_document(1)


def edition(number: int, document: Document, sites: tuple[Site, ...], policy: str = "adaptable") -> Master:
    """A master that is the same each time: a claim about chance is checked on fixed draws."""
    return prepare(
        document.text.encode(),
        key=KEY,
        sites=sites,
        policy=policy,
        profile="solo",
        edition=made_edition(number),
    )


MASTER = edition(1, DOCUMENT, SITES)
CROWD = 10_000


def copy(recipient: int, master: Master = MASTER) -> str:
    return mark(master, key=KEY, recipient=recipient, format="txt").decode()


def traced(*leaks: str | bytes, masters: tuple[Master, ...] = (MASTER,), suspects: int = CROWD) -> Report:
    return trace(leaks, key=KEY, masters=masters, suspects=suspects)


def numbers(report: Report) -> list[int]:
    return [n.recipient for n in report.named]


def test_a_copy_names_its_recipient_and_nobody_else() -> None:
    report = traced(copy(4321))
    assert report.outcome is Outcome.NAMED
    assert numbers(report) == [4321]
    assert report.named[0].p_value <= 1e-6
    assert (report.sites_read, report.sites_total) == (len(SITES), len(SITES))
    assert report.more_sites_needed is None
    assert report.suspects == CROWD


def test_a_file_names_like_its_text() -> None:
    for format in ("txt", "docx"):
        assert numbers(traced(mark(MASTER, key=KEY, recipient=77, format=format))) == [77]


def test_retyped_collapsed_and_cut_leaks_name() -> None:
    rng = random.Random(1)
    for recipient in rng.sample(range(1, CROWD + 1), 20):
        leak = noisy(collapsed(copy(recipient)[300:]), rng, dropped=0.01, substituted=0.01)
        assert numbers(traced(leak)) == [recipient]


def test_too_short_a_leak_is_not_enough_and_says_how_much_more() -> None:
    report = traced(copy(8)[:700])
    assert report.outcome is Outcome.NOT_ENOUGH
    assert 5 < report.sites_read < 33
    assert report.more_sites_needed is not None
    assert 30 < report.sites_read + report.more_sites_needed < 60
    assert "Not enough" in report.sentences()[0]


def test_enough_was_read_and_nobody_fits_alone_says_so_and_asks_for_no_more() -> None:
    report = trace([copy(200)], key=KEY, masters=[MASTER], suspects=[*range(1, 200), *range(201, 400)])
    assert report.outcome is Outcome.NOT_ENOUGH
    assert report.more_sites_needed is None
    assert report.to_json()["more_sites_needed"] is None
    (sentence,) = report.sentences()
    assert "enough to name a lone leaker" in sentence
    assert "outside the list, or be mixed from several copies" in sentence
    assert "more would be needed" not in sentence


def test_a_leak_that_the_named_do_not_explain_has_another_maker() -> None:
    document, sites = made_document(23, 9_000)
    master = edition(23, document, sites)
    codeword = [open_codebook(master, key=KEY).codeword(n).tolist() for n in (10, 20_000)]
    rng = random.Random(8)
    mixed = [a if rng.random() < 0.8 else b for a, b in zip(*codeword, strict=True)]
    report = traced(written(document, master.approved_sites, mixed), masters=(master,))
    assert numbers(report) == [10]
    assert report.accounts_at_least == 2
    assert any(
        s.startswith("At least 2 accounts made this leak, 1 of them named") for s in report.sentences()
    )
    alone = traced(copy(10, master), masters=(master,))
    assert (numbers(alone), alone.accounts_at_least) == ([10], 1)
    assert traced(copy(10)[:700]).accounts_at_least == 0


def test_a_disclosed_edition_accuses_nobody_any_more() -> None:
    other = edition(3, *made_document(3))
    assert numbers(trace([copy(5)], key=KEY, masters=[MASTER], suspects=10)) == [5]
    with pytest.raises(DisclosedEdition, match="new edition"):
        trace([copy(5)], key=KEY, masters=[other, MASTER], suspects=10, disclosed={MASTER.edition})
    report = trace(
        [copy(5, other)], key=KEY, masters=[other, MASTER], suspects=10, disclosed={MASTER.edition}
    )
    assert numbers(report) == [5]


def test_foreign_text_is_no_match() -> None:
    report = traced(made_document(60)[0].text)
    assert report.outcome is Outcome.NO_MATCH
    assert (report.sites_read, report.sites_total, report.more_sites_needed) == (0, 0, None)
    assert not report.documents[0].matched


def test_somebody_who_is_no_suspect_is_not_named() -> None:
    assert numbers(traced(copy(200))) == [200]
    report = trace([copy(200)], key=KEY, masters=[MASTER], suspects=[*range(1, 200), *range(201, 400)])
    assert report.outcome is Outcome.NOT_ENOUGH


def test_the_same_leak_three_times_gives_the_same_report() -> None:
    rng = random.Random(2)
    for recipient, cut in ((5, 4_000), (6, 900)):
        leak = noisy(copy(recipient)[:cut], rng, dropped=0.01, substituted=0.01)
        once = traced(leak)
        assert traced(leak, leak, leak) == once
        assert (once.outcome is Outcome.NAMED) == (cut == 4_000)


def test_parts_in_several_files_are_one_accusation() -> None:
    text = copy(31)
    parts = [text[:700], text[1_500:2_200]]
    assert all(traced(part).outcome is Outcome.NOT_ENOUGH for part in parts)
    assert numbers(traced(*parts)) == [31]


def test_several_documents_add_up() -> None:
    other = edition(2, *made_document(2))
    parts = [copy(99)[:700], copy(99, other)[:700]]
    assert all(traced(part, masters=(MASTER, other)).outcome is Outcome.NOT_ENOUGH for part in parts)
    report = traced(*parts, masters=(MASTER, other))
    assert numbers(report) == [99]
    assert report.sites_read == sum(d.sites_read for d in report.documents)
    assert report.sites_total == len(MASTER.approved) + len(other.approved)


def test_masters_that_do_not_leak_change_nothing_but_their_own_lines() -> None:
    others = tuple(edition(i, *made_document(i, 900)) for i in (5, 6))
    report = traced(copy(12), masters=(others[0], MASTER, others[1]))
    assert numbers(report) == [12]
    assert [d.matched for d in report.documents] == [False, True, False]
    assert report.named == traced(copy(12)).named


def test_twin_editions_share_the_bound() -> None:
    twin = edition(3, DOCUMENT, SITES)
    alone, both = traced(copy(55)), traced(copy(55), masters=(twin, MASTER))
    assert numbers(both) == [55]
    assert both.named[0].p_value == pytest.approx(2 * alone.named[0].p_value, rel=1e-9, abs=0)
    assert both.explanations == 2
    assert both.sites_read == alone.sites_read
    assert both.sites_total == len(SITES)
    assert any("equally well" in sentence for sentence in both.sentences())
    # The price does not depend on how often the leak is given.
    assert traced(copy(55), copy(55), copy(55), masters=(twin, MASTER)) == both


def test_a_clean_copy_of_another_edition_names_nobody() -> None:
    other = edition(3, DOCUMENT, SITES)
    for recipient in range(1, 40):
        at_most = None if recipient % 10 else 5  # decoding groups takes its time where nobody fits
        report = trace([copy(recipient, other)], key=KEY, masters=[MASTER], suspects=CROWD, at_most=at_most)
        assert report.outcome is Outcome.NOT_ENOUGH
        assert report.sites_read == len(SITES)


def test_two_accounts_that_mix_their_copies_never_bring_in_a_third() -> None:
    rng = random.Random(3)
    for pair in ((1, 2), (300, 4_000), (77, 9_999)):
        lines = zip(copy(pair[0]).split("\n"), copy(pair[1]).split("\n"), strict=True)
        leak = "\n".join(rng.choice(line) for line in lines)
        assert set(numbers(traced(leak))) <= set(pair)


def test_a_verbatim_leak_is_not_enough_with_no_site_read() -> None:
    master = edition(4, DOCUMENT, SITES, policy="verbatim")
    report = traced(copy(3, master), masters=(master,))
    assert report.outcome is Outcome.NOT_ENOUGH
    assert (report.sites_read, report.sites_total) == (0, 0)
    assert report.documents[0].matched
    assert report.documents[0].coverage == 1.0
    assert report.more_sites_needed
    assert "same wording" in report.sentences()[0]


def test_the_json_object_has_exactly_the_agreed_fields() -> None:
    data = traced(copy(9), made_document(60)[0].text).to_json(labels=["a.wxm"])
    assert list(data) == [
        "format",
        "outcome",
        "named",
        "sites_read",
        "sites_total",
        "suspects",
        "bound",
        "more_sites_needed",
        "accounts_at_least",
        "documents",
    ]
    assert data["format"] == 1
    assert data["outcome"] == "named"
    assert [list(n) for n in data["named"]] == [["recipient", "p_value"]]
    assert data["documents"] == [
        {"master": "a.wxm", "matched": True, "coverage": 1.0, "sites_read": len(SITES)}
    ]
    assert traced(copy(9)).to_json()["documents"][0]["master"] == MASTER.edition.hex()


def test_the_counts_for_the_picture_leave_out_the_named_and_hold_everybody_else() -> None:
    made = traced(copy(4321)).distribution
    assert made
    assert sum(made.counts) + made.reached == CROWD - 1
    assert made.edges[-1] == pytest.approx(6)
    short = traced(copy(8)[:700]).distribution
    assert short
    assert (sum(short.counts), short.reached) == (CROWD, 0)
    assert traced(made_document(60)[0].text).distribution is None


def middle(made: Distribution) -> float:
    """The mean place of the suspects."""
    return sum(n * (edge + 0.25) for n, edge in zip(made.counts, made.edges, strict=False)) / sum(made.counts)


def test_where_groups_are_searched_too_the_picture_pays_for_them() -> None:
    alone = trace([copy(43)], key=KEY, masters=(MASTER,), suspects=50, at_most=None)
    groups = trace([copy(43)], key=KEY, masters=(MASTER,), suspects=50, at_most=3)
    assert alone.distribution
    assert groups.distribution
    assert numbers(groups) == numbers(alone) == [43]
    assert middle(groups.distribution) < middle(alone.distribution) - 0.3, "0.48 less what bins round"
    assert sum(groups.distribution.counts) == sum(alone.distribution.counts) == 49


def test_the_sentence_of_a_naming_states_a_bound_and_no_belief() -> None:
    words = " ".join(traced(copy(9)).sentences())
    assert "Were every account searched innocent, the chance of naming any of them would be at most" in words
    assert "%" not in words


def test_evidence_shows_where_a_named_recipient_agrees() -> None:
    rng = random.Random(4)
    leak = noisy(copy(42)[:3_000], rng, dropped=0.02, substituted=0.02)
    report = traced(leak)
    (strip,) = evidence_of(report, 42, key=KEY, masters=[MASTER])
    states = [site.state for site in strip.sites]
    assert len(states) == len(SITES)
    assert states.count(SiteState.AGREES) >= 0.9 * report.sites_read
    assert states.count(SiteState.UNREADABLE) == len(SITES) - report.sites_read
    assert all(0 <= site.span.start < strip.length for site in strip.sites)


def test_there_is_no_evidence_about_anybody_else() -> None:
    report = traced(copy(42))
    assert evidence_of(report, 42, key=KEY, masters=[MASTER])
    with pytest.raises(ValueError, match="whom the report names"):
        evidence_of(report, 43, key=KEY, masters=[MASTER])
    other = edition(3, DOCUMENT, SITES)
    with pytest.raises(ValueError, match="masters"):
        evidence_of(report, 42, key=KEY, masters=[other])


def test_another_key_is_detected_before_anything_is_said() -> None:
    with pytest.raises(WrongKey):
        trace([copy(1)], key=made_key(1), masters=[MASTER], suspects=10)


def test_a_changed_master_is_refused() -> None:
    site = SITES[0]
    swapped = Site(site.spans, (site.alternatives[0], "无"), site.grade, site.rule)
    forged = replace(MASTER, sites=(swapped, *SITES[1:]))
    with pytest.raises(MasterError, match="changed"):
        traced(copy(1), masters=(forged,))


def test_the_same_master_twice_is_refused() -> None:
    with pytest.raises(MasterError, match="twice"):
        traced(copy(1), masters=(MASTER, Master.from_bytes(MASTER.to_bytes())))


def test_useless_questions_are_refused() -> None:
    for bound in (0.0, 1.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="bound"):
            trace([copy(1)], key=KEY, masters=[MASTER], suspects=10, bound=bound)
    with pytest.raises(ValueError, match="at least one"):
        trace([], key=KEY, masters=[MASTER], suspects=10)
    with pytest.raises(ValueError, match="at least one"):
        trace([copy(1)], key=KEY, masters=[], suspects=10)
    with pytest.raises(SuspectsError):
        trace([copy(1)], key=KEY, masters=[MASTER], suspects=0)
    with pytest.raises(UnreadableFile):
        traced(b"\x00\x01\x02\x03" * 50)


def test_a_leaked_word_file_with_headers_is_read() -> None:
    document = read(mark(MASTER, key=KEY, recipient=66, format="docx"))
    assert isinstance(document, Document)
    assert any(not p.role.in_flow for p in document.paragraphs)
    assert numbers(traced(document.text)) == [66]


def test_two_members_whole_copies_given_together_name_both() -> None:
    assert numbers(traced(copy(10), copy(20))) == [10, 20]


def test_a_very_long_leak_never_claims_certainty() -> None:
    document, sites = made_document(30, 12_000)
    master = edition(6, document, sites)
    (named,) = traced(copy(7, master), masters=(master,)).named
    assert 0 < named.p_value < 1e-60


def passed(*named: Named, sites_read: int) -> Accusation:
    """An accusation in which these passed the bound."""
    return Accusation(named, sites_read, CROWD, 1e-3, None, ())


def test_whom_the_strongest_explains_away_is_not_named() -> None:
    owner, bystander = Named(1, 1e-12, 46, "single"), Named(2, 2e-4, 40, "single")
    assert without_bystanders(passed(bystander, owner, sites_read=46)) == (owner,)
    assert without_bystanders(passed(bystander, owner, sites_read=47)) == (owner,)
    assert without_bystanders(passed(bystander, sites_read=46)) == (bystander,)


def test_colluders_and_those_who_cannot_be_told_apart_are_both_named() -> None:
    first, second = Named(1, 1e-9, 75, "2 interleaving"), Named(2, 1e-6, 73, "2 interleaving")
    assert without_bystanders(passed(first, second, sites_read=100)) == (first, second)
    many = (Named(1, 1e-99, 4_000, "2 interleaving"), Named(2, 1e-9, 3_000, "2 interleaving"))
    assert without_bystanders(passed(*many, sites_read=6_000)) == many
    alike = (Named(1, 1e-9, 40, "single"), Named(2, 1e-7, 39, "single"))
    assert without_bystanders(passed(*alike, sites_read=40)) == alike


def test_two_accounts_that_mix_long_copies_are_both_named() -> None:
    masters = tuple(edition(seed, *made_document(seed, 9_000)) for seed in (21, 22))
    rng = random.Random(5)
    leaks = []
    for master in masters:
        codewords = [open_codebook(master, key=KEY).codeword(n).tolist() for n in (10, 20)]
        mixed = [rng.choice(symbols) for symbols in zip(*codewords, strict=True)]
        leaks.append(written(master.document, master.approved_sites, mixed))
    assert numbers(traced(*leaks, masters=masters, suspects=1_000)) == [10, 20]
