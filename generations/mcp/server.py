"""The SDK's server: what it is asked goes to `tools` and `resources`. Imported at first use.

Both eras of the protocol are served without a state of ours: those that begin with `initialize`
(their sessions are `generations.mcp.sessions`), and 2026-07-28, whose requests stand alone.
"""

import asyncio
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import mcp_types as types
from django.conf import settings
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError

from chatsvg.database import AWAY
from chatsvg.errors import DomainError
from generations.mcp import resources, tools
from generations.mcp.errors import DatabaseAway
from generations.mcp.threads import in_thread
from generations.mcp.visits import Visit
from generations.mcp.waiting import Lookout

NAME, VERSION = "chatsvg-mcp", "1.0.0"
VISIT = "chatsvg.visit"  # in the scope of a request
INSTRUCTIONS = (
    "ChatSVG draws SVG pictures, icons and illustrations from descriptions. Call generate_svg with "
    "a prompt; a drawing that is not ready in time is had later by get_job_status. Give people the "
    "link of the result. Every drawing costs one credit of the person's account."
)
_CATALOGUE = CacheHint(ttl_ms=600_000)  # changes with the installation's models

Context = ServerRequestContext[Lookout]


class Serving:
    """The server on one event loop."""

    def __init__(self) -> None:
        self.lookout = Lookout()
        self._manager = StreamableHTTPSessionManager(
            _server(self.lookout), stateless=True, max_request_body_size=1_000_000
        )
        self._ready = asyncio.Event()
        self._running = asyncio.get_running_loop().create_task(self._run())

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        await self._ready.wait()
        await self._manager.handle_request(scope, receive, send)

    async def _run(self) -> None:
        """For as long as the process lives: our servers have no lifespan."""
        async with self._manager.run():
            self._ready.set()
            await asyncio.Event().wait()


_serving: WeakKeyDictionary[asyncio.AbstractEventLoop, Serving] = WeakKeyDictionary()


def serving() -> Serving:
    """This event loop's server, begun at first use."""
    loop = asyncio.get_running_loop()
    if loop not in _serving:
        _serving[loop] = Serving()
    return _serving[loop]


def _server(lookout: Lookout) -> Server[Any]:
    async def call_tool(ctx: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        return await _call_tool(ctx, params, lookout)

    made: Server[Any] = Server(
        NAME,
        version=VERSION,
        title="ChatSVG",
        instructions=INSTRUCTIONS,
        website_url=settings.PUBLIC_URL,
        get_tool_input_schema=_takes,
        cache_hints={"tools/list": _CATALOGUE, "resources/templates/list": _CATALOGUE},
        on_list_tools=_list_tools,
        on_call_tool=call_tool,
        on_list_resources=_list_resources,
        on_list_resource_templates=_list_templates,
        on_read_resource=_read_resource,
    )
    made.middleware.clear()  # OpenTelemetry's, which nobody here reads
    return made


async def _list_tools(ctx: Context, params: object) -> types.ListToolsResult:
    described = [tool.described(name) for name, tool in tools.TOOLS.items()]
    return types.ListToolsResult.model_validate({"tools": described})


def _takes(name: str) -> dict[str, Any] | None:
    return tools.TOOLS[name].takes() if name in tools.TOOLS else None


async def _call_tool(
    ctx: Context, params: types.CallToolRequestParams, lookout: Lookout
) -> types.CallToolResult:
    if params.name not in tools.TOOLS:
        raise MCPError(types.INVALID_PARAMS, f"Unknown tool: {params.name[:50]}")
    call = tools.Call(
        visit=_visit(ctx),
        arguments=params.arguments or {},
        lookout=lookout,
        report=ctx.session.report_progress if ctx.meta and "progress_token" in ctx.meta else None,
    )
    return types.CallToolResult.model_validate(await tools.call(params.name, call))


async def _list_resources(ctx: Context, params: object) -> types.ListResourcesResult:
    found = await _asked(ctx, resources.newest)
    return types.ListResourcesResult.model_validate({"resources": found})


async def _list_templates(ctx: Context, params: object) -> types.ListResourceTemplatesResult:
    known = {"resourceTemplates": [resources.TEMPLATE]}
    return types.ListResourceTemplatesResult.model_validate(known)


async def _read_resource(
    ctx: Context, params: types.ReadResourceRequestParams
) -> types.ReadResourceResult:
    found = await _asked(ctx, resources.read, str(params.uri))
    return types.ReadResourceResult.model_validate({"contents": [found]})


async def _asked(ctx: Context, read: Callable[..., Any], *args: str) -> Any:
    """What `read` finds for the caller. Refusals are the protocol's errors."""
    visit = _visit(ctx)
    try:
        return await in_thread(read)(visit.caller, *args)
    except DomainError as refusal:
        visit.status = refusal.status
        raise MCPError(types.INVALID_PARAMS, str(refusal))
    except AWAY:
        visit.status = DatabaseAway.status
        raise MCPError(types.INTERNAL_ERROR, DatabaseAway.title)


def _visit(ctx: Context) -> Visit:
    assert ctx.request is not None  # noqa: S101  # every transport of ours has one
    return ctx.request.scope[VISIT]
