"""Search against a plain scan: of queries with and without their filters, and of each member's own copies."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from web.making import SPEECH, make_material
from web.scanning import Both, Either, Query, Without, Word, scan
from wenxing_web.delivery.queries import wording
from wenxing_web.library.actions.withdraw import withdraw
from wenxing_web.library.models import Edition, Kind, Policy
from wenxing_web.library.search import language
from wenxing_web.library.search.language import Unclear, matches, parse
from wenxing_web.library.search.passages import TITLE
from wenxing_web.members.models import Member
from wenxing_web.reader.queries.finding import Findings, Narrowing, find

LEAVES = [
    "水利",
    "主渠",
    "干部",
    "群众",
    "我们镇",
    "修好水利",
    "渠",
    "水",
    "GDP",
    "2024",
    "没有此词",
    "大家看",
]
PHRASES = [
    "水利是一件慢事",
    "能，也不能",
    "第一，先修主渠",
    "修好水利不仅能够",
    "GDP growth",
    "的",
    "看账目，二是",
]


def _leaves() -> st.SearchStrategy[Query]:
    return st.sampled_from(LEAVES).map(Word) | st.sampled_from(PHRASES).map(
        lambda text: Word(text, quoted=True)
    )


def _queries() -> st.SearchStrategy[Query]:
    return st.recursive(
        _leaves(),
        lambda inner: (
            st.builds(Both, inner, inner, st.booleans())
            | st.builds(Either, inner, inner)
            | st.builds(Without, inner, st.booleans())
        ),
        max_leaves=6,
    )


def _asked(query: Query) -> str:
    """As it is typed; what says only what is not wanted is refused, and is not asked here."""
    said = query.says()
    assume(len(said) <= language.LONGEST and not query.fits(""))
    return said


@given(
    query=_queries(), text=st.lists(st.sampled_from([*LEAVES, *PHRASES, "，", " ", "s", "GDPs"])).map("".join)
)
@settings(max_examples=400, deadline=None)
def test_a_query_means_what_it_says(query: Query, text: str) -> None:
    from wenxing_web.library.search.folding import fold

    assert matches(parse(_asked(query)), fold(text)) == query.fits(text)


@given(text=st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_understood_or_refused_with_words(text: str) -> None:
    try:
        assert not matches(parse(text), "")
    except Unclear as refusal:
        assert str(refusal)


# --- members and their copies -----------------------------------------------------------------------------


def _members(count: int) -> list[Member]:
    from wenxing_web.members.models import Plan

    plan = Plan.objects.create(name_zh="全年会员", name_en="One year", years_back=3)
    today = timezone.localdate()
    made = []
    for number in range(count):
        member = Member.objects.create_user(f"m{number}@example.org")
        member.memberships.create(plan=plan, starts_on=today, ends_on=today + timedelta(days=9))
        made.append(member)
    return made


@pytest.fixture
def library(db: None, today: date) -> tuple[list[Edition], list[Member]]:
    """Texts that vary, texts that do not, a free one, one that is locked; and three members."""
    editions = [
        make_material(SPEECH, title="水利会上的讲话", dated_on=today),
        make_material(
            SPEECH.replace("青石", "白石"), title="另一个讲话", dated_on=today - timedelta(days=400)
        ),
        make_material("短讲\nGDP growth 在2024年。\n我们要看水利。\n", policy=Policy.VERBATIM, title="短讲"),
        make_material(
            "免费\n水利人人可读，大家看。\n",
            policy=Policy.VERBATIM,
            title="免费",
            is_free=True,
            kind=Kind.NOTE,
        ),
        make_material(SPEECH, title="锁着的水利讲话", dated_on=today - timedelta(days=2_000)),
    ]
    return editions, _members(3)


def _own_library(
    member: Member, editions: list[Edition], today: date
) -> Iterator[tuple[tuple[int, int], str]]:
    """Everything that is there for a member, as their own copies read."""
    for edition in editions:
        yield (edition.pk, TITLE), edition.material.title
        if edition.material.is_free or edition.material.dated_on > today - timedelta(days=3 * 365):
            for number, text in wording(member, edition).items():
                if text != edition.material.title:
                    yield (edition.pk, number), text


def _keys(findings: Findings) -> set[tuple[int, int]]:
    return {(one.edition.pk, match.number) for one in findings.found for match in one.matches}


@given(query=_queries(), data=st.data())
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_everybody_finds_what_a_scan_of_their_own_copies_finds(
    library: tuple[list[Edition], list[Member]], today: date, query: Query, data: st.DataObject
) -> None:
    editions, members = library
    asked = parse(_asked(query))
    year = data.draw(st.sampled_from([None, today.year, today.year - 1, 1999]))
    kind = data.draw(st.sampled_from(["", "speech", "note"]))
    materials = data.draw(st.sampled_from([None, {editions[0].material_id, editions[2].material_id}, set()]))
    there = [
        edition
        for edition in editions
        if (year is None or edition.material.dated_on.year == year)
        and (not kind or edition.material.kind == kind)
        and (materials is None or edition.material_id in materials)
    ]
    for member in members:
        found = find(member, asked, Narrowing(year, kind, materials), today=today)
        expected = scan(query, _own_library(member, there, today))
        assert _keys(found) == set(expected)
        assert found.places == len(expected)


def _pieces(own: dict[int, str], *, length: int) -> set[str]:
    whole = "\n".join(own.values())
    return {whole[at : at + length] for at in range(len(whole) - length)}


def test_no_result_tells_what_another_copy_reads(
    library: tuple[list[Edition], list[Member]], today: date
) -> None:
    """Each member against a library in which their own copies are the only texts there are.

    Same places, in the same order, with the same scores and the same numbers.
    """
    editions, members = library
    first, second = (dict(wording(member, editions[0])) for member in members[:2])
    differing = sorted(p for p in _pieces(first, length=4) ^ _pieces(second, length=4) if p.isalpha())[::5]
    assert len(differing) >= 10  # how many differ depends on the keys of the day
    queries = [
        *differing,
        "水利 OR 干部 OR 群众",
        "渠 -主渠",
        "大家 的",
        *(f"渠 -{p}" for p in differing[:6]),
    ]
    answers = [[_answer(member, query, today) for query in queries] for member in members]
    assert answers[0] != answers[1], "the words of their copies do differ"
    owns = [[dict(wording(member, edition)) for edition in editions] for member in members]
    _take_away(editions)
    for member, answer, texts in zip(members, answers, owns, strict=True):
        alone = [_published_as_read(edition, text) for edition, text in zip(editions, texts, strict=True)]
        assert [_answer(member, query, today) for query in queries] == answer
        _take_away(alone)


def _published_as_read(edition: Edition, text: dict[int, str]) -> Edition:
    """The same material with nothing in it but one member's wording."""
    material = edition.material
    return make_material(
        "\n".join(text[number] for number in sorted(text)) + "\n",
        policy=Policy.VERBATIM,
        title=material.title,
        dated_on=material.dated_on,
        kind=Kind(material.kind),
        is_free=material.is_free,
    )


def _take_away(editions: list[Edition]) -> None:
    for edition in editions:
        withdraw(edition, at=timezone.now())


Answer = list[tuple[str, list[tuple[int, float]]]]


def _answer(member: Member, query: str, today: date) -> Answer:
    found = find(member, parse(query), Narrowing(), today=today).found
    return [
        (one.edition.material.title, [(match.number, round(match.score, 9)) for match in one.matches])
        for one in found
    ]


def test_a_long_run_is_taken_apart_and_most_of_its_words_must_be_there() -> None:
    asked = parse("基层干部减轻负担调查研究")
    assert isinstance(asked, language.Term)
    assert len(asked.needles) > 3
    most, few = "".join(reversed(asked.needles[: asked.need])), "".join(asked.needles[: asked.need - 1])
    assert matches(asked, "。".join(asked.needles))
    assert matches(asked, most)
    assert not matches(asked, few)
    assert not matches(parse("“基层干部减轻负担调查研究”"), "。".join(asked.needles))
