"""An app that connects to somebody's account, as MCP clients do: by HTTP alone."""

import json
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.test import Client

from accounts.oauth_server import tokens
from accounts.oauth_server.errors import TokenRefused

CALLBACK = "https://app.example/callback"
VERIFIER = "v" * 43
RESOURCE = "http://127.0.0.1:8000/mcp"


def post(path: str, fields: dict | None = None, *, body: object = None, **headers):
    """As a program without cookies does, in forms or JSON."""
    client = Client(enforce_csrf_checks=True)
    if body is not None:
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return client.post(path, data, content_type="application/json", headers=headers)
    encoded = urlencode(fields or {}, doseq=True)
    kind = "application/x-www-form-urlencoded"
    return client.generic("POST", path, encoded, content_type=kind, headers=headers)


def register(**metadata):
    """A registration; None leaves a member out."""
    asked = {
        "client_name": "Clever App",
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "none",
        **metadata,
    }
    known = {name: value for name, value in asked.items() if value is not None}
    return post("/oauth/register", body=known)


class App:
    """What one registered app does."""

    def __init__(self, **metadata):
        reply = register(**metadata)
        assert reply.status_code == 201, reply.content
        self.told = reply.json()
        self.id = self.told["client_id"]
        self.callback = self.told["redirect_uris"][0]

    def address(self, **changed) -> str:
        """Where it sends somebody; None leaves a parameter out."""
        asked = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": self.callback,
            "scope": "svg:generate svg:read",
            "state": "the state",
            "code_challenge": create_s256_code_challenge(VERIFIER),
            "code_challenge_method": "S256",
            "resource": RESOURCE,
            **changed,
        }
        known = {name: value for name, value in asked.items() if value is not None}
        return f"/oauth/authorize?{urlencode(known, doseq=True)}"

    def answered(self, browser, decision: str = "allow", **changed) -> dict[str, str]:
        """What comes back when somebody has pressed a button."""
        reply = browser.post(self.address(**changed), {"decision": decision})
        assert reply.status_code == 302, reply.content
        return query(reply["Location"])

    def code(self, browser, **changed) -> str:
        return self.answered(browser, **changed)["code"]

    def exchange(self, code: str, headers: dict | None = None, **changed):
        right = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": VERIFIER,
            "resource": RESOURCE,
        }
        return self.token(headers, **{**right, **changed})

    def refresh(self, raw: str, **changed):
        return self.token(grant_type="refresh_token", refresh_token=raw, **changed)

    def token(self, headers: dict | None = None, **fields):
        asked = {"client_id": self.id, **fields}
        known = {name: value for name, value in asked.items() if value is not None}
        return post("/oauth/token", known, **(headers or {}))

    def revoke(self, raw: str, **fields):
        return post("/oauth/revoke", {"client_id": self.id, "token": raw, **fields})

    def connect(self, browser, **changed) -> dict:
        """All of it: tokens."""
        reply = self.exchange(self.code(browser, **changed))
        assert reply.status_code == 200, reply.content
        return reply.json()


def query(url: str) -> dict[str, str]:
    found = parse_qs(urlsplit(url).query, keep_blank_values=True)
    assert all(len(values) == 1 for values in found.values()), url
    return {name: values[0] for name, values in found.items()}


class Kept:
    """What a client of the SDK keeps, in memory."""

    tokens = client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client_info):
        self.client = client_info


def is_good(raw: str) -> bool:
    """Whether it is an access token that opens something."""
    try:
        return bool(tokens.resolve(raw))
    except TokenRefused:
        return False
