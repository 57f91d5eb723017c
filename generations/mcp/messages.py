"""What a request says, as far as the door must know it. Pure."""

import json
from dataclasses import dataclass

from generations.mcp.errors import NotJson, NotOneMessage

# by `initialize` and in sessions; what comes later stands for itself in every request
SESSION_VERSIONS = frozenset({"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"})
INITIALIZE = "initialize"


@dataclass(frozen=True, slots=True)
class Message:
    """One JSON-RPC message. `wire` is what the SDK reads: written anew, so that nobody can say one
    thing to the door and another to the SDK."""

    method: str
    tool: str
    is_request: bool
    wire: bytes


def read(body: bytes) -> Message:
    """Raises NotJson or NotOneMessage."""
    try:
        said = json.loads(body)
        wire = json.dumps(said, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise NotJson()
    if not isinstance(said, dict):
        raise NotOneMessage()
    method, params = said.get("method"), said.get("params")
    tool = params.get("name") if isinstance(params, dict) and method == "tools/call" else None
    return Message(
        method=method if isinstance(method, str) else "",
        tool=tool if isinstance(tool, str) else "",
        is_request="id" in said and "method" in said,
        wire=wire,
    )


def has_sessions(version: str | None) -> bool:
    """Whether requests of this protocol version belong to a session; those that name none do."""
    return version is None or version in SESSION_VERSIONS
