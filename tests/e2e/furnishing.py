"""Run as a program: take the demo library in WENXING_HOME on to a case that was traced and is being heard.

Prints as JSON what the addresses of `web.pages` and of the walk through them need.
"""

import json

import django


def main() -> None:
    """Trace the planted leak, ask the account, and bring a draft as far as its proof."""
    django.setup()
    from django.utils import timezone

    from web.making import ADVERTISEMENT, SPEECH, make_draft
    from web.posting import tell
    from wenxing_web.cases.actions.ask import ask
    from wenxing_web.cases.actions.trace import trace
    from wenxing_web.cases.models import Case
    from wenxing_web.demand.models import Request
    from wenxing_web.library.actions.choose import choose
    from wenxing_web.library.models import Edition, Policy
    from wenxing_web.library.queries import topics_of_season
    from wenxing_web.members.models import Member
    from wenxing_web.rooms.models import Message

    now = timezone.now()
    case = Case.objects.get()
    run = trace(case, by=Member.objects.get(email="operator@example.org"), at=now)
    (named,) = run.result["named"]
    reader = Member.objects.get(email="reader1@example.org")  # a member whom nobody asks anything
    reader.set_password("wenxing-demo")
    reader.save(update_fields=["password"])
    draft = make_draft(ADVERTISEMENT + SPEECH, remove=(0, 1, 2, 3, 4, 5))
    choose(draft, Policy.ADAPTABLE)
    asked = ask(case, named["recipient"], days=7, at=now)
    tell(timezone.now())  # now, not while pages are compared
    places = {
        "edition": run.editions.get().identity,
        "old": Edition.objects.order_by("material__dated_on")[0].identity,
        "receipt": case.reports.get().receipt,
        "case": case.number,
        "hearing": str(asked.pk),
        "draft": str(draft.pk),
        "topic": str(topics_of_season(timezone.localdate(now))[0].pk),
        "request": str(Request.objects.filter(state=Request.State.OPEN)[0].pk),
        "message": str(Message.objects.filter(room__key="free")[0].pk),
    }
    print(json.dumps(places))  # noqa: T201


if __name__ == "__main__":
    main()
