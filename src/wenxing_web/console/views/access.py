"""Who may open the operator's pages, and what each operator may do there.

For everybody else the pages do not exist: 404. An operator without a permission
is told so: 403. Granting, suspending, publishing, withdrawing, tracing, unmasking
and ruling are separate permissions, so that no single desk can do everything.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control

from wenxing_web.members.queries import signed_in

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


def for_operators(
    view: Callable[Concatenate[HttpRequest, P], R],
) -> Callable[Concatenate[HttpRequest, P], R]:
    """Answer 404 to whoever is not an active operator: not even that the address exists is told.

    What it shows is not kept by any cache.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
        user = request.user
        if not (user.is_authenticated and user.is_active and user.is_staff):
            raise Http404
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        return response

    return guarded


def permitted(
    permission: str,
) -> Callable[[Callable[Concatenate[HttpRequest, P], R]], Callable[Concatenate[HttpRequest, P], R]]:
    """Refuse, with 403, an operator without this permission; inside `for_operators`."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], R],
    ) -> Callable[Concatenate[HttpRequest, P], R]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if not signed_in(request).has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate
