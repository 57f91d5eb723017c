"""How model servers behave: the knobs of one call, and settings of them that have a name.

Each name is a way in which some server or some model really goes on. Needs nothing but the
standard library.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any

ANSWER = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256"><title>A red fox asleep</title>'
    '<ellipse cx="128" cy="196" rx="92" ry="18" fill="#e2e8f0"/>'
    '<path d="M44 168c0-52 40-84 88-84s80 32 80 72-36 52-84 52-84-4-84-40z" fill="#c55a30"/>'
    '<path d="M132 148c32 0 60 12 60 32s-28 28-64 28c20-8 28-36 4-60z" fill="#f6e7dc"/>'
    '<polygon points="56,124 62,84 88,108" fill="#9c4222"/>'
    '<path d="M72 152q8 8 16 0M104 152q8 8 16 0" fill="none" stroke="#3b1d10" stroke-width="5"/>'
    '<circle cx="96" cy="172" r="6" fill="#3b1d10"/></svg>'
)
USAGE = {"prompt_tokens": 120, "completion_tokens": 240, "total_tokens": 360}


@dataclass
class Behaviour:
    """How one call is answered. The defaults answer well and at once."""

    answer: str = ANSWER
    thoughts: str = ""  # said before the answer, as reasoning_content
    piece: int = 120  # characters per chunk
    delay: float = 0.0  # seconds before the status line
    first_delay: float = 0.0  # between the headers and the first words
    piece_delay: float = 0.0  # between chunks: a dribble
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: Any = None  # the error object of a failing status; something usual if None
    body: str | None = None  # raw body instead of any answer, with this content type:
    content_type: str = "text/event-stream"
    finish: str | None = "stop"  # None: the stream ends without a finish_reason
    refusal: str | None = None  # said instead of the answer
    calls_tool: bool = False  # calls a tool instead of answering
    usage: dict[str, Any] | None = field(default_factory=lambda: dict(USAGE))
    usage_when: str = "asked"  # for; or in "every" chunk; or "always" at the end
    done: bool = True  # ends with [DONE]
    hold_after: int | None = None  # chunks; then silence until released
    hold_at_byte: int | None = None  # of the stream; the same, also within an event
    cut_after: int | None = None  # chunks; then the connection is reset
    cut_at_byte: int | None = None
    error_after: int | None = None  # chunks; then `error` as an event of the 200 stream
    comments: bool = False  # keep-alive comments while silent, ten a second
    whole: bool = False  # ignores stream=true and answers with one JSON object
    linger: bool = False  # keeps the connection open after the last byte instead of ending it
    line_end: str = "\n"
    refuses: dict[str, tuple[int, Any]] = field(default_factory=dict)
    """A 4xx and its body for requests with this field, or format, or "image_url" in a message."""
    keyless: bool = False  # refuses whoever sends a key
    azure: bool = False  # wants Azure's path, api-version and api-key


def named(told: "Behaviour | str | dict[str, Any]") -> Behaviour:
    """A behaviour from its name, from its fields, or from both: {"behaviour": name, …}."""
    if isinstance(told, Behaviour):
        return told
    if isinstance(told, str):
        return BEHAVIOURS[told]
    changed = {key: value for key, value in told.items() if key != "behaviour"}
    return replace(BEHAVIOURS[told.get("behaviour", "well")], **changed)


def knobs() -> list[tuple[str, type]]:
    """The fields that a command line can set: name and type; of a flag, bool."""
    return [
        (one.name, type(one.default))
        for one in fields(Behaviour)
        if isinstance(one.default, int | float) and one.default is not True
    ]


# --- What models answer ---


def _drawing(inside: str, root: str = "") -> str:
    root = root or 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256"'
    return f"<svg {root}>{inside}</svg>"


_PROSE = "Certainly! Here is your drawing:\n\n{}\n\nI kept the palette <b>warm</b>. Anything else?"
_NAN = _drawing(
    '<circle cx="128" cy="128" r="90" fill="#c55a30"/><rect x="NaN" y="NaN" width="40" height="9"/>'
    '<path d="M20 20L60 60L NaN undefined" stroke="#3b1d10" stroke-width="6" fill="none"/>'
)
_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    + "".join(
        f'<!ENTITY {name} "{f"&{of};" * 8}">' for of, name in zip("bcdefgh", "cdefghi", strict=True)
    )
    + ']><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256"><title>&i;</title></svg>'
)
_SCRIPTS = _drawing(
    "<script>alert(1)</script>"
    '<circle cx="128" cy="128" r="90" fill="#c55a30" onload="alert(2)"/>'
    '<a href="javascript:alert(3)"><rect x="40" y="40" width="60" height="60"/></a>'
    '<image href="https://evil.example/x.png" width="9" height="9"/>'
    "<foreignObject><iframe src='https://evil.example'/></foreignObject>"
)
_NAMESPACE = ANSWER.replace("http://www.w3.org/2000/svg", "http://www.w3.org/2000/SVG/wrong")

# --- What servers say ---


def _openai(code: str, param: str, message: str) -> dict[str, Any]:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return {"error": error}


def _unsupported(param: str) -> tuple[int, Any]:
    return 400, _openai("unsupported_parameter", param, f"Unsupported parameter: '{param}'.")


def _extra(param: str) -> tuple[int, Any]:
    """vLLM says it by pydantic, without a param."""
    message = f"[{{'type': 'extra_forbidden', 'loc': ('body', '{param}')}}]"
    return 400, {"object": "error", "message": message, "type": "BadRequestError", "code": 400}


_UNVERIFIED = _openai("unsupported_value", "stream", "Verify your organization to stream this.")
_WORDLESS = _openai("", "", "Unrecognized request argument supplied: stream_options")
_NO_MODEL = {"message": "The model does not exist.", "code": "model_not_found"}
_FILTERED = {
    "message": "Filtered.",
    "code": "content_filter",
    "innererror": {"code": "Responsible"},
}
_NO_PICTURES = {"message": "image input is not supported - hint: mmproj", "code": 500}
_SPENT = {
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "1.5s",
    "x-ratelimit-remaining-tokens": "90000",
    "x-ratelimit-reset-tokens": "6m0s",
}

BEHAVIOURS: dict[str, Behaviour] = {
    # how it arrives
    "well": Behaviour(),
    "whole": Behaviour(whole=True),
    "dribble": Behaviour(piece=4, piece_delay=0.05),
    "crlf": Behaviour(line_end="\r\n", piece=7),
    "comments-first": Behaviour(first_delay=0.25, comments=True),
    "silent": Behaviour(delay=90),
    "comments-only": Behaviour(first_delay=90, comments=True),
    "stall": Behaviour(hold_at_byte=1_500),
    "cut": Behaviour(cut_after=3),
    "cut-in-event": Behaviour(cut_at_byte=1_500),
    "ends-early": Behaviour(finish=None, done=False, answer=ANSWER[:300]),
    "lingers": Behaviour(linger=True),
    "endless": Behaviour(answer="x" * 600_000, piece=16_384),
    "endless-line": Behaviour(body="data: " + "x" * 3_000_000),
    # what it costs
    "no-usage": Behaviour(usage=None),
    "usage-every-chunk": Behaviour(usage_when="every"),
    "usage-unasked": Behaviour(usage_when="always"),
    "usage-with-cost": Behaviour(usage={**USAGE, "cost": 0.0042}, usage_when="always"),
    "usage-nonsense": Behaviour(usage={"prompt_tokens": -1, "cost": "much"}),
    # statuses
    "rate-limit": Behaviour(status=429),
    "rate-limit-after": Behaviour(status=429, headers={"retry-after": "1"}),
    "rate-limit-after-ms": Behaviour(status=429, headers={"retry-after-ms": "250"}),
    "rate-limit-reset": Behaviour(status=429, headers=_SPENT),
    "no-quota": Behaviour(status=429, error={"message": "No.", "code": "insufficient_quota"}),
    "server-error": Behaviour(status=500),
    "overloaded": Behaviour(status=529, error={"type": "overloaded_error", "message": "Busy."}),
    "bad-gateway": Behaviour(status=502, body="<html>502</html>", content_type="text/html"),
    "bad-request": Behaviour(status=400, error={"message": "No.", "type": "invalid_request_error"}),
    "bad-key": Behaviour(status=401, error={"message": "No.", "code": "invalid_api_key"}),
    "unknown-model": Behaviour(status=404, error=_NO_MODEL),
    "redirect": Behaviour(status=308, body="", headers={"location": "/elsewhere"}),
    "huge-error": Behaviour(status=500, body="x" * 5_000_000, content_type="text/plain"),
    # errors in a reply that began well
    "error-in-stream": Behaviour(error_after=3),
    "rate-limit-in-stream": Behaviour(error_after=0, error={"code": 429, "message": "Slow down."}),
    "error-in-200": Behaviour(
        body='{"error": {"message": "No.", "code": 503}}', content_type="application/json"
    ),
    "page": Behaviour(body="<!doctype html><h1>Welcome", content_type="text/html"),
    "gzip-garbage": Behaviour(body="no gzip at all", headers={"content-encoding": "gzip"}),
    "no-json": Behaviour(body="data: {no json\n\n"),
    "nothing": Behaviour(body=""),
    # how it ends
    "length": Behaviour(finish="length", answer=ANSWER[:500]),
    "refused": Behaviour(refusal="I cannot help with that."),
    "filtered": Behaviour(finish="content_filter", answer=ANSWER[:200]),
    "filtered-before": Behaviour(status=400, error=_FILTERED),
    "empty": Behaviour(answer=""),
    "thoughts-first": Behaviour(thoughts="A fox. It sleeps. " * 20),
    "thoughts-only": Behaviour(thoughts="A fox. " * 20, answer=""),
    "tool-call": Behaviour(calls_tool=True, finish="tool_calls"),
    "no-reason": Behaviour(finish=None),
    # what is drawn
    "fenced": Behaviour(answer=f"```svg\n{ANSWER}\n```"),
    "prose": Behaviour(answer=_PROSE.format(ANSWER)),
    "unclosed": Behaviour(answer=ANSWER.removesuffix("</svg>")),
    "wrong-namespace": Behaviour(answer=_NAMESPACE),
    "nan": Behaviour(answer=_NAN),
    "entity-bomb": Behaviour(answer=_BOMB),
    "scripts": Behaviour(answer=_SCRIPTS),
    "no-drawing": Behaviour(answer="I would rather write you a poem."),
    # whom it serves, and what it refuses
    "keyless": Behaviour(keyless=True),
    "no-v1": Behaviour(),  # whoever configured it left that out
    "azure": Behaviour(azure=True),
    "no-vision": Behaviour(
        answer=_NAN,  # so that there is something to mend
        refuses={"image_url": (500, {"error": _NO_PICTURES})},
    ),
    "refuses-format": Behaviour(refuses={"response_format": _unsupported("response_format")}),
    "refuses-schema": Behaviour(
        refuses={"json_schema": (400, {"error": "'response_format.type' must be 'json_object'"})}
    ),
    "refuses-usage": Behaviour(refuses={"stream_options": (400, _WORDLESS)}),
    "refuses-stream": Behaviour(refuses={"stream": (400, _UNVERIFIED)}),
    "refuses-limit": Behaviour(
        refuses={"max_completion_tokens": _extra("max_completion_tokens")}
    ),
    "refuses-all": Behaviour(
        refuses={
            "image_url": (404, {"error": {"message": "No endpoint with image input", "code": 404}}),
            **{
                name: _extra(name)
                for name in ("max_completion_tokens", "max_tokens", "response_format")
            },
            "stream_options": (400, _WORDLESS),
            "stream": (403, {"message": "Streaming requests are not yet allowed."}),
        }
    ),
}  # fmt: skip
