"""The error contract (CONTRACT §1.4), one by one. `test_hostile` sends everything everywhere."""

import json

import pytest
from django.test import Client

from chatsvg.problems import JSON
from generations import pipeline
from generations.models import Generation, Job
from tests.contract.hostile import BODIES, GOOD, LIMIT, MALFORMED, METHODS, assert_contract


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_body_is_400(stranger, name):
    for path in ("/api/auth/login", "/api/auth/register"):
        headers = {"X-CSRF-Token": stranger.token}
        reply = stranger.client.generic(
            "POST", path, BODIES[name], content_type="application/json", headers=headers
        )
        assert (reply.status_code, reply.json()) == (400, {"error": "Malformed JSON"})


@pytest.mark.parametrize("name", ["nothing", "blanks"])
def test_missing_body_is_an_empty_object(stranger, name):
    for kind in ("application/json", ""):
        if name == "blanks" and not kind:
            continue
        reply = stranger.client.generic(
            "POST",
            "/api/auth/login",
            BODIES[name],
            content_type=kind,
            headers={"X-CSRF-Token": stranger.token},
        )
        assert (reply.status_code, reply.json()) == (400, {"error": "Email is required"})


@pytest.mark.parametrize("path", ["/auth/logout", "/auth/refresh"])
def test_post_without_body_and_type_succeeds(signed_in, path):
    reply = signed_in.client.generic(
        "POST", f"/api{path}", content_type="", headers={"X-CSRF-Token": signed_in.token}
    )

    assert reply.status_code == 200


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_body_of_another_kind_is_415(sender, kind):
    for path in ("/api/auth/login", "/api/svg/generate-svg"):
        reply = sender.send("POST", path, b"email=a@b.c", kind)

        assert reply.status_code == 415
        assert reply.json() == {"error": "Unsupported media type; send application/json"}


def test_body_of_just_the_limit_is_read(sender):
    body = json.dumps({**GOOD, "x": ""}).encode()
    body = body.replace(b'"x": ""', b'"x": "' + b"x" * (LIMIT - len(body)) + b'"')
    assert len(body) == LIMIT

    assert sender.send("POST", "/api/auth/register", body).status_code == 201


@pytest.mark.parametrize("path", ["nowhere", "", "svg", "user", "auth/login/x", "a%0Ab", "%00"])
def test_unknown_path_is_404_for_any_method(sender, path):
    for method in METHODS:
        reply = sender.send(method, f"/api/{path}", b"{", Accept="text/html")
        assert reply.status_code == 404
        assert_contract(reply)
        assert method == "HEAD" or reply.json() == {"error": "Not found"}


def test_api_itself_is_no_page(db):
    reply = Client().get("/api", headers={"Accept": "text/html"})

    assert (reply.status_code, reply.json()) == (404, {"error": "Not found"})
    assert reply["Content-Type"] == JSON


@pytest.mark.django_db(transaction=True)
def test_host_that_is_not_ours_is_400_where_an_address_is_made(signed_in):
    job_id = signed_in.submit().json()["job"]["id"]
    pipeline.run(Job.objects.get(pk=job_id).pk)
    drawing = Generation.objects.get()

    reply = signed_in.get(f"/svg/{drawing.pk}/download", Host="evil.example")

    assert (reply.status_code, reply.json()) == (400, {"error": "Bad request"})


def test_fault_of_ours_is_a_500_that_tells_nothing(signed_in, monkeypatch):
    """No route can be made to fail any more, so one is broken here."""
    monkeypatch.setattr("accounts.api.person", lambda user: 1 / 0)
    signed_in.client.raise_request_exception = False

    reply = signed_in.get("/auth/current-user", **{"x-request-id": "abc"})

    assert reply.status_code == 500
    assert reply.json() == {"error": "Internal server error", "requestId": "abc"}
    assert reply["x-request-id"] == "abc"
