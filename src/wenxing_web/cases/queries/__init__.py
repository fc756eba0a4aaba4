"""What the pages of reports, cases and hearings ask. Reads only; sorted as the pages show them."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from wenxing_web.cases.models import (
    Attachment,
    Case,
    CaseError,
    Hearing,
    Report,
    Reward,
    Ruling,
    Trace,
    Tracing,
    Unmasking,
)
from wenxing_web.members.models import Member, Recipient

BOUND = 1e-6  # family-wise; what one trace may spend


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A text or a file that somebody handed in, as it came.

    Attributes:
        key: names it within its case, such as `12-text`, `12-file` or `12-file-2`.
        digest: SHA-256, hexadecimal.
    """

    key: str
    report: Report
    digest: str
    attachment: Attachment | None = None

    @property
    def is_file(self) -> bool:
        """Whether it is a file; else it is a pasted text."""
        return not self.key.endswith("-text")

    @property
    def name(self) -> str:
        """What its sender calls the file; empty for a pasted text."""
        return self._of.file_name if self.is_file else ""

    @property
    def size(self) -> int:
        """In bytes."""
        return self._of.file.size if self.is_file else len(self.report.text.encode("utf-8"))

    def content(self) -> bytes | str:
        """The file's bytes, or the pasted text."""
        if not self.is_file:
            return self.report.text
        with self._of.file.open("rb") as file:
            return bytes(file.read())

    @property
    def _of(self) -> Report | Attachment:
        """What its file belongs to."""
        return self.attachment or self.report


@dataclass(frozen=True, slots=True)
class Spent:
    """What a case's traces have spent of the bound.

    Attributes:
        tests: different tests among the runs; the same inputs again are no new test.
        bound: the chance, over all of them, of naming anybody innocent.
    """

    runs: int
    tests: int
    bound: float


# --- reports ------------------------------------------------------------------------------------------


def report_by_receipt(receipt: str) -> Report | None:
    """The report with this receipt number, however it was typed."""
    plain = "".join(c for c in receipt.upper() if c.isalnum())
    spaced = "-".join(plain[i : i + 5] for i in range(0, len(plain), 5))
    return Report.objects.select_related("case", "reporter").filter(receipt=spaced[:24]).first()


def reports_of(member: Member) -> QuerySet[Report]:
    """What an account has reported, the newest first."""
    return Report.objects.filter(reporter=member).select_related("case").order_by("-made_at", "-id")


def reward_of(report: Report) -> Reward | None:
    """The reward that this very report received."""
    return Reward.objects.select_related("membership").filter(report=report).first()


def awaits_claim(report: Report) -> bool:
    """Whether the year is this report's and waits only for an account to receive it."""
    case = report.case
    if case.state != Case.State.CONFIRMED or Reward.objects.filter(case=case).exists():
        return False
    return report.reporter_id is None and next_for_reward(case) == report


def next_for_reward(case: Case) -> Report | None:
    """The first report that counts: not set aside, not an operator's, not by an account ruled against."""
    accused = Ruling.objects.filter(case=case).values("recipients__member")
    counted = Report.objects.filter(case=case, set_aside=False).select_related("reporter")
    return next((r for r in counted if r.reporter is None or _may_earn(r.reporter, accused)), None)


def _may_earn(reporter: Member, accused: Any) -> bool:
    return not reporter.is_staff and not Member.objects.filter(pk=reporter.pk, pk__in=accused).exists()


def open_case_like(digests: Sequence[str], link_key: str) -> Case | None:
    """The case, not yet ruled, in which the same exhibit or else the same link was reported."""
    unruled = Case.objects.exclude(state__in=[Case.State.CONFIRMED, Case.State.DISMISSED])
    same = Q(reports__text_digest__in=digests) | Q(reports__file_digest__in=digests)
    same |= Q(reports__attachments__file_digest__in=digests)
    found = unruled.filter(same).order_by("opened_at").first() if digests else None
    if found is None and link_key:
        found = unruled.filter(reports__link_key=link_key).order_by("opened_at").first()
    return found


# --- cases --------------------------------------------------------------------------------------------


def cases() -> QuerySet[Case]:
    """Every case: what needs somebody first, then the ruled; the newest first."""
    ruled = Q(state__in=[Case.State.CONFIRMED, Case.State.DISMISSED])
    return Case.objects.annotate(
        ruled=Count("pk", filter=ruled),
        report_count=Count("reports", distinct=True),
        trace_count=Count("traces", distinct=True),
    ).order_by("ruled", "-opened_at")


def waiting_cases() -> int:
    """How many cases nobody has ruled on."""
    return Case.objects.exclude(state__in=[Case.State.CONFIRMED, Case.State.DISMISSED]).count()


def case_by_number(number: str) -> Case | None:
    """The case of that number."""
    return Case.objects.filter(number=number).first()


def reports_in(case: Case) -> QuerySet[Report]:
    """A case's reports in the order in which they came."""
    return Report.objects.filter(case=case).select_related("reporter").prefetch_related("attachments")


def exhibits_in(case: Case) -> tuple[Exhibit, ...]:
    """Every text and file of a case, in the order in which they came."""
    found = []
    for report in reports_in(case):
        if report.text_digest:
            found.append(Exhibit(f"{report.pk}-text", report, report.text_digest))
        if report.file_digest:
            found.append(Exhibit(f"{report.pk}-file", report, report.file_digest))
        for more in report.attachments.all():
            found.append(Exhibit(f"{report.pk}-file-{more.number}", report, more.file_digest, more))
    return tuple(found)


def exhibit_file(case: Case, report_id: int) -> Report | None:
    """The report of this case whose file is asked for."""
    return Report.objects.filter(case=case, pk=report_id).exclude(file_digest="").first()


def traces_in(case: Case) -> tuple[Trace, ...]:
    """Every run, the first first. None is ever left out."""
    return tuple(
        Trace.objects.filter(case=case).select_related("run_by").prefetch_related("editions__material")
    )


def tracing_of(case: Case) -> Tracing | None:
    """The trace that was asked for last: under way, done or failed."""
    asked = Tracing.objects.filter(case=case).select_related("asked_by")
    return asked.order_by("asked_at", "id").last()


def tracings_before(asked: Tracing) -> int:
    """How many other traces are under way or were asked for earlier and wait."""
    waiting = Tracing.objects.filter(state=Tracing.State.WAITING).exclude(pk=asked.pk)
    return waiting.filter(asked_at__lte=asked.asked_at).count()


def spent_in(traces: Iterable[Trace]) -> Spent:
    """The union bound over the different tests among `traces`."""
    runs, bounds = 0, {}
    for trace in traces:
        runs += 1
        bounds[trace.fingerprint] = float(trace.inputs["bound"])
    return Spent(runs=runs, tests=len(bounds), bound=sum(bounds.values()))


def fingerprint_of(inputs: dict[str, Any]) -> str:
    """SHA-256 over the inputs of a trace; the same inputs give the same result."""
    canonical = json.dumps(inputs, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def named_in(traces: Iterable[Trace]) -> tuple[int, ...]:
    """The numbers that at least one of these traces named."""
    return tuple(sorted({int(row["recipient"]) for t in traces for row in t.result["named"]}))


def named_recipient(case: Case, number: int) -> Recipient:
    """A number of this case.

    Raises:
        CaseError: no trace of this case has named it; nothing may be done to it here.
    """
    if number not in named_in(traces_in(case)):
        raise CaseError(gettext("这个编号没有被本案的任何一次追溯指认。"))
    return Recipient.objects.get(number=number)


def unmaskings_in(case: Case) -> QuerySet[Unmasking]:
    """Who looked up which account, when and why."""
    return Unmasking.objects.filter(case=case).select_related("by", "recipient__member")


def hearings_in(case: Case) -> QuerySet[Hearing]:
    """The accounts that were asked."""
    return Hearing.objects.filter(case=case).select_related("recipient")


def ruling_of(case: Case) -> Ruling | None:
    """The decision, once there is one."""
    return Ruling.objects.filter(case=case).select_related("by").prefetch_related("recipients").first()


def reward_in(case: Case) -> Reward | None:
    """The year given in this case."""
    return Reward.objects.select_related("report", "membership").filter(case=case).first()


# --- hearings, for the account that is asked ----------------------------------------------------------


def hearing_of(member: Member, hearing_id: int) -> Hearing | None:
    """A hearing, if it is this member's own."""
    mine = Hearing.objects.filter(recipient__member=member)
    return mine.select_related("case", "recipient").filter(pk=hearing_id).first()


def hearings_for(member: Member) -> QuerySet[Hearing]:
    """Everything this member was ever asked, the newest first."""
    mine = Hearing.objects.filter(recipient__member=member).select_related("case__ruling", "recipient")
    return mine.order_by("-asked_at")


def unanswered_for(member: Member, *, at: datetime) -> QuerySet[Hearing]:
    """What still waits for an answer in an undecided case."""
    ruled = [Case.State.CONFIRMED, Case.State.DISMISSED]
    return hearings_for(member).filter(answered_at=None, answer_by__gt=at).exclude(case__state__in=ruled)


def was_confirmed(hearing: Hearing) -> bool | None:
    """Whether the ruling went against this account; `None` while there is no ruling."""
    ruling = ruling_of(hearing.case)
    if ruling is None:
        return None
    return ruling.confirmed and ruling.recipients.filter(pk=hearing.recipient_id).exists()
