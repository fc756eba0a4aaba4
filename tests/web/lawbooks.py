"""The 3,471 laws as a library, made in bulk: read, prepared and published, without an editor between."""

import csv
import io
import random
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from web.making import SPEECH
from web.scanning import phrases_of
from wenxing_web import engine
from wenxing_web.ledger.actions.record import record
from wenxing_web.library.models import Edition, Kind, Material, Policy, Right
from wenxing_web.library.queries import master_of
from wenxing_web.library.search.folding import fold
from wenxing_web.library.search.language import parse
from wenxing_web.members.models import Member
from wenxing_web.reader.queries.finding import Narrowing, find

_GROUPS = "甲乙丙丁戊己庚辛"


@dataclass(frozen=True, slots=True)
class Law:
    """A law: its title, day, and text."""

    title: str
    day: date
    text: str


def laws(data: Path) -> Iterator[Law]:
    """All of them, in the order of their index."""
    with zipfile.ZipFile(data / "laws.zip") as archive:
        index = archive.read("laws/index.csv").decode("utf-8-sig")
        for row in csv.DictReader(io.StringIO(index)):
            text = archive.read(_path(archive, row["file"])).decode("utf-8")
            yield Law(row["title"][:200], _day(row["date"]), text)


def _path(archive: zipfile.ZipFile, name: str) -> str:
    return name if name in archive.NameToInfo else f"laws/{name}"


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said[:10])
    except ValueError:
        return date(2000, 1, 1)


def publish_adaptable(count: int) -> list[Edition]:
    """So many speeches with every place approved, each with a paragraph of its own."""
    today = timezone.localdate()
    speeches = [
        Law(f"第{n}次讲话", today, f"{SPEECH}这是第{n}次，{_GROUPS[n % 8]}组在场。\n") for n in range(count)
    ]
    with transaction.atomic():
        return [_publish(s, engine.find_sites(engine.read(s.text.encode())), Kind.SPEECH) for s in speeches]


def _publish(law: Law, sites: Sequence[engine.Site], kind: Kind) -> Edition:
    """An edition with its row of the ledger; without sites a verbatim one."""
    now = timezone.now()
    material = Material.objects.create(title=law.title, kind=kind, dated_on=law.day)
    source = law.text.encode()
    document = engine.read(source)
    master = engine.prepare(
        source,
        document,
        policy="adaptable" if sites else "verbatim",
        approved=range(len(sites)),
        sites=sites,
        title=law.title,
    )
    edition = Edition(
        material=material,
        identity=master.edition.hex(),
        policy=Policy.ADAPTABLE if sites else Policy.VERBATIM,
        right=Right.OFFICIAL,
        profile=master.profile,
        characters=document.characters,
        sites=len(sites),
        published_at=now,
    )
    edition.master.save("", ContentFile(master.to_bytes()), save=False)
    edition.save()
    record("edition.published", {"edition": edition.identity, "material": material.pk}, at=now)
    return edition


def publish_laws(data: Path, *, most: int = 10_000) -> list[Edition]:
    """The first laws of the index, as editions."""
    engine.ensure_key()
    made = []
    with transaction.atomic():
        for _, law in zip(range(most), laws(data), strict=False):
            made.append(_publish(law, (), Kind.OTHER))
    return made


Texts = list[tuple[int, int, str]]
"""Key of an edition, number of a paragraph, its folded text; titles left out."""


def texts_of(editions: Sequence[Edition]) -> Texts:
    """Every paragraph, read from the masters."""
    return [
        (edition.pk, number, fold(paragraph.text))
        for edition in editions
        for number, paragraph in enumerate(master_of(edition).document.paragraphs)
        if paragraph.text.strip() and fold(paragraph.text) != fold(edition.material.title)
    ]


def phrases_in(texts: Texts) -> list[str]:
    """100 phrases of 4 to 12 characters that stand in a sample of the texts."""
    return [phrase for length in (4, 6, 8, 12) for phrase in phrases_of(_sample(texts), length, 25, length)]


def words_in(texts: Texts) -> list[str]:
    """100 words of two characters, likewise."""
    return phrases_of(_sample(texts), 2, 100, 2)


def same_places(member: Member, needle: str, texts: Texts) -> bool:
    """Whether a search finds a needle in exactly those paragraphs in which it stands."""
    found = find(member, parse(f"“{needle}”"), Narrowing(), today=timezone.localdate()).found
    places = {(one.edition.pk, number) for one in found if not one.edition.sites for number in one.numbers}
    return places == {(pk, number) for pk, number, text in texts if needle in text}


def _sample(texts: Texts) -> str:
    return "\n".join(text for _pk, _number, text in random.Random(1).sample(texts, min(2_000, len(texts))))
