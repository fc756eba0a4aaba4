"""Let an account search as fast as a person can, and a program not much faster."""

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from wenxing_web.members.models import Member

WINDOW = 600  # seconds
MOST = 200  # searches in a window: one every three seconds, for ten minutes

_COUNT = """
INSERT INTO reader_pace AS kept (member_id, slot, count) VALUES (%s, %s, 1)
ON CONFLICT (member_id) DO UPDATE
SET count = CASE WHEN kept.slot = excluded.slot THEN kept.count + 1 ELSE 1 END, slot = excluded.slot
RETURNING count
"""


class TooFast(Exception):
    """This account has searched too often for now. The message is for its reader."""


def pace(member: Member, *, at: datetime) -> None:
    """Count one more search of this account, whichever process it comes to.

    Raises:
        TooFast: with the minutes to wait.
    """
    slot, passed = divmod(int(at.timestamp()), WINDOW)
    if _counted(member, slot) > MOST:
        minutes = {"minutes": (WINDOW - passed + 59) // 60}
        raise TooFast(_("找得太快了，请过 %(minutes)d 分钟再找。阅读和下载不受影响。") % minutes)


def _counted(member: Member, slot: int) -> int:
    """How many searches of the account this window has seen, with this one; no two are told the same."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [member.pk, slot])
        (count,) = cursor.fetchone()
        return int(count)
