"""Redemption codes: made and shown once, bound at first use, refused with a reason of their own."""

import csv
import json
import re
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from web.browsing import Browser, signed_in
from web.making import make_material
from web.serving import environment
from wenxing_web.billing.actions.make import Printed, digest_of, make
from wenxing_web.billing.actions.redeem import Expired, Refused, TooManyTries, Used, Void, Wrong, redeem
from wenxing_web.billing.actions.void import void
from wenxing_web.billing.models import Batch, Code
from wenxing_web.ledger.models import Entry
from wenxing_web.members.models import Member, Plan
from wenxing_web.members.queries import own_data, standing

pytestmark = pytest.mark.django_db
CODE = re.compile(r"<code>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</code>")
NOBODYS = "0000-0000-0000-0000"


def batch(plan: Plan, count: int = 1, *, expired: bool = False) -> Printed:
    operator = Member.objects.filter(is_staff=True).first()
    operator = operator or Member.objects.create_superuser("maker@example.org")
    day = timezone.localdate() - timedelta(days=1) if expired else None
    return make(plan, count, last_day=day, by=operator, at=timezone.now())


def member(name: str = "dora") -> Member:
    return Member.objects.create_user(f"{name}@example.org", "correct horse")


def use(who: Member, code: str) -> None:
    redeem(who, code, today=timezone.localdate(), at=timezone.now())


def form_of(plan: Plan, **changes: str) -> dict[str, str]:
    return {"plan": str(plan.pk), "count": "3", "last_day": "", "form": "page", **changes}


def test_codes_are_shown_once_and_kept_nowhere(alice: Browser, plan: Plan) -> None:
    answer = alice.post("/console/codes/make/", form_of(plan))
    codes = CODE.findall(answer.content.decode())
    assert len(set(codes)) == 3
    assert "no-store" in answer.headers["Cache-Control"]
    later = alice.get("/console/codes/").content.decode()
    kept = json.dumps([*Code.objects.values(), *Batch.objects.values(), *Entry.objects.values()], default=str)
    for code in codes:
        assert code not in later
        assert code not in kept
        assert code.replace("-", "") not in kept
    assert Code.objects.filter(digest__in=[digest_of(code) for code in codes]).count() == 3


def test_codes_come_as_a_table_that_spreadsheets_open(alice: Browser, plan: Plan) -> None:
    day = timezone.localdate() + timedelta(days=9)
    answer = alice.post("/console/codes/make/", form_of(plan, form="csv", last_day=str(day)))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    _head, *rows = csv.reader(answer.content.decode("utf-8-sig").splitlines())
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert {row[2] for row in rows} == {str(day)}
    use(member(), rows[2][1])
    assert Code.objects.get(used_at__isnull=False).serial == 3


@pytest.mark.parametrize(
    "change", [{"count": "0"}, {"count": "1001"}, {"plan": "99"}, {"last_day": "2020-01-01"}, {"form": "x"}]
)
def test_a_batch_that_cannot_be_made_says_why(alice: Browser, plan: Plan, change: dict[str, str]) -> None:
    assert alice.post("/console/codes/make/", form_of(plan)).status_code == 200
    refused = alice.post("/console/codes/make/", form_of(plan) | change)
    assert refused.status_code == 422
    assert "errorlist" in refused.content.decode()
    assert Batch.objects.count() == 1


def test_a_code_opens_a_term_the_second_it_is_redeemed(plan: Plan) -> None:
    dora = signed_in(member())
    today = timezone.localdate()
    address = f"/m/{make_material(dated_on=today - timedelta(days=900)).identity}/"
    assert "没有开通会员" in dora.get(address).content.decode()
    (code,) = batch(plan).codes
    assert dora.post("/me/redeem/", {"code": code}).status_code == 302
    assert "没有开通会员" not in dora.get(address).content.decode()
    assert dora.member
    term = dora.member.memberships.get()
    assert (term.starts_on, term.origin) == (today, "order")
    assert [e.kind for e in Entry.objects.order_by("-id")[:4]].count("code.redeemed") == 1


def test_a_code_adds_to_what_is_left(bob: Browser, plan: Plan) -> None:
    assert bob.member
    before = standing(bob.member, today=timezone.localdate()).last_day
    bob.post("/me/redeem/", {"code": batch(plan).codes[0]})
    assert before
    assert bob.member.memberships.latest("ends_on").starts_on == before + timedelta(days=1)


@pytest.mark.parametrize(
    "typed",
    [
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: f"  {code.replace('-', ' ')} ",
        lambda code: code.translate({ord(c): ord(c) + 0xFEE0 for c in code}),
        lambda code: code.replace("0", "O").replace("1", "l"),
    ],
    ids=["small", "no-hyphens", "spaces", "full-width", "look-alikes"],
)  # fmt: skip
def test_a_code_may_be_typed_as_people_type(typed: object, plan: Plan) -> None:
    assert callable(typed)
    dora = member()
    use(dora, typed(batch(plan).codes[0]))
    assert dora.memberships.count() == 1


def test_every_refusal_has_its_message_and_changes_nothing(plan: Plan) -> None:
    dora, eve = member(), member("eve")
    used, voided, good = batch(plan, 3).codes
    use(eve, used)
    void(Batch.objects.get(), serial=2, by=eve, at=timezone.now())
    over = batch(plan, expired=True).codes[0]
    said = {}
    for code, kind in ((NOBODYS, Wrong), (used, Used), (voided, Void), (over, Expired)):
        with pytest.raises(kind) as refusal:
            use(dora, code)
        said[kind] = str(refusal.value)
    with pytest.raises(Used) as own:
        use(eve, used)
    assert len({*said.values(), str(own.value)}) == 5
    assert (dora.memberships.count(), eve.memberships.count()) == (0, 1)
    use(dora, good)
    assert dora.memberships.count() == 1


def test_a_code_is_good_through_its_last_day(plan: Plan) -> None:
    operator, today, now = (
        Member.objects.create_superuser("o@example.org"),
        timezone.localdate(),
        timezone.now(),
    )
    first, second = make(plan, 2, last_day=today, by=operator, at=now).codes
    redeem(member(), first, today=today, at=now)
    with pytest.raises(Expired):
        redeem(member("eve"), second, today=today + timedelta(days=1), at=now)


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(plan: Plan) -> None:
    dora = signed_in(member())
    for typed in (NOBODYS, "x" * 5_000, "", "<script>", "\x00", "兑换码"):
        answer = dora.post("/me/redeem/", {"code": typed})
        assert answer.status_code == 422
        assert "errorlist" in answer.content.decode()
    assert NOBODYS in dora.post("/me/redeem/", {"code": NOBODYS}).content.decode()
    assert "<script>" not in dora.post("/me/redeem/", {"code": "<script>"}).content.decode()


def test_guessing_is_slowed_down_even_for_a_good_code(plan: Plan) -> None:
    dora, good, now = member(), batch(plan).codes[0], timezone.now()
    today = timezone.localdate()
    for number in range(10):
        with pytest.raises(Wrong):
            redeem(dora, f"{number}" * 16, today=today, at=now)
    with pytest.raises(TooManyTries):
        redeem(dora, good, today=today, at=now)
    assert signed_in(dora).post("/me/redeem/", {"code": good}).status_code == 429
    redeem(dora, good, today=today, at=now + timedelta(minutes=11))
    assert dora.memberships.count() == 1


def test_one_members_wrong_tries_do_not_hold_up_another(plan: Plan) -> None:
    dora, code = member(), batch(plan).codes[0]
    for _ in range(11):
        with pytest.raises(Refused):
            use(dora, NOBODYS)
    use(member("eve"), code)
    assert Code.objects.get().used_at


def test_unused_codes_are_voided_and_used_ones_stay(alice: Browser, plan: Plan) -> None:
    printed, dora = batch(plan, 3), member()
    use(dora, printed.codes[0])
    address = f"/console/codes/{printed.batch.pk}/void/"
    assert alice.post(address, {"serial": "2"}).status_code == 302
    assert Code.objects.filter(voided_at__isnull=False).count() == 1
    alice.post(address, {"serial": ""})
    assert list(Code.objects.filter(voided_at__isnull=False).values_list("serial", flat=True)) == [2, 3]
    assert dora.memberships.count() == 1
    assert alice.post("/console/codes/999/void/").status_code == 404
    assert [e.facts["count"] for e in Entry.objects.filter(kind="codes.voided")] == [1, 1]


def test_a_serial_that_is_no_number_voids_nothing(alice: Browser, plan: Plan) -> None:
    printed = batch(plan, 2)
    alice.post(f"/console/codes/{printed.batch.pk}/void/", {"serial": "all"})
    assert not Code.objects.filter(voided_at__isnull=False).exists()


def test_for_anybody_else_the_pages_do_not_exist(
    alice: Browser, bob: Browser, carol: Browser, plan: Plan
) -> None:
    printed = batch(plan)
    void_it = f"/console/codes/{printed.batch.pk}/void/"
    assert alice.get("/console/codes/").status_code == 200
    for other in (bob, carol):
        assert other.get("/console/codes/").status_code == 404
        for address in ("/console/codes/make/", void_it):
            assert other.post(address, form_of(plan)).status_code == 404
    assert carol.get("/me/redeem/").status_code == 302
    assert carol.post("/me/redeem/", {"code": printed.codes[0]}).status_code == 302
    assert Code.objects.filter(used_at__isnull=True, voided_at__isnull=True).count() == 1


def test_a_members_own_data_names_the_codes_and_leaving_keeps_them_used(plan: Plan) -> None:
    dora, code = member(), batch(plan).codes[0]
    use(dora, code)
    assert [entry["serial"] for entry in own_data(dora)["codes"]] == [1]
    dora.delete()
    with pytest.raises(Used):
        use(member("eve"), code)


def test_no_migration_is_missing() -> None:
    said = StringIO()
    call_command("makemigrations", "billing", dry_run=True, stdout=said)
    assert "No changes detected" in said.getvalue()


def test_fifty_at_once_and_one_gets_it(tmp_path: Path) -> None:
    command = [sys.executable, str(Path(__file__).with_name("redeeming.py"))]
    done = subprocess.run(command, env=environment(tmp_path), check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    once = {"terms": 1, "rows": 1, "paid": 1, "confirmed": 1}
    assert result == {**once, "used": 49, "other": [], "chain": True}
