"""Fill an empty library so that there is something to read, and a case to solve, in the first minute.

Everything goes through the same actions as real work: upload, clean, proof,
publish, deliver, report. A library that anybody already uses is left alone.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from wenxing_web.billing.actions.make import make as make_codes
from wenxing_web.cases.actions.report import report
from wenxing_web.delivery.actions.deliver import Form, deliver
from wenxing_web.library.actions.choose import choose
from wenxing_web.library.actions.clean import clean
from wenxing_web.library.actions.describe import describe
from wenxing_web.library.actions.proof import proof
from wenxing_web.library.actions.publish import publish
from wenxing_web.library.actions.upload import upload
from wenxing_web.library.models import Edition, Kind, Policy, Right
from wenxing_web.library.queries import cleaned
from wenxing_web.members.actions.acknowledge import acknowledge
from wenxing_web.members.actions.grant import grant
from wenxing_web.members.models import Member, Membership, Plan
from wenxing_web.members.queries import member_by_email
from wenxing_web.samples.news import spread
from wenxing_web.samples.seasons import sort_out
from wenxing_web.samples.talk import converse
from wenxing_web.samples.wishes import wish

PASSWORD = "wenxing-demo"  # noqa: S105 -- printed at every start, for a library nobody else can reach
OPERATOR, MEMBER, REPORTER = "operator@example.org", "member@example.org", "reporter@example.org"
_CODES = 3
_READERS = 12  # other accounts with terms, so that a trace has somebody to tell apart


@dataclass(frozen=True, slots=True)
class Sample:
    """A material: `file` is a text next to this module; `age` is how many days ago it is dated."""

    file: str
    kind: Kind
    age: int
    policy: Policy = Policy.VERBATIM
    is_free: bool = False


SAMPLES = (
    Sample(
        "notebook-essay", Kind.OTHER, 1_780
    ),  # this and the next two are older than the member's plan opens
    Sample("old-estates", Kind.REPORT, 1_570, Policy.ADAPTABLE),
    Sample("repair-research", Kind.RESEARCH, 1_290, Policy.ADAPTABLE),
    Sample("village-care", Kind.RESEARCH, 940),
    Sample("reading-notes", Kind.NOTE, 820),
    Sample("writing-course", Kind.COURSE, 610, is_free=True),
    Sample("tables-course", Kind.COURSE, 480, Policy.ADAPTABLE),
    Sample("writing-exam", Kind.EXAM, 370),
    Sample("service-rules", Kind.OTHER, 250),
    Sample("night-bus-report", Kind.REPORT, 150),
    Sample("lighter-burdens", Kind.REPORT, 65, Policy.ADAPTABLE),
    Sample("young-cadres", Kind.SPEECH, 0, Policy.ADAPTABLE),
)
_LEAKED = "young-cadres"


def make() -> bool:
    """Fill an empty library. Returns whether anything was done; the second time nothing is."""
    if not _is_ours_to_fill():
        return False
    now = timezone.now()
    members = _people(timezone.localdate(now), now)
    editions = {sample.file: _published(sample, now) for sample in SAMPLES}
    sort_out({file: edition.material for file, edition in editions.items()}, today=timezone.localdate(now))
    for reader in members[1:]:
        deliver(reader, editions[_LEAKED], form=Form.PAGE, at=now)
    _read_and_leak(members[0], editions, now)
    operator = member_by_email(OPERATOR)
    assert operator is not None, "made a moment ago"
    wish(members[1:], operator, editions["lighter-burdens"], now=now)
    converse(editions, now=now)
    spread(members[0], now=now)
    _stamp().touch()
    return True


def accounts() -> tuple[str, ...]:
    """The demo accounts and codes to redeem, a line each; empty in a library without them."""
    if not _stamp().exists():
        return ()
    who = ((OPERATOR, "运营者 operator"), (MEMBER, "会员 member"), (REPORTER, "举报人 reporter"))
    lines = [f"{email:<24}{PASSWORD}    {role}" for email, role in who]
    if _codes().exists():
        lines += [f"{code:<24}兑换码 redemption code" for code in _codes().read_text("ascii").split()]
    return tuple(lines)


def open_to_anybody() -> list[str]:
    """Demo accounts that still have the printed password: a library that others can reach must have none."""
    found = (member_by_email(email) for email in (OPERATOR, MEMBER, REPORTER))
    return [member.email for member in found if member and member.check_password(PASSWORD)]


def _stamp() -> Path:
    return Path(settings.HOME) / "demo.done"


def _is_ours_to_fill() -> bool:
    """Not filled yet, and nobody's own library. What a start cut short left behind is completed."""
    return not _stamp().exists() and (not Member.objects.exists() or member_by_email(OPERATOR) is not None)


def _people(today: date, now: datetime) -> list[Member]:
    """The demo accounts and their readers; the demo member first. All of them, or none."""
    with transaction.atomic():
        if not Member.objects.exists():
            operator = Member.objects.create_superuser(OPERATOR, PASSWORD, nickname="运营者")
            Member.objects.create_user(REPORTER, PASSWORD, nickname="举报人")
            plan = Plan.objects.create(name_zh="全年会员", name_en="One year", price_minor=19_900)
            _subscribe(MEMBER, "会员", plan, today=today, now=now)
            for number in range(1, _READERS + 1):
                _subscribe(f"reader{number}@example.org", f"读者{number}", plan, today=today, now=now)
            _sell(operator, now)
    return [m for m in Member.objects.order_by("id") if m.memberships.exists()]


def _subscribe(email: str, nickname: str, plan: Plan, *, today: date, now: datetime) -> None:
    password = PASSWORD if email == MEMBER else None
    joined = now - timedelta(days=40)
    member = Member.objects.create_user(email, password, nickname=nickname, joined_at=joined)
    grant(member, plan, origin=Membership.Origin.ORDER, today=today - timedelta(days=40), at=now)
    acknowledge(member, at=now)


def _sell(operator: Member, now: datetime) -> None:
    """Other plans to choose from, and codes to try; only the demo writes codes down."""
    Plan.objects.create(
        name_zh="季度会员",
        name_en="Three months",
        years_back=0,
        months=3,
        price_minor=5_900,
        downloads_a_day=5,
    )
    everything = Plan.objects.create(
        name_zh="全部存档", name_en="Whole archive", years_back=None, price_minor=39_900, request_priority=3
    )
    printed = make_codes(everything, _CODES, last_day=None, by=operator, at=now)
    file = _codes()
    file.touch(mode=0o600)
    file.write_text("\n".join(printed.codes) + "\n", encoding="ascii")


def _codes() -> Path:
    return Path(settings.HOME) / "demo.codes"


def _published(sample: Sample, now: datetime) -> Edition:
    data = (Path(__file__).parent / f"{sample.file}.txt").read_bytes()
    day = timezone.localdate(now) - timedelta(days=sample.age)
    title = data.decode("utf-8").partition("\n")[0]
    earlier = Edition.objects.filter(material__title=title).first()
    if earlier:
        return earlier
    draft = clean(upload(data, name=f"{title}.txt", today=day), remove=())
    choose(draft, sample.policy)
    if sample.policy is Policy.ADAPTABLE:
        proof(draft, approve=cleaned(draft).of_grade("A"))
    describe(draft, title=title, kind=sample.kind, dated_on=day, right=Right.OWN, is_free=sample.is_free)
    return publish(draft, at=now)


def _read_and_leak(member: Member, editions: dict[str, Edition], now: datetime) -> None:
    """The member reads three materials; one of them turns up, copied by hand, at a seller's."""
    for file in ("village-care", "lighter-burdens"):
        deliver(member, editions[file], form=Form.PAGE, at=now)
    copy = deliver(member, editions[_LEAKED], form=Form.TXT, at=now).content
    reporter = member_by_email(REPORTER)
    assert isinstance(copy, bytes), "a file is bytes"
    assert reporter is not None, "made a moment ago"
    if not reporter.reports.exists():
        report(
            text=_copied_by_hand(copy.decode("utf-8"), random.Random(20)),  # noqa: S311 -- not a secret
            link="https://market.example/item/20394",
            price="9.90 元",
            remark="有人在二手平台按篇出售，这是付款后收到的全文。",
            reporter=reporter,
            at=now,
        )


def _copied_by_hand(text: str, dice: random.Random) -> str:
    """Heading and a paragraph are gone, lines run on; of a hundred characters one is missing, one wrong."""
    lines = [line for line in text.splitlines() if line.strip()]
    body = "".join("".join(lines[2:-2] + lines[-1:]).split())
    common = "的一是在不了有和人这中大为上个国我以要他"
    kept = (c for c in body if dice.random() >= 0.01)
    return "".join(dice.choice(common) if dice.random() < 0.01 else c for c in kept)
