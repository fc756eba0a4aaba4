"""An editor's own sites: what may be proposed, and what is refused with a reason."""

import random

import pytest

from wenxing import find_sites, mark, new_key, prepare, read, trace
from wenxing.document import Document
from wenxing.proposing import OWN, ProposalRefused, Reason, in_the_way, occurrences, propose
from wenxing.sites import Grade, Site, Span

TEXT = """水利工作会议上的讲话
这次现场会开得很及时，大家看了三个村的沟渠。渠修得再直，也要有人看管，大家要记住。
张明同志说：“大家都很满意。”我们走访了120户，大家的意见很实在。
"""


@pytest.fixture
def document() -> Document:
    """A title and two paragraphs."""
    return read(TEXT.encode())


def _reason(
    document: Document, phrase: str, *others: str, which: int = 0, taken: tuple[Site, ...] = ()
) -> Reason:
    with pytest.raises(ProposalRefused) as refused:
        propose(document, occurrences(document, phrase)[which : which + 1], others, taken=taken)
    return refused.value.reason


def test_a_phrase_of_the_text_becomes_a_site(document: Document) -> None:
    [place] = occurrences(document, "很及时")
    site = propose(document, [place], ["正是时候", "十分及时"])
    assert site == Site((place,), ("很及时", "正是时候", "十分及时"), Grade.B, OWN)


def test_repeats_move_together(document: Document) -> None:
    places = occurrences(document, "大家")
    assert [document.text[span.start : span.end] for span in places] == ["大家"] * 4
    linked = places[:2]
    assert propose(document, linked, ["各位"]).spans == linked


def test_a_heading_is_no_place_for_a_phrase(document: Document) -> None:
    assert occurrences(document, "现场会")
    assert occurrences(document, "水利工作") == ()
    assert occurrences(document, "") == ()


@pytest.mark.parametrize(
    ("phrase", "others", "reason"),
    [
        ("120", ("130",), Reason.PROTECTED),
        ("走访了", ("走访了30",), Reason.PROTECTED),  # the alternative would be a number
        ("满意", ("高兴",), Reason.PROTECTED),  # in a quotation
        ("看管", (), Reason.COUNT),
        ("看管", ("照看", "看护", "照料", "管"), Reason.COUNT),
        ("看管", ("看管",), Reason.SAME),
        ("看管", ("照看", "照看"), Reason.SAME),
        ("看管", ("照 看", "照看"), Reason.SAME),
        ("看管", ("",), Reason.FORM),
        ("看管", (" 照看",), Reason.FORM),
        ("看管", ("照\n看",), Reason.FORM),
        ("看管", ("照" * 31,), Reason.FORM),
        ("没有这句", ("别的",), Reason.ABSENT),
    ],
)
def test_what_cannot_be_a_site_is_refused_with_the_reason(
    document: Document, phrase: str, others: tuple[str, ...], reason: Reason
) -> None:
    assert propose(document, occurrences(document, "看管"), ["照看"])
    assert _reason(document, phrase, *others) is reason


FACTS = """水利工作会议上的讲话
刚才张明远同志作了发言，大家看了三个村，镇里开了会，许多同志都说很实在。下面讲三点意见。
"""
ENGLISH_FACTS = """On the water

When we came, our neighbour Ruth had three tanks, and many people said that they were often empty.
"""


@pytest.mark.parametrize(
    ("text", "harmless", "phrase", "other"),
    [
        (FACTS, ("刚才", "方才"), "张明远", "李四"),
        (FACTS, ("大家看了", "我们看了"), "看了三个", "看了四个"),
        (FACTS, ("下面讲三点", "接着讲三点"), "三", "四"),
        (FACTS, ("镇里开了", "镇里开过"), "镇里", "党中央"),
        (FACTS, ("许多同志", "很多同志"), "大家看了", "李明书记看了"),
        (ENGLISH_FACTS, ("many people", "a lot of people"), "neighbour Ruth", "neighbour Anna"),
        (ENGLISH_FACTS, ("had three", "owned three"), "three", "four"),
    ],
)
def test_no_wording_changes_how_many_or_who(
    text: str, harmless: tuple[str, str], phrase: str, other: str
) -> None:
    document = read(text.encode())
    assert propose(document, occurrences(document, harmless[0]), [harmless[1]])
    assert _reason(document, phrase, other) is Reason.PROTECTED


def test_a_place_that_is_taken_or_touched_is_refused(document: Document) -> None:
    site = propose(document, occurrences(document, "看管"), ["照看"])
    assert _reason(document, "看管", "照料", taken=(site,)) is Reason.TAKEN
    assert _reason(document, "有人", "有谁", taken=(site,)) is Reason.TAKEN  # nothing between them
    assert propose(document, occurrences(document, "也要"), ["还要"], taken=(site,))


def test_places_of_one_site_must_not_touch(document: Document) -> None:
    start = document.text.index("看管")
    with pytest.raises(ProposalRefused) as refused:
        propose(document, [Span(start, start + 1), Span(start + 1, start + 2)], ["管"])
    assert refused.value.reason is Reason.ABSENT  # they do not read the same
    twice = read(TEXT.replace("看管", "看看").encode())
    with pytest.raises(ProposalRefused) as refused:
        propose(twice, [Span(start, start + 1), Span(start + 1, start + 2)], ["管"])
    assert refused.value.reason is Reason.TAKEN


def test_being_in_the_way_is_overlapping_or_touching() -> None:
    def at(start: int, end: int) -> Site:
        return Site((Span(start, end),), ("甲", "乙"), Grade.B, OWN)

    dice = random.Random(8)
    for _ in range(500):
        a, b = sorted(dice.sample(range(40), 2)), sorted(dice.sample(range(40), 2))
        one, two = set(range(a[0], a[1] + 1)), set(range(b[0], b[1] + 1))  # with the character after each
        assert in_the_way(at(*a), at(*b)) == bool(one & two)


def test_found_sites_are_never_in_each_others_way(document: Document) -> None:
    found = find_sites(document)
    assert len(found) > 2
    assert not any(in_the_way(a, b) for i, a in enumerate(found) for b in found[:i])


def test_a_leak_is_traced_by_own_sites_as_by_found_ones() -> None:
    lines = [f"第{n}天，我们去看了{n}号渠，渠边的人说得很实在，水也来得很及时。" for n in range(1, 61)]
    source = ("水利工作会议上的讲话\n" + "\n".join(lines) + "\n").encode()
    document = read(source)
    own = [
        propose(document, [place], ["讲得很直白", "说的都是实话"])
        for place in occurrences(document, "说得很实在")
    ]
    assert len(own) == 60
    key = new_key()
    master = prepare(source, key=key, sites=own, approve=range(60))
    leak = mark(master, key=key, recipient=41, format="txt")
    report = trace([leak], key=key, masters=[master], suspects=range(1, 1001), bound=1e-6)
    assert [named.recipient for named in report.named] == [41]
