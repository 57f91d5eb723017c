"""What an installation's processes tell of one drawing, each for itself, and all of it together."""

import json
import re
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from chatsvg.bench.stack import free_port
from tests.faults.people import Person
from tests.model_server import Behaviour

pytestmark = pytest.mark.slow
SUBMIT = "POST api/svg/generate-svg"


def samples(url: str) -> dict[str, list]:
    with urllib.request.urlopen(f"{url}/metrics", timeout=10) as reply:
        families = text_string_to_metric_families(reply.read().decode())
    found: dict[str, list] = {}
    for one in (sample for family in families for sample in family.samples):
        found.setdefault(one.name, []).append(one)
    return found


def total(told: dict[str, list], name: str) -> float:
    return sum(one.value for one in told[name])


def test_one_drawing_is_one_trace_and_counted_by_every_process(stack, collector):
    person = Person(stack.url).register()
    asked = person.submit("one-key", prompt="a red fox asleep")
    job = asked.json["job"]["id"]
    assert stack.wait_ended(job) == ["SUCCEEDED"]

    [drawn] = collector.wait_for("job", lambda one: one.attributes["job.id"] == job)
    [call] = collector.wait_for("model call", lambda one: one.parent == drawn.id)
    [submit] = collector.wait_for(SUBMIT, lambda one: one.id == drawn.parent)
    assert {submit.trace, drawn.trace, call.trace} == {submit.trace}
    assert (submit.process, drawn.process, call.process) == ("web", "worker", "worker")

    assert stack.wait_for(lambda: total(samples(stack.url), "chatsvg_workers"), 10)
    told = samples(stack.url)
    alive = {one.labels["process"] for one in told["chatsvg_processes"]}
    assert alive >= {"web", "worker", "upkeep"}
    for name in (
        "chatsvg_http_request_seconds_bucket",
        "chatsvg_jobs_ended_total",
        "chatsvg_job_seconds_count",
        "chatsvg_job_wait_seconds_count",
        "chatsvg_call_seconds_count",
        "chatsvg_db_connections",
        "chatsvg_tasks_total",
        "chatsvg_workers",
    ):
        assert total(told, name) > 0, name
    routes = {one.labels["route"] for one in told["chatsvg_http_requests_total"]}
    assert not [route for route in routes if re.search(r"[0-9a-f]{8}-|\d{3}", route)]


def test_worker_of_a_container_tells_by_itself_of_jobs_and_their_requests(stack, tmp_path):
    """Lines in JSON, by the id that the web process answered; figures at a port of its own."""
    port = free_port()
    alone = {"METRICS_DIR": str(tmp_path), "METRICS_PORT": str(port)}
    name = stack.start_worker(LOG_FORMAT="json", **alone)
    for other in stack.workers[:-1]:
        stack.kill(other)
    stack.model.default = Behaviour(status=500)
    person = Person(stack.url).register()

    asked = person.submit("one-key", prompt="a red fox asleep")

    job, request = asked.json["job"]["id"], asked.headers["x-request-id"]
    assert stack.wait_for(lambda: "call.failed" in stack.logs(name), 10)
    lines = [json.loads(line) for line in stack.logs(name).splitlines() if line.startswith("{")]
    failed = next(line for line in lines if line["event"] == "call.failed")
    assert (failed["job"], failed["request"], failed["process"]) == (job, request, "worker")
    assert failed["user"] == str(stack.job(job)["user_id"])
    told = samples(f"http://127.0.0.1:{port}")
    assert {one.labels["process"] for one in told["chatsvg_processes"]} == {"worker"}
    assert total(told, "chatsvg_job_tries_total") in (1, 2)  # it is tried again
    assert "chatsvg_jobs" not in told  # what the database says, web processes tell
