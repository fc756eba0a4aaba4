"""Leaks and cases for tests, made the way the world makes them: deliver, report, trace."""

from django.utils import timezone

from web.making import SPEECH, make_material
from wenxing_web.cases.actions.report import report
from wenxing_web.cases.actions.run_traces import run_next
from wenxing_web.cases.actions.trace import trace
from wenxing_web.cases.models import Case, Report
from wenxing_web.delivery.actions.deliver import Form, deliver
from wenxing_web.library.models import Edition
from wenxing_web.members.models import Member
from wenxing_web.members.queries import number_of


def copy_of(member: Member, edition: Edition) -> str:
    """The text of a member's own copy, as it would be pasted somewhere."""
    content = deliver(member, edition, form=Form.TXT, at=timezone.now()).content
    assert isinstance(content, bytes)
    return content.decode("utf-8")


def reported(text: str = "有人在卖这个", *, reporter: Member | None = None, link: str = "") -> Report:
    """A report of a pasted text."""
    return report(text=text, link=link, reporter=reporter, at=timezone.now())


def named_case(accused: Member, operator: Member, *, reporter: Member | None = None) -> Case:
    """A case in which a trace named the account of `accused`."""
    made = reported(copy_of(accused, make_material(SPEECH)), reporter=reporter)
    run = trace(made.case, by=operator, at=timezone.now())
    assert [row["recipient"] for row in run.result["named"]] == [number_of(accused)]
    return Case.objects.get(pk=made.case_id)


def traced() -> int:
    """Run the traces that were asked for, as the worker beside the pages does. Returns how many."""
    count = 0
    while run_next(clock=timezone.now):
        count += 1
    return count


def member_called(name: str) -> Member:
    """Another member, without a term."""
    return Member.objects.create_user(f"{name}@example.org", "correct horse")
