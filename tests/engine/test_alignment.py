"""Noisy leaks are read as what they show, or not at all."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.made_texts import collapsed, drawn, made_document, noisy, written
from wenxing.alignment import Match, Target, observe
from wenxing.document import Document, Paragraph, Role
from wenxing.sites import Grade, Site, SiteKind, Span

DOCUMENT, SITES = made_document(1)
TARGET = Target(DOCUMENT, SITES)


def only(leaks: list[str], target: Target = TARGET) -> Match:
    (explanation,) = observe(leaks, [target])
    return explanation[0]


def symbols(match: Match) -> list[int | None]:
    return [o.symbol for o in match.observations]


def rates(spoil: Callable[[str, random.Random], str], copies: int = 30) -> tuple[float, float]:
    """Shares of erased sites, and of wrong ones among those read."""
    rng = random.Random(7)
    erased = wrong = total = 0
    for _ in range(copies):
        codeword = drawn(SITES, rng)
        match = only([spoil(written(DOCUMENT, SITES, codeword), rng)])
        total += len(SITES)
        erased += sum(o.symbol is None for o in match.observations)
        wrong += sum(o.symbol not in (None, codeword[o.site]) for o in match.observations)
    return erased / total, wrong / (total - erased)


def test_a_whole_copy_is_read_whole() -> None:
    assert len(SITES) > 100
    codeword = drawn(SITES, random.Random(2))
    match = only([written(DOCUMENT, SITES, codeword)])
    assert symbols(match) == codeword
    assert match.coverage == 1.0
    assert match.sites_read == len(SITES)


def test_the_masters_own_text_reads_as_the_first_alternatives() -> None:
    assert symbols(only([DOCUMENT.text])) == [0] * len(SITES)


def test_white_space_and_width_and_quotes_do_not_matter() -> None:
    codeword = drawn(SITES, random.Random(3))
    copy = written(DOCUMENT, SITES, codeword)
    spoiled = collapsed(copy).replace("，", ",").replace("；", ";").replace("。", "。\u200b\n")
    assert symbols(only([spoiled])) == codeword


def test_a_copy_retyped_with_one_percent_lost_and_one_percent_replaced_reads_almost_whole() -> None:
    erased, wrong = rates(lambda copy, rng: noisy(collapsed(copy), rng, dropped=0.01, substituted=0.01))
    assert erased <= 0.10
    assert wrong <= 0.003


def test_five_percent_of_each_costs_erasures_not_errors() -> None:
    erased, wrong = rates(lambda copy, rng: noisy(collapsed(copy), rng, dropped=0.05, substituted=0.05))
    assert erased <= 0.35
    assert wrong <= 0.01


def test_paragraphs_in_another_order_are_read() -> None:
    def shuffle(copy: str, rng: random.Random) -> str:
        lines = copy.split("\n")
        rng.shuffle(lines)
        return "\n".join(lines)

    assert rates(shuffle)[0] <= 0.02
    assert rates(shuffle)[1] == 0.0
    assert rates(lambda copy, rng: collapsed(shuffle(copy, rng)))[0] <= 0.05


@pytest.mark.parametrize("cut", [slice(1500, None), slice(None, 1500), slice(1400, 2600)])
def test_a_part_gives_the_sites_of_the_part(cut: slice) -> None:
    codeword = drawn(SITES, random.Random(4))
    match = only([written(DOCUMENT, SITES, codeword)[cut]])
    assert all(o.symbol in (None, codeword[o.site]) for o in match.observations)
    share = len(range(*cut.indices(4000))) / 4000
    assert match.sites_read == pytest.approx(share * len(SITES), rel=0.25)
    assert match.coverage == pytest.approx(share, rel=0.1)


def test_one_paragraph_alone_is_matched() -> None:
    line = max((p.text for p in DOCUMENT.paragraphs), key=len)
    assert only([line]).sites_read >= 3


def test_foreign_text_around_a_leak_changes_nothing() -> None:
    codeword = drawn(SITES, random.Random(5))
    copy = written(DOCUMENT, SITES, codeword)
    chatter = made_document(99, 3_000)[0].text
    assert symbols(only([chatter[:900] + "\n" + copy + "\n" + chatter[900:]])) == codeword


def test_two_documents_interleaved_are_both_read() -> None:
    other_document, other_sites = made_document(2)
    first, second = drawn(SITES, random.Random(6)), drawn(other_sites, random.Random(7))
    lines = zip(
        written(DOCUMENT, SITES, first).split("\n"),
        written(other_document, other_sites, second).split("\n"),
        strict=False,
    )
    leak = "\n".join(line for pair in lines for line in pair)
    (explanation,) = observe([leak], [TARGET, Target(other_document, other_sites)])
    for index, codeword in ((0, first), (1, second)):
        observations = explanation[index].observations
        assert sum(o.symbol == codeword[o.site] for o in observations) >= 0.7 * len(codeword)
        assert all(o.symbol in (None, codeword[o.site]) for o in observations)


def test_documents_one_after_the_other_are_both_read_and_absent_ones_are_not() -> None:
    others = [Target(*made_document(seed)) for seed in (2, 3)]
    leak = DOCUMENT.text + "\n" + others[1].document.text
    (explanation,) = observe([leak], [TARGET, *others])
    assert sorted(explanation) == [0, 2]
    assert all(match.coverage == 1.0 for match in explanation.values())


def test_three_copies_of_a_leak_give_what_one_gives() -> None:
    rng = random.Random(8)
    leak = noisy(written(DOCUMENT, SITES, drawn(SITES, rng)), rng, dropped=0.01, substituted=0.01)
    once = observe([leak], [TARGET])
    assert observe([leak, leak, leak], [TARGET]) == once
    assert observe(["\n".join([leak] * 3)], [TARGET])[0][0].sites_read >= once[0][0].sites_read - 1


def test_copies_that_contradict_each_other_are_in_doubt() -> None:
    first = [0] * len(SITES)
    second = [1, *first[1:]]
    match = only([written(DOCUMENT, SITES, first), written(DOCUMENT, SITES, second)])
    assert match.observations[0].symbol is None
    assert match.observations[0].doubtful
    assert symbols(match)[1:] == first[1:]


def test_linked_places_that_contradict_each_other_are_in_doubt() -> None:
    words = "促进"
    text = written(DOCUMENT, (), ())
    places = [100, 1_000, 2_000]
    for place in places:
        text = text[:place] + words + text[place:]
    document = Document(tuple(Paragraph(line) for line in text.split("\n")))
    spans = tuple(Span(place, place + 2) for place in places)
    target = Target(document, (Site(spans, (words, "推动"), Grade.A, "linked"),))
    changed = text[:100] + "推动" + text[102:]
    (observation,) = only([text], target).observations
    assert observation.symbol == 0
    (observation,) = only([changed], target).observations
    assert (observation.symbol, observation.doubtful) == (None, True)
    (observation,) = only([changed[:900]], target).observations
    assert observation.symbol == 1


def test_wordings_that_fold_alike_are_never_read() -> None:
    document = Document((Paragraph(made_document(11, 400)[0].text.replace("\n", "")[:300] + "“完"),))
    start = document.text.index("“")
    alike = Site((Span(start, start + 1),), ("“", "「"), Grade.B, "quotes")
    (observation,) = only([document.text], Target(document, (alike,))).observations
    assert observation.symbol is None


def test_sites_of_other_kinds_are_erasures_in_a_text() -> None:
    site = Site((Span(10, 20),), ("narrow", "wide"), Grade.A, "spacing", SiteKind.SPACING)
    (observation,) = only([DOCUMENT.text], Target(DOCUMENT, (site,))).observations
    assert observation.symbol is None


def test_headers_and_footers_are_not_looked_for() -> None:
    page = (Paragraph("内部资料 仅供学习" * 20, Role.HEADER),)
    target = Target(Document((*DOCUMENT.paragraphs, *page)), SITES)
    assert only([DOCUMENT.text], target).coverage == 1.0
    assert observe([page[0].text], [target]) == ()


@pytest.mark.parametrize(
    "text",
    ["", "。", "你好吗", "The quick brown fox jumps over the lazy dog. " * 50, "\ufeff\n\n\n", "啊" * 5_000],
)
def test_what_is_not_ours_matches_nothing(text: str) -> None:
    assert observe([DOCUMENT.text], [TARGET])
    assert observe([text], [TARGET]) == ()


def test_foreign_documents_match_nothing() -> None:
    for seed in range(50, 70):
        assert observe([made_document(seed)[0].text], [TARGET]) == ()


def test_a_shared_phrase_is_not_a_match() -> None:
    phrase = DOCUMENT.text[200:240].replace("\n", "")
    foreign = made_document(77)[0].text
    assert observe([foreign[:500] + phrase + foreign[500:]], [TARGET]) == ()


def test_twin_editions_are_two_explanations_and_repeats_do_not_add_more() -> None:
    codeword = drawn(SITES, random.Random(9))
    leak = written(DOCUMENT, SITES, codeword)
    explanations = observe([leak, leak], [TARGET, Target(DOCUMENT, SITES)])
    assert [sorted(e) for e in explanations] == [[0], [1]]
    assert all(symbols(next(iter(e.values()))) == codeword for e in explanations)


def test_an_edition_that_cannot_show_the_leak_is_no_twin() -> None:
    poorer = Target(DOCUMENT, ())
    leak = written(DOCUMENT, SITES, [1] * len(SITES))
    (explanation,) = observe([leak], [poorer, TARGET])
    assert list(explanation) == [1]


def test_a_revised_edition_is_told_from_the_first() -> None:
    revised = Document((*DOCUMENT.paragraphs[:5], *made_document(31, 1500)[0].paragraphs))
    leak = revised.text
    (explanation,) = observe([leak], [TARGET, Target(revised, ())])
    assert list(explanation) == [1]


def test_the_number_of_explanations_is_bounded() -> None:
    documents = [made_document(seed, 600) for seed in range(40, 48)]
    targets = [Target(*d) for d in documents for _ in range(2)]
    leak = "\n".join(d.text for d, _ in documents)
    explanations = observe([leak], targets)
    assert len(explanations) == 32
    assert all(len(e) == 5 for e in explanations)


def test_a_very_long_leak_is_read() -> None:
    codeword = drawn(SITES, random.Random(10))
    copy = written(DOCUMENT, SITES, codeword)
    chatter = made_document(98, 190_000)[0].text
    assert symbols(only([chatter[:100_000] + copy + chatter[100_000:]])) == codeword
    assert symbols(only([copy * 20])).count(None) <= 2


def test_sentences_in_another_order_are_read() -> None:
    def shuffle(copy: str, rng: random.Random) -> str:
        sentences = copy.replace("\n", "").split("。")
        rng.shuffle(sentences)
        return "。".join(sentences)

    erased, wrong = rates(shuffle)
    assert erased <= 0.20
    assert wrong <= 0.003


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters()), st.integers(0, 3_900))
def test_any_text_may_stand_in_a_leak(text: str, at: int) -> None:
    observe([text], [TARGET])
    match = only([DOCUMENT.text[:at] + text + DOCUMENT.text[at:]])
    assert match.sites_read >= len(SITES) - 6 - len(text) // 4


def test_a_hostile_leak_of_repeats_ends() -> None:
    repetitive = Document((Paragraph("同样的话再说一遍。" * 300),))
    for explanation in observe(["同样的话再说一遍。" * 5_000], [Target(repetitive, ()), TARGET]):
        assert 1 not in explanation  # it is not from the other text
