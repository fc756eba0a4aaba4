"""Run as a program in an empty home folder: ask for a trace, begin it, say so, and never come to its end.

With `later` as its argument it is the process that comes after, when the lease is over. It prints
{"ran": 1, "traces": 1, "ledger": 1, "tests": 1, "tries": 2, "chain": true}
"""

import json
import sys
from datetime import timedelta
from threading import Event

import django
from django.core.management import call_command


def _begin() -> None:
    from django.utils import timezone

    from web.leaking import copy_of, reported
    from web.making import SPEECH, make_material
    from wenxing_web import engine
    from wenxing_web.cases.actions.order_trace import order_trace
    from wenxing_web.cases.actions.run_traces import run_next
    from wenxing_web.members.models import Member

    def hang(*_arguments: object, **_options: object) -> None:
        print("begun", flush=True)  # noqa: T201
        Event().wait()

    engine.ensure_key()
    operator = Member.objects.create_superuser("operator@example.org", "correct horse")
    made = reported(copy_of(operator, make_material(SPEECH)))
    order_trace(made.case, by=operator, at=timezone.now(), chosen=[f"{made.pk}-text"])
    engine.trace = hang  # type: ignore[assignment]
    run_next(clock=timezone.now)


def _later() -> None:
    from django.utils import timezone

    from wenxing_web.cases.actions.run_traces import LEASE, run_next
    from wenxing_web.cases.models import Case, Tracing
    from wenxing_web.cases.queries import spent_in, traces_in
    from wenxing_web.ledger.models import Entry
    from wenxing_web.ledger.queries import verify

    assert not run_next(clock=timezone.now)  # its lease stands
    ran = 0
    while run_next(clock=lambda: timezone.now() + LEASE + timedelta(seconds=1)):
        ran += 1
    traces = traces_in(Case.objects.get())
    result = {
        "ran": ran,
        "traces": len(traces),
        "ledger": Entry.objects.filter(kind="trace.run").count(),
        "tests": spent_in(traces).tests,
        "tries": Tracing.objects.get().tries,
        "chain": verify().ok,
    }
    print(json.dumps(result))  # noqa: T201


if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0)
    if sys.argv[1:] == ["later"]:
        _later()
    else:
        _begin()
