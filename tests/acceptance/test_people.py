"""CONTRACT §13, checks 1, 2, 14 to 19: who somebody is."""

from urllib.parse import urlsplit

import jwt
import pytest

from chatsvg.demo import DEMO_CREDITS, DEMO_EMAIL, DEMO_NAME, DEMO_PASSWORD
from chatsvg.embedded.secrets import keep_secret
from tests.acceptance.react import ORIGIN, React
from tests.contract.test_web_process import daphne
from tests.faults.people import PASSWORD, Person, at_once

pytestmark = pytest.mark.slow
BAD_CSRF = {"error": "Invalid CSRF token", "message": "Request blocked for security reasons"}
WRONG = {"email": "nobody@example.com", "password": "not the password"}


def test_check_01_seed_user_signs_in_and_stays(stack):
    seeded = "from chatsvg.demo import ensure_demo_users; ensure_demo_users()"
    assert stack.manage("shell", "-v", "0", "-c", seeded).returncode == 0
    page = React.opened(stack.url)

    refused = page.post("/auth/login", {"email": DEMO_EMAIL, "password": "wrong password"})
    assert refused.status == 401
    assert "credential" in refused.json["error"].lower()  # the client's own sentence replaces it
    assert page.get("/auth/current-user").status == 401

    signed_in = page.post("/auth/login", {"email": DEMO_EMAIL, "password": DEMO_PASSWORD})
    assert signed_in.status == 200
    for _ in range(2):  # the second one is the reload
        user = page.get("/auth/current-user").json
        assert (user["name"], user["email"], user["credits"], user["plan"]) == (
            *(DEMO_NAME, DEMO_EMAIL, DEMO_CREDITS),
            "FREE",
        )


def test_check_02_expired_access_token_is_renewed_silently(stack, react):
    react.cookies["token"] = expired(stack, react.cookies["token"])

    assert Person._send(react, "GET", "/api/auth/current-user", None, {}).status == 401
    assert react.get("/auth/current-user").json["email"] == react.email


def test_check_02_two_parallel_refreshes_both_stay_signed_in(stack, react):
    twin = React(stack.url, react.email)
    twin.cookies, twin.token = dict(react.cookies), react.token
    for tab in (react, twin):
        del tab.cookies["token"]

    replies = at_once([lambda tab=tab: tab.post("/auth/refresh") for tab in (react, twin)])

    assert [reply.status for reply in replies] == [200, 200]
    assert [tab.get("/auth/current-user").status for tab in (react, twin)] == [200, 200]


def test_check_14_sixth_failed_login_is_told_when_to_come_again(stack):
    limited = {**stack.env, "RATELIMIT_ENABLED": "true", "RATELIMIT_PREFIX": "check-14"}
    with daphne(**limited) as port:
        page = React.opened(f"http://127.0.0.1:{port}")
        replies = [page.post("/auth/login", WRONG) for _ in range(6)]

    assert [reply.status for reply in replies] == [401] * 5 + [429]
    last = replies[-1]
    assert 0 < int(last.headers["retry-after"]) <= 15 * 60
    assert last.json["error"] == "Too many authentication attempts. Please try again later."
    assert last.headers["access-control-allow-origin"] == ORIGIN
    assert "retry-after" in listed(last.headers["access-control-expose-headers"].lower())


def test_check_15_errors_are_the_contracts_json(visitor):
    unsigned = visitor.get("/user/generations")
    assert (unsigned.status, unsigned.json) == (401, {"error": "No token provided"})

    visitor.token = ""
    forged = visitor.post("/svg/generate-svg", {"prompt": "a red fox asleep", "style": "flat"})
    assert (forged.status, forged.json) == (403, BAD_CSRF)

    missing = visitor.get("/no/such/path")
    assert (missing.status, missing.is_json) == (404, True)
    assert missing.json["error"]


def test_check_15_preflight(visitor):
    asked = {
        "Access-Control-Request-Method": "DELETE",
        "Access-Control-Request-Headers": "content-type,x-csrf-token,x-idempotency-key",
    }
    reply = visitor._send("OPTIONS", "/api/user/generations/1", None, asked)

    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers["access-control-allow-origin"] == ORIGIN
    assert reply.headers["access-control-allow-credentials"] == "true"
    allowed = listed(reply.headers["access-control-allow-headers"].lower())
    assert {"content-type", "x-csrf-token", "x-idempotency-key"} <= allowed
    methods = listed(reply.headers["access-control-allow-methods"])
    assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= methods

    strange = visitor._send("OPTIONS", "/api/csrf", None, asked | {"Origin": "http://evil.example"})
    assert "access-control-allow-origin" not in strange.headers


def test_check_16_socket_without_cookie_is_refused(visitor):
    with visitor.live() as live:
        assert live.refusal == {"message": "Unauthorized"}
        assert live.events == []


def test_check_16_logout_disconnects_this_sessions_socket(stack, react):
    elsewhere = React(stack.url, react.email).sign_in()
    with react.live() as live, elsewhere.live() as other:
        for one in (live, other):
            assert one.wait_for(lambda live: live.events, 5)
            assert one.events[0][1:] == ("server:ready", {"ok": True})
        react.sign_out()
        assert live.wait_for(lambda live: live.closed, 5)
        assert not other.wait_for(lambda live: live.closed, 0.5)


@pytest.mark.parametrize("path", ["@evil.example", "//evil.example", ".evil.example", "/\\evil"])
def test_check_17_sign_in_elsewhere_never_leaves_the_client(visitor, provider, path):
    begun = visitor.get(f"/auth/google?redirectUrl={path}")
    assert begun.status == 302
    back = urlsplit(provider.visit(begun.headers["location"]))

    ended = visitor._send("GET", f"{back.path}?{back.query}", None, {})

    landed = urlsplit(ended.headers["location"])
    assert ended.status == 302
    assert f"{landed.scheme}://{landed.netloc}" == ORIGIN
    assert "token" in visitor.cookies


def test_check_17_denied_consent_is_told(visitor, provider):
    begun = visitor.get("/auth/google?redirectUrl=/app")
    provider.denies = "access_denied"
    try:
        back = urlsplit(provider.visit(begun.headers["location"]))
    finally:
        provider.denies = ""

    ended = visitor._send("GET", f"{back.path}?{back.query}", None, {})

    assert ended.headers["location"] == f"{ORIGIN}/signin?error=oauth_failed"


def test_check_18_first_visit_can_sign_in(stack, react):
    known = {"email": react.email, "password": PASSWORD}
    for _ in range(20):
        page = React(stack.url, react.email)
        assert first_visit(page).post("/auth/login", known).status == 200


def test_check_19_no_way_around_csrf_and_no_list_of_people(react):
    token, react.token = react.token, ""
    forged = react.delete("/auth/sessions/webhook")
    react.token = token

    assert (forged.status, forged.json) == (403, BAD_CSRF)
    assert react.get("/user").status == 404


def expired(stack, token: str) -> str:
    """The same access token, an hour older."""
    claims = jwt.decode(token, options={"verify_signature": False})
    claims |= {"iat": claims["iat"] - 3600, "exp": claims["exp"] - 3600}
    return jwt.encode(claims, keep_secret(stack.home, "JWT_SECRET"), "HS256")


def first_visit(page: React) -> React:
    """An empty jar: the client asks for two things at once."""
    token, options = at_once([lambda: page.get("/csrf"), lambda: page.get("/auth/options")])
    assert options.json["emailAuthEnabled"] is True
    page.token = token.json["csrfToken"]
    return page


def listed(header: str) -> set[str]:
    return {name.strip() for name in header.split(",")}
