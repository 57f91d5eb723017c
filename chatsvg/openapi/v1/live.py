"""What the server of long connections answers itself under `/v1`: no view tells of it."""

from chatsvg.openapi.shapes import COUNT, Shape, text
from chatsvg.openapi.v1 import examples
from chatsvg.openapi.v1.refusals import NAMES

SCOPE = "svg:read"
_STATUSES = (401, 403, 429, 500, 503)
_ABOUT = (
    "A stream of Server-Sent Events that stays open: what becomes of every job of the key's person,"
    " as it happens. Each `data` is JSON with `type`, `jobId`, `status`, `stage` and `progress` (0"
    " to 100). Events with an `id` (`job.updated`) are state, in order and without gaps: after a"
    " break send the last one as `Last-Event-ID`, or as `?after=`. Those without are hints, which"
    " may be lost. A test key sees the jobs of test keys, other keys the rest."
    f"\n\nScope: `{SCOPE}`."
)


def _ref(kind: str, name: str) -> Shape:
    return {"$ref": f"#/components/{kind}/{name}"}


_STREAM: Shape = {
    "description": "The stream.",
    "headers": {name: _ref("headers", name) for name in ("RateLimit", "RateLimit-Policy")},
    "content": {
        "text/event-stream": {
            "schema": text(),
            "examples": {"Progress": {"summary": "Progress", "value": examples.PROGRESS}},
        }
    },
}
PATHS: dict[str, Shape] = {
    "/v1/events": {
        "get": {
            "operationId": "streamEvents",
            "tags": ["Live"],
            "summary": "Follow jobs live",
            "description": _ABOUT,
            "parameters": [
                {"in": "header", "name": "Last-Event-ID", "schema": text(pattern="^[0-9]+$")},
                {"in": "query", "name": "after", "schema": COUNT},
            ],
            "responses": {
                "200": _STREAM,
                **{str(status): _ref("responses", NAMES[status]) for status in _STATUSES},
            },
            "security": [{"ApiKey": [SCOPE]}, {"Bearer": [SCOPE]}],
        }
    }
}
