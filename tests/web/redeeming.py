"""Run as a program in an empty home folder: fifty members type the same code at the same moment,
then as many confirm the same order.

{"terms": 1, "used": 49, "other": [], "rows": 1, "paid": 1, "confirmed": 1, "chain": true}
"""

import json
from functools import partial

import django
from django.core.management import call_command

_RIVALS = 50


def main() -> None:
    """Race, and print what came of it."""
    django.setup()
    call_command("migrate", verbosity=0)
    from django.utils import timezone

    from web.rivals import at_once
    from wenxing_web.billing.actions.make import make
    from wenxing_web.billing.actions.order import confirm, place
    from wenxing_web.billing.actions.redeem import redeem
    from wenxing_web.ledger.models import Entry
    from wenxing_web.ledger.queries import verify
    from wenxing_web.members.models import Member, Membership, Plan

    plan = Plan.objects.create(name_zh="全年会员", name_en="One year")
    operator = Member.objects.create_superuser("operator@example.org")
    now, today = timezone.now(), timezone.localdate()
    (code,) = make(plan, 1, last_day=None, by=operator, at=now).codes
    rivals = [Member.objects.create_user(f"member{n}@example.org") for n in range(_RIVALS)]
    redeemed = at_once([partial(redeem, member, code, today=today, at=now) for member in rivals])
    terms = Membership.objects.count()
    order = place(rivals[0], plan, at=now)
    confirmed = at_once([partial(confirm, order, by=operator, today=today, at=now)] * _RIVALS)
    result = {
        "terms": terms,
        "used": redeemed.count("Used"),
        "other": sorted({*redeemed, *confirmed} - {"Used", "Membership", "OrderError"}),
        "rows": Entry.objects.filter(kind="code.redeemed").count(),
        "paid": Entry.objects.filter(kind="order.paid").count(),
        "confirmed": confirmed.count("Membership"),
        "chain": verify().ok,
    }
    print(json.dumps(result))  # noqa: T201


if __name__ == "__main__":
    main()
