"""Whatever is sent to whatever route of `/api` and `/v1`, JSON comes back, never a 500 (§1.4)."""

import json

import pytest

from tests.contract.hostile import (
    BODIES,
    GOOD,
    HEADERS,
    HERE,
    IDS,
    KINDS,
    LIMIT,
    MALFORMED,
    METHODS,
    READ,
    ROUTES,
    VALUES,
    WEBHOOK,
    WRITTEN,
    assert_contract,
    described,
    fields_of,
    filled,
)


def test_routes_are_all_there():
    assert set(READ) >= {"/api/csrf", "/api/svg/<id>/source", "/api/svg/public", "/v1/svg/job/<id>"}
    assert set(WRITTEN) >= {"/api/auth/login", "/api/svg/generate-svg", "/v1/svg/generate", WEBHOOK}
    assert all(ROUTES.values())


@pytest.mark.parametrize("path", ROUTES)
def test_hostile_bodies_get_the_contract_from_every_route(sender, path):
    for method in ("GET", "POST", "DELETE"):
        for name, body in BODIES.items():
            reply = sender.send(method, filled(path), body)
            assert_contract(reply, (method, name))


@pytest.mark.parametrize("path", WRITTEN)
def test_hostile_fields_get_the_contract_from_every_route(sender, path):
    """Each field that the route reads by itself, the others being good, and all fields at once."""
    for method, fields in fields_of(path).items():
        bodies = [{**GOOD, field: value} for field in sorted(fields) for value in VALUES]
        bodies += [dict.fromkeys({*GOOD, *fields}, value) for value in VALUES]
        for body in bodies:
            reply = sender.send(method, filled(path), json.dumps(body).encode())
            assert_contract(reply, (method, body))


def test_fields_of_every_route_are_known(db):
    assert described()["/api/auth/login"]["POST"] >= {"email", "password"}
    assert set(described()) <= set(WRITTEN)


@pytest.mark.parametrize("path", [path for path in ROUTES if "<id>" in path])
def test_hostile_ids_name_nothing(sender, path):
    for name in IDS:
        for method in ("GET", "HEAD", "POST"):
            reply = sender.send(method, path.replace("<id>", name))
            assert_contract(reply, (method, name))
            assert reply.status_code in (400, 404, 405), (method, name)


@pytest.mark.parametrize("path", ROUTES)
def test_hostile_headers_get_the_contract_from_every_route(sender, path):
    body = json.dumps(GOOD).encode()
    for headers in HEADERS:
        for method in ("GET", "POST"):
            reply = sender.send(method, filled(path), body, **headers)
            assert_contract(reply, (method, headers))


@pytest.mark.parametrize("path", WRITTEN)
def test_content_of_any_kind_gets_the_contract_from_every_route(sender, path):
    for kind in KINDS:
        for body in (b"{}", b"email=a@b.c", b"--x\r\n\r\n--x--"):
            reply = sender.send("POST", filled(path), body, kind)
            assert_contract(reply, kind)


@pytest.mark.parametrize("path", READ)
def test_unknown_query_is_ignored_by_every_route(sender, path):
    plain = sender.send("GET", filled(path))

    for query in ("format=html", "format=", "x=%00%ff&y[]=1&&=", "_method=DELETE"):
        reply = sender.send("GET", f"{filled(path)}?{query}")
        assert_contract(reply, query)
        assert reply.status_code == plain.status_code, query


@pytest.mark.parametrize("path", ROUTES)
def test_body_over_the_limit_is_413_on_every_route(sender, path):
    for body in (b"x" * (LIMIT + 1), json.dumps({**GOOD, "x": "x" * LIMIT}).encode()):
        reply = sender.send("POST", filled(path), body)
        assert (reply.status_code, reply.json()["error"]) == (413, "Request body too large")
        assert_contract(reply)


@pytest.mark.parametrize("path", ROUTES)
def test_wrong_method_is_405_on_every_route(sender, path):
    for method in set(METHODS) - ROUTES[path] - {"HEAD"}:
        reply = sender.send(method, filled(path), b"{}")
        assert (reply.status_code, reply.json()["error"]) == (405, "Method not allowed"), method
        assert_contract(reply)
        assert {method.strip() for method in reply["Allow"].split(",")} >= ROUTES[path] - {"HEAD"}


@pytest.mark.parametrize("path", ROUTES)
def test_trailing_slash_leads_nowhere(sender, path):
    for method in METHODS:
        reply = sender.send(method, filled(path) + "/", b"")
        assert reply.status_code == 404
        assert_contract(reply)


@pytest.mark.parametrize("path", READ)
def test_head_answers_as_get_does(sender, path):
    got = sender.send("GET", filled(path))
    headed = sender.send("HEAD", filled(path))

    assert headed.status_code == got.status_code
    assert headed.content == b""
    assert headed["Content-Type"] == got["Content-Type"]


@pytest.mark.parametrize("path", ROUTES)
def test_stranger_gets_401_or_what_is_open(stranger, path):
    for method in ("GET", "POST"):
        headers = {"X-CSRF-Token": stranger.token, "Origin": HERE, "Accept": "text/html"}
        reply = stranger.client.generic(method, filled(path), headers=headers)
        assert_contract(reply, method)
        assert reply.status_code != 403


# --- JSON, and nothing else ---

OWN_BYTES = {WEBHOOK}  # PayPal's signature is of the bytes: they are read as they are


def taken_as_json(path: str) -> list[str]:
    """The methods of a path that read JSON."""
    return [method for method, fields in fields_of(path).items() if fields]


@pytest.mark.parametrize("path", [path for path in WRITTEN if path not in OWN_BYTES])
def test_malformed_json_is_400_on_every_route(sender, path):
    for method in taken_as_json(path):
        for name in MALFORMED:
            reply = sender.send(method, filled(path), BODIES[name])
            assert_contract(reply, name)
            assert reply.status_code == 400, (method, name)
            assert reply.json()["error"] == "Malformed JSON", (method, name)


@pytest.mark.parametrize("path", [path for path in WRITTEN if path not in OWN_BYTES])
def test_other_kinds_are_415_on_every_route(sender, path):
    for method in taken_as_json(path):
        for kind in ("", "text/plain", "application/x-www-form-urlencoded"):
            reply = sender.send(method, filled(path), b"email=a@b.c", kind)
            assert_contract(reply, kind)
            assert reply.status_code == 415, (method, kind)
