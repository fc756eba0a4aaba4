"""Let an account search as fast as a person can, and a program not much faster."""

import hashlib
from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext as _

from wenxing_web.members.models import Member

WINDOW = 600  # seconds
MOST = 200  # searches in a window: one every three seconds, for ten minutes


class TooFast(Exception):
    """This account has searched too often for now. The message is for its reader."""


def pace(member: Member, *, at: datetime) -> None:
    """Count one more search of this account. Counts live in the memory of the process, under a hash.

    Raises:
        TooFast: with the minutes to wait.
    """
    slot, passed = divmod(int(at.timestamp()), WINDOW)
    key = "search:" + hashlib.sha256(f"{slot} {member.pk}".encode()).hexdigest()
    cache.add(key, 0, timeout=WINDOW)
    if cache.incr(key) > MOST:
        minutes = {"minutes": (WINDOW - passed + 59) // 60}
        raise TooFast(_("找得太快了，请过 %(minutes)d 分钟再找。阅读和下载不受影响。") % minutes)
