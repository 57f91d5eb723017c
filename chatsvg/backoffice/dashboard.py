"""The first page of the admin: find somebody, see who waits for us, and how it goes."""

import json
from datetime import timedelta
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest

from accounts.models import Ticket, User
from chatsvg.backoffice import badges
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
        context |= _tickets(request)
    if request.user.has_perm("accounts.view_metrics"):
        context |= _read()
    return context


def _tickets(request: HttpRequest) -> dict[str, Any]:
    """Those who have waited longest come first."""
    waiting = Ticket.objects.filter(status=Ticket.Status.OPEN).select_related("user")
    return {
        "tickets": waiting.order_by("created_at")[:TICKETS],
        "tickets_open": badges.tickets(request),
    }


def _read() -> dict[str, Any]:
    key = f"backoffice:overview:{connection.settings_dict['NAME']}"
    kept = cache.get(key)
    if kept is None:
        kept = {
            "figures": figures.read(),
            "days": series.plain(series.days()),
            "failures": series.failures(),
        }
        cache.set(key, kept, KEPT_SECONDS)
    return {
        **_cards(kept["figures"]),
        "charts": _charts(kept["days"]),
        "now": (now := series.now()),
        "waited": _words(now.waited),
        "failures": [
            (code, times, FAILURES[code].cause if code in FAILURES else "")
            for code, times in kept["failures"]
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


class Line(NamedTuple):
    """One figure of every day, with its name and colour."""

    figure: str
    label: str
    tone: str
    places: int = 0


CHARTS = (
    (
        "Jobs by day",
        "bar",
        STACKED,
        [
            Line("succeeded", "Succeeded", "good"),
            Line("failed", "Failed", "bad"),
            Line("canceled", "Canceled", "dim"),
        ],
    ),
    ("People who asked, by day", "bar", FLAT, [Line("people", "People", "cool")]),
    ("Cost of models by day", "bar", FLAT, [Line("cost", "US dollars", "cool", 4)]),
    (
        "Tokens by day",
        "bar",
        STACKED,
        [Line("prompts", "In", "dim"), Line("completions", "Out", "cool")],
    ),
    (
        "Seconds until models answered",
        "line",
        FLAT,
        [Line("took", "On average", "cool", 1), Line("p95", "95% within", "warm", 1)],
    ),
)


def _charts(days: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What unfold's charts are drawn from."""
    labels = [day["day"] for day in days]
    return [
        _chart(title, shape, labels, [_set(line, days) for line in lines], scales)
        for title, shape, scales, lines in CHARTS
    ]


def _set(line: Line, days: list[dict[str, Any]]) -> dict[str, Any]:
    tone = f"var(--desk-{line.tone})"
    known = (day[line.figure] for day in days)
    return {
        "label": line.label,
        "data": [None if one is None else round(one, line.places or None) for one in known],
        "backgroundColor": tone,
        "borderColor": tone,
        "borderRadius": 3,
        "spanGaps": True,
    }


def _chart(
    title: str, shape: str, labels: list[str], sets: list[dict], scales: dict
) -> dict[str, Any]:
    return {
        "title": title,
        "template": f"unfold/components/chart/{shape}.html",
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
