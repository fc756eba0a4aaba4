"""被退的邮件: letters that the mail server refused for good, and sending them again."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wenxing_web.console.views.access import for_operators, permitted
from wenxing_web.notices.actions.retry import retry
from wenxing_web.notices.queries.refused import refused

_ON_A_PAGE = 50


@for_operators
@permitted("members.view_member")
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """Every refused letter: whose, about what, and what the server said. No addresses."""
    page = Paginator(refused(), _ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "console/letters.html", {"page": page})


@for_operators
@permitted("members.change_member")
@require_POST
def again(request: HttpRequest, number: int) -> HttpResponse:
    """Send one of them again."""
    if not retry(min(number, 2**62), at=timezone.now()):
        raise Http404
    messages.success(request, _("已重新排队，马上再发。再被拒收，还会列在这里。"))
    return redirect("console-letters")
