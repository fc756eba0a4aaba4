"""What was published, and taking it off the shelves."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wenxing_web.console.forms import ClassifyForm
from wenxing_web.console.views.access import for_operators, permitted
from wenxing_web.delivery.queries import accounts_with
from wenxing_web.library import queries
from wenxing_web.library.actions.withdraw import withdraw

_EDITIONS_A_PAGE = 30


@for_operators
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """Every edition, the latest first."""
    page = Paginator(queries.editions(), _EDITIONS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "console/editions.html", {"page": page})


@for_operators
@require_safe
def edition(request: HttpRequest, identity: str) -> HttpResponse:
    """One edition: what it is, how many accounts opened it, and the way to withdraw it. None of its text."""
    found = queries.edition_of(identity)
    if found is None:
        raise Http404
    context = {
        "edition": found,
        "accounts": accounts_with(found),
        "naming": queries.naming_power_of(found),
        "siblings": queries.siblings(found),
        "form": ClassifyForm.of_material(found.material),
    }
    return render(request, "console/edition.html", context)


@for_operators
@permitted("library.change_edition")
@require_POST
def close(request: HttpRequest, identity: str) -> HttpResponse:
    """Withdraw an edition."""
    found = queries.edition_of(identity)
    if found is None:
        raise Http404
    withdraw(found, at=timezone.now())
    messages.success(request, _("已撤下。会员不再能打开；已经发出的副本仍然可以追溯。"))
    return redirect("console-edition", identity=identity)
