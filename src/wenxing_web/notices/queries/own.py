"""What notices know of an account, for its owner."""

from typing import Any

from wenxing_web.members.models import Member
from wenxing_web.notices.models import Feed, Language, Letter, Notice
from wenxing_web.notices.queries import all_choices


def on_export(member: Member, **_signal: object) -> dict[str, Any]:
    """Answers `members.queries.exporting`."""
    notices = Notice.objects.filter(member=member).order_by("id")
    letters = Letter.objects.filter(member=member).order_by("id")
    return {
        "notices": {
            "told": [{"of": n.told, "facts": n.facts, "at": n.at, "read_at": n.read_at} for n in notices],
            "letters": [
                {"made_at": x.made_at, "about": x.about, "state": x.state, "at": x.settled_at}
                for x in letters
            ],
            "choices": {
                kind.value: {"bell": at_bell, "mail": mail.value}
                for kind, (at_bell, mail) in all_choices(member).items()
            },
            "language": Language.objects.filter(member=member).values_list("code", flat=True).first(),
            "feed_since": Feed.objects.filter(member=member).values_list("made_at", flat=True).first(),
        }
    }
