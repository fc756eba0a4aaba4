"""Everything about one case on one page, as far as the operator looking at it may see it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from wenxing_web import engine
from wenxing_web.cases.models import Case, Hearing, Report, Reward, Ruling, Trace, Tracing, Unmasking
from wenxing_web.cases.queries import (
    Exhibit,
    exhibits_in,
    hearings_in,
    named_in,
    next_for_reward,
    reports_in,
    reward_in,
    ruling_of,
    spent_in,
    traces_in,
    tracing_of,
    unmaskings_in,
)
from wenxing_web.cases.queries.crowd import Crowd, crowd_of
from wenxing_web.cases.queries.outcome import Outcome, bound_in_words, outcome_of
from wenxing_web.cases.queries.strip import Strip, strips_of
from wenxing_web.delivery.models import Copy
from wenxing_web.library.models import Edition
from wenxing_web.members.models import Member

SHOWN = 20_000  # characters of an exhibit on the page; the download has all of them


@dataclass(frozen=True, slots=True)
class Run:
    """One trace.

    Attributes:
        ordinal: 1 for the first.
        same_as: the earlier run with the same inputs, hence the same result; this one spent nothing.
        crowd: everybody who was searched, against the bound; `None` when nothing was compared.
        explanation: what the result means, what it does not mean, what would help, in the page's language.
    """

    ordinal: int
    trace: Trace
    outcome: Outcome
    same_as: int | None
    crowd: Crowd | None
    explanation: engine.Explanation

    @property
    def bound(self) -> str:
        """What this run may spend, in words and figures."""
        return bound_in_words(float(self.trace.inputs["bound"]))


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether the number's account ever opened a matched edition; a naming without is a reason for doubt."""

    edition: Edition
    first_at: datetime | None


@dataclass(frozen=True, slots=True)
class Named:
    """A number that some trace of the case named.

    Attributes:
        account: whose it is; only for a viewer who has asked with a reason.
        address: that account's e-mail address, most of it covered.
        heard: the account has answered or its time has passed.
    """

    number: int
    run: Run
    openings: tuple[Opening, ...]
    strips: tuple[Strip, ...]
    hearing: Hearing | None
    heard: bool
    unmasked: bool
    account: Member | None
    address: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An exhibit as the page shows it: the beginning of a text, or a file's name and size."""

    exhibit: Exhibit
    text: str
    cut: bool
    size: int


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with all that belongs to it.

    Attributes:
        tracing: the trace that was asked for last.
        tests: different tests among the runs; more than one is a multiple test.
        spent: what they have spent of the bound together, in words and figures.
        first_in_line: the report that a confirmation would reward.
        reads_pictures: whether this server can.
    """

    case: Case
    reports: tuple[Report, ...]
    exhibits: tuple[Shown, ...]
    runs: tuple[Run, ...]
    tracing: Tracing | None
    tests: int
    spent: str
    named: tuple[Named, ...]
    unmaskings: tuple[Unmasking, ...]
    ruling: Ruling | None
    reward: Reward | None
    first_in_line: Report | None
    reads_pictures: bool

    @property
    def next_step(self) -> str:
        """What waits: `trace`, `traced` (while one is under way), `more` (nobody was named), `ask`, `wait`
        (for an answer), `rule` or `done`.
        """
        if self.ruling:
            return "done"
        if self.tracing and self.tracing.is_under_way:
            return "traced"
        if not self.runs:
            return "trace"
        if not self.named:
            return "more"
        if any(named.hearing is None for named in self.named):
            return "ask"
        return "rule" if self.can_confirm else "wait"

    @property
    def can_confirm(self) -> bool:
        """Whether at least one named account was heard."""
        return any(named.heard for named in self.named)


def case_file(case: Case, *, viewer: Member, at: datetime) -> CaseFile:
    """Gather a case for `viewer`, who sees an account only after unmasking it."""
    traces = traces_in(case)
    runs = _runs(traces)
    spent = spent_in(traces)
    unmaskings = tuple(unmaskings_in(case))
    return CaseFile(
        case=case,
        reports=tuple(reports_in(case)),
        exhibits=tuple(_shown(exhibit) for exhibit in exhibits_in(case)),
        runs=runs,
        tracing=tracing_of(case),
        tests=spent.tests,
        spent=bound_in_words(spent.bound) if spent.runs else "",
        named=_named(case, runs, unmaskings, viewer, at),
        unmaskings=unmaskings,
        ruling=ruling_of(case),
        reward=reward_in(case),
        first_in_line=next_for_reward(case),
        reads_pictures=engine.reads_pictures(),
    )


def _runs(traces: tuple[Trace, ...]) -> tuple[Run, ...]:
    first: dict[str, int] = {}
    runs = []
    for ordinal, trace in enumerate(traces, start=1):
        same_as = first.setdefault(trace.fingerprint, ordinal)
        again = same_as if same_as != ordinal else None
        words = engine.explain(trace.result, language=get_language() or "zh")
        crowd = None if again else crowd_of(trace)
        runs.append(Run(ordinal, trace, outcome_of(trace), again, crowd, words))
    return tuple(runs)


def _named(
    case: Case, runs: tuple[Run, ...], unmaskings: tuple[Unmasking, ...], viewer: Member, at: datetime
) -> tuple[Named, ...]:
    hearings = {hearing.recipient_id: hearing for hearing in hearings_in(case)}
    seen = {u.recipient_id: u.recipient.member for u in unmaskings if u.by_id == viewer.pk}
    found = []
    for number in named_in(run.trace for run in runs):
        run = next(run for run in reversed(runs) if number in named_in([run.trace]))
        hearing, account = hearings.get(number), seen.get(number)
        found.append(
            Named(
                number=number,
                run=run,
                openings=_openings(run.trace, number),
                strips=strips_of(run.trace, number),
                hearing=hearing,
                heard=hearing is not None and hearing.was_heard(at),
                unmasked=number in seen,
                account=account,
                address=_covered(account.email) if account else "",
            )
        )
    return tuple(found)


def _openings(trace: Trace, number: int) -> tuple[Opening, ...]:
    editions = trace.editions.all()
    rows = Copy.objects.filter(recipient_id=number, edition__in=editions)
    first = dict(rows.values_list("edition_id", "first_at"))
    return tuple(Opening(edition, first.get(edition.pk)) for edition in editions)


def _shown(exhibit: Exhibit) -> Shown:
    if exhibit.is_file:
        return Shown(exhibit, text="", cut=False, size=exhibit.size)
    text = exhibit.report.text
    return Shown(exhibit, text=text[:SHOWN], cut=len(text) > SHOWN, size=exhibit.size)


def _covered(address: str) -> str:
    """`member@example.org` → `me…@example.org`: enough to recognise an account by, not to write to."""
    name, _, host = address.partition("@")
    return f"{name[: min(2, len(name) - 1)]}…@{host}"
