"""The draft that an address is about; for a published one, or none, the page does not exist."""

from django.http import Http404

from wenxing_web.library import queries
from wenxing_web.library.queries import Draft


def unpublished(number: int) -> Draft:
    """A draft that may still be changed.

    Raises:
        Http404: there is none of this number.
    """
    draft = queries.unpublished(number)
    if draft is None:
        raise Http404
    return draft


def cleaned(number: int) -> Draft:
    """A draft whose text is settled, so that its sites can be decided about.

    Raises:
        Http404: there is none of this number.
    """
    draft = unpublished(number)
    if not draft.cleaned:
        raise Http404
    return draft
