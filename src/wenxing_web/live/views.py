"""Whether the process can do its work, for a load balancer or a monitor."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from wenxing_web.ledger.queries import head


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """The database answers; says nothing that only members may know."""
    head()
    return JsonResponse({"ok": True})
