"""Run as a program: fill the home folder named by WENXING_HOME and print who may read what, as JSON.

{"edition": identity, "members": [{"number": 1, "cookie": "sessionid=…"}, …]}
"""

import json
import sys
from datetime import timedelta

import django
from django.conf import settings
from django.core.management import call_command


def main(members: int) -> None:
    """Publish one material and sign so many members in."""
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from web.making import make_material

    edition = make_material()
    print(json.dumps({"edition": edition.identity, "members": [_member(n) for n in range(members)]}))  # noqa: T201


def _member(index: int) -> dict[str, object]:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from wenxing_web.members.models import Member, Plan
    from wenxing_web.members.queries import number_of

    plan, _ = Plan.objects.get_or_create(name_zh="全年会员", name_en="One year")
    member = Member.objects.create_user(f"member{index}@example.org", notice_seen_at=timezone.now())
    today = timezone.localdate()
    member.memberships.create(plan=plan, starts_on=today, ends_on=today + timedelta(days=300))
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.create()
    return {"number": number_of(member), "cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}


if __name__ == "__main__":
    main(int(sys.argv[1]))
