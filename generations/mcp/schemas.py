"""What the tools take and give, in JSON Schema 2020-12. Pure."""

from typing import Any

from generations.choices import DEFAULT_STYLE, KEY_MAX, PROMPT_MAX, PROMPT_MIN, STYLES
from generations.models import Job

Schema = dict[str, Any]
LONGEST_WAIT = 50  # seconds
_ID = {"type": "string", "format": "uuid", "description": "The job's id, as generate_svg gave it."}


def taking(*required: str, **properties: Schema) -> Schema:
    """The schema of a tool's arguments."""
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": list(required)} if required else {})


def _maybe(kind: str, **more: object) -> Schema:
    return {"type": [kind, "null"], **more}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


WAIT = {
    "type": "number",
    "minimum": 0,
    "maximum": LONGEST_WAIT,
    "description": "How many seconds to wait for the drawing; 0 returns at once.",
}
JOB_ID = taking("job_id", job_id=_ID)
JOB_ID_AND_WAIT = taking("job_id", job_id=_ID, wait_seconds=WAIT)


def generate(models: list[str]) -> Schema:
    """The arguments of generate_svg, where these models are to be had."""
    return taking(
        "prompt",
        prompt={
            "type": "string",
            "minLength": PROMPT_MIN,
            "maxLength": PROMPT_MAX,
            "description": "What to draw, in plain words, in any language.",
        },
        style={"type": "string", "enum": list(STYLES), "default": DEFAULT_STYLE},
        model={
            "type": "string",
            "enum": models,
            "description": "Who draws it; leave it out for the usual one.",
        },
        privacy={
            "type": "boolean",
            "default": True,
            "description": "false also shows the drawing in the public gallery.",
        },
        wait_seconds=WAIT,
        idempotency_key={
            "type": "string",
            "maxLength": KEY_MAX,
            "description": "Any text of your own. A call that is repeated with the same one names "
            "the first job, and costs nothing more.",
        },
    )


_JOB = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "status": {"type": "string", "enum": [*Job.Status.values[:4]]},
        "progress": {"type": "integer", "minimum": 0, "maximum": 100},
        "prompt": {"type": "string"},
        "style": {"type": "string"},
        "model": {"type": "string"},
        "privacy": {"type": "boolean"},
        "svg": _maybe("string", description="The SVG text, where it is no longer than 20 kB."),
        "url": _maybe("string", format="uri", description="Where the SVG file is had."),
        "resource": _maybe("string", format="uri", description="Its name for resources/read."),
        "bytes": _maybe("integer"),
        "drawingId": _maybe("string", format="uuid"),
        "createdAt": {"type": "string", "format": "date-time"},
        "finishedAt": _maybe("string", format="date-time"),
        "creditsCharged": {"type": "boolean"},
        "errorCode": {"type": "string"},
        "errorMessage": {"type": "string"},
        "test": {"type": "boolean", "description": "Drawn for a test key: it cost nothing."},
    },
    "required": ["id", "status", "progress", "prompt", "style", "model", "svg", "url"],
}
ONE_JOB = {"type": "object", "properties": {"job": _JOB}, "required": ["job"]}

_STYLE = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
    "required": ["id", "name"],
}
CHOICES = {
    "type": "object",
    "properties": {
        "styles": _list(_STYLE),
        "defaultStyle": {"type": "string"},
        "models": _list(_STYLE),
        "defaultModel": {"type": "string"},
    },
    "required": ["styles", "defaultStyle", "models", "defaultModel"],
}
