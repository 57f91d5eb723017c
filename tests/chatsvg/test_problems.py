import json
from http import HTTPStatus

import pytest
from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
)
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404
from django.test import RequestFactory
from psycopg_pool import PoolTimeout
from rest_framework import exceptions
from rest_framework.request import Request

from chatsvg import problems
from chatsvg.errors import Conflict, DomainError, Invalid, TooMany


def request_for(path="/api/x", accept="application/json"):
    request = RequestFactory().get(path, headers={"Accept": accept})
    request.id, request.refusal = "abc", "No token provided"
    return request


def handled(error):
    """(status, body, Retry-After) of what REST framework would answer."""
    reply = problems.handle(error, {"request": Request(request_for())})
    return reply.status_code, reply.data, reply.headers.get("Retry-After")


class Named(Conflict):
    code = "NAMED"
    title = "It is taken"


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (Invalid("Prompt is required"), (400, {"error": "Prompt is required"}, None)),
        (DomainError(), (400, {"error": DomainError.title}, None)),
        (
            Named(limit=3),
            (409, {"error": "It is taken", "errorCode": "NAMED", "limit": 3}, None),
        ),
        (TooMany("Slow down", retry_after=7), (429, {"error": "Slow down"}, "7")),
        (TooMany("Slow down"), (429, {"error": "Slow down"}, None)),
        (Http404("secret"), (404, {"error": "Not found"}, None)),
        (PermissionDenied("secret"), (403, {"error": "Forbidden"}, None)),
        (RequestDataTooBig("secret"), (413, {"error": "Request body too large"}, None)),
        (DisallowedHost("secret"), (400, {"error": "Bad request"}, None)),
        (TooManyFieldsSent("secret"), (400, {"error": "Bad request"}, None)),
        (BadRequest("secret"), (400, {"error": "Bad request"}, None)),
        (exceptions.ParseError("secret"), (400, {"error": "Malformed JSON"}, None)),
        (exceptions.NotAuthenticated(), (401, {"error": "No token provided"}, None)),
        (exceptions.MethodNotAllowed("PUT"), (405, {"error": "Method not allowed"}, None)),
        (exceptions.NotAcceptable(), (406, {"error": "Not acceptable"}, None)),
        (
            exceptions.UnsupportedMediaType("x/y"),
            (415, {"error": "Unsupported media type; send application/json"}, None),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_error_becomes_the_contracts_json(error, answer):
    assert handled(error) == answer


@pytest.mark.parametrize("wait", [0.2, 3.4])
def test_throttled_says_when_to_come_back(wait):
    status, _, retry_after = handled(exceptions.Throttled(wait=wait))

    assert (status, retry_after) == (429, "1" if wait < 1 else "4")


@pytest.mark.parametrize("error", [OperationalError("x"), InterfaceError("x"), PoolTimeout("x")])
def test_database_that_is_away_is_503(error):
    assert handled(error) == (503, {"error": "Service unavailable"}, "2")


@pytest.mark.parametrize("error", [ValueError("secret"), DataError("secret"), KeyError("secret")])
def test_anything_else_is_a_500_that_is_logged_and_tells_nothing(error, caplog):
    body = {"error": "Internal server error", "requestId": "abc"}

    assert handled(error) == (500, body, None)
    assert "request.failed method=GET route=api/" in caplog.text


@pytest.mark.parametrize(
    ("path", "accept", "wanted"),
    [
        ("/", "text/html,*/*", True),
        ("/app", "text/html", True),
        ("/apiary", "text/html", True),
        ("/app", "*/*", False),
        ("/app", "", False),
        ("/api", "text/html", False),
        ("/api/x", "text/html", False),
        ("/v1/x", "text/html", False),
        ("/v1", "text/html", False),
        ("/mcp", "text/html", False),
        ("/events/", "text/html", False),
    ],
)
def test_pages_are_for_browsers_that_ask_for_pages(path, accept, wanted):
    assert problems.wants_page(request_for(path, accept)) is wanted


@pytest.mark.parametrize(
    ("handler", "error", "status", "sentence"),
    [
        (problems.not_found, Http404(), 404, "Not found"),
        (problems.forbidden, PermissionDenied(), 403, "Forbidden"),
        (problems.bad_request, BadRequest(), 400, "Bad request"),
        (problems.bad_request, RequestDataTooBig(), 413, "Request body too large"),
    ],
)
def test_handlers_answer_in_json_or_as_a_page(handler, error, status, sentence):
    reply = handler(request_for(), error)
    page = handler(request_for("/app", "text/html"), error)

    assert (reply.status_code, json.loads(reply.content)) == (status, {"error": sentence})
    assert reply["Content-Type"] == problems.JSON
    assert page.status_code == status
    assert page["Content-Type"] == "text/html; charset=utf-8"


def test_error_outside_of_views_is_503_where_the_database_is_away():
    try:
        raise OperationalError("gone")
    except OperationalError:
        reply = problems.server_error(request_for())

    assert (reply.status_code, reply["Retry-After"]) == (503, "2")


def test_error_outside_of_views_is_else_a_500():
    try:
        raise ValueError("secret")
    except ValueError:
        reply = problems.server_error(request_for())

    assert reply.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    body = {"error": "Internal server error", "requestId": "abc"}
    assert json.loads(reply.content) == body


def test_error_page_does_not_ask_the_database_who_reads_it():
    """There is no database in this test: to ask it would raise."""
    request = request_for("/app", "text/html")

    class Asks:
        def __bool__(self):
            raise OperationalError("gone")

    request.session_of_person = Asks()

    assert problems.away(request).status_code == 503
