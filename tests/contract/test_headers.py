"""Headers that every answer of a kind carries (CONTRACT §1.3, §1.8, §1.10)."""

import re

import pytest
from django.test import Client

from chatsvg.addresses import whole
from generations import pipeline
from generations.models import Generation, Job
from tests.conftest import Api

FRONTEND = "https://chatsvg.example"
PREVIEW = "https://pr-7.preview.example"
FOREIGN = [
    "https://evil.example",
    "null",
    "http://chatsvg.example",
    "https://chatsvg.example.evil.example",
    "https://x.preview.example.evil.example",
    "https://xxpreview.example",
]


# --- x-request-id -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/api/health", "/api/nowhere", "/", "/static/nowhere", "/files/x"]
)
def test_request_id_is_on_every_response(db, path):
    first, second = (Client().get(path)["x-request-id"] for _ in range(2))

    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first != second


@pytest.mark.parametrize("sent", ["a", "A-b_c.9", "x" * 64, "00-4bf92f3577b34da6a3ce929d0e0e4736"])
def test_request_id_is_kept_where_it_is_well_formed(client, sent):
    assert client.get("/api/health", headers={"x-request-id": sent})["x-request-id"] == sent


@pytest.mark.parametrize(
    "sent", ["", " ", "x" * 65, "a b", "a\n", "ü", "<b>", "a\r\nSet-Cookie: x=1", "\0", "a;b"]
)
def test_request_id_is_made_up_where_it_is_not(client, sent):
    reply = client.get("/api/health", headers={"x-request-id": sent})

    assert re.fullmatch("[0-9a-f]{32}", reply["x-request-id"])


def test_request_id_is_on_refusals_of_the_middleware(client, settings):
    settings.FRONTEND_URL = FRONTEND
    headers = {"x-request-id": "abc"}
    blocked = client.post("/api/auth/logout", headers=headers)
    large = client.post("/api/auth/logout", "x" * 200_000, content_type="x/y", headers=headers)
    preflight = client.options(
        "/api/auth/login",
        headers={**headers, "Origin": FRONTEND, "Access-Control-Request-Method": "POST"},
    )

    assert [blocked.status_code, large.status_code] == [403, 413]
    assert {reply["x-request-id"] for reply in (blocked, large, preflight)} == {"abc"}


def test_nothing_tells_what_serves(client):
    reply = client.get("/api/health")

    assert not {"server", "x-powered-by", "x-instance-id"} & {
        name.lower() for name in reply.headers
    }


# --- Content and caches -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["health", "ready", "csrf", "auth/options", "auth/current-user", "nowhere"]
)
def test_json_says_its_charset_whatever_was_accepted(client, db, path):
    for accept in ("*/*", "text/html", "application/json; indent=4", "image/webp", ""):
        reply = client.get(f"/api/{path}", headers={"Accept": accept})
        assert reply["Content-Type"] == "application/json; charset=utf-8"


def test_json_is_utf8_as_it_is(signed_in, person):
    person.name = "Адa 🦊"
    person.save()

    reply = signed_in.get("/auth/current-user")

    assert "Адa 🦊".encode() in reply.content


@pytest.mark.django_db(transaction=True)
def test_what_is_answered_to_somebody_is_not_stored(signed_in):
    job_id = signed_in.submit().json()["job"]["id"]
    pipeline.run(Job.objects.get(pk=job_id).pk)
    drawing = Generation.objects.get()
    replies = [
        signed_in.get("/auth/current-user"),
        signed_in.get(f"/svg/generation-jobs/{job_id}"),
        signed_in.get("/svg/generation-jobs/x"),
        signed_in.get(f"/svg/{drawing.pk}/download"),
        signed_in.get("/svg/x/download"),
        signed_in.get(f"/svg/{drawing.pk}/source"),
        signed_in.submit(),
        signed_in.submit(style="x"),
        signed_in.post(f"/svg/generation-jobs/{job_id}/cancel"),
        signed_in.post("/auth/refresh"),
    ]

    assert [reply.status_code for reply in replies] == [
        200,
        200,
        404,
        200,
        404,
        200,
        200,
        400,
        409,
        200,
    ]
    assert {reply["Cache-Control"] for reply in replies} == {"private, no-store"}


def test_source_and_csrf_are_not_stored_for_strangers_either(client, db):
    assert client.get("/api/csrf")["Cache-Control"] == "no-store"
    assert "Cache-Control" not in client.get("/api/health")


# --- CORS -------------------------------------------------------------------------------------


@pytest.fixture
def frontend(settings):
    settings.FRONTEND_URL = FRONTEND
    settings.CORS_ALLOWED_ORIGINS = [FRONTEND]
    settings.CORS_ALLOWED_ORIGIN_REGEXES = [r"^https://[a-z0-9-]+\.preview\.example$"]
    settings.FRONTEND_PREVIEW_REGEX = r"https://[a-z0-9-]+\.preview\.example"


def cors(reply) -> dict:
    return {
        name.lower(): value
        for name, value in reply.headers.items()
        if name.lower().startswith("access-control")
    }


def tokens(value: str) -> set[str]:
    return {word.strip().lower() for word in value.split(",")}


@pytest.mark.parametrize("origin", [FRONTEND, PREVIEW])
def test_cors_lets_the_client_read_with_its_cookies(db, frontend, origin):
    for path in ("health", "csrf", "auth/current-user", "nowhere"):
        reply = Client().get(f"/api/{path}", headers={"Origin": origin})

        allowed = cors(reply)
        assert allowed["access-control-allow-origin"] == origin
        assert allowed["access-control-allow-credentials"] == "true"
        assert tokens(allowed["access-control-expose-headers"]) == {
            "retry-after",
            "location",
            "x-request-id",
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
        }
        assert "origin" in tokens(reply["Vary"])


@pytest.mark.parametrize("origin", [FRONTEND, PREVIEW])
def test_cors_lets_the_client_read_refusals(db, frontend, origin):
    for body, status in (("{}", 403), ("x" * 200_000, 413)):
        reply = Client().post(
            "/api/auth/login", body, content_type="application/json", headers={"Origin": origin}
        )
        assert reply.status_code == status
        assert cors(reply)["access-control-allow-origin"] == origin


@pytest.mark.parametrize("origin", FOREIGN)
def test_cors_says_nothing_to_other_origins(db, frontend, origin):
    for path in ("health", "csrf", "nowhere"):
        reply = Client().get(f"/api/{path}", headers={"Origin": origin})
        assert reply.status_code in (200, 404)
        assert cors(reply) == {}
        assert "origin" in tokens(reply["Vary"])
    preflight = Client().options(
        "/api/auth/login", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}
    )
    assert cors(preflight) == {}


@pytest.mark.parametrize("path", ["auth/login", "svg/generate-svg", "svg/x", "nowhere"])
def test_preflight_allows_what_the_client_sends(db, frontend, path):
    reply = Client().options(
        f"/api/{path}",
        headers={
            "Origin": FRONTEND,
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "content-type,x-csrf-token,x-idempotency-key",
        },
    )

    allowed = cors(reply)
    assert reply.status_code == 204
    assert reply.content == b""
    assert allowed["access-control-allow-origin"] == FRONTEND
    assert allowed["access-control-allow-credentials"] == "true"
    assert allowed["access-control-max-age"] == "600"
    assert tokens(allowed["access-control-allow-methods"]) == {
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "options",
    }
    assert tokens(allowed["access-control-allow-headers"]) >= {
        "content-type",
        "x-csrf-token",
        "x-idempotency-key",
    }


def test_pages_have_no_cors(db, frontend):
    assert cors(Client().get("/", headers={"Origin": FRONTEND})) == {}


def test_client_of_another_origin_signs_in(person, frontend):
    """The React client's first calls, as a browser makes them from its origin."""
    api = Api()
    api.client.defaults["HTTP_ORIGIN"] = FRONTEND

    api.csrf()
    api.sign_in(person)

    assert api.get("/auth/current-user").json()["id"] == str(person.pk)
    assert cors(api.post("/auth/refresh"))["access-control-allow-origin"] == FRONTEND


# --- Safety -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/signin", "/api/health", "/api/nowhere", "/nowhere"])
def test_safety_headers_are_on_pages_and_api(db, path):
    reply = Client().get(path, headers={"Accept": "text/html"})

    policy = dict(
        part.strip().split(" ", 1) for part in reply["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert not [rule for rule in policy.values() if "unsafe" in rule or "*" in rule]
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["X-Frame-Options"] == "DENY"
    assert reply["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert reply["Cross-Origin-Opener-Policy"] == "same-origin"


def test_https_is_demanded_where_it_is_set(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31536000

    assert client.get("/api/csrf")["Location"] == "https://testserver/api/csrf"
    assert client.get("/api/health").status_code == 200
    secure = client.get("/api/health", secure=True)
    assert secure["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize("path", ["/", "/app", "/samples/fox/flat.svg", "/nowhere"])
def test_answers_that_carry_cookies_are_in_no_cache(signed_in, path):
    del signed_in.client.cookies["token"]

    reply = signed_in.client.get(path, headers={"Accept": "text/html"})

    assert not reply.cookies or "no-store" in reply["Cache-Control"]


def test_samples_are_public_and_renew_nobody(signed_in):
    del signed_in.client.cookies["token"]

    reply = signed_in.client.get("/samples/fox/flat.svg")

    assert "public" in reply["Cache-Control"]
    assert not reply.cookies


def test_preview_pattern_is_bound_to_the_end(client, settings):
    settings.CORS_ALLOWED_ORIGIN_REGEXES = [whole(r"https://[a-z0-9-]+\.preview\.example")]

    allowed, refused = (
        client.get("/api/health", headers={"Origin": origin})
        for origin in (PREVIEW, "https://pr-7.preview.example.evil.example")
    )

    assert allowed["Access-Control-Allow-Origin"] == PREVIEW
    assert "Access-Control-Allow-Origin" not in refused
