"""Who is let in to /mcp, and how the others are told: table by table, over HTTP."""

import json
from string import ascii_letters
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS

from accounts.models import KeyUse, OAuthAccessToken, OAuthGrant
from generations.mcp import messages, sessions
from tests import factories
from tests.generations.mcp.conftest import key_of, make_key, token_of, wait_until

DOCUMENT = "/.well-known/oauth-protected-resource/mcp"
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
LATER = {"MCP-Protocol-Version": "2026-07-28"}
CLIENT = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t"}}
CLIENT["clientInfo"]["version"] = "1"


def said(method: str, **params) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()


INITIALIZE, PING = said("initialize", **CLIENT), said("ping")
GENERATE = said("tools/call", name="generate_svg", arguments={"prompt": "a red fox asleep"})
STYLES = said("tools/call", name="list_styles")


def bearer(token: str) -> dict:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.slow
def test_door_asks_for_a_credential_in_a_header(ask, person):
    ended, old = token_of(person), token_of(person)
    grants = OAuthGrant.objects.order_by("created_at")
    OAuthGrant.objects.filter(pk=grants[0].pk).update(revoked_at=timezone.now())
    OAuthAccessToken.objects.filter(grant=grants[1]).update(expires_at=timezone.now())
    token, key = token_of(person), key_of(person)
    refused = [
        ("", {}, 401, ""),
        (f"?access_token={token}", {}, 401, ""),
        (f"?access_token={token}", bearer(token), 400, None),
        (f"?api_key={key}", {"X-API-Key": key}, 400, None),
        ("", {"Authorization": "Basic eDp5"}, 401, ""),
        ("", {"Authorization": "Bearer"}, 401, ""),
        ("", {"Cookie": f"token={token}"}, 401, ""),
        ("", bearer("oat_nobody"), 401, "invalid_token"),
        ("", bearer("x" * 3000), 401, "invalid_token"),
        ("", bearer("ort_" + token[4:]), 401, "invalid_token"),
        ("", bearer("sk_test_" + "x" * 40), 401, "invalid_token"),
        ("", {"X-API-Key": token}, 401, "invalid_token"),
        ("", {"X-API-Key": "\xe9"}, 401, "invalid_token"),
        ("", bearer(ended), 401, "invalid_token"),
        ("", bearer(old), 401, "invalid_token"),
    ]
    for query, headers, status, error in refused:
        for method, body in (("POST", INITIALIZE), ("POST", b"{"), ("GET", None), ("DELETE", None)):
            found, told, answer = ask(method, f"/mcp{query}", body, {**JSON, **headers})
            assert found == status, (query, headers, method, answer)
            challenge = told.get("WWW-Authenticate")
            if error is None:
                assert challenge is None
                continue
            assert challenge.endswith(f'{DOCUMENT}"') and 'resource_metadata="' in challenge
            assert ('error="invalid_token"' in challenge) == bool(error), (headers, challenge)

    for headers in (bearer(token), {"X-API-Key": key}, bearer(key)):
        status, told, _ = ask("POST", "/mcp", INITIALIZE, {**JSON, **headers})
        assert (status, bool(told["MCP-Session-Id"])) == (200, True)
        assert told["Cache-Control"] == "private, no-store"
        assert told["x-request-id"] and told["X-RateLimit-Limit"] == "600"


@pytest.mark.slow
def test_door_looks_at_host_origin_method_and_body(ask, person):
    token = bearer(token_of(person))
    deep = b'{"method": "ping", "params": ' + b"[" * 40_000 + b"]" * 40_000 + b"}"
    table = [
        ("POST", INITIALIZE, {"Host": "evil.example"}, 421, "HOST_NOT_ALLOWED"),
        ("POST", INITIALIZE, {"Host": ""}, 421, "HOST_NOT_ALLOWED"),
        ("POST", INITIALIZE, {"Origin": "https://evil.example"}, 403, "ORIGIN_NOT_ALLOWED"),
        ("POST", INITIALIZE, {"Origin": "null"}, 403, "ORIGIN_NOT_ALLOWED"),
        ("OPTIONS", None, {"Origin": "https://evil.example"}, 403, "ORIGIN_NOT_ALLOWED"),
        ("GET", None, {}, 405, "METHOD_NOT_ALLOWED"),
        ("PUT", b"{}", {}, 405, "METHOD_NOT_ALLOWED"),
        ("HEAD", None, {}, 405, None),
        ("DELETE", None, LATER, 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", None, {}, 404, "SESSION_NOT_FOUND"),
        ("POST", b'"' + b"x" * 102_400 + b'"', {}, 413, "REQUEST_ENTITY_TOO_LARGE"),
        ("POST", b"{", {}, 400, "PARSE_ERROR"),
        ("POST", b"", {}, 400, "PARSE_ERROR"),
        ("POST", b"\xff", {}, 400, "PARSE_ERROR"),
        ("POST", b'{"id": NaN}', {}, 400, "PARSE_ERROR"),
        ("POST", b'{"id": ' + b"9" * 5000 + b"}", {}, 400, "PARSE_ERROR"),
        ("POST", deep, {}, 400, "PARSE_ERROR"),
        ("POST", b"[" + PING + b"]", {}, 400, "INVALID_REQUEST"),
        ("POST", b"7", {}, 400, "INVALID_REQUEST"),
        ("POST", PING, {}, 404, "SESSION_NOT_FOUND"),
        ("POST", INITIALIZE, {"Content-Type": "text/plain"}, 400, None),
        ("POST", INITIALIZE, {"Accept": "text/html"}, 406, None),
        ("POST", PING, {"MCP-Protocol-Version": "1999-01-01"}, 400, None),
        ("POST", PING, LATER, 400, None),  # without what it has to say of the client
    ]
    for method, body, headers, status, code in table:
        found, told, answer = ask(method, "/mcp", body, {**JSON, **token, **headers})
        assert found == status, (method, (body or b"")[:60], headers, answer)
        assert told["X-Content-Type-Options"] == "nosniff"
        assert "MCP-Session-Id" not in told
        if code:
            error = json.loads(answer)["error"]
            assert error["data"]["errorCode"] == code
            assert error["data"]["requestId"] == told["x-request-id"]

    page = {"Origin": settings.PUBLIC_URL}
    status, told, _ = ask("OPTIONS", "/mcp", None, page)
    assert (status, told["Access-Control-Allow-Origin"]) == (204, page["Origin"])
    status, told, _ = ask("POST", "/mcp/", INITIALIZE, {**JSON, **token, **page})
    assert (status, told["Access-Control-Allow-Origin"]) == (200, page["Origin"])
    assert ask("POST", "/mcp/x", INITIALIZE, {**JSON, **token})[0] == 404


@pytest.mark.slow
def test_sessions_are_their_owners_and_end(ask, person):
    other = bearer(token_of(factories.person()))
    token = bearer(token_of(person))
    second = bearer(token_of(person))
    name = ask("POST", "/mcp", INITIALIZE, {**JSON, **token})[1]["MCP-Session-Id"]

    def statuses(session: str, credential: dict) -> list[int]:
        sent = {**JSON, **credential, "MCP-Session-Id": session}
        return [ask(*one, sent)[0] for one in (("POST", "/mcp", PING), ("GET", "/mcp", None))]

    assert statuses(name, token) == [200, 405]
    assert statuses(name, {**token, **LATER}) == [400, 405]  # which knows no sessions
    for session, credential in (
        (name, other),
        (name, second),
        (name[:-1], token),
        (name + "A", token),
        ("A" * len(name), token),
        ("\xe9", token),
    ):
        assert statuses(session, credential) == [404, 404], session
    sent = {**JSON, **token, "MCP-Session-Id": name}
    assert ask("DELETE", "/mcp", None, {**sent, **other})[0] == 404
    assert ask("DELETE", "/mcp", None, sent)[0] == 204
    assert statuses(name, token) == [404, 404]
    assert ask("DELETE", "/mcp", None, sent)[0] == 404


def test_session_runs_out(monkeypatch):
    owner = uuid4()
    name = sessions.begin(owner)
    assert sessions.is_open(name, owner)
    others = [name[:-1] + sign for sign in ascii_letters] + [f"{name[:9]}!{name[9:]}"]
    assert [one for one in others if sessions.is_open(one, owner)] in ([], [name])

    monkeypatch.setattr(sessions, "LIFETIME", -1)

    assert not sessions.is_open(name, owner)


@pytest.mark.slow
def test_scopes_and_rates_are_refused_in_http(ask, person):
    reader = bearer(token_of(person, "svg:read"))
    painter = bearer(token_of(person, "svg:generate"))
    looker = bearer(key_of(person, scopes=["svg:read"]))
    read = said("resources/read", uri="chatsvg://drawings/x")
    status = said("tools/call", name="get_job_status", arguments={"job_id": "x"})
    hidden = GENERATE.replace(b'"method"', b'"method": "ping", "method"')
    for credential, body, found in (
        (reader, GENERATE, 403),
        (reader, hidden, 403),
        (looker, GENERATE, 403),
        (painter, read, 403),
        (painter, status, 403),
        (painter, said("resources/list"), 403),
        (reader, STYLES, 404),  # which anybody may have who has a session
    ):
        assert ask("POST", "/mcp", body, {**JSON, **credential})[0] == found, (credential, body)

    _, told, _ = ask("POST", "/mcp", GENERATE, {**JSON, **reader})
    challenge = told["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in challenge and DOCUMENT in challenge
    assert 'scope="svg:read svg:generate"' in challenge

    made = make_key(person, customRateLimit=1)
    key = {"X-API-Key": made.raw}
    session = ask("POST", "/mcp", INITIALIZE, {**JSON, **key})[1]["MCP-Session-Id"]
    sent = {**JSON, **key, "MCP-Session-Id": session}
    assert ask("POST", "/mcp", STYLES, sent)[0] == 200
    status, told, answer = ask("POST", "/mcp", STYLES, sent)
    assert (status, told["X-RateLimit-Remaining"]) == (429, "0")
    assert 1 <= int(told["Retry-After"]) <= 60
    assert json.loads(answer)["error"]["message"] == "Too many requests. Please try again later."
    assert ask("POST", "/mcp", PING, sent)[0] == 200  # costs nothing
    uses = KeyUse.objects.filter(key=made.key).order_by("id").values_list("status", flat=True)
    wait_until(lambda: sorted(uses.all()) == [200, 200, 200, 429])


@pytest.mark.slow
def test_health_is_open(ask):
    status, told, answer = ask("GET", "/mcp/health")
    assert (status, json.loads(answer)["name"]) == (200, "chatsvg-mcp")
    assert told["Cache-Control"] == "private, no-store"
    assert ask("HEAD", "/mcp/health")[::2] == (200, b"")
    assert ask("POST", "/mcp/health", b"{}")[0] == 405


def test_versions_with_sessions_are_those_of_the_sdk():
    assert set(HANDSHAKE_PROTOCOL_VERSIONS) == messages.SESSION_VERSIONS
