"""The editor says which topics a material belongs to, and whom it speaks to."""

from collections.abc import Collection

from django.db import transaction

from wenxing_web.library.models import Draft, Material, Tag, Topic


def classify(item: Draft | Material, *, topics: Collection[Topic], tags: Collection[Tag]) -> None:
    """Set both, of a draft (its material takes them over when it is published) or of a material."""
    with transaction.atomic():
        item.topics.set(topics)
        item.tags.set(tags)
