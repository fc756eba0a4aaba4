"""Materials and their editions."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.core.files.storage import default_storage
from django.db.models import OuterRef, QuerySet, Subquery

from wenxing_web import engine
from wenxing_web.library.models import Edition, Material, Policy


def editions() -> QuerySet[Edition]:
    """Everything that was ever published, the latest first."""
    return Edition.objects.select_related("material")


def current() -> QuerySet[Edition]:
    """One edition a material: its latest that is not withdrawn. Newest documents first."""
    latest = (
        Edition.objects.filter(material=OuterRef("material"), withdrawn_at__isnull=True)
        .order_by("-published_at", "-id")
        .values("pk")[:1]
    )
    return editions().filter(pk=Subquery(latest)).order_by("-material__dated_on", "-published_at", "-id")


def edition_of(identity: str) -> Edition | None:
    """The edition of this identity, withdrawn or not."""
    return editions().filter(identity=identity).first()


def material_numbered(number: int) -> Material | None:
    """A material, to publish a new edition of."""
    return Material.objects.filter(pk=number).first()


def siblings(edition: Edition) -> QuerySet[Edition]:
    """The other editions of the same material."""
    return editions().filter(material_id=edition.material_id).exclude(pk=edition.pk)


def newer_than(edition: Edition) -> Edition | None:
    """The current edition of the same material, when it is a later one."""
    later = current().filter(material_id=edition.material_id).exclude(pk=edition.pk).first()
    return later if later and later.published_at > edition.published_at else None


def is_verbatim(edition: Edition) -> bool:
    """Whether every copy reads the same."""
    return edition.policy == Policy.VERBATIM


def master_of(edition: Edition) -> engine.Master:
    """The master of an edition, kept in memory for the next copy: an edition never changes."""
    return _master(edition.identity, str(edition.master.name))


def shown(document: engine.Document) -> Iterator[tuple[int, engine.Paragraph]]:
    """What a page shows of a text, numbered: its paragraphs that are not blank."""
    for number, paragraph in enumerate(document.paragraphs):
        if paragraph.role.in_flow and paragraph.text.strip():
            yield number, paragraph.joined


def forget_masters() -> None:
    """Read masters from their files again, after a backup was restored."""
    _master.cache_clear()


@lru_cache(maxsize=32)
def _master(_identity: str, name: str) -> engine.Master:
    with default_storage.open(name, "rb") as file:
        return engine.load_master(file.read())


@dataclass(frozen=True, slots=True)
class Naming:
    """What it takes to name one account: of so many accounts, so many characters; `None`: never."""

    accounts: int
    needed: int | None
    enough: bool

    @property
    def crowd(self) -> str:
        """The accounts, as 100,000 is written in either language here."""
        return f"{self.accounts:,}"


def naming_power_of(edition: Edition) -> list[Naming]:
    """How many characters of this edition a leak would have to show, by the number of accounts."""
    needed = engine.characters_to_name(master_of(edition))
    return [Naming(accounts, n, n is not None and n <= edition.characters) for accounts, n in needed.items()]
