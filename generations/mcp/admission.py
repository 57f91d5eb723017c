"""Whether a request may come in: whose it is, what it may do, how often, in which session."""

from django.http import HttpRequest

from accounts.oauth_server.scopes import READ
from chatsvg.errors import DomainError
from generations.mcp import callers, messages, sessions, tools
from generations.mcp.errors import SessionMissing
from generations.mcp.messages import INITIALIZE
from generations.mcp.visits import Visit

_RESOURCES = ("resources/list", "resources/read")


def admit(request: HttpRequest, body: bytes | None, *, query: str, version: str | None) -> Visit:
    """Let a request in; `body` is a POST's. `version` is the protocol's, as the header names it.

    Raises what is refused: a SignedOut, TokenInQuery, NotJson, NotOneMessage, ScopeMissing,
    KeySuspended, SessionMissing or TooMany.
    """
    visit = Visit(request, callers.recognise(request, query))
    if body is not None:
        visit.message = messages.read(body)
    try:
        _check_scope(visit)
        visit.session = _session(visit, version)
        _count(visit)
    except DomainError as refusal:
        visit.status = refusal.status
        visit.note()
        raise
    return visit


def _check_scope(visit: Visit) -> None:
    tool = tools.TOOLS.get(visit.message.tool) if visit.message else None
    if tool and tool.scope:
        visit.caller.need(tool.scope)
    elif visit.message and visit.message.method in _RESOURCES:
        visit.caller.need(READ)


def _session(visit: Visit, version: str | None) -> str:
    """The session's name; empty where this version knows none. Raises SessionMissing."""
    if not messages.has_sessions(version):
        return ""
    if visit.message and visit.message.method == INITIALIZE:
        return sessions.begin(visit.caller.pk)
    sent = visit.request.headers.get("MCP-Session-Id", "")
    if not sent and visit.request.method not in ("POST", "DELETE"):
        return ""  # nothing that a session could be for
    if not sessions.is_open(sent, visit.caller.pk):
        raise SessionMissing()
    return sent


def _count(visit: Visit) -> None:
    if visit.message and (visit.message.tool or visit.message.method in _RESOURCES):
        visit.caller.count()
    else:
        visit.caller.count_talk()
