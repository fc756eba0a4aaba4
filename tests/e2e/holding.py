"""Run as a program: ask for a trace of the demo library's case in WENXING_HOME as if another process ran it.

With `release` as its argument that process is gone, and whoever works takes the trace up. Prints the case.
"""

import sys
from datetime import timedelta

import django


def main() -> None:
    """Hold, or release."""
    django.setup()
    from django.utils import timezone

    from wenxing_web.cases.models import Case, Tracing
    from wenxing_web.cases.queries import exhibits_in

    now, case = timezone.now(), Case.objects.get()
    if sys.argv[1:] == ["release"]:
        Tracing.objects.update(leased_until=now)
    else:
        keys = [exhibit.key for exhibit in exhibits_in(case)]
        lease = {"lease": "elsewhere", "leased_until": now + timedelta(hours=1), "tries": 1}
        Tracing.objects.create(case=case, asked_at=now, chosen=keys, **lease)
    print(case.number)  # noqa: T201


if __name__ == "__main__":
    main()
