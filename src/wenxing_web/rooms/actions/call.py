"""Find who is called by name in a message: `@` and a name, or a code, of somebody who has spoken."""

import re

from django.db.models import Q

from wenxing_web.members.models import Member
from wenxing_web.rooms.models import Mention, Message

_MOST = 10  # members that one message calls
_LONGEST = 40  # characters of a name
_AT = re.compile(r"(?<![A-Za-z0-9._])[@＠](?=\S)")


def call(message: Message) -> None:
    """Keep who is called in the message's present text, and nobody else.

    Names run on into the text without a space, so the longest name that fits is meant; of several accounts
    with one name, all of them.
    """
    found = _called(message.text)
    Mention.objects.filter(message=message).exclude(member__in=found).delete()
    for member, name in found.items():
        Mention.objects.update_or_create(message=message, member=member, defaults={"name": name})


def _called(text: str) -> dict[Member, str]:
    tails = [text[match.end() : match.end() + _LONGEST] for match in _AT.finditer(text)][:_MOST]
    heads = {tail[:length] for tail in tails for length in range(1, len(tail) + 1)}
    if not heads:
        return {}
    known: dict[str, list[Member]] = {}
    speakers = Member.objects.filter(voice__isnull=False).select_related("voice")
    for member in speakers.filter(Q(nickname__in=heads) | Q(voice__code__in=heads)):
        for name in {member.nickname, member.voice.code} & heads:
            known.setdefault(name, []).append(member)
    called: dict[Member, str] = {}
    for tail in tails:
        name = max((name for name in known if tail.startswith(name)), key=len, default="")
        for member in known.get(name, []):
            called.setdefault(member, name)
    return dict(list(called.items())[:_MOST])
