"""PayPal as a provider of payments."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from django.conf import settings

from credits.payments.paypal import events, shapes
from credits.payments.paypal.http import Account, Answer, ask
from credits.payments.provider import Away, Event, NotSigned, Paid, Remote, Unknown

SUBSCRIPTIONS = "/v1/billing/subscriptions"
VERIFY = "/v1/notifications/verify-webhook-signature"
SIGNED_BY = {  # header -> member of the question whether the signature is right
    "paypal-auth-algo": "auth_algo",
    "paypal-cert-url": "cert_url",
    "paypal-transmission-id": "transmission_id",
    "paypal-transmission-sig": "transmission_sig",
    "paypal-transmission-time": "transmission_time",
}
HEADER_MAX = 2_000  # characters


class PayPal:
    """The account that the settings name. Implements `provider.Provider`."""

    name = "paypal"

    def __init__(self) -> None:
        self.plan_id: str = settings.PAYPAL_PLAN_ID
        self._account = Account(
            settings.PAYPAL_BASE_URL, settings.PAYPAL_CLIENT_ID, settings.PAYPAL_CLIENT_SECRET
        )

    def create(self, *, key: str, starts_at: datetime | None = None) -> Remote:
        back = f"{settings.FRONTEND_URL}/billing/paypal"
        asked = {
            **({"start_time": _written(starts_at)} if starts_at else {}),
            "plan_id": self.plan_id,
            "custom_id": key,
            "application_context": {
                "brand_name": "ChatSVG",
                "shipping_preference": "NO_SHIPPING",
                "user_action": "SUBSCRIBE_NOW",
                "return_url": f"{back}/success",
                "cancel_url": f"{back}/cancel",
            },
        }
        headers = {"PayPal-Request-Id": key, "Prefer": "return=representation"}
        content = json.dumps(asked).encode()
        answer = ask(self._account, "POST", SUBSCRIPTIONS, content=content, headers=headers)
        return _remote(answer)

    def read(self, external_id: str) -> Remote:
        return _remote(ask(self._account, "GET", _path(external_id)))

    def payments(self, external_id: str, *, since: datetime, until: datetime) -> Iterator[Paid]:
        span = urlencode({"start_time": _written(since), "end_time": _written(until)})
        answer = ask(self._account, "GET", f"{_path(external_id, 'transactions')}?{span}")
        _require(answer)
        listed = answer.body.get("transactions") if isinstance(answer.body, dict) else None
        for one in listed if isinstance(listed, list) else []:
            if paid := shapes.transaction(one):
                yield paid

    def cancel(self, external_id: str) -> bool:
        path, content = _path(external_id, "cancel"), b'{"reason": "Cancelled by the customer"}'
        answer = ask(self._account, "POST", path, content=content)
        if answer.status == 422:  # neither active nor suspended
            return False
        _require(answer)
        return True

    def receive(self, headers: Mapping[str, str], body: bytes) -> Event:
        signature = _signature(headers)
        found = events.parse(body)
        self._verify(signature, body)
        return events.read(found)

    def _verify(self, signature: dict[str, str], body: bytes) -> None:
        """Ask PayPal whether it sent this. The event goes back byte by byte as it came: written
        anew, the signature would fit no more."""
        asked = json.dumps({**signature, "webhook_id": settings.PAYPAL_WEBHOOK_ID}).encode()
        content = asked[:-1] + b', "webhook_event": ' + body.strip() + b"}"
        answer = ask(self._account, "POST", VERIFY, content=content)
        if not answer.is_good:
            raise NotSigned()  # it could make nothing of what came with the message
        if shapes.text(answer.body, "verification_status") != "SUCCESS":
            raise NotSigned()


def _signature(headers: Mapping[str, str]) -> dict[str, str]:
    """What a signed message comes with. Raises NotSigned where anything is missing."""
    found = {member: headers.get(name, "") for name, member in SIGNED_BY.items()}
    if not all(0 < len(value) <= HEADER_MAX for value in found.values()):
        raise NotSigned()
    return found


def _path(external_id: str, verb: str = "") -> str:
    path = f"{SUBSCRIPTIONS}/{quote(external_id, safe='')}"
    return f"{path}/{verb}" if verb else path


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _require(answer: Answer) -> None:
    if answer.status == 404:
        raise Unknown()
    if not answer.is_good:
        raise Away(f"status {answer.status}")


def _remote(answer: Answer) -> Remote:
    _require(answer)
    if (found := shapes.remote(answer.body)) is None:
        raise Away("no subscription in the answer")
    return found
