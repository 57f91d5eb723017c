"""From the routes and views of `/v1` to their description. Loaded when somebody asks for it."""

import inspect
from typing import Any

from chatsvg.openapi.generator import Described
from chatsvg.openapi.shapes import Shape, ref, text
from chatsvg.openapi.v1 import examples, headers, live, refusals
from chatsvg.openapi.v1.operations import JSON, OPERATIONS, TAGS, Answer, Operation
from chatsvg.openapi.v1.shapes import COMPONENTS

BASE = "/v1/"
DOCUMENTS = ("/v1/openapi.json",)  # about the rest
_ALWAYS = (401, 403, 429, 500, 503)
_SECURITY = {
    "ApiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "A key of your account: `sk_live_…`, or `sk_test_…` for drawings that cost"
        " nothing.",
    },
    "Bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The same key as `Authorization: Bearer sk_live_…`.",
    },
}
INTRODUCTION = (
    "Describe a drawing, get a clean SVG.\n\n"
    "Every request carries an API key. Times are in UTC, lists are pages that a cursor leads"
    " through, and whatever is refused is told as `application/problem+json` with an `errorCode`."
    " The guide is at /docs."
)


def components() -> Shape:
    return {
        "schemas": COMPONENTS,
        "responses": refusals.components(),
        "headers": headers.ANSWERED,
        "securitySchemes": _SECURITY,
    }


def whole(paths: Shape) -> Shape:
    """What belongs to the description of `/v1` beside its operations."""
    return {
        "paths": {**paths, **live.PATHS},
        "tags": [{"name": name, "description": said} for name, said in TAGS.items()],
        "webhooks": _webhooks(),
        "components": components(),
    }


class DescribedForPrograms(Described):
    """One operation of `/v1`: what its view tells of itself, and what stands in OPERATIONS."""

    def get_operation(self, path, path_regex, path_prefix, method, registry):
        self.path, self.method = path, method
        known = OPERATIONS.get(f"{method} {path}")
        if known is None:
            return {"operationId": f"{method} {path}", "responses": {}}
        scope = self.view.scopes.get(method, self.view.scope)
        described: dict[str, Any] = {
            "operationId": known.name,
            "tags": [known.tag],
            "summary": known.summary,
            "description": f"{self._sentences()}\n\nScope: `{scope}`.",
            "parameters": self._parameters(known),
            "responses": self._responses(known),
            "security": [{name: [scope]} for name in _SECURITY],
        }
        if known.takes:
            described["requestBody"] = {
                "content": {JSON: _content(known.takes, known.asks)},
                "required": known.needs_body,
            }
        return described

    def _sentences(self) -> str:
        return inspect.cleandoc(inspect.getdoc(type(self.view)) or "")

    def _parameters(self, known: Operation) -> list[Shape]:
        names = [part[1:-1] for part in self.path.split("/") if part.startswith("{")]
        found = [
            {"in": "path", "name": name, "required": True, "schema": text(minLength=1)}
            | {"example": _IDS[name]}
            for name in names
        ]
        for name in known.headers:
            found.append({"in": "header", "name": name, "schema": headers.SENT[name]})
        for name, shape in known.query.items():
            found.append({"in": "query", "name": name, "schema": shape})
        return found

    def _responses(self, known: Operation) -> dict[str, Shape]:
        answers = {str(status): _answer(said) for status, said in known.gives.items()}
        refused = {
            str(status): {"$ref": f"#/components/responses/{refusals.NAMES[status]}"}
            for status in self._refused(known)
        }
        return dict(sorted({**answers, **refused}.items()))

    def _refused(self, known: Operation) -> set[int]:
        statuses = {*_ALWAYS, *known.refuses}
        if known.takes:
            statuses |= {400, 413, 415}
        if known.query or "Idempotency-Key" in known.headers:
            statuses.add(400)
        if "{" in self.path:
            statuses.add(404)
        return statuses


_IDS = {
    "job_id": examples.JOB_ID,
    "drawing_id": examples.DRAWING_ID,
    "webhook_id": examples.WEBHOOK_ID,
    "delivery_id": examples.DELIVERY_ID,
}
_EVERYWHERE = ("X-Request-Id", "RateLimit", "RateLimit-Policy")


def _answer(said: Answer) -> Shape:
    names = (*_EVERYWHERE, *said.headers)
    described: Shape = {
        "description": said.description,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
    }
    if said.shape is not None:
        content = {kind: _content(said.shape, {}) for kind in said.kinds}
        content[_exemplary(said)] = _content(said.shape, said.examples)
        described["content"] = content
    return described


def _exemplary(said: Answer) -> str:
    """The one of its media types that the examples are of."""
    svg = [kind for kind in said.kinds if kind.startswith("image/svg")]
    return svg[0] if svg else said.kinds[0]


def _content(shape: Shape, shown: dict[str, object]) -> Shape:
    named = {
        "".join(word.capitalize() for word in title.split()): {"summary": title, "value": value}
        for title, value in shown.items()
    }
    return {"schema": shape, **({"examples": named} if named else {})}


def _webhooks() -> Shape:
    """What we send, to webhooks."""
    told = {
        "generation.succeeded": ("A drawing is done.", "GenerationEvent", examples.JOB),
        "generation.failed": ("A drawing failed.", "GenerationEvent", examples.JOB_FAILED),
        "generation.canceled": (
            "A drawing was canceled.",
            "GenerationEvent",
            examples.JOB_CANCELED,
        ),
        "credits.low": ("Credits have become few.", "LowCreditsEvent", None),
    }
    return {kind: _event(kind, said, shape, job) for kind, (said, shape, job) in told.items()}


def _event(kind: str, said: str, shape: str, job: examples.Example | None) -> Shape:
    shown = examples.event(kind, job, 3) if job else examples.LOW_CREDITS
    signed = [
        {"in": "header", "name": name, "required": True, "schema": text(description=about)}
        for name, about in _SIGNED.items()
    ]
    return {
        "post": {
            "operationId": "on" + "".join(word.capitalize() for word in kind.split(".")),
            "tags": ["Webhooks"],
            "summary": said,
            "parameters": signed,
            "requestBody": {"content": {JSON: _content(ref(shape), {"Event": shown})}},
            "responses": {"2XX": {"description": "It was received. Anything else: sent again."}},
            "security": [],
        }
    }


_SIGNED = {
    "webhook-id": "Names the event: the same for every attempt. Keep it to know repeats.",
    "webhook-timestamp": "When this attempt was sent, in seconds since 1970.",
    "webhook-signature": "`v1,…` (HMAC) or `v1a,…` (ed25519) of `id.timestamp.body`, several of"
    " them while a secret is being rotated.",
}
