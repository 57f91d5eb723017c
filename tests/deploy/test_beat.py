"""The schedule, as its container starts it, tells Prometheus that it lives."""

import os
import signal
import sys

import pytest
from django.db import connection
from prometheus_client.parser import text_string_to_metric_families
from psycopg.conninfo import make_conninfo

from chatsvg.bench.stack import free_port
from chatsvg.embedded import processes
from chatsvg.embedded.home import PROJECT
from tests.chatsvg.test_observing import get

PROCESSES, SENT = "chatsvg_processes", "chatsvg_schedule_sent_timestamp_seconds"
TOKEN = "a-token-of-many-letters-0123456789"


@pytest.fixture
def beat(transactional_db, tmp_path):
    """The address of its figures."""
    port = free_port()
    env = {
        "DATABASE_URL": make_conninfo(
            os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"]
        ),
        "CHATSVG_DIR": str(tmp_path),
        "METRICS_DIR": str(tmp_path / "figures"),
        "METRICS_PORT": str(port),
        "METRICS_TOKEN": TOKEN,
    }
    command = [sys.executable, "-m", "chatsvg.start", "beat"]
    log = tmp_path / "log"
    process = processes.spawn(
        command, log=log, cwd=PROJECT, env=os.environ | env, ended_by=signal.SIGKILL
    )
    try:
        yield f"http://127.0.0.1:{port}/metrics"
    finally:
        processes.end_child(process)


def told(url: str, token: str) -> tuple[int, str]:
    try:
        return get(url, token)
    except OSError:
        return 0, ""


@pytest.mark.ci
def test_schedule_shows_figures_on_its_port_to_who_has_the_token(beat):
    assert processes.wait_until(lambda: told(beat, TOKEN)[0] == 200, 60)
    status, text = told(beat, TOKEN)
    families = list(text_string_to_metric_families(text))
    [alive] = [one for family in families for one in family.samples if one.name == PROCESSES]
    assert (status, alive.labels, alive.value) == (200, {"process": "beat"}, 1)
    assert SENT in {family.name for family in families}  # what the alert on it asks for
    assert told(beat, "another")[0] == 404
