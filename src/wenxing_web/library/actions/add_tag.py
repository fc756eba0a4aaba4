"""The editor adds a field or a level that materials can speak to."""

from wenxing_web.library.models import Facet, Tag


def add_tag(facet: Facet, *, name_zh: str, name_en: str) -> Tag:
    """Make a tag; one of the same name is there already, and is returned as it is."""
    name = name_zh.strip()
    tag, _new = Tag.objects.get_or_create(
        facet=facet, name_zh=name, defaults={"name_en": name_en.strip() or name}
    )
    return tag
