"""Letters that the mail server refused for good, for the operator who finds out why."""

from django.db.models import QuerySet

from wenxing_web.notices.models import Letter


def refused() -> QuerySet[Letter]:
    """Every refused letter about notices, the latest first, with its account and its notices.

    What an account's own pages sent is not among them: whoever still wants it asks for it again.
    """
    rows = Letter.objects.filter(state=Letter.State.REFUSED, about="").select_related("member__recipient")
    return rows.prefetch_related("notices").order_by("-settled_at", "-id")
