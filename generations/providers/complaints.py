"""What a server says went wrong, read out of the many shapes in which servers say it."""

import json
from dataclasses import dataclass
from typing import Any

TEXT_CHARACTERS = 8_000  # of a complaint are looked at; some repeat the whole request


@dataclass(frozen=True, slots=True)
class Complaint:
    """One error object. `status` is HTTP's, or the one it names itself inside a 200.

    `names` are its code and type in lower case, `param` is the part of the request that it is
    about, `text` is all of it.
    """

    status: int | None
    names: tuple[str, ...]
    param: str
    text: str
    is_flagged: bool  # a moderation's reasons come with it


def read(said: object, status: int | None = None) -> Complaint:
    """The complaint in an error object, a text, or a list of either."""
    if isinstance(said, list) and said:
        said = said[0]
    if isinstance(said, dict) and isinstance(said.get("error"), dict):
        said = said["error"]
    fields: dict[str, Any] = said if isinstance(said, dict) else {}
    told = [fields.get("code"), fields.get("type"), fields.get("status"), *_inner(fields)]
    metadata = fields.get("metadata")
    return Complaint(
        status=status or next((number for one in told if (number := _status(one))), None),
        names=tuple(one.lower() for one in told if isinstance(one, str) and not _status(one)),
        param=str(fields.get("param") or ""),
        text=_text(said),
        is_flagged=isinstance(metadata, dict) and bool(metadata.get("reasons")),
    )


def within(chunk: dict[str, Any]) -> object:
    """The error object inside a reply that began as a good one; None where there is none.

    It may be the reply's `error` or its choice's (OpenRouter), or the reply itself (vLLM, FastAPI).
    """
    if error := chunk.get("error"):
        return error
    choices = chunk.get("choices")
    if isinstance(choices, list) and choices:
        return choices[0].get("error") if isinstance(choices[0], dict) else None
    is_one = chunk.get("object") == "error" or "detail" in chunk or "message" in chunk
    return chunk if is_one and choices is None else None


def _inner(fields: dict[str, Any]) -> list[object]:
    """Azure says the reason of a refusal one level deeper."""
    inner = fields.get("innererror") or fields.get("inner_error")
    return [inner.get("code")] if isinstance(inner, dict) else []


def _status(value: object) -> int | None:
    """An HTTP status, as some give it in place of a code."""
    if isinstance(value, str) and value.isdecimal() and len(value) == 3:
        value = int(value)
    return value if type(value) is int and 400 <= value < 600 else None


def _text(said: object) -> str:
    text = said if isinstance(said, str) else json.dumps(said, default=str)
    return text[:TEXT_CHARACTERS]
