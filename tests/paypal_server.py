"""A local server that speaks PayPal's REST: tokens, subscriptions, and signatures of webhooks.

In a test, by the fixture `paypal`: the settings lead here. What people and time do at PayPal are
methods; each gives the event that PayPal would send:

    told = paypal.approve(subscription_id)          # BILLING.SUBSCRIPTION.ACTIVATED
    told = paypal.pay(subscription_id)              # PAYMENT.SALE.COMPLETED
    paypal.deliver(told)                            # to our webhook, signed; gives the response

It is well-behaved until told otherwise: `paypal.faults["POST /v1/oauth2/token"] = Fault(500)`.
A fault's key may be the beginning of a request. `calls` keeps what was asked.
"""

import base64
import hmac
import json
import secrets
import threading
import time
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

CLIENT_ID, SECRET, PLAN, WEBHOOK = "client-of-paypal", "secret-of-paypal", "P-SUPPORTER", "WH-OURS"
TOKEN, SUBSCRIPTIONS = "/v1/oauth2/token", "/v1/billing/subscriptions"
VERIFY = "/v1/notifications/verify-webhook-signature"
MONTH = timedelta(days=30)
PRICE = "9.00"
_KEY = b"only PayPal has this"
_EVENT = b'"webhook_event": '


@dataclass
class Fault:
    """What is done instead of answering well."""

    status: int = 200
    body: bytes | None = None
    delay: float = 0.0  # seconds
    dribble: float = 0.0  # seconds between the bytes of the body
    hang_up: bool = False
    is_done_before: bool = False  # the request takes effect all the same
    times: int = 10**6


@dataclass
class Agreement:
    """A subscription at PayPal."""

    id: str
    plan_id: str
    custom_id: str
    status: str = "APPROVAL_PENDING"
    start_time: datetime | None = None  # nothing is asked for before
    started: datetime | None = None
    next_billing: datetime | None = None
    failures: int = 0
    transactions: list[dict] = field(default_factory=list)


class PayPalServer:
    """The server in threads of its own."""

    def __init__(self) -> None:
        self.agreements: dict[str, Agreement] = {}
        self.by_request: dict[str, str] = {}
        self.faults: dict[str, Fault] = {}
        self.calls: list[str] = []
        self.bodies: list[bytes] = []
        self.tokens: list[str] = []
        self.token_seconds = 32_400
        self.now = datetime.now(UTC)
        self.fixed_id = ""  # of the next subscriptions, where answers are compared
        self._numbers = count(1)
        self._mark = secrets.token_hex(3).upper()
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    def __enter__(self) -> "PayPalServer":
        poll = {"poll_interval": 0.02}
        threading.Thread(target=self._server.serve_forever, kwargs=poll, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def environment(self) -> dict[str, str]:
        """For processes."""
        return {
            "PAYPAL_BASE_URL": self.url,
            "PAYPAL_CLIENT_ID": CLIENT_ID,
            "PAYPAL_CLIENT_SECRET": SECRET,
            "PAYPAL_PLAN_ID": PLAN,
            "PAYPAL_WEBHOOK_ID": WEBHOOK,
        }

    def count(self, call: str) -> int:
        """How often this was asked; `call` may be the beginning of it."""
        return sum(one.startswith(call) for one in self.calls)

    # --- what happens there ---

    def approve(self, id_: str) -> dict:
        """The person agrees, and the first period begins."""
        one = self.agreements[id_]
        one.status, one.started = "ACTIVE", self.now
        one.next_billing = one.start_time or self.now + MONTH
        return self.event("BILLING.SUBSCRIPTION.ACTIVATED", self.shown(one))

    def pay(self, id_: str, value: str = PRICE) -> dict:
        """The money of the period that begins now."""
        one = self.agreements[id_]
        sale = {"id": self._id("S"), "value": value, "status": "COMPLETED", "time": self.now}
        one.transactions.append(sale)
        one.failures, one.next_billing = 0, self.now + MONTH
        return self.event(
            "PAYMENT.SALE.COMPLETED",
            {
                "id": sale["id"],
                "state": "completed",
                "amount": {"total": value, "currency": "USD", "details": {"subtotal": value}},
                "billing_agreement_id": id_,
                "custom": one.custom_id,
                "create_time": written(self.now),
            },
        )

    def fail(self, id_: str) -> dict:
        """A payment does not work. PayPal tries again later, and names a later time."""
        one = self.agreements[id_]
        one.failures += 1
        one.next_billing = self.now + timedelta(days=5)
        return self.event("BILLING.SUBSCRIPTION.PAYMENT.FAILED", self.shown(one))

    def change(self, id_: str, status: str) -> dict:
        """CANCELLED, SUSPENDED, EXPIRED, or ACTIVE again."""
        one = self.agreements[id_]
        one.status = status
        word = "RE-ACTIVATED" if status == "ACTIVE" else status
        return self.event(f"BILLING.SUBSCRIPTION.{word}", self.shown(one))

    def refund(self, id_: str, sale_id: str, value: str = PRICE) -> dict:
        sale = next(one for one in self.agreements[id_].transactions if one["id"] == sale_id)
        sale["status"] = "REFUNDED" if value == sale["value"] else "PARTIALLY_REFUNDED"
        amount = {"total": value, "currency": "USD"}
        refund = {"id": self._id("R"), "sale_id": sale_id, "amount": amount, "state": "completed"}
        return self.event("PAYMENT.SALE.REFUNDED", refund)

    def reverse(self, id_: str, sale_id: str) -> dict:
        """The bank takes it back. The event names the sale by a link, its amount is negative."""
        sale = next(one for one in self.agreements[id_].transactions if one["id"] == sale_id)
        sale["status"] = "REFUNDED"
        link = {"rel": "sale", "href": f"{self.url}/v1/payments/sale/{sale_id}", "method": "GET"}
        amount = {"total": "-4.00", "currency": "USD"}
        resource = {"id": self._id("V"), "amount": amount, "state": "completed", "links": [link]}
        return self.event("PAYMENT.SALE.REVERSED", resource)

    def event(self, kind: str, resource: dict) -> dict:
        return {
            "id": f"WH-{self._id('E')}",
            "event_version": "1.0",
            "create_time": written(self.now),
            "event_type": kind,
            "resource": resource,
        }

    def _id(self, letter: str) -> str:
        return f"{letter}{self._mark}{next(self._numbers):09d}"

    # --- what it tells us ---

    def signed(self, event: dict | bytes, webhook: str = WEBHOOK) -> tuple[bytes, dict[str, str]]:
        """A message as it comes over the wire: written as nobody else would write it again."""
        body = event if isinstance(event, bytes) else _oddly_written(event)
        sent, at = secrets.token_hex(8), written(datetime.now(UTC))
        return body, {
            "PAYPAL-AUTH-ALGO": "SHA256withRSA",
            "PAYPAL-CERT-URL": f"{self.url}/v1/notifications/certs/CERT-1",
            "PAYPAL-TRANSMISSION-ID": sent,
            "PAYPAL-TRANSMISSION-TIME": at,
            "PAYPAL-TRANSMISSION-SIG": _sign(sent, at, webhook, body),
        }

    def deliver(self, event: dict | bytes, **headers: str):
        """Send an event to our webhook, in this process; the response."""
        body, told = self.signed(event)
        return post(body, {**told, **headers})

    # --- its answers ---

    def answer(self, method: str, path: str, headers, body: bytes) -> tuple[int, object]:
        parts = urlsplit(path)
        if parts.path == TOKEN:
            return self._token(headers, body)
        if headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, {"name": "AUTHENTICATION_FAILURE"}
        if parts.path == VERIFY:
            return self._verify(body)
        if (method, parts.path) == ("POST", SUBSCRIPTIONS):
            return self._create(headers, json.loads(body))
        id_, _, verb = parts.path.removeprefix(f"{SUBSCRIPTIONS}/").partition("/")
        one = self.agreements.get(id_)
        if one is None:
            return 404, {"name": "RESOURCE_NOT_FOUND"}
        if (method, verb) == ("GET", ""):
            return 200, self.shown(one)
        if (method, verb) == ("GET", "transactions"):
            return 200, self._listed(one, parse_qs(parts.query))
        if (method, verb) == ("POST", "cancel"):
            return self._cancel(one)
        return 404, {"name": "RESOURCE_NOT_FOUND"}

    def _token(self, headers, body: bytes) -> tuple[int, object]:
        asked = headers.get("Authorization", "").removeprefix("Basic ")
        if base64.b64decode(asked).decode() != f"{CLIENT_ID}:{SECRET}":
            return 401, {"error": "invalid_client"}
        if parse_qs(body.decode()) != {"grant_type": ["client_credentials"]}:
            return 400, {"error": "unsupported_grant_type"}
        self.tokens.append(f"A21.{secrets.token_hex(8)}")
        told = {"token_type": "Bearer", "expires_in": self.token_seconds}
        return 200, {"access_token": self.tokens[-1], **told}

    def _create(self, headers, asked: dict) -> tuple[int, object]:
        context = asked["application_context"]
        if asked["plan_id"] != PLAN or not context["return_url"] or not context["cancel_url"]:
            return 422, {"name": "UNPROCESSABLE_ENTITY"}
        key = headers.get("PayPal-Request-Id") or secrets.token_hex(8)
        with self._lock:
            known = self.by_request.get(key)
            id_ = known or self.fixed_id or self._id("I-")
            if not known:
                self.by_request[key] = id_
                self.agreements[id_] = self._agreement(id_, asked)
        return 201, self.shown(self.agreements[id_])

    def _agreement(self, id_: str, asked: dict) -> Agreement:
        said = asked.get("start_time")
        start = datetime.fromisoformat(said) if said else None
        assert start is None or start > self.now, "PayPal refuses what lies behind"
        return Agreement(id_, asked["plan_id"], asked.get("custom_id", ""), start_time=start)

    def _cancel(self, one: Agreement) -> tuple[int, object]:
        if one.status not in ("ACTIVE", "SUSPENDED"):
            issue = {"issue": "SUBSCRIPTION_STATUS_INVALID"}
            return 422, {"name": "UNPROCESSABLE_ENTITY", "details": [issue]}
        one.status = "CANCELLED"
        return 204, None

    def _verify(self, body: bytes) -> tuple[int, object]:
        """By the bytes of the event, as PayPal does: written anew, it fails."""
        asked, event = json.loads(body), body[body.index(_EVENT) + len(_EVENT) : -1]
        names = ("transmission_id", "transmission_time", "webhook_id")
        is_right = hmac.compare_digest(
            _sign(*(asked[name] for name in names), event).encode(),
            asked["transmission_sig"].encode(),
        )
        return 200, {"verification_status": "SUCCESS" if is_right else "FAILURE"}

    def shown(self, one: Agreement) -> dict:
        told: dict = {
            "id": one.id,
            "status": one.status,
            "plan_id": one.plan_id,
            "custom_id": one.custom_id,
            "create_time": written(self.now),
            "links": [{"rel": "self", "href": f"{self.url}{SUBSCRIPTIONS}/{one.id}"}],
        }
        if one.status == "APPROVAL_PENDING":
            href = f"{self.url}/webapps/billing/subscriptions?ba_token={one.id}"
            told["links"].insert(0, {"rel": "approve", "href": href, "method": "GET"})
            return told
        told["subscriber"] = {"payer_id": "PAYER123", "email_address": "buyer@paypal.example"}
        billing: dict = {"failed_payments_count": one.failures}
        if one.next_billing and one.status in ("ACTIVE", "SUSPENDED"):
            billing["next_billing_time"] = written(one.next_billing)
        if one.transactions:
            last = one.transactions[-1]
            amount = {"currency_code": "USD", "value": last["value"]}
            billing["last_payment"] = {"amount": amount, "time": written(last["time"])}
        return told | {"billing_info": billing}

    def _listed(self, one: Agreement, asked: dict) -> dict:
        since, until = (datetime.fromisoformat(asked[f"{x}_time"][0]) for x in ("start", "end"))
        found = [sale for sale in one.transactions if since <= sale["time"] <= until]
        return {
            "transactions": [
                {
                    "id": sale["id"],
                    "status": sale["status"],
                    "time": written(sale["time"]),
                    "amount_with_breakdown": {
                        "gross_amount": {"currency_code": "USD", "value": sale["value"]}
                    },
                }
                for sale in found
            ]
        }


def post(body: bytes, headers: dict[str, str]):
    """What anybody may send to our webhook."""
    return Client(enforce_csrf_checks=True).generic(
        "POST", "/api/paypal/webhook", body, content_type="application/json", headers=headers
    )


def written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _oddly_written(event: dict) -> bytes:
    return json.dumps(event, indent=1).replace("/", "\\/").encode()


def _sign(sent: str, at: str, webhook: str, body: bytes) -> str:
    said = f"{sent}|{at}|{webhook}|{zlib.crc32(body)}"
    return hmac.new(_KEY, said.encode(), "sha256").hexdigest()


def _handler(server: PayPalServer):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer takes 40 ms: it is written in two parts

        def do_GET(self):
            self._answer("GET")

        def do_POST(self):
            self._answer("POST")

        def log_message(self, *_):
            pass

        def _answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            call = f"{method} {self.path}"
            server.calls.append(call)
            server.bodies.append(body)
            fault = self._fault(call)
            if fault is None:
                self._send(*server.answer(method, self.path, self.headers, body))
                return
            status, content = fault.status, fault.body
            if fault.is_done_before or (status == 200 and content is None):
                good, said = server.answer(method, self.path, self.headers, body)
                if status == 200 and content is None:
                    status, content = good, json.dumps(said).encode() if said else b""
            time.sleep(fault.delay)
            if fault.hang_up:
                self.close_connection = True
                return
            self._write(status, content or b"", fault.dribble)

        def _fault(self, call: str) -> Fault | None:
            found = next((one for key, one in server.faults.items() if call.startswith(key)), None)
            if found is None or found.times <= 0:
                return None
            found.times -= 1
            return found

        def _send(self, status: int, said: object) -> None:
            self._write(status, b"" if said is None else json.dumps(said).encode())

        def _write(self, status: int, content: bytes, dribble: float = 0) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                for at in range(len(content)) if dribble else ():
                    self.wfile.write(content[at : at + 1])
                    time.sleep(dribble)
                self.wfile.write(b"" if dribble else content)
            except OSError:
                self.close_connection = True

    return Handler


@pytest.fixture
def paypal(settings):
    """PayPal, configured; nothing is known of it yet."""
    from credits.payments.paypal import http

    with PayPalServer() as server:
        for name, value in server.environment().items():
            setattr(settings, name, value)
        settings.PAYPAL_TIMEOUT_SECONDS = 5
        yield server
    http._client().close()
    http._client.cache_clear()
