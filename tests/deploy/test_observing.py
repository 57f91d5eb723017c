"""The dashboard and the alerts ask, in PromQL that parses, for figures that processes expose."""

import json
import re
from collections.abc import Iterator
from importlib import import_module

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from chatsvg import shared_metrics
from chatsvg.embedded.home import PROJECT
from generations.tasks import audit_all
from tests import factories

pytestmark = pytest.mark.django_db
DEPLOY = PROJECT / "deploy"
RULES = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text())
ALERTS = {rule["alert"]: rule for group in RULES["groups"] for rule in group["rules"]}
DASHBOARD = json.loads((DEPLOY / "grafana" / "dashboards" / "chatsvg.json").read_text())
PANELS = {panel["title"]: panel for panel in DASHBOARD["panels"] if panel["type"] != "row"}
OF_PROMETHEUS = {"le", "instance", "job", "__name__"}


def expressions() -> dict[str, str]:
    of_alerts = {f"alert {name}": rule["expr"] for name, rule in ALERTS.items()}
    of_panels = {
        f"panel {title} {target['refId']}": target["expr"].replace("$__rate_interval", "5m")
        for title, panel in PANELS.items()
        for target in panel["targets"]
    }
    return of_alerts | of_panels


EXPRESSIONS = expressions()


def nodes(expression: str) -> list:
    found: list = []
    promql_parser.walk(promql_parser.parse(expression), lambda node: found.append(node) or True)
    return found


def selectors(expression: str) -> Iterator:
    for node in nodes(expression):
        if isinstance(node, promql_parser.MatrixSelector):
            yield node.vector_selector
        elif isinstance(node, promql_parser.VectorSelector):
            yield node


@pytest.fixture
def exposed(client) -> dict[str, set[str]]:
    """Names that the exposition holds, with the labels that they may have."""
    import_module("chatsvg.asgi")  # the process of long connections exposes some of them
    factories.person()
    audit_all.apply()
    families = list(text_string_to_metric_families(client.get("/metrics").content.decode()))
    labels = {one.name: set(one.labels) for one in shared_metrics.declared()}
    known = {}
    for family in families:
        own = labels.get(family.name) or {key for one in family.samples for key in one.labels}
        for suffix in {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(
            family.type, [""]
        ):
            known[family.name + suffix] = own
    return known


LABELS_OF_EMPTY = {  # families from the database that have no row here
    "chatsvg_webhook_attempts": {"error"},
    "chatsvg_webhook_disabled": {"because"},
}


def test_every_expression_parses_and_names_what_is_exposed(exposed):
    wrong = []
    for where, expression in EXPRESSIONS.items():
        for one in selectors(expression):
            labels = exposed.get(one.name, set()) | LABELS_OF_EMPTY.get(one.name, set())
            asked = {matcher.name for matcher in one.matchers.matchers}
            if one.name not in exposed or not asked <= labels | OF_PROMETHEUS:
                wrong.append((where, one.name, asked))
    assert wrong == []


def test_every_grouping_is_by_labels_that_are_there(exposed):
    wrong = []
    for where, expression in EXPRESSIONS.items():
        there = set().union(
            OF_PROMETHEUS,
            *(
                exposed[one.name] | LABELS_OF_EMPTY.get(one.name, set())
                for one in selectors(expression)
            ),
        )
        for group in re.findall(r"\bby \(([^)]*)\)", expression):
            if missing := {name.strip() for name in group.split(",")} - there:
                wrong.append((where, missing))
    assert wrong == []


def test_every_figure_of_ours_is_looked_at(exposed):
    looked_at = {one.name for expr in EXPRESSIONS.values() for one in selectors(expr)}
    bases = {re.sub("_(total|bucket|sum|count)$", "", name) for name in looked_at}

    unseen = {re.sub("_(total|bucket|sum|count)$", "", name) for name in exposed} - bases

    assert {name for name in unseen if not name.startswith("chatsvg_model_")} == set()


def test_alerts_say_how_bad_what_and_what_to_do():
    for name, rule in ALERTS.items():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["runbook_url"] == f"OPERATIONS.md#{name.lower()}"
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "1m"))
        used = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        groups = set(re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", rule["expr"]))))
        assert used <= groups


def test_runbook_has_a_part_for_every_alert():
    runbook = (DEPLOY / "OPERATIONS.md").read_text()
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ")).strip().lower().replace(" ", "-")
        for line in runbook.splitlines()
        if line.startswith("#")
    }

    assert {name.lower() for name in ALERTS} - headings == set()


def test_panels_stand_side_by_side():
    taken = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
