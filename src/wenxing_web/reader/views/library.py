"""书库: what there is, and what was found in it. Search first, then ways to narrow it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from wenxing_web.library.search.language import LONGEST, Unclear
from wenxing_web.members.queries import signed_in
from wenxing_web.reader import queries
from wenxing_web.reader.actions.pace import TooFast, pace
from wenxing_web.reader.actions.search import search
from wenxing_web.reader.forms import SearchForm, sent
from wenxing_web.reader.queries import shelf as shelves
from wenxing_web.reader.queries.results import kinds, years
from wenxing_web.reader.queries.shelf import Narrowed


@login_required
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """Every title, or what was found; the locked ones say why and what would open them."""
    words = request.GET.get("q", "").strip()
    narrowed = _narrowed(request)
    if not words:
        return _shelf(request, narrowed)
    if request.method != "GET":  # a HEAD would record a delivery of nothing
        return HttpResponseNotAllowed(["GET"])
    return _found(request, words, narrowed)


def _narrowed(request: HttpRequest) -> Narrowed:
    form = SearchForm(request.GET)
    return shelves.narrowed(
        year=sent(form, "year"),
        kind=sent(form, "kind") or "",
        topic=sent(form, "topic"),
        favourites=request.GET.get("mine") == "1",
    )


def _shelf(request: HttpRequest, narrowed: Narrowed) -> HttpResponse:
    newest = queries.last_published()  # before the list: what comes between is told twice, not never
    rows, page = shelves.shelf(
        signed_in(request), narrowed, page=request.GET.get("page"), today=timezone.localdate()
    )
    context = {"rows": rows, "page": page, "newest": newest, "kinds": shelves.kinds()}
    return render(request, "reader/library.html", {**context, **_asked("", narrowed, newest=False)})


def _found(request: HttpRequest, words: str, narrowed: Narrowed) -> HttpResponse:
    member, newest = signed_in(request), request.GET.get("sort") == "new"
    context, status = _asked(words[: LONGEST + 1], narrowed, newest=newest), 200
    try:
        pace(member, at=timezone.now())
        answer = search(
            member,
            words,
            shelves.narrowing(member, narrowed),
            newest=newest,
            page=request.GET.get("page"),
            at=timezone.now(),
        )
    except Unclear as unclear:
        context |= {"unclear": str(unclear)}
    except TooFast as refusal:
        context, status = context | {"unclear": str(refusal)}, 429
    else:
        context |= {
            "answer": answer,
            "page": answer.page,
            "years": years(answer.findings),
            "kinds": kinds(answer.findings),
        }
    response = render(request, "reader/found.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _asked(words: str, narrowed: Narrowed, *, newest: bool) -> dict[str, Any]:
    """What was asked, and the addresses that ask the same in another way."""
    asked = {
        "q": words,
        "year": str(narrowed.year or ""),
        "kind": narrowed.kind,
        "topic": str(narrowed.topic.pk if narrowed.topic else ""),
        "mine": "1" if narrowed.favourites else "",
        "sort": "new" if newest else "",
    }
    kept = {name: value for name, value in asked.items() if value}
    return {
        "words": words,
        "narrowed": narrowed,
        "sorted_by_day": newest,
        "topics": shelves.topics(),
        "kept": {name: value for name, value in kept.items() if name != "q"},
        "query": urlencode(kept) + "&" if kept else "",
        "without": {name: _address(kept, name) for name in asked},
        "longest": LONGEST,
    }


def _address(kept: dict[str, str], left_out: str) -> str:
    """The query of an address with one thing left out, ready for another value."""
    rest = {name: value for name, value in kept.items() if name != left_out}
    return urlencode(rest) + "&" if rest else ""
