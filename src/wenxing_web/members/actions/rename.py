"""A member chooses how to be called."""

from wenxing_web.members.models import Member


def rename(member: Member, nickname: str) -> None:
    """Set the name shown on pages; empty is allowed. At most 40 characters."""
    member.nickname = nickname.strip()[:40]
    member.save(update_fields=["nickname"])
