"""OPERATIONS.md: what it says to do can be done."""

import re

import pytest
from django.core.management import get_commands

from chatsvg.embedded.home import PROJECT
from tests.deploy.reading import DEPLOY, PROCESSES, document, text, variables

TEXT = (DEPLOY / "OPERATIONS.md").read_text()


def part(title: str) -> str:
    return TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_every_alert_has_its_runbook_and_every_runbook_its_alert():
    groups = document("deploy/prometheus/alerts.yaml")["groups"]
    rules = {rule["alert"]: rule for group in groups for rule in group["rules"]}

    assert re.findall(r"^### (.+)$", part("Alerts"), re.MULTILINE) == list(rules)
    for name, rule in rules.items():
        assert rule["annotations"]["runbook_url"].endswith(f"OPERATIONS.md#{anchor(name)}")


def test_links_lead_somewhere():
    headings = {anchor(one) for one in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)}

    for target in re.findall(r"\]\(#([^)]+)\)", TEXT):
        assert target in headings
    for target in re.findall(r"OPERATIONS\.md#([\w-]+)", text("README.md")):
        assert target in headings


def test_commands_exist():
    named = set(re.findall(r"manage\.py ([a-z_]+)", TEXT))

    assert named
    assert named <= get_commands().keys()


def test_files_exist():
    named = set(re.findall(r"\b((?:deploy|tests)/[\w./-]+\w)", TEXT))
    named -= {"deploy/.env", *(f"deploy/{name}" for name in PROCESSES)}  # or made, or deployments

    assert len(named) > 10
    for name in named:
        assert (PROJECT / name).exists(), name


def test_settings_exist():
    named = set(re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`", TEXT))

    assert named - {"CHATSVG_HOST"} <= variables()


@pytest.mark.parametrize(
    "name", ["web:8000", "live:8000", "worker:9100", "upkeep:9100", "beat:9100"]
)
def test_prometheus_asks_where_compose_answers(name):
    jobs = document("deploy/prometheus/prometheus.yaml")["scrape_configs"]
    targets = {one for job in jobs for each in job["static_configs"] for one in each["targets"]}
    service, port = name.split(":")
    told = document("deploy/compose.yaml")["services"][service]["environment"]

    assert name in targets
    assert told.get("METRICS_PORT", "8000") == port
    for job in jobs:
        assert job["authorization"]["credentials_file"] == "/run/secrets/metrics_token"
