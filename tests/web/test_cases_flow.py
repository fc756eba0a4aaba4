"""From a leak to a reward, with the real engine and through the pages: all seven steps."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from web.browsing import Browser
from web.leaking import copy_of, member_called, traced
from web.making import SPEECH, make_material
from wenxing_web.cases.models import Case, Hearing, Report, Reward, Trace
from wenxing_web.ledger.models import Entry
from wenxing_web.ledger.queries import verify
from wenxing_web.members.models import Membership
from wenxing_web.members.queries import number_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_has_reported_yet() -> None:
    cache.clear()


def test_a_leak_leads_to_its_account_and_the_reporter_to_a_year(
    alice: Browser, bob: Browser, carol: Browser
) -> None:
    assert bob.member
    number = number_of(bob.member)
    leak = copy_of(bob.member, make_material(SPEECH))

    carol.post(reverse("report"), {"text": leak, "price": "9.9 元"})
    made = Report.objects.get()
    case = Case.objects.get()
    place = {"number": case.number}
    page = reverse("console-case", kwargs=place)

    alice.post(reverse("console-trace", kwargs=place), {"exhibit": f"{made.pk}-text"})
    assert traced() == 1
    assert Trace.objects.get().outcome == "named"
    shown = alice.get(page).content.decode()
    assert f"指认编号 {number}" in shown
    assert "任何一个被误指的概率不高于百万分之一 (≤ 1 in 1,000,000)" in shown
    assert 'class="agrees"' in shown
    assert "逐处列表" in shown
    assert "bo…@example.org" not in shown

    account = {**place, "recipient": number}
    alice.post(reverse("console-unmask", kwargs=account), {"reason": "需要核对订单"})
    shown = alice.get(page).content.decode()
    assert "bo…@example.org" in shown
    assert "需要核对订单" in shown
    assert "bob@example.org" not in shown

    alice.post(reverse("console-ask", kwargs=account), {"days": 7})
    hearing = Hearing.objects.get()
    own_page = reverse("hearing", kwargs={"hearing_id": hearing.pk})
    assert own_page in bob.get(reverse("me")).content.decode()
    bob.post(own_page, {"answer": "我的手机上个月丢了。"})
    assert "我的手机上个月丢了。" in alice.get(page).content.decode()

    ruling = {"decision": "confirm", "numbers": number, "reasons": "证据充分，说明不能成立。"}
    alice.post(reverse("console-rule", kwargs=place), ruling)
    case.refresh_from_db()
    assert case.state == Case.State.CONFIRMED
    assert "出自您账号的副本" in bob.get(own_page).content.decode()
    assert not Reward.objects.exists()  # the reporter has no account yet

    status = reverse("report-status", kwargs={"receipt": made.receipt})
    assert "一年会员在等您领取" in carol.get(status).content.decode()
    dora = Browser()
    dora.member = member_called("dora")
    dora.force_login(dora.member)
    dora.post(reverse("report-claim", kwargs={"receipt": made.receipt}))
    term = Membership.objects.get(member=dora.member)
    assert term.origin == Membership.Origin.REWARD
    assert timedelta(days=365) <= term.ends_on - term.starts_on <= timedelta(days=366)
    assert "赠送的一年会员已经开通" in dora.get(status).content.decode()

    kinds = list(Entry.objects.order_by("id").values_list("kind", flat=True))
    steps = ["copy.delivered", "case.opened", "report.made", "trace.run", "account.unmasked", "hearing.asked"]
    steps += ["hearing.answered", "case.ruled", "report.claimed", "term.granted", "reward.granted"]
    assert [kind for kind in kinds if kind in steps] == steps
    assert verify().ok


def test_the_ledger_of_a_case_holds_no_words_of_anybody(alice: Browser, bob: Browser, carol: Browser) -> None:
    assert alice.member
    assert bob.member
    leak = copy_of(bob.member, make_material(SPEECH))
    carol.post(
        reverse("report"),
        {"text": leak, "link": "https://shop.example/item?seller=wang", "remark": "王某在卖"},
    )
    rows = [str(entry.facts) for entry in Entry.objects.all()]
    assert any("report" in row for row in rows)
    for word in ("shop.example", "wang", "王", "水利", "example.org"):
        assert not [row for row in rows if word in row]


def test_an_unanswered_hearing_is_over_when_its_time_has_passed(
    alice: Browser, bob: Browser, carol: Browser
) -> None:
    assert bob.member
    carol.post(reverse("report"), {"text": copy_of(bob.member, make_material(SPEECH))})
    case, made = Case.objects.get(), Report.objects.get()
    place, number = {"number": case.number}, number_of(bob.member)
    alice.post(reverse("console-trace", kwargs=place), {"exhibit": f"{made.pk}-text"})
    assert traced() == 1
    alice.post(reverse("console-ask", kwargs={**place, "recipient": number}), {"days": 3})
    ruling = {"decision": "confirm", "numbers": number, "reasons": "期限已过。"}

    early = alice.post(reverse("console-rule", kwargs=place), ruling)
    assert early.status_code == 422
    assert "答复期限也还没有到" in early.content.decode()
    assert "期限已过。" in early.content.decode()  # nothing typed is lost

    Hearing.objects.update(answer_by=timezone.now() - timedelta(minutes=1))
    assert alice.post(reverse("console-rule", kwargs=place), ruling).status_code == 302
    case.refresh_from_db()
    assert case.state == Case.State.CONFIRMED
