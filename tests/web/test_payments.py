"""Payments that a provider tells of: signed or not believed, taken once, of the right amount, kept."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from web.browsing import Browser, signed_in
from web.paying import Signed, told
from wenxing_web.billing.actions.order import cancel, confirm, place
from wenxing_web.billing.models import Order, Payment
from wenxing_web.gateways.payment import Paid, gateways
from wenxing_web.ledger.models import Entry
from wenxing_web.members.models import Member, Plan
from wenxing_web.members.queries import own_data

pytestmark = pytest.mark.django_db
Outcome = Payment.Outcome


@pytest.fixture(autouse=True)
def signed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> type[Signed]:
    """Two ways of paying: the provider of `web.paying`, and transfers."""
    settings.PAYMENT_GATEWAYS = ["web.paying.Signed", *settings.PAYMENT_GATEWAYS]
    monkeypatch.setattr(Signed, "known", {})
    monkeypatch.setattr(Signed, "begun", [])
    monkeypatch.setattr(Signed, "down", False)
    return Signed


@pytest.fixture
def dora(plan: Plan) -> Browser:
    """An account without a term; the plan costs 199.50."""
    Plan.objects.update(price_minor=19_950)
    return signed_in(Member.objects.create_user("dora@example.org", nickname="朵拉"))


@pytest.fixture
def order(dora: Browser) -> Order:
    assert dora.member
    return place(dora.member, Plan.objects.get(), at=timezone.now())


def tell(browser: Browser, callback: tuple[bytes, dict[str, str]], gateway: str = "signed") -> int:
    body, headers = callback
    answer = browser.post(f"/paid/{gateway}/", body, content_type="application/json", headers=headers)
    return answer.status_code


def outcomes() -> list[str]:
    return list(Payment.objects.order_by("id").values_list("outcome", flat=True))


def terms(browser: Browser) -> int:
    assert browser.member
    return browser.member.memberships.count()


def test_the_member_is_sent_to_the_provider_and_comes_back(dora: Browser, order: Order) -> None:
    page = dora.get(f"/me/orders/{order.reference}/").content.decode()
    assert "签名付款" in page
    assert "转账" in page
    answer = dora.post(f"/me/orders/{order.reference}/pay/", {"way": "signed"})
    assert answer["Location"] == f"https://pay.example/{order.reference}/19950"
    (due,) = Signed.begun
    assert due.tell.endswith("/paid/signed/")
    assert due.back.endswith(f"/me/orders/{order.reference}/")
    by_hand = dora.post(f"/me/orders/{order.reference}/pay/", {"way": "transfer"}).content.decode()
    assert "转账附言" in by_hand


def test_a_signed_callback_opens_the_term_and_told_again_opens_nothing_more(
    dora: Browser, carol: Browser, order: Order
) -> None:
    callback = told(timezone.now(), order.reference, 19_950)
    careful = Browser(enforce_csrf_checks=True)
    body, headers = callback
    answer = careful.post("/paid/signed/", body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.content) == (200, b'{"code":"SUCCESS"}')
    assert terms(dora) == 1
    for _ in range(3):
        assert tell(carol, callback) == 200
    assert (terms(dora), outcomes()) == (1, ["opened"])
    kinds = Entry.objects.filter(kind__in=["order.paid", "payment.taken"]).order_by("id")
    assert [entry.kind for entry in kinds] == ["order.paid", "payment.taken"]


def test_what_is_not_signed_is_not_believed(dora: Browser, carol: Browser, order: Order) -> None:
    now = timezone.now()
    body, headers = told(now, order.reference, 19_950)
    forged = [
        (body.replace(b"19950", b"19951"), headers),
        (body, {**headers, "x-signature": "0" * 64}),
        (body, {**headers, "x-signature": ""}),
        (body, {}),
        (body, {**headers, "x-time": str(int(now.timestamp()) + 1)}),
        told(now - timedelta(minutes=6), order.reference, 19_950),
        (b"", {}),
        (b"x" * 200_000, headers),
    ]
    for callback in forged:
        assert tell(carol, callback) == 403
    for gateway in ("transfer", "nobody", "%00"):
        assert tell(carol, (body, headers), gateway) == 403
    assert (outcomes(), terms(dora)) == ([], 0)
    assert tell(carol, (body, headers)) == 200
    assert terms(dora) == 1


@pytest.mark.parametrize("minor", [1, 19_949, 19_951, 0, -19_950])
def test_a_wrong_amount_opens_nothing_and_is_shown_to_the_operator(
    minor: int, alice: Browser, dora: Browser, carol: Browser, order: Order
) -> None:
    assert tell(carol, told(timezone.now(), order.reference, minor)) == 200
    assert (outcomes(), terms(dora)) == ([Outcome.WRONG_AMOUNT], 0)
    order.refresh_from_db()
    assert order.state == Order.State.OPEN
    assert "金额与订单不符" in alice.get("/console/orders/").content.decode()


def test_another_currency_is_another_amount(dora: Browser, carol: Browser, order: Order) -> None:
    tell(carol, told(timezone.now(), order.reference, 19_950, currency="VND"))
    assert (outcomes(), terms(dora)) == ([Outcome.WRONG_AMOUNT], 0)


def test_a_payment_that_comes_after_the_order_was_cancelled_is_kept_and_shown(
    alice: Browser, bob: Browser, dora: Browser, carol: Browser, order: Order
) -> None:
    assert dora.member
    cancel(order, by=dora.member, at=timezone.now())
    assert tell(carol, told(timezone.now(), order.reference, 19_950)) == 200
    assert (outcomes(), terms(dora)) == ([Outcome.LATE], 0)
    page = alice.get("/console/orders/").content.decode()
    assert "P-1" in page
    assert "199.50 CNY" in page
    payment = Payment.objects.get()
    for other in (bob, carol, dora):
        assert other.post(f"/console/payments/{payment.pk}/settle/").status_code == 404
    assert "P-1" in alice.get("/console/orders/").content.decode()
    assert alice.post(f"/console/payments/{payment.pk}/settle/").status_code == 302
    assert alice.post(f"/console/payments/{payment.pk}/settle/").status_code == 302
    assert "P-1" not in alice.get("/console/orders/").content.decode()
    assert Entry.objects.filter(kind="payment.settled").count() == 1
    assert alice.post(f"/console/payments/{2**80}/settle/").status_code == 404


def test_a_second_payment_of_one_order_is_kept_for_the_operator(
    dora: Browser, carol: Browser, order: Order
) -> None:
    for name in ("P-1", "P-2"):
        tell(carol, told(timezone.now(), order.reference, 19_950, name))
    assert (outcomes(), terms(dora)) == ([Outcome.OPENED, Outcome.LATE], 1)


@pytest.mark.parametrize("reference", ["AAAAAAAA", "", "x" * 5_000, "'; --"])
def test_a_payment_of_no_order_is_kept(reference: str, carol: Browser, order: Order) -> None:
    assert tell(carol, told(timezone.now(), reference, 19_950)) == 200
    assert outcomes() == [Outcome.UNKNOWN]


def test_a_payment_of_an_account_that_is_gone_is_kept(dora: Browser, carol: Browser, order: Order) -> None:
    assert dora.member
    dora.member.delete()
    assert tell(carol, told(timezone.now(), order.reference, 19_950)) == 200
    assert outcomes() == [Outcome.IN_VAIN]


def test_a_callback_that_tells_of_no_payment_is_taken_and_changes_nothing(
    dora: Browser, carol: Browser, order: Order
) -> None:
    assert tell(carol, told(timezone.now(), order.reference, 19_950, event="closed")) == 200
    assert (outcomes(), terms(dora)) == ([], 0)


def test_the_operator_asks_when_nobody_told(alice: Browser, dora: Browser, order: Order) -> None:
    ask = f"/console/orders/{order.reference}/ask/"
    assert dora.post(ask).status_code == 404
    assert "没有查到" in alice.post(ask, follow=True).content.decode()
    Signed.known = {order.reference: Paid(order.reference, 19_950, "CNY", "P-9", timezone.now())}
    assert "已开通" in alice.post(ask, follow=True).content.decode()
    assert terms(dora) == 1
    alice.post(ask)
    assert terms(dora) == 1


def test_a_provider_that_does_not_answer_is_said_kindly(
    alice: Browser, dora: Browser, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Signed, "down", True)
    address = f"/me/orders/{order.reference}/"
    assert "过一会儿" in dora.post(f"{address}pay/", {"way": "signed"}, follow=True).content.decode()
    answer = alice.post(f"/console/orders/{order.reference}/ask/", follow=True)
    assert "过一会儿" in answer.content.decode()
    assert "没有这种" in dora.post(f"{address}pay/", {"way": "gold"}, follow=True).content.decode()


def test_an_order_is_paid_by_its_owner(alice: Browser, bob: Browser, carol: Browser, order: Order) -> None:
    address = f"/me/orders/{order.reference}/pay/"
    for other in (alice, bob):
        assert other.post(address, {"way": "signed"}).status_code == 404
    assert carol.post(address, {"way": "signed"}).status_code == 302
    assert Signed.begun == []


def test_a_transfer_that_was_confirmed_is_a_payment_like_any_other(
    alice: Browser, dora: Browser, order: Order
) -> None:
    assert alice.member
    assert dora.member
    confirm(order, by=alice.member, today=timezone.localdate(), at=timezone.now())
    payment = Payment.objects.get()
    assert (payment.gateway, payment.order, payment.minor) == ("transfer", order, 19_950)
    assert [row["amount"] for row in own_data(dora.member)["payments"]] == ["199.50 CNY"]


def test_every_way_of_paying_is_found_by_its_name() -> None:
    assert list(gateways()) == ["signed", "transfer"]
    assert all(gateway.name == name for name, gateway in gateways().items())
