"""为什么能打开、为什么打不开: the answer of the one rule about one account and one material, in words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from wenxing_web.console.forms import WhyForm
from wenxing_web.console.queries import why
from wenxing_web.console.views.access import for_operators, permitted


@for_operators
@permitted("members.view_member")
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest) -> HttpResponse:
    """The form (`?material=` fills it in); POST answers, so that no address of a person is in an address."""
    if request.method != "POST":
        form = WhyForm(initial={"material": request.GET.get("material", "")[:200]})
        return render(request, "console/why.html", {"form": form})
    form = WhyForm(request.POST)
    if not form.is_valid():
        return render(request, "console/why.html", {"form": form}, status=422)
    said = form.cleaned_data
    answer = why(said["email"], said["material"], today=timezone.localdate())
    return render(request, "console/why.html", {"form": form, "why": answer})
