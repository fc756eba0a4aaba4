"""A provider of payments as Alipay, WeChat Pay and Stripe are: it signs what it tells, and tells it again.

Signs `time.body` with a shared secret and refuses what is more than five minutes old.
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from wenxing_web.gateways.payment import Answer, ByHand, Callback, Due, Forged, Paid, Unavailable, Visit

SECRET = b"a secret of this test and its provider"
_FRESH = timedelta(minutes=5)


class Signed:
    """The gateway to it; what it would find when it asks is in `known`."""

    name = "signed"
    label = "签名付款"
    known: dict[str, Paid] = {}
    down = False
    begun: list[Due] = []

    def begin(self, due: Due) -> Visit | ByHand:
        if self.down:
            raise Unavailable
        self.begun.append(due)
        return Visit(f"https://pay.example/{due.reference}/{due.minor}")

    def verify(self, callback: Callback, *, at: datetime) -> Paid | None:
        moment, sent = callback.headers.get("x-time", ""), callback.headers.get("x-signature", "")
        right = hmac.new(SECRET, moment.encode() + b"." + callback.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(right.encode(), sent.encode()):
            raise Forged("signature")
        if abs(at - datetime.fromtimestamp(int(moment), UTC)) > _FRESH:
            raise Forged("time")
        said = json.loads(callback.body)
        return _paid(said) if said["event"] == "paid" else None

    def query(self, reference: str) -> Paid | None:
        if self.down:
            raise Unavailable
        return self.known.get(reference)

    def answer(self) -> Answer:
        return Answer(b'{"code":"SUCCESS"}', "application/json")


def told(
    at: datetime, reference: str, minor: int, provider_id: str = "P-1", **more: Any
) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of a callback."""
    facts = {"event": "paid", "reference": reference, "minor": minor, "currency": "CNY", "id": provider_id}
    body = json.dumps({**facts, "at": int(at.timestamp()), **more}).encode()
    moment = str(int(at.timestamp()))
    signature = hmac.new(SECRET, moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return body, {"x-time": moment, "x-signature": signature}


def _paid(said: dict[str, Any]) -> Paid:
    moment = datetime.fromtimestamp(said["at"], UTC)
    return Paid(said["reference"], said["minor"], said["currency"], said["id"], moment)
