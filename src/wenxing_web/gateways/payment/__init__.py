"""How money comes: what every way of paying has to do, and which ways this library offers.

A way of paying is a class with the five parts of `Gateway`, in a file of this
folder, named in `settings.PAYMENT_GATEWAYS`. The protocol is the part that
Alipay, WeChat Pay and Stripe have in common:

    begin    an order is to be paid: where the payer goes, or what they have to do
    verify   the provider tells us of a payment, in a request that anybody could send: is it the provider's?
    query    we ask the provider, when it did not tell us
    answer   what the provider wants to hear when we have it: else it tells us again, for days

A provider tells the same payment any number of times, in any order, and late;
what becomes of it is `billing.actions.take`, once for each `provider_id`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string


class Forged(Exception):
    """A callback that the provider has not signed, or not now. Nothing of it is believed."""


class Unavailable(Exception):
    """The provider does not answer; try again later."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be paid.

    Attributes:
        reference: of the order.
        minor: the amount in fen, cents: the smallest unit of `currency` (ISO 4217).
        subject: what for, for the payer to read.
        back: the page that the payer comes back to.
        tell: the address that the provider tells of the payment.
    """

    reference: str
    minor: int
    currency: str
    subject: str
    back: str
    tell: str


@dataclass(frozen=True, slots=True)
class Visit:
    """The payer goes to this address: a page of the provider, or a link that opens its app."""

    address: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """The payer does these things, a sentence each."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Callback:
    """A request that claims to be a provider's, as it came: signatures cover bytes.

    Attributes:
        headers: names in small letters.
    """

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Paid:
    """The provider says that money has come.

    Attributes:
        reference: of the order, as the provider repeats it.
        provider_id: names the payment at the provider; the same payment always has the same.
        at: when it was paid.
    """

    reference: str
    minor: int
    currency: str
    provider_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider wants to hear."""

    body: bytes
    content_type: str = "text/plain"


class Gateway(Protocol):
    """One way of paying. Whatever it needs to know, keys and addresses, it reads from settings."""

    name: str
    label: str | Promise

    def begin(self, due: Due) -> Visit | ByHand:
        """What the payer has to do. The same order again is the same payment.

        Raises:
            Unavailable: the provider does not answer.
        """

    def verify(self, callback: Callback, *, at: datetime) -> Paid | None:
        """What a callback says, when its signature is good; `None` when it tells of no payment.

        Raises:
            Forged: it is not the provider's, was changed, or is older than the provider allows.
        """

    def query(self, reference: str) -> Paid | None:
        """The payment of an order, asked of the provider; `None` when there is none.

        Raises:
            Unavailable: the provider does not answer.
        """

    def answer(self) -> Answer:
        """To a callback that was taken, for good."""


def gateways() -> dict[str, Gateway]:
    """The ways of paying that this library offers, by name, in the order of the settings."""
    offered: list[Gateway] = [import_string(path)() for path in settings.PAYMENT_GATEWAYS]
    return {gateway.name: gateway for gateway in offered}
