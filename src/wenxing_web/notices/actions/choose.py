"""An account chooses how it is told of something."""

from collections.abc import Mapping

from django.db import transaction

from wenxing_web.members.models import Member
from wenxing_web.notices.models import Choice, Kind, Language, Letter, Mail, Notice
from wenxing_web.notices.queries import all_choices


def choose(member: Member, wanted: Mapping[Kind, tuple[bool, Mail]]) -> None:
    """Keep, by kind, whether it is told at the bell, and when by e-mail. Holds for what is under way, too."""
    with transaction.atomic():
        for kind, (at_bell, mail) in wanted.items():
            Choice.objects.update_or_create(
                member=member, kind=kind, defaults={"at_bell": at_bell, "mail": mail}
            )
            if mail is Mail.NEVER:
                _call_back(member, kind)


def write_in(member: Member, code: str) -> None:
    """Keep the language of letters; empty is all of them."""
    Language.objects.update_or_create(member=member, defaults={"code": code})


def stop_mail(member: Member, *, kind: Kind | None) -> None:
    """No more e-mail about one kind of thing; `None` is whatever comes in the daily letter."""
    chosen = all_choices(member)
    kinds = [kind] if kind else [k for k, (_at_bell, mail) in chosen.items() if mail is Mail.DAILY]
    choose(member, {kind: (chosen[kind][0], Mail.NEVER) for kind in kinds})


def _call_back(member: Member, kind: Kind) -> None:
    """What was not sent yet is not sent any more."""
    rows = Notice.objects.filter(member=member, kind=kind).exclude(mail=Mail.NEVER)
    rows.filter(letter__isnull=True).update(mail=Mail.NEVER)
    rows.filter(letter__state=Letter.State.WAITING).update(mail=Mail.NEVER)
