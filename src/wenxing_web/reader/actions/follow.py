"""A member says which fields and levels to show first."""

from collections.abc import Collection

from django.db import transaction

from wenxing_web.library.models import Tag
from wenxing_web.members.models import Member
from wenxing_web.reader.models import Interest


def follow(member: Member, tags: Collection[Tag]) -> None:
    """Follow these and no others."""
    with transaction.atomic():
        Interest.objects.filter(member=member).exclude(tag__in=tags).delete()
        fresh = [Interest(member=member, tag=tag) for tag in tags]
        Interest.objects.bulk_create(fresh, ignore_conflicts=True)
