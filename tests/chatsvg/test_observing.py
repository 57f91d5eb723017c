"""Figures of processes: of requests, at a port of their own, and what they cost."""

import time
import urllib.error
import urllib.request

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from prometheus_client.parser import text_string_to_metric_families

from chatsvg import roles
from chatsvg.bench.stack import free_port
from chatsvg.middleware import RequestId
from chatsvg.telemetry import access, port

DEAREST_SECONDS = 0.0003  # three times what a request may be slowed: the machine may be busy


def figures(text: str) -> dict[tuple, float]:
    families = text_string_to_metric_families(text)
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, *sorted(one.labels.values())): one.value for one in samples}


@pytest.fixture
def asked(client, db):
    """How much the counter of a request grows by what is done in between."""

    def count(*labels):
        told = figures(client.get("/metrics").content.decode())
        return told.get(("chatsvg_http_requests_total", *sorted(labels)), 0)

    return count


@pytest.mark.parametrize(
    ("method", "path", "labels"),
    [
        ("GET", "/api/health", ("GET", "api/health", "200")),
        (
            "GET",
            "/api/svg/generation-jobs/0199a5f0-7e1c-7aaa-8bbb-0123456789ab",
            ("GET", "api/svg/generation-jobs/<str:job_id>", "401"),
        ),
        ("GET", "/reset-password/nowhere?token=abc", ("GET", access.UNMATCHED, "404")),
        ("BREW", "/api/health", ("OTHER", "api/health", "403")),
    ],
)
def test_request_is_counted_by_its_route_and_never_by_its_address(
    client, asked, method, path, labels
):
    before = asked(*labels)

    client.generic(method, path)

    assert asked(*labels) == before + 1


@pytest.fixture
def served(settings):
    """Starts the port as a worker does."""
    servers = []

    def start(**given):
        settings.METRICS_PORT = given.pop("METRICS_PORT", free_port())
        for name, value in given.items():
            setattr(settings, name, value)
        if server := port.start():
            servers.append(server)
        return f"http://127.0.0.1:{settings.METRICS_PORT}" if server else None

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def get(url: str, token: str = "") -> tuple[int, str]:
    asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(asked, timeout=5) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def test_port_shows_figures_to_who_has_the_token(served):
    url = served(METRICS_TOKEN="t" * 32)

    status, text = get(f"{url}/metrics", "t" * 32)

    assert status == 200
    assert figures(text)[("chatsvg_processes", roles.mine())] >= 1
    assert get(f"{url}/metrics", "wrong")[0] == get(f"{url}/metrics")[0] == 404
    assert get(f"{url}/", "t" * 32)[0] == 404


def test_port_is_opened_to_others_only_with_a_token(served):
    assert served(METRICS_HOST="0.0.0.0", METRICS_TOKEN="") is None


def test_port_that_is_taken_stops_nobody(served):
    taken = served(METRICS_TOKEN="")

    assert served(METRICS_PORT=int(taken.rpartition(":")[2])) is None
    assert get(f"{taken}/metrics")[0] == 200


@pytest.mark.parametrize(
    ("argv", "process"),
    [
        (roles.worker("worker-1"), "worker"),
        (roles.upkeep(), "upkeep"),
        (["/venv/bin/celery", "-A", "chatsvg", "beat"], "beat"),
        (["/venv/lib/daphne/__main__.py", "chatsvg.asgi:application"], "web"),
        (["manage.py", "audit"], "command"),
    ],
)
def test_process_is_known_by_its_command(argv, process):
    assert roles.of_command(argv) == process


def test_lines_and_figures_of_a_request_cost_next_to_nothing(caplog):
    caplog.set_level(
        "CRITICAL", "chatsvg.telemetry"
    )  # but for writing the line, measured elsewhere
    request = RequestFactory().get("/api/health")
    through = RequestId(lambda asked: HttpResponse(b"x"))

    best = min(_seconds(through, request) for _ in range(5))

    assert best < DEAREST_SECONDS


def _seconds(through, request, times: int = 200) -> float:
    began = time.thread_time()
    for _ in range(times):
        through(request)
    return (time.thread_time() - began) / times
