"""Put a material among a member's favourites, or take it out. Twice is the same as once."""

from datetime import datetime

from wenxing_web.library.models import Material
from wenxing_web.members.models import Member
from wenxing_web.reader.models import Favourite


def favour(member: Member, material: Material, *, wanted: bool, at: datetime) -> None:
    """Make it so that `material` is among the favourites (`wanted`), or is not."""
    if wanted:
        Favourite.objects.get_or_create(member=member, material=material, defaults={"at": at})
    else:
        Favourite.objects.filter(member=member, material=material).delete()
