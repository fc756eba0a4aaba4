"""`{% tab "/library/" _("书库") icon="library" %}`: one way to go, at the top or at the thumb."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("tab.html", takes_context=True)
def tab(
    context: Mapping[str, Any], address: str, words: str, *, icon: str = "", exactly: bool = False,
    unread: int = 0, unread_words: str = "",
) -> dict[str, Any]:  # fmt: skip
    """A link that says whether one is already there.

    Args:
        icon: a name in icon.html; without one there is none.
        exactly: pages below the address are other places.
        unread: shown beside the words; 0 is not.
        unread_words: what is counted, for a screen reader.
    """
    path = getattr(context.get("request"), "path", "")
    return {
        "address": address,
        "words": words,
        "icon": icon,
        "here": path == address if exactly else path.startswith(address),
        "unread": unread,
        "unread_words": unread_words,
    }
