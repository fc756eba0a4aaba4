"""Orders paid by transfer: placed once, seen by their owner only, confirmed once by an operator."""

from datetime import timedelta

import pytest
from django.utils import timezone

from web.browsing import Browser, signed_in
from web.making import make_material
from wenxing_web.billing.actions.order import OrderError, cancel, confirm, place
from wenxing_web.billing.models import Order
from wenxing_web.ledger.models import Entry
from wenxing_web.members.models import Member, Membership, Plan
from wenxing_web.members.queries import own_data, standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def dora() -> Browser:
    """An account without a term."""
    return signed_in(Member.objects.create_user("dora@example.org", nickname="朵拉"))


def ordered(browser: Browser, plan: Plan) -> Order:
    assert browser.member
    assert browser.post("/me/orders/", {"plan": str(plan.pk)}).status_code == 302
    return Order.objects.filter(recipient__member=browser.member).latest("id")


def settle(browser: Browser, order: Order, do: str = "confirm") -> int:
    return browser.post(f"/console/orders/{order.reference}/{do}/").status_code


def test_an_order_opens_the_archive_the_second_it_is_confirmed(
    alice: Browser, dora: Browser, plan: Plan
) -> None:
    today = timezone.localdate()
    Plan.objects.update(price_minor=19_950)
    address = f"/m/{make_material(dated_on=today - timedelta(days=900)).identity}/"
    order = ordered(dora, plan)
    page = dora.get(f"/me/orders/{order.reference}/").content.decode()
    assert order.reference in page
    assert "199.50" in page
    assert "没有开通会员" in dora.get(address).content.decode()
    assert order.reference in alice.get("/console/orders/").content.decode()
    assert settle(alice, order) == 302
    assert "没有开通会员" not in dora.get(address).content.decode()
    assert dora.member
    assert dora.member.memberships.get().origin == Membership.Origin.ORDER
    kinds = [entry.kind for entry in Entry.objects.filter(kind__startswith="order.").order_by("id")]
    assert kinds == ["order.placed", "order.paid"]


def test_confirming_twice_opens_one_term(alice: Browser, dora: Browser, plan: Plan) -> None:
    order = ordered(dora, plan)
    assert [settle(alice, order), settle(alice, order), settle(alice, order, "cancel")] == [302, 302, 302]
    assert Membership.objects.filter(member=dora.member).count() == 1
    order.refresh_from_db()
    assert order.state == Order.State.PAID


def test_a_renewal_adds_to_what_is_left(alice: Browser, bob: Browser, plan: Plan) -> None:
    assert bob.member
    before = standing(bob.member, today=timezone.localdate()).last_day
    settle(alice, ordered(bob, plan))
    assert before
    assert bob.member.memberships.latest("ends_on").starts_on == before + timedelta(days=1)


def test_the_price_is_the_one_of_the_day_of_the_order(dora: Browser, plan: Plan) -> None:
    Plan.objects.update(price_minor=100)
    order = ordered(dora, plan)
    Plan.objects.update(price_minor=900)
    assert Order.objects.get(pk=order.pk).price_minor == 100


def test_ordering_again_shows_the_same_order(dora: Browser, plan: Plan) -> None:
    assert ordered(dora, plan) == ordered(dora, plan)
    assert Order.objects.count() == 1


def test_open_orders_of_an_account_are_bounded(dora: Browser) -> None:
    assert dora.member
    plans = [Plan.objects.create(name_zh=f"方案{n}", name_en=f"Plan {n}") for n in range(6)]
    for plan in plans[:5]:
        place(dora.member, plan, at=timezone.now())
    with pytest.raises(OrderError):
        place(dora.member, plans[5], at=timezone.now())
    dora.post(f"/me/orders/{Order.objects.first()}/cancel/")
    place(dora.member, plans[5], at=timezone.now())


def test_a_plan_that_is_not_sold_is_not_ordered(dora: Browser, plan: Plan) -> None:
    Plan.objects.update(on_offer=False)
    assert dora.post("/me/orders/", {"plan": str(plan.pk)}).status_code == 302
    for number in ("", "x", "999", "-1", "9" * 40, "²"):
        assert dora.post("/me/orders/", {"plan": number}).status_code == 404
    assert not Order.objects.exists()


def test_a_cancelled_order_opens_nothing(alice: Browser, dora: Browser, plan: Plan) -> None:
    order = ordered(dora, plan)
    dora.post(f"/me/orders/{order.reference}/cancel/")
    settle(alice, order)
    assert not Membership.objects.filter(member=dora.member).exists()
    other = ordered(dora, plan)
    assert other != order
    settle(alice, other, "cancel")
    assert Order.objects.filter(state=Order.State.CANCELLED).count() == 2


def test_an_order_is_its_owners(
    alice: Browser, bob: Browser, carol: Browser, dora: Browser, plan: Plan
) -> None:
    order = ordered(dora, plan)
    address = f"/me/orders/{order.reference}/"
    assert dora.get(address).status_code == 200
    for other in (alice, bob):
        assert other.get(address).status_code == 404
        assert other.post(f"{address}cancel/").status_code == 404
    assert carol.get(address).status_code == 302
    for other in (bob, carol, dora):
        assert other.get("/console/orders/").status_code == 404
        assert settle(other, order) == 404
    assert order.reference not in bob.get("/me/orders/").content.decode()
    assert settle(alice, order, "delete") == 404
    assert alice.post("/console/orders/AAAAAAAA/confirm/").status_code == 404
    order.refresh_from_db()
    assert order.state == Order.State.OPEN


def test_leaving_keeps_the_order_without_a_name(alice: Browser, dora: Browser, plan: Plan) -> None:
    assert dora.member
    assert alice.member
    order = ordered(dora, plan)
    assert own_data(dora.member)["orders"][0]["reference"] == order.reference
    dora.member.delete()
    assert "朵拉" not in alice.get("/console/orders/").content.decode()
    with pytest.raises(OrderError):
        confirm(order, by=alice.member, today=timezone.localdate(), at=timezone.now())
    cancel(order, by=alice.member, at=timezone.now())
