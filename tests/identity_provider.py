"""A local identity provider over HTTP: Google's OpenID Connect and GitHub's OAuth and API.

In a test, by the fixtures `identity_provider` (both providers are configured and lead here) and
`dance`, which are at hand after

    from tests.identity_provider import dance, identity_provider  # noqa: F401

It is well-behaved until told otherwise:

    identity_provider.google.email = "grace@example.com"    # who the person is there
    identity_provider.github.emails = [{…}]                 # as GET /user/emails answers
    identity_provider.claims["aud"] = "another client"      # instead of the right claim
    identity_provider.without.add("nonce")                  # leaves a claim out
    identity_provider.signing = "none"                      # or "HS256", "foreign", "rotated"
    identity_provider.faults["/google/token"] = Fault(status=500)
    identity_provider.denies = "access_denied"

and keeps what it was sent in `calls`. Every code works once, for the verifier that fits.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from accounts.oauth import google as google_client

CLIENT_ID = {"google": "client-of-google", "github": "client-of-github"}
SECRET = {"google": "secret-of-google", "github": "secret-of-github"}
AUTHORIZE = {"google": "/google/authorize", "github": "/github/login/oauth/authorize"}
TOKEN = {"google": "/google/token", "github": "/github/login/oauth/access_token"}
JWKS, USER, EMAILS = "/google/jwks", "/github/api/user", "/github/api/user/emails"
SUBJECT, GITHUB_ID = "110169484474386276334", 583231


@dataclass
class GooglePerson:
    sub: object = SUBJECT
    email: object = "Ada@Example.com"
    email_verified: object = True
    name: object = "Ada Lovelace"
    picture: object = "https://lh3.example.com/ada.png"


@dataclass
class GithubPerson:
    id: object = GITHUB_ID
    login: object = "ada"
    name: object = "Ada Lovelace"
    avatar_url: object = "https://avatars.example.com/u/583231"
    email: object = "public@example.com"  # of the profile: never verified
    emails: object = field(
        default_factory=lambda: [
            {"email": "other@example.com", "primary": False, "verified": True},
            {"email": "Ada@Example.com", "primary": True, "verified": True},
        ]
    )


@dataclass
class Fault:
    """What a path does instead of answering well."""

    status: int = 200
    body: bytes | None = None  # none: a usual one
    delay: float = 0.0  # seconds before the answer
    dribble: float = 0.0  # seconds between the bytes of the body
    hang_up: bool = False


@dataclass
class Call:
    method: str
    path: str
    fields: dict[str, str]
    headers: dict[str, str]


@dataclass
class Grant:
    """What a code stands for."""

    provider: str
    challenge: str
    nonce: str
    redirect_uri: str


class IdentityProvider:
    """The server in threads of its own. `url` is its origin."""

    def __init__(self) -> None:
        self.google, self.github = GooglePerson(), GithubPerson()
        self.claims: dict[str, object] = {}
        self.without: set[str] = set()
        self.signing = "RS256"
        self.denies = ""
        self.says_issuer: str | None = None  # `iss` beside the code (RFC 9207)
        self.faults: dict[str, Fault] = {}
        self.token: dict[str, object] = {}  # instead of the right members of a token answer
        self.calls: list[Call] = []
        self.codes: dict[str, Grant] = {}
        self.key = _key("key-1")
        self._tokens: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._stopping = threading.Event()

    def __enter__(self) -> "IdentityProvider":
        poll = {"poll_interval": 0.01}
        threading.Thread(target=self._server.serve_forever, kwargs=poll, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def issuer(self) -> str:
        return f"{self.url}/google"

    def environment(self) -> dict[str, str]:
        """The variables (and settings) of a server that has both providers, here."""
        google = {
            "ISSUER": self.issuer,
            "AUTHORIZE_URL": f"{self.url}{AUTHORIZE['google']}",
            "TOKEN_URL": f"{self.url}{TOKEN['google']}",
            "JWKS_URL": f"{self.url}{JWKS}",
        }
        github = {"BASE_URL": f"{self.url}/github", "API_URL": f"{self.url}/github/api"}
        return {
            **{f"GOOGLE_{name}": value for name, value in google.items()},
            **{f"GITHUB_{name}": value for name, value in github.items()},
            **{f"{name.upper()}_CLIENT_ID": value for name, value in CLIENT_ID.items()},
            **{f"{name.upper()}_CLIENT_SECRET": value for name, value in SECRET.items()},
        }

    def called(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]

    def rotate_keys(self) -> None:
        self.key = _key("key-2")

    def visit(self, url: str) -> str:
        """Where a browser is sent that opens the authorize page: the person there agrees."""
        with build_opener(_NoRedirect).open(Request(url), timeout=10) as reply:
            assert reply.status == 302, reply.read()
            return reply.headers["Location"]

    # --- what it answers ---

    def authorize(self, provider: str, asked: dict[str, str]) -> tuple[int, object]:
        right = asked.get("client_id") == CLIENT_ID[provider]
        challenged = asked.get("code_challenge_method") == "S256" and asked.get("code_challenge")
        if not (right and challenged and asked.get("response_type") == "code"):
            return 400, {"error": "invalid_request"}
        code = secrets.token_urlsafe(16)
        self.codes[code] = Grant(
            provider, asked["code_challenge"], asked.get("nonce", ""), asked["redirect_uri"]
        )
        answer = {"error": self.denies} if self.denies else {"code": code}
        answer["state"] = asked["state"]
        if self.says_issuer:
            answer["iss"] = self.says_issuer
        return 302, f"{asked['redirect_uri']}?{urlencode(answer)}"

    def exchange(self, provider: str, asked: dict[str, str]) -> tuple[int, object]:
        failing = 400 if provider == "google" else 200  # GitHub says 200 to everything
        who = (asked.get("client_id"), asked.get("client_secret"))
        if who != (CLIENT_ID[provider], SECRET[provider]):
            return failing, {"error": "invalid_client"}
        grant = self.codes.pop(asked.get("code", ""), None)
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            grant is None
            or grant.provider != provider
            or grant.challenge != proof
            or grant.redirect_uri != asked.get("redirect_uri")
        ):
            return failing, {"error": "bad_verification_code"}
        access = secrets.token_urlsafe(16)
        self._tokens.add(access)
        answer: dict[str, object] = {"access_token": access, "token_type": "bearer"}
        if provider == "google":
            answer |= {"expires_in": 3599, "id_token": self.id_token(grant.nonce)}
        return 200, answer | self.token

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID["google"],
            "azp": CLIENT_ID["google"],
            "iat": now,
            "exp": now + 3600,
            "nonce": nonce,
            **vars(self.google),
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if name not in self.without}
        return self._signed(claims)

    def _signed(self, claims: dict) -> str:
        if self.signing == "none":
            parts = ({"alg": "none", "typ": "JWT"}, claims)
            coded = (base64.urlsafe_b64encode(json.dumps(one).encode()) for one in parts)
            return ".".join(one.rstrip(b"=").decode() for one in coded) + "."
        if self.signing == "HS256":  # with the public key for a secret
            secret = OctKey.import_key(self.key.as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": "key-1"}, claims, secret)
        key = _key("key-1", "somebody else") if self.signing == "foreign" else self.key
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)

    def keys(self) -> dict:
        return {"keys": [self.key.as_dict(private=False)]}

    def answer(self, call: Call) -> tuple[int, object]:
        for provider in ("google", "github"):
            if call.path == AUTHORIZE[provider]:
                return self.authorize(provider, call.fields)
            if call.path == TOKEN[provider] and call.method == "POST":
                return self.exchange(provider, call.fields)
        if call.path == JWKS:
            return 200, self.keys()
        if call.path not in (USER, EMAILS):
            return 404, {"message": "Not Found"}
        if call.headers.get("authorization", "").removeprefix("Bearer ") not in self._tokens:
            return 401, {"message": "Bad credentials"}
        known = dict(vars(self.github))
        emails = known.pop("emails")
        return 200, emails if call.path == EMAILS else known

    def wait(self, seconds: float) -> None:
        self._stopping.wait(seconds)


@cache
def _key(name: str, owner: str = "the provider") -> RSAKey:
    """Made once in a test run: it takes a while."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None

    def http_error_302(self, request, reply, code, message, headers):
        return reply


def _handler(provider: IdentityProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._serve(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

        def _serve(self, fields: str) -> None:
            path = urlsplit(self.path).path
            asked = {name: values[-1] for name, values in parse_qs(fields).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = Call(self.command, path, asked, headers)
            provider.calls.append(call)
            with suppress(OSError):  # the client hung up
                self._reply(provider.faults.get(path, Fault()), call)

        def _reply(self, fault: Fault, call: Call) -> None:
            provider.wait(fault.delay)
            if fault.hang_up:
                return
            status, said = provider.answer(call)
            if status == 302:
                self.send_response(302)
                self.send_header("Location", str(said))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = json.dumps(said).encode() if fault.body is None else fault.body
            self.send_response(fault.status if fault.status != 200 else status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self._write(body, fault.dribble)

        def _write(self, body: bytes, pause: float) -> None:
            for piece in (body[at : at + 1] for at in range(len(body))) if pause else (body,):
                self.wfile.write(piece)
                self.wfile.flush()
                provider.wait(pause)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class Dance:
    """A browser that signs in elsewhere, step by step or all at once."""

    def __init__(self, provider: IdentityProvider, client: Client | None = None) -> None:
        self.provider = provider
        self.client = client or Client()

    def begin(self, name: str, path: str | None = "/app", **headers: str) -> str:
        """Press "Continue with …": the address of the provider's page."""
        query = {} if path is None else {"redirectUrl": path}
        reply = self.client.get(f"/api/auth/{name}", query, headers=headers)
        assert reply.status_code == 302, reply.content
        return reply["Location"]

    def agree(self, url: str) -> str:
        """Agree there: the path and query of our callback."""
        back = urlsplit(self.provider.visit(url))
        return f"{back.path}?{back.query}"

    def finish(self, callback: str):
        return self.client.get(callback)

    def __call__(self, name: str, path: str | None = "/app"):
        return self.finish(self.agree(self.begin(name, path)))

    def is_signed_in(self) -> bool:
        return self.client.get("/api/auth/current-user").status_code == 200


@pytest.fixture
def identity_provider(settings):
    """Both providers are configured, and are here. Clocks are short."""
    google_client._known.clear()
    with IdentityProvider() as provider:
        for name, value in provider.environment().items():
            setattr(settings, name, value)
        settings.OAUTH_TIMEOUT_SECONDS = 5
        yield provider


@pytest.fixture
def dance(db, identity_provider):
    """A browser that has never been here."""
    return Dance(identity_provider)
