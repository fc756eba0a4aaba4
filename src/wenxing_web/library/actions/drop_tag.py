"""A field or a level that nobody needs any more goes; materials and members just lose it."""

from wenxing_web.library.models import Tag


def drop_tag(tag: Tag) -> None:
    """Delete a tag."""
    tag.delete()
