"""Keep how far a member has read, for "continue reading" on any device."""

from datetime import datetime

from django.db import transaction

from wenxing_web.library.models import Material
from wenxing_web.members.models import Member
from wenxing_web.reader.models import Progress


def keep_place(
    member: Member, material: Material, *, paragraph: int | None, last: int, at: datetime
) -> Progress:
    """Remember the place; one a material, whatever the edition.

    Args:
        paragraph: number of the paragraph that is being read; `None` keeps the place and only says that
            the material was opened. Beyond the end counts as the end.
        last: number of the last paragraph with text.
    """
    fresh: dict[str, object] = {"last": last, "at": at}
    if paragraph is not None:
        fresh["paragraph"] = max(0, min(paragraph, last))
    with transaction.atomic():
        place, _new = Progress.objects.update_or_create(member=member, material=material, defaults=fresh)
    return place
