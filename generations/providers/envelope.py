"""The JSON object in which a drawing travels where an endpoint can be held to a format."""

import json
import re
from typing import Any

SCHEMA = {
    "type": "object",
    "properties": {"svg": {"type": "string", "description": "the drawing: one <svg> element"}},
    "required": ["svg"],
    "additionalProperties": False,
}
FORMATS: dict[str, dict[str, Any]] = {  # by their type, the better one first
    "json_schema": {
        "type": "json_schema",
        "json_schema": {"name": "drawing", "strict": True, "schema": SCHEMA},
    },
    "json_object": {"type": "json_object"},
}
RULE = '\n- Put the drawing into a JSON object and answer with that: {"svg": "<svg ...>"}.'

_start = re.compile(r'\s*+\{\s*+"svg"\s*+:\s*+"')
_string = re.compile(r'(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')

Messages = list[dict[str, Any]]


def wrap(messages: Messages) -> Messages:
    """The same conversation, held in such objects."""
    return [{**message, "content": _wrapped(**message)} for message in messages]


def opened(text: str) -> str:
    """The drawing in the object that begins `text`, as far as it has come; else `text` itself."""
    start = _start.match(text)
    if start is None:
        return text
    inside = _string.match(text, start.end())
    return json.loads(f'"{inside.group() if inside else ""}"', strict=False)


def _wrapped(role: str, content: str) -> str:
    if role == "system":
        return content + RULE
    return json.dumps({"svg": content}, ensure_ascii=False) if role == "assistant" else content
