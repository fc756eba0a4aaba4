"""Run as a program in an empty home folder: fifty threads send one form, then fifty members speak at once,
then a member with two downloads a day takes eight materials at once.

{"numbers": 1, "messages": 1, "posted": 1, "events": 1, "other": [], "all": 51, "in_order": true,
 "downloads": 2, "delivered": 2}
"""

import json
from datetime import timedelta
from functools import partial
from uuid import uuid4

import django
from django.core.management import call_command

_RIVALS = 50
_LIMIT = 2  # downloads a day


def main() -> None:
    """Race, and print what came of it."""
    django.setup()
    call_command("migrate", verbosity=0)
    from django.utils import timezone

    from web.making import make_material
    from web.rivals import at_once
    from wenxing_web.delivery.actions.deliver import Form, deliver
    from wenxing_web.delivery.models import Download
    from wenxing_web.entitlements import Room
    from wenxing_web.library.models import Policy
    from wenxing_web.live.models import Event
    from wenxing_web.members.models import Member, Plan
    from wenxing_web.rooms.actions.say import say
    from wenxing_web.rooms.models import Message
    from wenxing_web.rooms.models import Room as Hall

    now, today, numbers = timezone.now(), timezone.localdate(), set()
    members = [Member.objects.create_user(f"m{n}@example.org", notice_seen_at=now) for n in range(_RIVALS)]

    def send() -> None:
        numbers.add(say(members[0], Room.FREE, client_id=form, text="只说一次", at=now).pk)

    form = uuid4()
    other = at_once([send] * _RIVALS)
    result: dict[str, object] = {
        "numbers": len(numbers),
        "messages": Message.objects.count(),
        "posted": Hall.objects.get(key="free").posted,
        "events": Event.objects.filter(kind="message.posted").count(),
    }
    say_it = partial(say, key=Room.FREE, text="都说一句", at=now)
    other += at_once([partial(say_it, member, client_id=uuid4()) for member in members])
    changes = list(Message.objects.order_by("pk").values_list("change", flat=True))
    plan = Plan.objects.create(name_zh="两份", name_en="Two", downloads_a_day=_LIMIT)
    members[0].memberships.create(plan=plan, starts_on=today, ends_on=today + timedelta(days=9))
    papers = [make_material(f"第{n}号\n请到会。\n", policy=Policy.VERBATIM, title=str(n)) for n in range(8)]
    taken = at_once([partial(deliver, members[0], paper, form=Form.TXT, at=now) for paper in papers])
    result |= {
        "other": sorted({*other} - {"NoneType", "Message"}),
        "all": Hall.objects.get(key="free").posted,
        "in_order": changes == sorted(set(changes)),
        "downloads": Download.objects.count(),
        "delivered": taken.count("Delivery"),
    }
    print(json.dumps(result))  # noqa: T201


if __name__ == "__main__":
    main()
