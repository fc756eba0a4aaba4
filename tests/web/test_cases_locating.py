"""A trace among many editions aligns only those that a leak may come from, and names as before."""

import random
from collections.abc import Sequence

import pytest
from django.utils import timezone

import wenxing_web.cases.actions.trace as tracing
from web.browsing import Browser
from web.leaking import copy_of, reported
from web.making import SPEECH, make_material
from web.serving import ROOT
from wenxing_web import engine
from wenxing_web.cases.actions.trace import trace
from wenxing_web.cases.models import Trace
from wenxing_web.library.actions.withdraw import withdraw
from wenxing_web.library.models import Edition, Policy
from wenxing_web.library.search import index
from wenxing_web.library.search.locating import locate
from wenxing_web.members.queries import number_of

pytestmark = pytest.mark.django_db

OTHER = (ROOT / "src" / "wenxing_web" / "samples" / "young-cadres.txt").read_text("utf-8")
SUBJECTS = ("茶园", "鱼塘", "果林", "校舍", "渡口", "集市")


@pytest.fixture
def shelves() -> list[Edition]:
    """Editions that have nothing to do with each other, and two that are to leak."""
    for subject in SUBJECTS:
        text = "".join(f"{subject}第{n}日的见闻：{subject}里外{n * 7}处，各有各的样子。\n" for n in range(30))
        make_material(f"{subject}记\n{text}", policy=Policy.VERBATIM, title=f"{subject}记")
    return [make_material(SPEECH, title="水利"), make_material(OTHER, title="青年")]


@pytest.fixture
def aligned(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Titles of what each trace aligned, with every library a large one."""
    seen: list[set[str]] = []
    searched = tracing._searched

    def watch(leaks: Sequence[engine.Leak], published: list[Edition]) -> list[Edition]:
        found = searched(leaks, published)
        seen.append({edition.material.title for edition in found})
        return found

    monkeypatch.setattr(tracing, "_searched", watch)
    monkeypatch.setattr(tracing, "_FEW", 0)
    monkeypatch.setattr("wenxing_web.library.search.locating._AT_LEAST", 0)
    return seen


def _trace(text: str, operator: Browser) -> Trace:
    assert operator.member
    return trace(reported(text).case, by=operator.member, at=timezone.now())


def _noisy(text: str, share: float, seed: int = 1) -> str:
    """The text with some of its characters exchanged."""
    chance = random.Random(seed)
    return "".join("某" if chance.random() < share and c.isalpha() else c for c in text)


def test_a_leak_names_its_account_and_only_its_edition_is_aligned(
    alice: Browser, bob: Browser, shelves: list[Edition], aligned: list[set[str]]
) -> None:
    assert bob.member
    found = _trace(copy_of(bob.member, shelves[0]), alice)
    assert [row["recipient"] for row in found.result["named"]] == [number_of(bob.member)]
    assert "水利" in aligned[0]
    assert not aligned[0] & {f"{subject}记" for subject in SUBJECTS}
    assert len(found.inputs["editions"]) == Edition.objects.count(), "all of them were searched"


def test_a_leak_of_several_materials_finds_all_of_them(
    alice: Browser, bob: Browser, shelves: list[Edition], aligned: list[set[str]]
) -> None:
    assert bob.member
    both = "\n".join(copy_of(bob.member, edition) for edition in shelves)
    found = _trace(both, alice)
    assert set(found.editions.all()) == set(shelves)


def test_every_edition_of_a_material_is_aligned_also_when_it_was_withdrawn(
    alice: Browser, bob: Browser, shelves: list[Edition], aligned: list[set[str]]
) -> None:
    assert bob.member
    leak = copy_of(bob.member, shelves[0])
    again = make_material(SPEECH, title="水利")
    withdraw(shelves[0], at=timezone.now())
    found = _trace(leak, alice)
    assert shelves[0] in found.editions.all() or again in found.editions.all()
    assert [row["recipient"] for row in found.result["named"]] == [number_of(bob.member)]


@pytest.mark.parametrize("text", ["水利是一件慢事", "", "🐉" * 50])
def test_what_is_too_little_to_be_located_is_aligned_with_everything(
    alice: Browser, shelves: list[Edition], aligned: list[set[str]], text: str
) -> None:
    if text:
        assert _trace(text, alice).outcome != "named"
        assert len(aligned[0]) == len(SUBJECTS) + 2
    assert locate([text, SPEECH]) is None or "🐉" in text


def test_a_foreign_text_matches_nothing(
    alice: Browser, shelves: list[Edition], aligned: list[set[str]]
) -> None:
    foreign = "夜里下了雪，早上推门出去，院子里白得晃眼，连麻雀的脚印也看得清楚。" * 20
    assert _trace(foreign, alice).outcome == "no-match"


def test_while_the_index_is_not_complete_everything_is_aligned(
    alice: Browser,
    bob: Browser,
    shelves: list[Edition],
    aligned: list[set[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert bob.member
    leak = copy_of(bob.member, shelves[0])
    monkeypatch.setattr(index, "follow", lambda patience=0.0: False)
    assert locate([leak]) is None
    found = _trace(leak, alice)
    assert [row["recipient"] for row in found.result["named"]] == [number_of(bob.member)]
    assert len(aligned[0]) == len(SUBJECTS) + 2


@pytest.mark.parametrize("share", [0.0, 0.1, 0.2])
def test_a_damaged_passage_leads_to_its_edition(shelves: list[Edition], share: float) -> None:
    for start in range(0, len(SPEECH) - 120, 90):
        passage = _noisy(SPEECH[start : start + 120].replace("\n", " \n "), share, seed=start)
        located = locate([passage])
        assert located is not None
        assert shelves[0].pk in located


def test_traditional_characters_lead_to_the_simplified_text(shelves: list[Edition]) -> None:
    located = locate(["修渠不是一次就能完成的，必須不斷維護。同時，我們也要看到，幹部要經常到田裏去"])
    assert located is not None
    assert shelves[0].pk in located
