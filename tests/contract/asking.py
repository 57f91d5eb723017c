"""Somebody who asks, with every name that an id could have; and what an answer tells them."""

import html
import json
import re
from urllib.parse import quote, urlencode

from django.db import transaction
from django.test import Client

from accounts.cookies import CSRF
from tests import factories
from tests.contract import belongings

METHODS = ("GET", "HEAD", "OPTIONS", "TRACE", "POST", "PUT", "PATCH", "DELETE")
UNSAFE = METHODS[4:]
REFUSED = (401, 403, 404, 405)


class Asker:
    """A browser, or a program with a key.

    What it does is undone after each answer, in the database and in its jar.
    """

    def __init__(
        self, name: str, user=None, password: str = factories.PASSWORD, *, headers=None
    ) -> None:
        self.name, self.user, self.headers = name, user, headers or {}
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.token = self.client.get("/api/csrf").json()["csrfToken"]
        if user and not headers:
            body = {"email": user.email, "password": password}
            reply = self.ask("POST", "/api/auth/login", body, undo=False)
            assert reply.status_code == 200, reply.content

    def ask(self, method, path, fields=None, *, undo=True, after=lambda: None):
        jar = self.client.cookies.copy()
        with transaction.atomic():
            reply = self._send(method, path, fields)
            if reply.streaming:
                reply.whole = b"".join(reply.streaming_content)
                reply.close()
            after()
            transaction.set_rollback(undo)
        if undo:
            self.client.cookies = jar
        return reply

    def _send(self, method, path, fields):
        headers = {
            "X-CSRF-Token": self.token,
            "Origin": "http://testserver",
            "x-idempotency-key": (fields or {}).get("idempotencyKey", "key"),
            "x-request-id": "same",
            **self.headers,
        }
        body, kind = b"", "application/json"
        takes_json = path.startswith(("/api/", "/v1/"))
        if fields is not None and takes_json:
            said = {name: JSON.get(name, value) for name, value in fields.items()}
            body = json.dumps(said).encode()
        elif fields is not None:
            fields = {**fields, CSRF: self.token}
            body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        if not takes_json:
            headers |= {"Accept": "text/html"}
        return self.client.generic(method, path, body, content_type=kind, headers=headers)


# what reads an id, or a person, out of a query or a body anywhere; and what changes something
NAMES = {
    "job": "job jobId job_id recipe",
    "drawing": "drawing drawing_id generationId generation svg svgId",
    "session": "session session_id sessionId",
    "user": "user user_id userId owner account sub",
    "notification": "notification notificationId cursor",
    "export": "export exportId id",
    "identity": "identity pk object_id",
    "file": "key storage_key path avatar",
    "repeat": "idempotencyKey",
}
PLAIN = {
    "password": factories.PASSWORD,
    "currentPassword": factories.PASSWORD,
    "newPassword": "another horse battery",
    "password1": "another horse battery",
    "password2": "another horse battery",
    "name": "Bob the Stranger",
    "agreedToTerms": "on",
    "rememberMe": "on",
    "prompt": "a stranger's red fox",
    "style": "flat",
    "model": "studio",
    "privacy": "private",
    "type": "contact",
    "subject": "a subject",
    "message": "a message that is long enough",
    "confirm": "on",
    "is_staff": "on",
    "isStaff": "true",
    "is_superuser": "on",
    "plan": "SUPPORTER",
    "credits": "9999",
    "balance": "9999",
    "email_verified_at": "2026-01-01T00:00:00Z",
    "expires": "99999999999",
    "signature": "x" * 43,
    "token": "0" * 64,
    "code": "x",
    "after": "0",
    "limit": "100",
    "format": "json",
}


# what is said otherwise in JSON: words of forms, and the signature of an address
JSON = {"privacy": True, "agreedToTerms": True, "rememberMe": True, "signature": "hmac"}


def naming(ids: dict[str, list[str]]) -> dict[str, str]:
    """Every name by which an object could be asked for, with the id of one."""
    return {name: ids[noun][0] for noun, names in NAMES.items() for name in names.split()}


def unknown(ids: dict[str, list[str]]) -> dict[str, list[str]]:
    return {noun: [belongings.like(one) for one in known] for noun, known in ids.items()}


# --- What an answer says --------------------------------------------------------------------------

_NOISE = [
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "<time>"),
    (re.compile(r"expires=\d+&(amp;)?signature=[\w-]+"), "<signature>"),
    (re.compile(r'name="csrfmiddlewaretoken" value="\w+"'), "<csrf>"),
    (re.compile(r"(state|nonce|code_challenge)=[\w-]+"), r"\1=<once>"),
]
_RANDOM_COOKIES = re.compile(
    r"^(token|refreshToken|oauth-browser|csrf-token|admin-csrf|admin-asked|shown-once|contact-sent)$"
)


def text_of(reply) -> str:
    """Body and headers, as they came."""
    content = reply.whole if reply.streaming else reply.content
    headers = "\n".join(f"{name}: {value}" for name, value in reply.items())
    return f"{headers}\n{reply.cookies.output()}\n\n{content.decode(errors='replace')}"


def essence(reply, sent: list[str]) -> tuple:
    """What a stranger could tell two answers apart by, less what is new in every answer."""
    headers = {name.lower(): value for name, value in reply.items()}
    headers.pop("expires", None)  # the time of the answer
    cookies = [_cookie(one) for _, one in sorted(reply.cookies.items())]
    body = text_of(reply).partition("\n\n")[2]
    return tuple(_hushed(str(one), sent) for one in (reply.status_code, headers, cookies, body))


def _cookie(morsel) -> tuple:
    value = bool(morsel.value) if _RANDOM_COOKIES.match(morsel.key) else morsel.value
    return morsel.key, value, morsel["max-age"], morsel["path"]


def _hushed(text: str, sent: list[str]) -> str:
    for one in sorted(sent, key=len, reverse=True):
        once = quote(one, safe="")
        for spelt in {
            one,
            once,
            quote(one),
            quote(once),
            html.escape(one),
            html.escape(quote(one)),
        }:
            text = text.replace(spelt, "<sent>")
    for pattern, word in _NOISE:
        text = pattern.sub(word, text)
    return text


def difference(one: tuple, other: tuple) -> str:
    """Where two answers begin to differ."""
    sides = ["\n".join(answer) for answer in (one, other)]
    pairs = enumerate(zip(*sides, strict=False))
    at = next((at for at, (left, right) in pairs if left != right), 0)
    return " / ".join(repr(side[max(0, at - 80) : at + 120]) for side in sides)


def is_turned_away(reply) -> bool:
    """Refused, or sent to sign in."""
    where = reply.headers.get("Location", "")
    return reply.status_code in REFUSED or where.startswith(("/signin", "/admin/login"))
