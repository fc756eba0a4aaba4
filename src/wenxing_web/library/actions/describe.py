"""The editor says what a draft is, and by what right it may be published."""

from datetime import date

from wenxing_web.library.models import Code, Draft, Kind, Right


def describe(
    draft: Draft,
    *,
    title: str,
    kind: Kind,
    dated_on: date,
    right: Right | None,
    is_free: bool,
    code: Code = Code.AUTO,
) -> Draft:
    """Set everything a list shows of a material, and how it is coded.

    Args:
        right: `None`: not said yet, and so not to be published.
        code: of the edition that the draft becomes.
    """
    draft.title = title.strip()[:200]
    draft.kind = kind
    draft.dated_on = dated_on
    draft.right = right or ""
    draft.is_free = is_free
    draft.code = code
    draft.save(update_fields=["title", "kind", "dated_on", "right", "is_free", "code"])
    return draft
