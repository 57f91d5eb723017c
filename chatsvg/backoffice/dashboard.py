"""The first page of the admin: find somebody, see who waits for us, and how it goes."""

import json
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest

from accounts.models import Ticket, User
from generations.errors import FAILURES
from generations.overview import figures, series

KEPT_SECONDS = 60  # the figures read every job there is
TICKETS = 6
OPTIONS = {
    "responsive": True,
    "maintainAspectRatio": False,
    "animation": False,
    "interaction": {"mode": "index", "intersect": False},
    "plugins": {"legend": {"display": True, "position": "bottom"}},
}
STACKED = {"x": {"stacked": True, "grid": {"display": False}}, "y": {"stacked": True}}
FLAT = {"x": {"grid": {"display": False}}, "y": {"beginAtZero": True}}


def show(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    context |= {"title": "Overview", "typed": ""}
    if request.user.has_perm("accounts.view_ticket"):
        context |= _tickets()
    if request.user.has_perm("accounts.view_metrics"):
        context |= _read()
    return context


def _tickets() -> dict[str, Any]:
    """Those who have waited longest come first."""
    waiting = Ticket.objects.filter(status=Ticket.Status.OPEN).select_related("user")
    return {
        "tickets": waiting.order_by("created_at")[:TICKETS],
        "tickets_open": waiting.count(),
    }


def _read() -> dict[str, Any]:
    key = f"backoffice:overview:{connection.settings_dict['NAME']}"
    kept = cache.get(key)
    if kept is None:
        kept = {"figures": figures.read(), "days": series.plain(series.days())}
        cache.set(key, kept, KEPT_SECONDS)
    return {
        **_cards(kept["figures"]),
        "charts": _charts(kept["days"]),
        "now": (now := series.now()),
        "waited": _words(now.waited),
        "failures": [
            (code, times, FAILURES[code].cause if code in FAILURES else "")
            for code, times in series.failures()
        ],
        "audit": series.last_audit(),
        "busiest": _busiest(kept["figures"]["users"]["topGenerators"]),
        "kept_seconds": KEPT_SECONDS,
    }


def _cards(read: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The figures of CONTRACT §3.10, each with its name."""
    ai, jobs, users = read["ai"], read["jobs"], read["users"]
    return {
        "groups": [
            (
                "Jobs",
                [
                    ("Succeeded", jobs["successRate"], "of those that came to an end"),
                    ("All jobs", f"{jobs['total']:,}", f"{jobs['failed']:,} failed"),
                    ("Waiting", f"{jobs['queueDepth']:,}", "that could begin now"),
                    ("On average", _seconds(jobs["avgDurationMs"]), "from first try to end"),
                ],
            ),
            (
                "Models",
                [
                    ("Cost", ai["totalCostUSD"], f"{ai['avgCostPerJobUSD']} a job"),
                    ("Tokens", f"{ai['totalTokens']:,}", _tokens(ai)),
                    ("Answer in", _seconds(ai["avgLatencyMs"]), f"95%: {_p95(ai)}"),
                    ("Repaired", ai["repairRate"], f"of {ai['totalJobs']:,} jobs drawn by models"),
                ],
            ),
            (
                "People, last 30 days",
                [
                    ("Active", f"{users['activeUsers30d']:,}", "asked for a drawing"),
                    ("Drawings", f"{users['totalGenerations30d']:,}", "came out of it"),
                ],
            ),
        ]
    }


def _tokens(ai: dict[str, Any]) -> str:
    return f"{ai['avgPromptTokens']:,.0f} in, {ai['avgCompletionTokens']:,.0f} out an answer"


def _p95(ai: dict[str, Any]) -> str:
    return _seconds(ai["p95LatencyMs"])


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.1f} s"


def _words(waited: timedelta | None) -> str:
    if waited is None:
        return "nobody waits"
    seconds = int(waited.total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def _charts(days: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What unfold's charts are drawn from."""
    outcomes = [("succeeded", "--desk-good"), ("failed", "--desk-bad"), ("canceled", "--desk-dim")]
    jobs = [_bars(name.capitalize(), [day[name] for day in days], tone) for name, tone in outcomes]
    cost = [_bars("US dollars", [round(day["cost"], 4) for day in days], "--desk-cool")]
    labels = [day["day"] for day in days]
    return [
        _chart("Jobs by day", labels, jobs, STACKED),
        _chart("Cost of models by day", labels, cost, FLAT),
    ]


def _bars(label: str, data: list[float], tone: str) -> dict[str, Any]:
    return {"label": label, "data": data, "backgroundColor": f"var({tone})", "borderRadius": 3}


def _chart(title: str, labels: list[str], sets: list[dict], scales: dict) -> dict[str, Any]:
    return {
        "title": title,
        "data": json.dumps({"labels": labels, "datasets": sets}),
        "options": json.dumps({**OPTIONS, "scales": scales}),
        "rows": list(zip(labels, *(one["data"] for one in sets), strict=True)),
        "headings": [one["label"] for one in sets],
    }


def _busiest(top: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    """Who asked for the most, by e-mail."""
    known = User.objects.in_bulk([one["userId"] for one in top])
    by_id = {str(pk): user.email for pk, user in known.items()}
    return [(one["userId"], by_id.get(one["userId"], "deleted"), one["jobCount"]) for one in top]
