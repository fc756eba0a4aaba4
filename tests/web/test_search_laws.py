"""Search and location among real texts: all 3,471 laws in the slow part, a hundred of them always."""

import random
from pathlib import Path

import pytest

from web.lawbooks import phrases_in, publish_laws, same_places, texts_of, words_in
from wenxing_web.library.models import Edition
from wenxing_web.library.queries import master_of
from wenxing_web.library.search import index
from wenxing_web.library.search.locating import locate
from wenxing_web.members.models import Member
from wenxing_web.reader.queries import finding

pytestmark = pytest.mark.django_db


def _located(editions: list[Edition], count: int) -> tuple[float, float]:
    """Of passages of 120 characters, one in ten exchanged: the share found, and editions to align."""
    chance, right, offered = random.Random(7), 0, 0
    for edition in chance.sample(editions, count):
        text = master_of(edition).document.text
        start = chance.randrange(max(len(text) - 120, 1))
        passage = "".join("某" if chance.random() < 0.1 else c for c in text[start : start + 120])
        found = locate([passage]) or set()
        right += edition.pk in found
        offered += len(found)
    return right / count, offered / count


@pytest.mark.parametrize("most", [100, pytest.param(10_000, marks=pytest.mark.slow)])
def test_words_and_phrases_of_the_laws_are_exact_and_passages_lead_back_to_their_law(
    data_dir: Path, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = Member.objects.create_superuser("reader@example.org")
    editions = publish_laws(data_dir, most=most)
    assert index.follow()
    monkeypatch.setattr(finding, "MOST", 10**9)
    texts = texts_of(editions)
    for needles in (phrases_in(texts), words_in(texts)):
        assert len(needles) == 100
        assert [needle for needle in needles if not same_places(member, needle, texts)] == []
    found, offered = _located(editions, min(200, most))
    assert found >= 0.99
    assert offered < 60
