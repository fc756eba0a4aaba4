"""Let a visitor report, but not hundreds of times an hour."""

import hashlib
from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext

from wenxing_web.cases.models import CaseError

WINDOW = 3600  # seconds
PER_ACCOUNT = 12  # reports in a window
PER_ADDRESS = 30  # an office behind one address is many people


class TooMany(CaseError):
    """This visitor has reported too often for now."""


def admit(*, account: int | None, address: str, at: datetime) -> None:
    """Count one more report of this visitor.

    Counts live in the memory of the process, under a hash, for an hour: the library keeps no record of
    where a report came from.

    Raises:
        TooMany: with the minutes to wait.
    """
    slot, passed = divmod(int(at.timestamp()), WINDOW)
    limits = {f"address {address}": PER_ADDRESS}
    if account is not None:
        limits[f"account {account}"] = PER_ACCOUNT
    for who, limit in limits.items():
        key = "report:" + hashlib.sha256(f"{slot} {who}".encode()).hexdigest()
        cache.add(key, 0, timeout=WINDOW)
        if cache.incr(key) > limit:
            minutes = {"minutes": (WINDOW - passed + 59) // 60}
            raise TooMany(
                gettext("一小时内的举报太多了，请过 %(minutes)d 分钟再试。您填写的内容还在。") % minutes
            )
