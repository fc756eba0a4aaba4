"""值班台: what needs a person today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wenxing_web.console import queries
from wenxing_web.console.views.access import for_operators


@for_operators
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Drafts to finish, cases to decide, what was published last."""
    return render(request, "console/desk.html", {"desk": queries.desk()})
