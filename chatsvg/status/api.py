"""`/api/status`: the page for programs."""

from rest_framework.response import Response

from chatsvg.health import Open
from chatsvg.status import snapshot
from chatsvg.text import timestamp

WORDS = {"ok": "operational", "slow": "degraded", "failed": "down", "none": "unknown"}


class Status(Open):
    """GET how every part does, from the checks that were recorded. 503 while the database is away.

    `uptime` is the percentage of the checks since `recordedSince` that did not fail; both are null
    where there was none. `endedAt` is null while an incident lasts.
    """

    def get(self, request):
        seen = snapshot.now()
        headers = {"Retry-After": "30"} if seen.is_database_away else {"Cache-Control": "max-age=5"}
        status = 503 if seen.is_database_away else 200
        return Response(shown(seen), status=status, headers=headers)


def shown(seen):
    return {
        "status": WORDS[seen.state],
        "message": " ".join(filter(None, (f"{seen.headline}.", seen.text))),
        "at": timestamp(seen.at),
        "lastCheckAt": timestamp(seen.last_at),
        "components": [_component(row) for row in seen.rows],
        "incidents": [_incident(one) for one in seen.troubles],
    }


def _component(row):
    return {
        "id": row.key,
        "name": row.name,
        "status": WORDS[row.state],
        "detail": row.detail,
        "latencyMs": None if row.ms is None else round(row.ms, 1),
        "checkedAt": timestamp(row.checked_at),
        "uptime": row.worked,
        "recordedSince": row.since.isoformat() if row.since else None,
    }


def _incident(one):
    return {
        "component": one.name,
        "beganAt": timestamp(one.began_at),
        "endedAt": timestamp(one.ended_at),
    }
