"""Topics of the season, and the fields and levels that materials speak to."""

from datetime import date

from django.db.models import Count, Q, QuerySet

from wenxing_web.library.models import Facet, Tag, Topic


def topics() -> QuerySet[Topic]:
    """Every topic, the latest to begin first; `size` is how many of its materials are on the shelves."""
    shown = Q(materials__editions__withdrawn_at__isnull=True, materials__editions__isnull=False)
    size = Count("materials", filter=shown, distinct=True)
    return Topic.objects.annotate(size=size).order_by("-starts_on", "-id")


def topics_on_the_shelves() -> QuerySet[Topic]:
    """The topics of what can be found in the library, the latest to begin first."""
    there = Q(materials__editions__withdrawn_at__isnull=True, materials__editions__isnull=False)
    return Topic.objects.filter(there).distinct().order_by("-starts_on", "-id")


def topic_numbered(number: int) -> Topic | None:
    """The topic with this key."""
    return topics().filter(pk=number).first()


def topics_of_season(today: date) -> QuerySet[Topic]:
    """The topics that today lies in; what ends first comes first."""
    return topics().filter(starts_on__lte=today, ends_on__gte=today).order_by("ends_on", "id")


def coming_topics(today: date) -> QuerySet[Topic]:
    """The topics that are still to begin, the next one first."""
    return topics().filter(starts_on__gt=today).order_by("starts_on", "id")


def tags(facet: Facet | None = None) -> QuerySet[Tag]:
    """Fields, then levels; or only one of the two."""
    return Tag.objects.filter(facet=facet) if facet else Tag.objects.all()


def tag_numbered(number: int) -> Tag | None:
    """The tag with this key."""
    return Tag.objects.filter(pk=number).first()
