"""Look for something in the library. What is shown of protected texts is on record before it is returned."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.utils import timezone

from wenxing_web.delivery.actions.excerpt import excerpt
from wenxing_web.library.search.folding import fold
from wenxing_web.library.search.language import parse
from wenxing_web.members.models import Member
from wenxing_web.reader.actions.count_missed import count_missed
from wenxing_web.reader.queries.finding import Findings, Found, Narrowing, find
from wenxing_web.reader.queries.results import A_PAGE, Result, result, shown_of


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of what was found.

    Attributes:
        findings: all of it, without texts.
        page: which editions are shown.
        results: the same with their passages.
    """

    findings: Findings
    page: Page[Found]
    results: list[Result]


def search(
    member: Member, query: str, narrowing: Narrowing, *, newest: bool, page: str | None, at: datetime
) -> Answer:
    """Find, and take the passages of one page from the member's own copies.

    What is not found anywhere is counted, for the operator who plans what to publish; not whose wish it was.

    Args:
        newest: newest documents first instead of the best.
        page: number of the page, as it was asked for.
        at: when; aware of its time zone.

    Raises:
        Unclear: the query says nothing to look for.
    """
    expression, today = parse(query), timezone.localdate(at)
    findings = find(member, expression, narrowing, today=today, newest=newest)
    shown = Paginator(findings.found, A_PAGE).get_page(page)
    if not findings.found and findings.complete and narrowing == Narrowing():
        count_missed(fold(query), day=today)
    texts = excerpt(member, {one.edition: shown_of(one) for one in shown.object_list if one.numbers}, at=at)
    results = [result(one, expression, texts.get(one.edition.pk, {})) for one in shown.object_list]
    return Answer(findings, shown, [one for one in results if one.passages or _by_title(one)])


def _by_title(one: Result) -> bool:
    """Whether there is something to show where no passage is."""
    return any(piece.lit for piece in one.title)
