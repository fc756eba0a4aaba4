"""Write a note anew, or throw it away."""

from wenxing_web.reader.models import Note


def change_note(note: Note, text: str) -> None:
    """Replace the words of a note; none leave a highlight."""
    note.text = text.strip()
    note.save(update_fields=["text"])


def discard_note(note: Note) -> None:
    """The note is gone for good."""
    note.delete()
