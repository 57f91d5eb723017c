"""From the OpenAPI description to what the page shows. Pure functions of the description."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Found = dict[str, Any]


@dataclass
class Row:
    """A member of an object, or a parameter. `link` names the schema that its type is."""

    name: str
    type: str
    about: str
    is_required: bool = False
    link: str = ""
    where: str = ""
    rows: list["Row"] = field(default_factory=list)


@dataclass
class Example:
    title: str
    text: str


@dataclass
class Body:
    type: str
    link: str
    rows: list[Row]
    examples: list[Example]
    kinds: list[str]


@dataclass
class Said:
    """An answer."""

    status: str
    about: str
    headers: list[str]
    body: Body | None
    is_refusal: bool = False
    codes: list[str] = field(default_factory=list)


@dataclass
class Operation:
    name: str
    method: str
    path: str
    summary: str
    about: str
    scope: str
    parameters: list[Row]
    body: Body | None
    answers: list[Said]
    refusals: list[Said]


@dataclass
class Group:
    name: str
    about: str
    operations: list[Operation]

    @property
    def anchor(self) -> str:
        return f"group-{self.name.lower()}"


@dataclass
class Schema:
    name: str
    about: str
    rows: list[Row]


class Reader:
    """Reads one description."""

    def __init__(self, description: Found) -> None:
        self.description = description

    def groups(self) -> list[Group]:
        """The operations, by tag, in the order of the tags."""
        found = {
            tag["name"]: Group(tag["name"], tag["description"], [])
            for tag in self.description["tags"]
        }
        for path, methods in self.description["paths"].items():
            for method, operation in methods.items():
                one = self._operation(method, path, operation)
                found[operation["tags"][0]].operations.append(one)
        return list(found.values())

    def events(self) -> list[Operation]:
        """What is sent to webhooks."""
        return [
            self._operation("post", kind, found["post"])
            for kind, found in self.description["webhooks"].items()
        ]

    def schemas(self) -> list[Schema]:
        known = self.description["components"]["schemas"]
        return [
            Schema(name, shape.get("description", ""), list(self._rows(shape)))
            for name, shape in sorted(known.items())
        ]

    def _operation(self, method: str, path: str, found: Found) -> Operation:
        about, _, scope = found.get("description", "").partition("\n\nScope: ")
        answers = [self._answer(status, one) for status, one in found["responses"].items()]
        return Operation(
            name=found["operationId"],
            method=method.upper(),
            path=path,
            summary=found["summary"],
            about=about,
            scope=scope.strip("`."),
            parameters=[self._parameter(one) for one in found.get("parameters", [])],
            body=self._body(found.get("requestBody")),
            answers=[one for one in answers if not one.is_refusal],
            refusals=[one for one in answers if one.is_refusal],
        )

    def _parameter(self, found: Found) -> Row:
        shape = found["schema"]
        row = self._row(found["name"], shape, is_required=found.get("required", False))
        row.where = found["in"]
        return row

    def _answer(self, status: str, found: Found) -> Said:
        found = self._resolved(found)
        body = self._body(found)
        codes = [one.title for one in body.examples] if body and status >= "400" else []
        headers = [name for name in found.get("headers", {}) if name not in _EVERYWHERE]
        is_refusal = status[:1] in "45"
        return Said(status, found["description"], headers, body, is_refusal, codes)

    def _body(self, found: Found | None) -> Body | None:
        if not found or "content" not in found:
            return None
        kinds = found["content"]
        bare: Found = {"schema": {}}
        shown = next((one for one in kinds.values() if "examples" in one), bare)
        shape = shown["schema"]
        text, link = self._type(shape)
        rows = list(self._rows(self._resolved(shape)))
        is_problem = any(kind.endswith("problem+json") for kind in kinds)
        examples = [
            Example(name if is_problem else one["summary"], _pretty(one["value"]))
            for name, one in shown.get("examples", {}).items()
        ]
        return Body(text, link, rows, examples, list(kinds))

    def _rows(self, shape: Found) -> Iterator[Row]:
        for part in shape.get("allOf", ()):
            yield from self._rows(self._resolved(part))
        required = shape.get("required", ())
        for name, one in shape.get("properties", {}).items():
            yield self._row(name, one, is_required=name in required)

    def _row(self, name: str, shape: Found, *, is_required: bool) -> Row:
        text, link = self._type(shape)
        inner = _inner(shape)
        about = " ".join(filter(None, (_about(shape), _bounds(_known(shape)))))
        rows = [] if "$ref" in inner else list(self._rows(inner))
        return Row(name, text, about, is_required, link, rows=rows)

    def _type(self, shape: Found) -> tuple[str, str]:
        """In words, and the schema that it is (or is a list of)."""
        if "anyOf" in shape:
            text, link = self._type(_known(shape))
            return f"{text} or null", link
        if "$ref" in shape:
            name = shape["$ref"].rpartition("/")[2]
            return name, name
        if shape.get("type") == "array":
            text, link = self._type(shape["items"])
            return f"list of {text}", link
        if "const" in shape:
            return json.dumps(shape["const"]), ""
        if shape.get("format") == "binary":
            return "file", ""
        text = shape.get("type", "object")
        return (f"{text} ({shape['format']})" if "format" in shape else text), ""

    def _resolved(self, found: Found) -> Found:
        while "$ref" in found:
            place: Any = self.description
            for name in found["$ref"].removeprefix("#/").split("/"):
                place = place[name]
            found = place
        return found


_EVERYWHERE = ("X-Request-Id", "RateLimit", "RateLimit-Policy")


def _known(shape: Found) -> Found:
    """A shape without the null that it may be."""
    return next(one for one in shape["anyOf"]) if "anyOf" in shape else shape


def _inner(shape: Found) -> Found:
    """What a list is of."""
    shape = _known(shape)
    return _inner(shape["items"]) if shape.get("type") == "array" else shape


def _about(shape: Found) -> str:
    return shape.get("description") or _known(shape).get("description", "")


def _bounds(shape: Found) -> str:
    """Limits and choices, in words."""
    words = shape.get("enum") or shape.get("items", {}).get("enum")
    parts = ["One of " + ", ".join(f"`{one}`" for one in words) + "."] if words else []
    if "minimum" in shape and "maximum" in shape:
        parts.append(f"{shape['minimum']} to {shape['maximum']}.")
    if "minLength" in shape and "maxLength" in shape:
        parts.append(f"{shape['minLength']} to {shape['maxLength']} characters.")
    elif "maxLength" in shape:
        parts.append(f"At most {shape['maxLength']} characters.")
    if "default" in shape:
        parts.append(f"Default `{json.dumps(shape['default']).strip(chr(34))}`.")
    return " ".join(parts)


def _pretty(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, indent=2, ensure_ascii=False)
