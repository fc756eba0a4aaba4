"""What this app knows of a member, for the member's own export."""

from typing import Any

from wenxing_web.delivery import queries as delivery
from wenxing_web.members.models import Member
from wenxing_web.reader.models import Favourite, Interest, Note, Progress


def on_export(member: Member, **_signal: object) -> dict[str, Any]:
    """Answers `members.queries.exporting`."""
    return own_data(member)


def own_data(member: Member) -> dict[str, Any]:
    """Copies, deliveries, places, favourites and notes as plain data; no text of any material."""
    return {
        "copies": [
            {"title": c.edition.material.title, "edition": c.edition.identity, "first_at": c.first_at}
            for c in delivery.copies_of(member)
        ],
        "deliveries": [
            {"edition": row.facts["edition"], "form": row.facts["form"], "at": row.at}
            for row in delivery.deliveries_to(member)
        ],
        "places": [
            {"title": p.material.title, "paragraph": p.paragraph, "last": p.last, "at": p.at}
            for p in Progress.objects.filter(member=member).select_related("material")
        ],
        "favourites": [
            {"title": f.material.title, "at": f.at}
            for f in Favourite.objects.filter(member=member).select_related("material")
        ],
        "interests": [i.tag.name_zh for i in Interest.objects.filter(member=member).select_related("tag")],
        "notes": [_note(n) for n in Note.objects.filter(member=member).select_related("edition__material")],
    }


def _note(note: Note) -> dict[str, Any]:
    return {
        "title": note.edition.material.title,
        "edition": note.edition.identity,
        "paragraph": note.paragraph,
        "start": note.start,
        "end": note.end,
        "text": note.text,
        "at": note.made_at,
    }
