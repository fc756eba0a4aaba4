"""Run as a program in an empty home folder: four threads at once ask for a trace of a case, run it,
confirm the case, and claim its report.

{"asked": [type, …], "ruled": [type, …], "claimed": [type, …], "tracings": 1, "traces": 2,
 "rulings": 1, "rewards": 1, "years": 1, "chain": true}
"""

import json

import django
from django.core.management import call_command

_RIVALS = 4


def main() -> None:
    """Race, and print what came of it."""
    django.setup()
    call_command("migrate", verbosity=0)
    from django.utils import timezone

    from web.leaking import member_called, named_case
    from web.rivals import at_once
    from wenxing_web.cases.actions.answer import answer
    from wenxing_web.cases.actions.ask import ask
    from wenxing_web.cases.actions.claim import claim
    from wenxing_web.cases.actions.confirm import confirm
    from wenxing_web.cases.actions.order_trace import order_trace
    from wenxing_web.cases.actions.run_traces import run_next
    from wenxing_web.cases.models import Reward, Ruling, Trace, Tracing
    from wenxing_web.ledger.queries import verify
    from wenxing_web.members.models import Member, Plan
    from wenxing_web.members.queries import number_of

    today = timezone.localdate()
    plan = Plan.objects.create(name_zh="全年会员", name_en="One year")
    operator = Member.objects.create_superuser("operator@example.org", "correct horse")
    accused = Member.objects.create_user("member@example.org", notice_seen_at=timezone.now())
    accused.memberships.create(plan=plan, starts_on=today, ends_on=today.replace(year=today.year + 1, day=1))
    reporter = member_called("reporter")
    case = named_case(accused, operator)
    made, number = case.reports.get(), number_of(accused)
    answer(ask(case, number, days=7, at=timezone.now()), "不是我", at=timezone.now())

    asked = at_once(
        [lambda: order_trace(case, by=operator, at=timezone.now(), chosen=[f"{made.pk}-text"])] * _RIVALS
    )
    at_once([lambda: run_next(clock=timezone.now)] * _RIVALS)
    ruled = at_once(
        [lambda: confirm(case, [number], reasons="证据充分", by=operator, at=timezone.now())] * _RIVALS
    )
    claimed = at_once(
        [lambda: claim(type(made).objects.get(pk=made.pk), reporter, at=timezone.now())] * _RIVALS
    )
    counts = {"tracings": Tracing.objects.count(), "traces": Trace.objects.count()}
    counts |= {"rulings": Ruling.objects.count(), "rewards": Reward.objects.count()}
    years = reporter.memberships.count()
    result = {
        "asked": asked,
        "ruled": ruled,
        "claimed": claimed,
        **counts,
        "years": years,
        "chain": verify().ok,
    }
    print(json.dumps(result))  # noqa: T201


if __name__ == "__main__":
    main()
