"""From the routes and views of `/api` and `/v1` to what they say of themselves.

Loaded when somebody asks for it.
"""

import inspect
import json
from http import HTTPStatus
from typing import Any

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.settings import spectacular_settings
from rest_framework.permissions import AllowAny

from accounts import cookies, csrf
from chatsvg.faces import is_for_programs
from chatsvg.openapi.operations import OPERATIONS, Operation
from chatsvg.openapi.shapes import COMPONENTS, PROVIDER, Shape, ref, text

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
_ALWAYS = (400, 405, 413, 429, 500, 503)
spectacular_settings.apply_patches(  # here and not in our settings, which would load all of it
    {
        "TITLE": "ChatSVG",
        "DESCRIPTION": "Describe a drawing, get a clean SVG.",
        "VERSION": "1",
        "OAS_VERSION": "3.1.1",
        "POSTPROCESSING_HOOKS": [],
    }
)
_PHRASES = {413: "Content Too Large", 422: "Unprocessable Content"}  # in every Python alike
_SECURITY = {
    "session": {"type": "apiKey", "in": "cookie", "name": cookies.ACCESS},
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "refresh": {"type": "apiKey", "in": "cookie", "name": cookies.REFRESH},
}


def api() -> Shape:
    """The description of everything under `/api`."""
    found = Generator(Described).get_schema(public=True)
    found["paths"] = {
        path: operations
        for path, operations in found["paths"].items()
        if path.startswith("/api/") and not is_for_programs(path)
    }
    found["components"] = {"schemas": COMPONENTS, "securitySchemes": _SECURITY}
    return _served(found)


def for_programs() -> Shape:
    """The description of everything under `/v1`."""
    from chatsvg.openapi.v1 import generator as v1  # it builds upon this module

    found = Generator(v1.DescribedForPrograms).get_schema(public=True)
    paths = {
        path: operations
        for path, operations in found["paths"].items()
        if path.startswith(v1.BASE) and path not in v1.DOCUMENTS
    }
    found["info"]["description"] = v1.INTRODUCTION
    return _served(found | v1.whole(paths))


DESCRIPTIONS = {"api": api, "v1": for_programs}


def describe(face: str) -> bytes:
    """The description of a face as JSON."""
    return json.dumps(DESCRIPTIONS[face]()).encode()


def printed(face: str) -> str:
    """The same wherever it is served, to be read and compared: sorted, an entry a line."""
    found = DESCRIPTIONS[face]()
    del found["servers"]
    return json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _served(found: Shape) -> Shape:
    return {**found, "servers": [{"url": settings.PUBLIC_URL}]}


class Generator(SchemaGenerator):
    """Finds the routes; every view is described by `schema`."""

    def __init__(self, schema: type[AutoSchema]) -> None:
        super().__init__(urlconf="chatsvg.urls")
        self.schema = schema

    def create_view(self, callback, method, request=None):
        view = super().create_view(callback, method, request)
        self._set_schema_to_view(view, self.schema())
        return view


class Described(AutoSchema):
    """One operation: what its view tells of itself, and what stands in OPERATIONS."""

    def get_operation(self, path, path_regex, path_prefix, method, registry):
        self.path, self.method = path, method
        known = OPERATIONS.get(f"{method} {path}")
        sentences = inspect.cleandoc(inspect.getdoc(type(self.view)) or "")
        described: dict[str, Any] = {
            "operationId": _name(method, path),
            "tags": [path.split("/")[2]],
            "description": sentences,
            "parameters": self._parameters(known),
            "responses": self._responses(known),
            "security": [{name: []} for name in ("session", "bearer")] if self._is_closed() else [],
        }
        if known and known.takes:
            body = {"content": {known.kind: {"schema": known.takes}}, "required": True}
            described["requestBody"] = body
        return described

    def _is_closed(self) -> bool:
        return AllowAny not in self.view.permission_classes

    def _parameters(self, known: Operation | None) -> list[dict]:
        names = [part[1:-1] for part in self.path.split("/") if part.startswith("{")]
        found = [
            _parameter("path", name, PROVIDER if name == "provider" else text(minLength=1))
            for name in names
        ]
        headers = dict(known.headers) if known else {}
        if self.method in UNSAFE:
            headers[csrf.HEADER] = text(description="What GET /api/csrf gave.")
        found += [_parameter("header", name, shape) for name, shape in headers.items()]
        query = known.query if known else {}
        return found + [
            {**_parameter("query", name, shape), "required": False} for name, shape in query.items()
        ]

    def _responses(self, known: Operation | None) -> dict[str, dict]:
        gives = known.gives if known else {200: {}}
        kind = known.gives_kind if known else "application/json"
        answers = {str(status): _answer(status, shape, kind) for status, shape in gives.items()}
        refusals = {str(status): _answer(status, ref("Error")) for status in self._refused(known)}
        return dict(sorted({**refusals, **answers}.items()))

    def _refused(self, known: Operation | None) -> list[int]:
        statuses = {*_ALWAYS, *(known.refuses if known else ())}
        if self.method in UNSAFE:
            statuses |= {403, 415}
        if self._is_closed():
            statuses.add(401)
        if "{" in self.path:
            statuses.add(404)
        return sorted(statuses)


def _name(method: str, path: str) -> str:
    """Such as `get_auth_sessions_by_session_id`."""
    words = path.removeprefix("/api/").replace("{", "by-").replace("}", "")
    return f"{method.lower()}_{words}".translate(str.maketrans("/-.", "___"))


def _parameter(where: str, name: str, shape: dict) -> dict:
    return {"in": where, "name": name, "required": True, "schema": shape}


def _answer(status: int, shape: dict | None, kind: str = "application/json") -> dict:
    described: dict[str, Any] = {"description": _PHRASES.get(status) or HTTPStatus(status).phrase}
    if shape is not None:
        described["content"] = {kind: {"schema": shape}}
    return described
